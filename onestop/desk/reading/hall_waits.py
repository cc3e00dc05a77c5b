"""How long people waited, as supervisors choose and read it: a hall, an errand, days; by hour, day and errand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from hall.models import Errand, Hall, Ticket
from hall.waiting import Waits, over_the_limit, served_only, tickets_between, waits
from offices.capacities import Capacities, local_day
from offices.models import Role
from offices.tree import office_ids_below
from onestop.desk import words
from onestop.desk.reading.watch_sheets import Sheet, Value

LONGEST_PERIOD = 366
DAYS_SHOWN = 31
KINDS = ("drawn", "served", "over", "not_served")
GROUPS = ("hour", "day", "errand")


@dataclass(frozen=True, slots=True)
class Period:
    """What the address chooses.

    Attributes:
        first, last: days, both included.
        hall, errand, hour: ids and the hour drawn; None: all.
        kind: which tickets a list shows.
    """

    first: date
    last: date
    hall: int | None = None
    errand: int | None = None
    hour: int | None = None
    kind: str = "drawn"

    @classmethod
    def read(cls, query: QueryDict, *, today: date) -> Period:
        """The choice in an address; what cannot be read is left out, and the last 30 days stand for no days."""
        last = min(day_in(query.get("last", "")) or today, today)
        first = min(day_in(query.get("first", "")) or last - timedelta(days=29), last)
        first = max(first, last - timedelta(days=LONGEST_PERIOD - 1))
        kind = query.get("kind", "")
        numbers = {name: number_in(query.get(name, "")) for name in ("hall", "errand", "hour")}
        return cls(first, last, **numbers, kind=kind if kind in KINDS else KINDS[0])

    def to(self, **changes: Any) -> str:
        """The parameters of the address with changes."""
        values: dict[str, Any] = {"first": self.first, "last": self.last}
        values |= {"hall": self.hall, "errand": self.errand, "hour": self.hour, "kind": self.kind} | changes
        return "?" + urlencode({name: value for name, value in values.items() if value not in (None, "", KINDS[0])})


def day_in(text: str) -> date | None:
    """A day of an address; None where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def number_in(text: str) -> int | None:
    """A number of an address; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None


@dataclass(frozen=True, slots=True)
class Line:
    """One group as a row of a table, with the lists that its numbers open."""

    name: str
    waits: Waits
    drawn_url: str
    served_url: str
    over_url: str
    not_served_url: str

    @property
    def cells(self) -> list[str]:
        """Mean, 95th percentile, longest wait and share over 30 minutes, in words."""
        return [minutes(self.waits.mean), minutes(self.waits.p95), minutes(self.waits.longest), share(self.waits)]


def minutes(seconds: int | None) -> str:
    """A wait in minutes with one digit: 12,5; a dash where there is none."""
    return "–" if seconds is None else f"{seconds / 60:.1f}".replace(".", ",")


def share(found: Waits) -> str:
    """The share over 30 minutes: 12,5 %; a dash where nobody was served."""
    return "–" if found.share_over is None else f"{found.share_over * 100:.1f} %".replace(".", ",")


@dataclass(frozen=True, slots=True)
class WaitingTimes:
    """The page of the supervisors."""

    period: Period
    halls: list[Hall]
    errands: list[Errand]
    total: Line
    tables: dict[str, list[Line]]

    @property
    def newest_days(self) -> list[Line]:
        """The last days of the period, as many as a page shows; its file holds all."""
        return self.tables["day"][-DAYS_SHOWN:]

    @property
    def days_left_out(self) -> int:
        """How many days stand in the file alone."""
        return max(len(self.tables["day"]) - DAYS_SHOWN, 0)


def watched_halls(capacities: Capacities) -> QuerySet[Hall]:
    """Halls of the offices that the supervisor watches, and of those below them."""
    offices = office_ids_below(capacities.offices_as(Role.SUPERVISOR))
    return Hall.objects.select_related("office").filter(office__in=offices).order_by("office__code")


def tickets_of(halls: list[Hall], period: Period) -> QuerySet[Ticket]:
    """The tickets that the address chooses, whatever their end."""
    ids = [hall.pk for hall in halls if period.hall in (None, hall.pk)]
    rows = tickets_between(ids, period.first, period.last)
    if period.errand is not None:
        rows = rows.filter(errand=period.errand)
    return rows if period.hour is None else rows.filter(hour=period.hour)


def listed(halls: list[Hall], period: Period) -> QuerySet[Ticket]:
    """The tickets behind one number of the page."""
    rows = tickets_of(halls, period)
    return {"served": served_only, "over": over_the_limit, "not_served": never_served}.get(period.kind, lambda x: x)(
        rows
    )


def never_served(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Passed over, gone, or waiting still."""
    return tickets.filter(served_at__isnull=True)


def waiting_times(capacities: Capacities, query: QueryDict, *, at: datetime) -> WaitingTimes:
    """Everything the page prints: six statements, however many tickets there are."""
    period = Period.read(query, today=local_day(at))
    halls = list(watched_halls(capacities))
    errands = list(Errand.objects.filter(hall__in=halls).select_related("hall__office"))
    rows = tickets_of(halls, period)
    names = {errand.pk: errand_name(errand, halls) for errand in errands}
    tables = {group: [line(period, group, found, names) for found in waits(rows, group)] for group in GROUPS}
    return WaitingTimes(period, halls, errands, line(period, "", waits(rows)[0], names), tables)


def errand_name(errand: Errand, halls: list[Hall]) -> str:
    """An errand, with its desk where several are watched."""
    return f"{errand} ({errand.hall.office.short_name})" if len(halls) > 1 else str(errand)


def line(period: Period, group: str, found: Waits, names: dict[int, str]) -> Line:
    """A group as a row of its table."""
    name, chosen = _("All"), {}
    if group == "hour":
        name, chosen = f"{found.group:02d}:00–{found.group:02d}:59", {"hour": found.group}
    elif group == "day":
        name, chosen = words.day(found.group), {"first": found.group, "last": found.group}
    elif group == "errand":
        name, chosen = names[found.group], {"errand": found.group}
    urls = [period.to(**chosen, kind=kind) for kind in KINDS]
    return Line(name, found, *urls)


def sheet(found: WaitingTimes, group: str) -> Sheet:
    """A table of the page as it is downloaded; waits in seconds, so that a spreadsheet can go on counting."""
    titles = {"hour": _("Hour"), "day": _("Day"), "errand": _("Errand")}
    headers = [titles[group], _("Numbers"), _("Served"), _("Not served"), _("Mean wait (s)")]
    headers += [_("95th percentile (s)"), _("Longest wait (s)"), _("Over 30 minutes"), _("Share over 30 minutes")]
    return Sheet(titles[group], headers, [sheet_row(row) for row in [*found.tables[group], found.total]])


def sheet_row(row: Line) -> list[Value]:
    """One group in a line of the file."""
    found = row.waits
    times = ["" if value is None else value for value in (found.mean, found.p95, found.longest)]
    return [row.name, found.drawn, found.served, found.not_served, *times, found.over, share(found)]


# The bars of the hours

WIDTH, HEIGHT, FOOT, TOP = 560, 140, 20, 16


@dataclass(frozen=True, slots=True)
class Bar:
    """The mean wait of one hour; drawn beside the table, which says the same."""

    x: int
    y: int
    width: int
    height: int
    label: str
    hour: str
    is_over: bool


@dataclass(frozen=True, slots=True)
class Bars:
    """The mean wait by hour, with the line of 30 minutes."""

    bars: list[Bar]
    limit_y: int
    width: int = WIDTH
    height: int = HEIGHT + FOOT + TOP
    foot_y: int = HEIGHT + TOP + 14


def bars(found: WaitingTimes) -> Bars:
    """The mean waits of the hours as bars."""
    rows = [(row, row.waits.mean / 60) for row in found.tables["hour"] if row.waits.mean is not None]
    highest = max([35.0, *(mean for _row, mean in rows)])
    step = WIDTH // max(len(rows), 1)
    drawn = []
    for place, (row, mean) in enumerate(rows):
        height = round(HEIGHT * mean / highest)
        drawn.append(
            Bar(
                place * step + 6,
                TOP + HEIGHT - height,
                min(step - 12, 48),
                height,
                minutes(row.waits.mean),
                f"{row.waits.group}h",
                mean > 30,
            )
        )
    return Bars(drawn, TOP + HEIGHT - round(HEIGHT * 30 / highest))
