"""Search: by code, last digits, name without accents, id number, phone; one hit opens at once."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.badges import Timetables, dossier_badge
from onestop.desk.reading import search as finding
from workflows.models import Flag


@desk_page()
@require_safe
def search(request: DeskRequest) -> HttpResponse:
    """Dossiers the person may see that fit what was typed; newest first."""
    words = finding.clean(request.GET.get("q", ""))
    context: dict[str, Any] = {"words": words}
    if words:
        page = finding.search_page(request.capacities, words, request.GET)
        if len(page.rows) == 1 and not page.previous_url:
            return redirect("desk:dossier", page.rows[0].pk)
        at = timezone.now()
        soon = soon_among([dossier.pk for dossier in page.rows])
        timetables = Timetables()
        rows = [
            (dossier, dossier_badge(dossier, at=at, due_soon=dossier.pk in soon, timetables=timetables))
            for dossier in page.rows
        ]
        context |= {"page": page, "rows": rows}
    return render(request, "desk/search/page.html", context)


def soon_among(dossier_ids: list[int]) -> set[int]:
    """Which of these dossiers are flagged as due soon: one statement."""
    flags = Flag.objects.filter(dossier__in=dossier_ids, kind=Flag.Kind.DUE_SOON, cleared_at__isnull=True)
    return set(flags.order_by().values_list("dossier_id", flat=True))
