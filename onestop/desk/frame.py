"""What stands around every page: the rail with its counts, the office's name, the offer of the source."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from offices.capacities import Capacities, capacities_of
from offices.models import Role
from onestop.desk.counts import COUNTERS

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import Promise

EVERYBODY = frozenset(Role.values)
HANDLERS = frozenset({Role.CLERK, Role.SPECIALIST, Role.DIVISION_HEAD, Role.LEADER, Role.REGISTRY})


@dataclass(frozen=True, slots=True)
class RailItem:
    """One entry of the rail, offered to people who hold one of `roles`."""

    page: str
    label: Promise
    icon: str
    roles: frozenset[str]
    key: str = ""
    urgent: bool = False

    @property
    def url(self) -> str:
        """Where the entry leads; empty when this installation does not serve the page."""
        try:
            return reverse(f"desk:{self.page}")
        except NoReverseMatch:
            return ""


@dataclass(frozen=True, slots=True)
class CountedItem:
    """An entry of the rail with the number that waits behind it (None: nothing to count)."""

    item: RailItem
    count: int | None
    is_current: bool


RAIL: tuple[RailItem, ...] = (
    RailItem("receive", _("Receive"), "receive", frozenset({Role.CLERK}), key="F2"),
    RailItem("my_work", _("My work"), "tasks", HANDLERS),
    RailItem("approve", _("Approve"), "sign", frozenset({Role.DIVISION_HEAD, Role.LEADER})),
    RailItem("return", _("Hand over results"), "return", frozenset({Role.CLERK})),
    RailItem("online", _("Online dossiers"), "online", frozenset({Role.CLERK})),
    RailItem("hall", _("Waiting hall"), "people", frozenset({Role.CLERK})),
    RailItem("supervise", _("Supervise"), "supervise", frozenset({Role.SUPERVISOR}), urgent=True),
    RailItem("apologies", _("Apologies"), "warning", frozenset({Role.SUPERVISOR, Role.LEADER, Role.DIVISION_HEAD})),
    RailItem("breaches", _("Missed limits"), "late", frozenset({Role.SUPERVISOR, Role.LEADER, Role.DIVISION_HEAD})),
    RailItem("consents", _("Your word is asked"), "sign", frozenset({Role.SUPERVISOR})),
    RailItem("hall_waits", _("Waiting times"), "in-time", frozenset({Role.SUPERVISOR})),
    RailItem("catalogue", _("Procedures"), "catalogue", EVERYBODY),
    RailItem("people", _("People"), "people", frozenset({Role.ADMINISTRATOR})),
    RailItem("offices", _("Offices"), "office", frozenset({Role.ADMINISTRATOR})),
    RailItem("hall_setup_list", _("Waiting halls"), "people", frozenset({Role.ADMINISTRATOR})),
    RailItem("ladders", _("Ladders of alarms"), "bell", frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})),
    RailItem("assignment", _("Rules of assignment"), "people", frozenset({Role.DIVISION_HEAD, Role.ADMINISTRATOR})),
    RailItem("outbox", _("Messages"), "send", frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR}), urgent=True),
    RailItem("calendars", _("Working calendars"), "calendar", EVERYBODY),
    RailItem("registers", _("Register"), "catalogue", frozenset({Role.CLERK, Role.LEADER, Role.SUPERVISOR})),
    RailItem("jobs", _("Long work"), "download", EVERYBODY),
    RailItem("absences", _("Absences"), "calendar", EVERYBODY),
)
FIRST = 4  # entries that a phone shows without opening "…"


def rail_for(capacities: Capacities, *, at: datetime, current: str = "") -> Iterator[CountedItem]:
    """The entries that the person's roles allow, with live counts."""
    for item in RAIL:
        if item.url and item.roles & capacities.roles:
            count = COUNTERS[item.page](capacities, at) if item.page in COUNTERS else None
            yield CountedItem(item, count, item.page == current)


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor: the rail of the person logged in, the office's name, the source offer."""
    context: dict[str, Any] = {
        "office_name": getattr(settings, "OFFICE_NAME", ""),
        "source_url": getattr(settings, "SOURCE_URL", ""),
    }
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or request.headers.get("HX-Request"):
        return context
    at = timezone.now()
    capacities = getattr(request, "capacities", None) or capacities_of(user, at)
    return context | rail_context(capacities, at=at, current=_current_page(request))


def rail_context(capacities: Capacities, *, at: datetime, current: str) -> dict[str, Any]:
    """What `desk/parts/rail.html` prints."""
    rail = list(rail_for(capacities, at=at, current=current))
    notices = COUNTERS["notices"](capacities, at) if "notices" in COUNTERS else 0
    return {"rail_first": rail[:FIRST], "rail_rest": rail[FIRST:], "rail_current": current, "notice_count": notices}


def _current_page(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.url_name or "" if match and match.namespace == "desk" else ""
