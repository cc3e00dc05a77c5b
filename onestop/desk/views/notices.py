"""The bell: what the person was told, newest first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.paging import Page, page_of
from onestop.desk.reading import notices as reading
from onestop.desk.reading.floods import chosen, floods_of, without
from workflows.models import Notice


@desk_page()
@require_safe
def notices(request: DeskRequest) -> HttpResponse:
    """The notices to the person and to their roles, new ones marked."""
    seen = reading.seen_up_to(request.user.pk)
    told = Notice.objects.for_person(request.capacities)
    behind_line = chosen(told, request.GET.get("topic", ""), request.GET.get("day", ""))
    at = timezone.now()
    floods = floods_of(told, at) if behind_line is None else []
    found = without(told, floods, at) if behind_line is None else behind_line
    found = found.select_related("dossier").defer("dossier__search")
    page: Page[Any] = page_of(found, reading.ORDER, request.GET)
    rows = [reading.row_of(notice, seen) for notice in page.rows]
    newest = 0 if page.previous_url else told.values_list("pk", flat=True).order_by("-pk").first() or 0
    unseen = reading.count_unseen(request.capacities)
    context = {"page": replace(page, rows=rows), "newest": newest, "unseen": unseen, "floods": floods}
    return render(request, "desk/notices/page.html", context)


@desk_page()
@require_POST
def notices_seen(request: DeskRequest) -> HttpResponse:
    """Mark everything up to the newest notice on the screen as seen."""
    up_to = request.POST.get("up_to", "")
    if up_to.isascii() and up_to.isdigit() and len(up_to) < 19:
        newest = Notice.objects.for_person(request.capacities).filter(pk__lte=int(up_to)).values_list("pk", flat=True)
        reading.mark_seen(request.user.pk, newest.order_by("-pk").first() or 0)
    return redirect("desk:notices")
