"""The hall as clerks see it: call the next number, serve it, pass it over, draw one for somebody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from hall import services
from offices import exceptions as offices
from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.answering import answering
from onestop.desk.reading.hall import console_of, mark_of
from workflows.exceptions import NotPossibleNow

Act = Callable[[DeskRequest, datetime], object]


def answering_now(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Like `answering`; what is not possible now is a page of its own, too."""

    @answering
    @wraps(view)
    def answered(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (offices.NotPossibleNow, offices.NotComplete) as error:
            raise NotPossibleNow(str(error)) from error

    return answered


def number_in(request: DeskRequest, name: str) -> int:
    """An id that a form sends; 0, which nothing has, where it is none."""
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 0


def on_ticket(service: Callable[..., object]) -> Act:
    """An act on the ticket that the form names."""
    return lambda request, at: service(ticket_id=number_in(request, "ticket"), by=request.user, at=at)


def draw(request: DeskRequest, at: datetime) -> object:
    """Draw a number for somebody who does not use the kiosk."""
    ticket = services.draw_number(
        hall_id=number_in(request, "hall"),
        errand_id=number_in(request, "errand"),
        key=request.POST.get("key", "")[:32],
        priority=request.POST.get("priority", ""),
        by=request.user,
        at=at,
    )
    messages.success(request, _("Number %(number)s was drawn.") % {"number": ticket.label})
    return ticket


def check_in(request: DeskRequest, at: datetime) -> object:
    """Somebody with an appointment has come to the desk."""
    code = request.POST.get("code", "")[:12]
    ticket = services.check_in(
        hall_id=number_in(request, "hall"), code=code, key=f"desk-{code}", by=request.user, at=at
    )
    messages.success(request, _("Number %(number)s was drawn.") % {"number": ticket.label})
    return ticket


ACTS: dict[str, Act] = {
    "next": lambda request, at: services.call_next(hall_id=number_in(request, "hall"), by=request.user, at=at),
    "again": on_ticket(services.call_again),
    "serve": on_ticket(services.serve),
    "receive": on_ticket(services.serve),
    "done": on_ticket(services.finish),
    "skip": on_ticket(services.skip),
    "back": on_ticket(services.bring_back),
    "sit": lambda request, at: services.sit_down(counter_id=number_in(request, "counter"), by=request.user, at=at),
    "stand": lambda request, at: services.stand_up(by=request.user, at=at),
    "draw": draw,
    "check_in": check_in,
}


def console_context(request: DeskRequest, wanted: str) -> dict[str, Any]:
    """What the page of the hall prints."""
    at = timezone.now()
    hall_id = int(wanted) if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 else None
    console = console_of(request.capacities, request.user, at=at, hall_id=hall_id)
    return {"console": console, "key": f"{request.user.pk}-{at.timestamp():.6f}"[:32]}


@desk_page(Role.CLERK)
@require_safe
def hall(request: DeskRequest) -> HttpResponse:
    """Who waits, who is at hand, who was passed over."""
    return render(request, "desk/hall/page.html", console_context(request, request.GET.get("hall", "")))


@desk_page(Role.CLERK)
@require_safe
def hall_now(request: DeskRequest) -> HttpResponse:
    """The present state for a page that is open; 204 where nothing has changed."""
    wanted, seen = request.GET.get("hall", ""), request.GET.get("seen", "")
    if wanted.isascii() and wanted.isdigit() and len(wanted) < 19 and mark_of(int(wanted), timezone.now()) == seen:
        return HttpResponse(status=204)
    context = console_context(request, wanted)
    if context["console"] is None:
        return HttpResponse(status=204)
    return live(request, context)


def live(request: DeskRequest, context: dict[str, Any]) -> HttpResponse:
    """The present state for an open page; the rail counts anew, too."""
    answer = render(request, "desk/hall/live.html", context)
    answer["HX-Trigger"] = "work-changed"
    return answer


@desk_page(Role.CLERK)
@require_POST
@answering_now
def act(request: DeskRequest, name: str) -> HttpResponse:
    """One act in the hall; a small one renews the page in place."""
    if name not in ACTS:
        raise Http404(_("There is no such act."))
    ACTS[name](request, timezone.now())
    if name == "receive":
        return redirect("desk:receive")
    if request.headers.get("HX-Request"):
        context = console_context(request, request.POST.get("hall", ""))
        return live(request, context | {"drawn": name == "draw"})
    return redirect("desk:hall")
