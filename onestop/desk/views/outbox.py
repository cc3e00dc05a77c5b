"""Messages that have not gone out: stuck ones first, all of them on request."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.paging import Page, page_of
from onestop.desk.reading import outbox as reading
from workflows.services.outbox import outbox as outbox_of
from workflows.services.outbox import stuck, try_now

LOOKED_AFTER_BY = (Role.ADMINISTRATOR, Role.SUPERVISOR)


@desk_page(*LOOKED_AFTER_BY)
@require_safe
def outbox(request: DeskRequest) -> HttpResponse:
    """Messages tried in vain, or everything that waits."""
    waiting = outbox_of(request.capacities)
    shown = request.GET.get("show") == "all"
    counts = {"stuck": stuck(waiting).count(), "all": waiting.count()}
    rows = (waiting if shown else stuck(waiting)).select_related("dossier", "user").defer("dossier__search")
    page: Page[Any] = page_of(rows, reading.ORDER, request.GET, total=counts["all" if shown else "stuck"])
    found = reading.rows_of(page.rows, timezone.now())
    context = {"page": replace(page, rows=found), "counts": counts, "shows_all": shown, "shows_stuck": not shown}
    return render(request, "desk/outbox/page.html", context)


@desk_page(*LOOKED_AFTER_BY)
@require_POST
def try_again(request: DeskRequest, pk: int) -> HttpResponse:
    """Let the next turn try a message at once."""
    try_now(notice_id=pk, by=request.user)
    messages.success(request, _("The message is tried again within half a minute."))
    return redirect("desk:outbox")
