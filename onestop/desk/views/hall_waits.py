"""Waiting times for supervisors: the numbers, the lists behind them, and files."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offices.capacities import local_day
from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.exporting.files import FORMS, as_file
from onestop.desk.paging import Column, page_of
from onestop.desk.reading.hall import Waiting
from onestop.desk.reading.hall_waits import GROUPS, Period, bars, listed, sheet, waiting_times, watched_halls


@desk_page(Role.SUPERVISOR)
@require_safe
def hall_waits(request: DeskRequest) -> HttpResponse:
    """Mean, 95th percentile and share over 30 minutes; by hour, day and errand."""
    found = waiting_times(request.capacities, request.GET, at=timezone.now())
    return render(request, "desk/hall/waits.html", {"found": found, "period": found.period, "picture": bars(found)})


@desk_page(Role.SUPERVISOR)
@require_safe
def hall_waits_file(request: DeskRequest, name: str, form: str) -> HttpResponseBase:
    """A table of the page as CSV or XLSX."""
    if name not in GROUPS or form not in FORMS:
        raise Http404(_("There is no such file."))
    at = timezone.now()
    found = waiting_times(request.capacities, request.GET, at=at)
    return as_file(sheet(found, name), form, f"waits-{name}-{localtime(at):%Y%m%d-%H%M}")


@desk_page(Role.SUPERVISOR)
@require_safe
def hall_tickets(request: DeskRequest) -> HttpResponse:
    """The numbers behind a count of the page, newest first."""
    at = timezone.now()
    period = Period.read(request.GET, today=local_day(at))
    rows = listed(list(watched_halls(request.capacities)), period)
    total = rows.count()
    rows = rows.select_related("errand", "hall__office", "counter", "clerk", "appointment")
    page = page_of(rows, [Column("id", descending=True)], request.GET, total=total)
    context = {"page": page, "rows": [Waiting.of(ticket, at) for ticket in page.rows], "period": period, "total": total}
    return render(request, "desk/hall/tickets.html", context)
