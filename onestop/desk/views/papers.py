"""A paper's file: to whoever may see its dossier, and never as anything a browser would run."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onestop.desk.access import READERS, DeskRequest, desk_page, visible_dossier
from onestop.desk.views.slips import IN_THE_VIEWER
from workflows.file_types import ENDINGS, JPEG, PDF, PNG, WEBP
from workflows.models import Paper

SHOWN = {PDF, PNG, JPEG, WEBP}


@desk_page(*READERS)
@require_safe
def paper(request: DeskRequest, pk: int, paper_id: int) -> HttpResponse:
    """The file of a paper: shown where it is a PDF or a picture and that is asked for, else saved."""
    found = visible_dossier(request, pk).papers.filter(pk=paper_id).exclude(file="").first()
    if found is None:
        raise Http404(_("There is no such file."))
    kind = found.content_type if found.content_type in ENDINGS else "application/octet-stream"
    is_shown = "show" in request.GET and kind in SHOWN
    response = HttpResponse(content_of(found), content_type=kind)
    response["Content-Disposition"] = content_disposition_header(not is_shown, name_of(found.filename, kind))
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = policy_for(kind)
    response["Cache-Control"] = "private, no-store"
    return response


def content_of(paper: Paper) -> bytes:
    """The whole file: uploads are small, and nothing stays open behind a broken connection."""
    try:
        with paper.file.open("rb") as file:
            content: bytes = file.read()
    except FileNotFoundError:
        raise Http404(_("The file is not in the store. Ask the administrator to restore it.")) from None
    return content


def name_of(filename: str, kind: str) -> str:
    """The sender's name for the file, with the ending of what it really is."""
    stem = filename.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0].strip(". ") or "file"
    return stem[:150] + ENDINGS.get(kind, ".bin")


def policy_for(kind: str) -> str:
    """What the file may do in the browser: nothing. Chromium draws no PDF in a sandbox; its viewer is one itself."""
    return IN_THE_VIEWER if kind == PDF else f"{IN_THE_VIEWER}; sandbox"
