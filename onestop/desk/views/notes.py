"""Notes inside a dossier: write one, strike one's own, look whom one may name."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from onestop.desk.access import READERS, DeskRequest, desk_page, visible_dossier
from onestop.desk.reading.notes import notes_of, suggested
from workflows.exceptions import NotComplete
from workflows.models import Dossier, DossierNote
from workflows.services.noting import add_note, strike_note


@desk_page(*READERS)
@require_POST
def add(request: DeskRequest, pk: int) -> HttpResponse:
    """Keep a note; a refusal stands beside what was typed."""
    found = visible_dossier(request, pk)
    text = request.POST.get("text", "")
    try:
        add_note(dossier_id=found.pk, text=text, by=request.user, at=timezone.now())
    except NotComplete as error:
        return shown(request, found, status=422, typed=text, refusal=str(error))
    return after(request, found)


@desk_page(*READERS)
@require_POST
def strike(request: DeskRequest, pk: int, note_id: int) -> HttpResponse:
    """Strike one's own note."""
    found = visible_dossier(request, pk)
    note = DossierNote.objects.filter(pk=note_id, dossier=found).values_list("pk", flat=True).first()
    strike_note(note_id=note or 0, by=request.user, at=timezone.now())
    return after(request, found)


@desk_page(*READERS)
@require_safe
def people(request: DeskRequest, pk: int) -> HttpResponse:
    """Colleagues one may name, by the beginning of their name."""
    found = visible_dossier(request, pk)
    names = suggested(found, typed=request.GET.get("q", "")[:60], besides=request.user.pk)
    return render(request, "desk/dossier/note_people.html", {"people": names})


def after(request: DeskRequest, dossier: Dossier) -> HttpResponse:
    """The notes as they are now; without htmx the page they stand on."""
    if request.headers.get("HX-Request"):
        return shown(request, dossier)
    return redirect(reverse("desk:dossier", args=[dossier.pk]) + "#notes")


def shown(request: DeskRequest, dossier: Dossier, *, status: int = 200, **context: Any) -> HttpResponse:
    """The panel of notes; alone on a page where it was not asked for by htmx."""
    context |= {"dossier": dossier, "notes": notes_of(dossier, reader_id=request.user.pk, at=timezone.now())}
    part = request.headers.get("HX-Request")
    return render(
        request, "desk/dossier/notes.html" if part else "desk/dossier/notes_alone.html", context, status=status
    )
