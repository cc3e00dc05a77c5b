"""The slips as PDF, ready to print: made anew from the dossier each time, so a reprint says what is stored."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from onestop.desk.access import READERS, DeskRequest, desk_page, visible_dossier
from onestop.desk.slips import control, gathering
from onestop.desk.slips.printing import PaperSize
from workflows.services.watching_slips import note_slip

SLIPS: dict[str, Callable[..., bytes]] = {
    "refusal": gathering.refusal,
    "stop": gathering.stop_notice,
    "handover": gathering.handover,
    "apology": gathering.apology,
    "control": control.control_slip,
}

# The browser's own viewer lays its page out with styles of its own; nothing else is let in.
IN_THE_VIEWER = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"


@desk_page(*READERS)
@require_safe
def slip(request: DeskRequest, pk: int, form: str) -> HttpResponse:
    """One of the slips that a dossier has once."""
    dossier = visible_dossier(request, pk)
    return pdf(SLIPS[form](dossier, size=size_asked(request)), f"{dossier.code}-{form}.pdf")


@desk_page(*READERS)
@require_safe
def receipt(request: DeskRequest, pk: int) -> HttpResponse:
    """The receipt, whose QR code opens the public look-up and carries the signed dates."""
    dossier = visible_dossier(request, pk)
    look_up = request.build_absolute_uri(reverse("portal:lookup"))
    return pdf(gathering.receipt(dossier, look_up=look_up, size=size_asked(request)), f"{dossier.code}-receipt.pdf")


@desk_page(*READERS)
@require_safe
def supplement(request: DeskRequest, pk: int, number: int) -> HttpResponse:
    """One request for papers; that it left the office is noted when the office opens it."""
    dossier = visible_dossier(request, pk)
    content = gathering.supplement(dossier, number, size=size_asked(request))
    for found in dossier.supplements.filter(number=number, slip_at__isnull=True):
        found.dossier = dossier
        note_slip(found, request.capacities, at=timezone.now())
    return pdf(content, f"{dossier.code}-supplement-{number}.pdf")


def size_asked(request: HttpRequest) -> PaperSize:
    """A5 as the forms of the law, or A4 where that was asked for."""
    return "a4" if request.GET.get("size") == "a4" else "a5"


def pdf(content: bytes, name: str) -> HttpResponse:
    """A PDF that opens in the browser, where it can be printed; it is stored nowhere on the way."""
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = IN_THE_VIEWER
    response["Cache-Control"] = "private, no-store"
    return response
