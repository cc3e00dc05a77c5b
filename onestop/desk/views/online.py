"""Online files that wait to be received, with the act panel of the one that is open."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page, visible_dossier
from onestop.desk.paging import page_of, with_parameters
from onestop.desk.reading.dossier import DossierPage
from onestop.desk.reading.online import ORDER, desk_badge, waiting_online, with_parts
from onestop.desk.slips.links import slip_of
from onestop.desk.views.dossier import offers_on
from onestop.desk.views.receiving import number

AT_THE_DESK = {"receive", "request_supplement", "ask_consent", "decline_to_receive"}


@desk_page(Role.CLERK)
@require_safe
def online(request: DeskRequest) -> HttpResponse:
    """The list by the desk's clock, and the file that is open beside it."""
    at = timezone.now()
    waiting = waiting_online(request.capacities)
    page = page_of(with_parts(waiting), ORDER, request.GET, total=waiting.count())
    open_id = number(request.GET.get("open", ""))
    rows = [
        {
            "dossier": row,
            "badge": desk_badge(row, at=at),
            "href": with_parameters(request.GET, {"open": str(row.pk), "done": None}),
            "is_open": row.pk == open_id,
        }
        for row in page.rows
    ]
    context: dict[str, Any] = {"rows": rows, "list_page": page, "done": just_done(request)}
    if open_id is not None:
        context |= panel(request, open_id)
    return render(request, "desk/online/list.html", context)


def just_done(request: DeskRequest) -> dict[str, Any] | None:
    """The file that was just answered, with its slip."""
    dossier_id = number(request.GET.get("done", ""))
    if dossier_id is None:
        return None
    dossier = visible_dossier(request, dossier_id)
    return {"dossier": dossier, "slip": slip_of(dossier)}


def panel(request: DeskRequest, dossier_id: int) -> dict[str, Any]:
    """What the panel beside the list prints."""
    shown = DossierPage(visible_dossier(request, dossier_id), request.capacities, at=timezone.now())
    offers = [offer for offer in offers_on(shown) if offer.act.name in AT_THE_DESK]
    return {
        "page": shown,
        "badge": desk_badge(shown.dossier, at=shown.at) if shown.dossier.due_at else shown.badge,
        "dossier": shown.dossier,
        "offers": offers,
        "main": next((offer for offer in offers if offer.act.is_main), None),
        "next": f"{request.path}?done={dossier_id}",
    }
