"""The control slip: every hand-over of a dossier, confirmed by both sides."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from onestop.desk.access import HANDLERS, READERS, DeskRequest, desk_page, visible_dossier
from onestop.desk.reading.control import rows_of
from onestop.desk.slips.links import labelled
from workflows import services
from workflows.exceptions import NotComplete, NotFound
from workflows.models import Dossier, SlipKind


@desk_page(*READERS)
@require_safe
def control(request: DeskRequest, pk: int) -> HttpResponse:
    """Who gave the file to whom; whoever has it now confirms here."""
    return show(request, visible_dossier(request, pk))


@desk_page(*HANDLERS)
@require_POST
def take_over(request: DeskRequest, pk: int, step_id: int) -> HttpResponse:
    """Confirm that the file came."""
    dossier = visible_dossier(request, pk)
    if not dossier.task_set.human().filter(pk=step_id).exists():
        raise NotFound(_("There is no such dossier or step. It may belong to another office; search for its code."))
    note = request.POST.get("note", "")
    try:
        services.take_over(step_id=step_id, note=note, by=request.user)
    except NotComplete as error:
        return show(request, dossier, refused=str(error), sent=step_id, note=note)
    messages.success(request, _("You have confirmed that the file came."))
    return redirect("desk:control", pk)


def show(request: DeskRequest, dossier: Dossier, *, refused: str = "", sent: int = 0, note: str = "") -> HttpResponse:
    """The page; a note that was refused stays in its field."""
    context = {
        "dossier": dossier,
        "rows": rows_of(dossier, request.capacities),
        "title": labelled(_("Control slip"), dossier, SlipKind.CONTROL),
        "refused": refused,
        "sent": sent,
        "note": note,
    }
    return render(request, "desk/control/page.html", context, status=422 if refused else 200)
