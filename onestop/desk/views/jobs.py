"""Long work: what one asked for, how far it is, and the file once it is ready."""

from __future__ import annotations

from typing import Any

from django.http import FileResponse, Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from onestop.desk import printing_many
from onestop.desk.access import READERS, DeskRequest, desk_page
from onestop.desk.paging import Column, page_of
from onestop.desk.reading.jobs import rows_of
from onestop.desk.slips.many import AT_ONCE, CHOICES, MOST, PARTS, print_many
from onestop.desk.slips.printing import PaperSize
from onestop.desk.views.slips import IN_THE_VIEWER, pdf
from workflows.exceptions import NotComplete
from workflows.models import Dossier, Job, Step
from workflows.services.jobs import start

NEWEST_FIRST = (Column("id", descending=True),)


@desk_page()
@require_safe
def jobs(request: DeskRequest) -> HttpResponse:
    """Everything the person asked for, the newest first."""
    page: Any = page_of(Job.objects.filter(asked_by=request.user), NEWEST_FIRST, request.GET)
    return render(request, "desk/jobs/list.html", {"page": page, "rows": rows_of(page.rows)})


@desk_page()
@require_safe
def job(request: DeskRequest, pk: int) -> HttpResponse:
    """One piece of long work; the part that shows its progress renews itself."""
    found = get_object_or_404(Job, pk=pk, asked_by=request.user)
    name = "desk/jobs/progress.html" if request.headers.get("HX-Request") else "desk/jobs/page.html"
    return render(request, name, {"row": rows_of([found])[0]})


@desk_page()
@require_safe
def job_file(request: DeskRequest, pk: int) -> HttpResponseBase:
    """The file that the work left behind, for whoever asked for it."""
    found = get_object_or_404(Job, pk=pk, asked_by=request.user)
    if not found.file:
        raise Http404(_("This file is no longer kept. Ask for the work again."))
    is_pdf = found.content_type == "application/pdf"
    response = FileResponse(
        found.file.open("rb"), as_attachment=not is_pdf, filename=found.filename, content_type=found.content_type
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = IN_THE_VIEWER
    response["Cache-Control"] = "private, no-store"
    return response


@desk_page(*READERS)
@require_POST
def print_slips(request: DeskRequest) -> HttpResponse:
    """Print a slip of each chosen dossier as one PDF: a handful at once, more as long work."""
    slip = request.POST.get("slip", "state")
    size: PaperSize = "a4" if request.POST.get("size") == "a4" else "a5"
    ids = chosen(request)
    if slip not in CHOICES or not ids:
        raise NotComplete(_("Choose the dossiers whose slips are to be printed."))
    if len(ids) > MOST:
        raise NotComplete(_("Choose at most %(most)d dossiers at a time.") % {"most": MOST})
    look_up = request.build_absolute_uri(reverse("portal:lookup"))
    if len(ids) > AT_ONCE:
        data = {"dossiers": ids, "slip": slip, "look_up": look_up, "size": size}
        begun = start(kind=printing_many.KIND, data=data, by=request.user, at=timezone.now(), total=len(ids))
        return redirect("desk:job", begun.pk)
    found = Dossier.objects.visible_to(request.capacities).select_related(*PARTS).defer("search").in_bulk(ids)
    printed = print_many([found[pk] for pk in ids if pk in found], slip=slip, look_up=look_up, size=size)
    return pdf(printed.content, "slips.pdf")


def chosen(request: DeskRequest) -> list[int]:
    """Dossiers that were ticked, by themselves or by a step of theirs, each once and in the order of the list."""
    ticked = [value.partition(":")[0] for value in request.POST.getlist("step")]  # lists also say what was seen
    steps = [int(pk) for pk in ticked if pk.isdecimal()]
    of_steps = dict(Step.objects.filter(pk__in=steps).values_list("pk", "process_id"))
    ids = [of_steps[pk] for pk in steps if pk in of_steps]
    ids += [int(pk) for pk in request.POST.getlist("dossier") if pk.isdecimal()]
    return list(dict.fromkeys(ids))
