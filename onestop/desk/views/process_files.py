"""Processes that come as files and go as files: import with a report, export as YAML, XLSX or BPMN."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from offices.capacities import local_day
from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.answering import answering
from onestop.desk.views.catalogue import found_procedure, visible_versions
from onestop.desk.views.comparing import numbered
from procedures.definition import Definition
from procedures.drafts import keep_imports
from procedures.exceptions import NotCatalogueEditor, ProceduresError
from procedures.exporting.bpmn import as_bpmn
from procedures.exporting.spreadsheet import as_xlsx
from procedures.importing.files import SUFFIXES, drafts_in
from procedures.importing.report import Draft
from procedures.services import present_definition
from procedures.writing import as_yaml

MOST_BYTES = 5_000_000
FORMS: dict[str, tuple[str, Callable[[Definition], str | bytes]]] = {
    "yaml": ("application/yaml; charset=utf-8", as_yaml),
    "bpmn": ("application/xml; charset=utf-8", as_bpmn),
    "xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", as_xlsx),
}


class ProcessFileForm(forms.Form):
    """A file with one or several processes."""

    file = forms.FileField(
        label=_("File"),
        help_text=_("XLSX or CSV laid out like the official table, JSON, BPMN 2.0, or XML of an older program."),
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )
    keep = forms.BooleanField(label=_("Keep the processes as drafts"), required=False)
    may_replace = forms.BooleanField(label=_("Drafts that others are writing may be replaced"), required=False)

    def clean_file(self) -> UploadedFile:
        """Refuse what is too large before it is read."""
        file: UploadedFile = self.cleaned_data["file"]
        if (file.size or 0) > MOST_BYTES:
            raise forms.ValidationError(_("The file is too large for a table of a process."))
        return file


@desk_page(Role.CATALOGUE_EDITOR)
@require_http_methods(["GET", "HEAD", "POST"])
@answering
def import_processes(request: DeskRequest) -> HttpResponse:
    """Read a file, show what is odd in each process, and keep them as drafts if asked."""
    if request.method != "POST":
        return render(request, "desk/draft/import.html", {"form": ProcessFileForm()})
    form = ProcessFileForm(request.POST, request.FILES)
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        context |= taken_in(request, form)
    return render(request, "desk/draft/import.html", context, status=422 if form.errors else 200)


def taken_in(request: DeskRequest, form: ProcessFileForm) -> dict[str, Any]:
    """What was read, and what was kept of it; a refusal stands on the form."""
    file, at = form.cleaned_data["file"], timezone.now()
    try:
        drafts = drafts_in(file.read(), name=file.name, on=local_day(at), base_of=present_definition)
        kept = []
        if form.cleaned_data["keep"]:
            replace = form.cleaned_data["may_replace"]
            kept = keep_imports(drafts=drafts, may_replace=replace, by=request.user, at=at)
    except NotCatalogueEditor:
        raise
    except ProceduresError as error:
        form.add_error("file", str(error))
        return {}
    versions = kept or [None] * len(drafts)
    rows = list(zip(drafts, versions, strict=True))
    return {"rows": rows, "kept": bool(kept), "over": sum(is_over(draft) for draft in drafts)}


def is_over(draft: Draft) -> bool:
    """Whether the steps take more time than the limit allows."""
    return draft.over > 0


@desk_page()
@require_safe
def export(request: DeskRequest, pk: int, number: int, form: str) -> HttpResponse:
    """A version as a file."""
    found = found_procedure(request, pk)
    version = numbered(visible_versions(request, found), str(number))
    if version is None or form not in FORMS:
        raise Http404(gettext("This procedure has no such version. Look at the list of its versions."))
    media_type, write = FORMS[form]
    answer = HttpResponse(write(version.spec), content_type=media_type)
    name = f"{found.code}-{found.level}-v{number}.{form}"
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
