"""Questions about further requests for papers that a supervisor answers, because the office has no head who could."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.reading.consents import rows_over_desks


@desk_page(Role.SUPERVISOR)
@require_safe
def consents(request: DeskRequest) -> HttpResponse:
    """All that wait, the oldest first; each leads to its dossier, where the word is given."""
    rows = rows_over_desks(request.capacities, at=timezone.now())
    return render(request, "desk/consents/list.html", {"rows": rows})
