"""Files for a dossier that exists: dropped on its papers, sent by a phone, waiting from the scanner."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from onestop.desk.access import HANDLERS, DeskRequest, desk_page, visible_dossier
from onestop.desk.reading.incoming import FilesForDossier
from onestop.desk.views.incoming import refusal
from workflows import services
from workflows.exceptions import NotComplete
from workflows.models import Dossier, Paper
from workflows.services import incoming_files

CHANGED = {"HX-Trigger": "papers-changed"}


def place_of(request: DeskRequest, dossier: Dossier) -> tuple[str, str]:
    """The kind of paper and the key of the document that were named."""
    named = request.POST.get("document", "")
    prefix, _colon, kind = named.partition("kind:")
    if not named or not prefix:
        return kind or Paper.Kind.OTHER, ""
    return Paper.Kind.SUBMITTED, named


@desk_page(*HANDLERS)
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: DeskRequest, pk: int) -> HttpResponse:
    """What waits for the dossier; or one file that is laid into it at once, refused with one sentence."""
    dossier = visible_dossier(request, pk)
    if request.method != "POST":
        found = FilesForDossier.of(request.capacities, dossier)
        if request.GET.get("stamp") == found.stamp:
            return HttpResponse(status=204)
        return render(request, "desk/files/dossier_tray.html", {"waiting": found, "dossier": dossier, "live": True})
    kind, key = place_of(request, dossier)
    file = request.FILES.get("file")
    try:
        if file is None:
            raise NotComplete(_("Choose a file."))
        services.add_paper(
            dossier_id=dossier.pk, kind=kind, key=key, name=stem_of(file.name), file=file, by=request.user
        )
    except NotComplete as error:
        return refusal(error)
    return HttpResponse(status=204, headers=CHANGED)


def stem_of(name: str | None) -> str:
    """What to call a paper that belongs to no document: its file's name without the ending."""
    return (name or "").rpartition(".")[0][:250]


@desk_page(*HANDLERS)
@require_POST
def keep(request: DeskRequest, pk: int, key: UUID) -> HttpResponse:
    """Make a file that waits a paper of the dossier."""
    dossier = visible_dossier(request, pk)
    found = incoming_files.find(request.capacities, key)
    kind, document = place_of(request, dossier)
    try:
        if found.refusal:
            raise NotComplete(found.refusal)
        incoming_files.make_paper(
            files=[found],
            dossier_id=dossier.pk,
            document=document,
            kind=kind,
            name=stem_of(found.filename),
            by=request.user,
        )
    except NotComplete as error:
        return refusal(error)
    return HttpResponse(status=204, headers=CHANGED)
