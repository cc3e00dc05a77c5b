"""Apologies: what is owed now, and for a period which were given in time, late, or not at all.

The list and every number are cut from the same rows by the same filters, so a count is the length of the list it opens.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, CharField, Count, F, Q, QuerySet, Value, When
from django.http import QueryDict
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from offices.capacities import Capacities
from offices.models import Office, Role
from onestop.desk import words
from onestop.desk.badges import Timetables, dossier_badge
from onestop.desk.paging import Column, Page, page_of
from onestop.desk.reading.tiles import Tile
from onestop.desk.reading.watch_choice import is_id
from onestop.desk.reading.watched_rows import aware_moment, open_steps
from onestop.desk.reading.watching import of_supervised
from procedures.models import Procedure
from workflows.models import Apology, Dossier
from workflows.services.owing import AT_WORK

ROLES = (Role.SUPERVISOR, Role.LEADER, Role.DIVISION_HEAD)
OWED = "owed"
EARLIEST, LATEST = 1900, 2999  # years of a report
STATES = ("in_time", "late", "missing", "waiting")
LABELS = {
    OWED: gettext_lazy("Owed now"),
    "in_time": pgettext_lazy("apologies", "Given in time"),
    "late": pgettext_lazy("apologies", "Given late"),
    "missing": pgettext_lazy("apologies", "Missing"),
    "waiting": pgettext_lazy("apologies", "Term still runs"),
}
ICONS = {OWED: "warning", "in_time": "done", "late": "late", "missing": "late", "waiting": "in-time"}
TONES = {OWED: "soon", "late": "late", "missing": "late"}
DIMENSIONS = {"office": "dossier__handling_office", "procedure": "dossier__procedure"}
ORDER = (Column("due_by", aware_moment), Column("pk"))
ROWS = 25


@dataclass(frozen=True, slots=True)
class Choice:
    """Which list is open: what is owed now, or one state of those whose date lies in the period."""

    first: date
    last: date
    state: str = OWED
    office: str = ""
    procedure: str = ""

    @classmethod
    def read(cls, query: QueryDict, *, today: date) -> Choice:
        """The choice that an address carries; by default what is owed now, with this month for the report."""
        month = today.replace(day=1)
        first = day_in(query.get("first", "")) or month
        last = day_in(query.get("last", "")) or (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        state = query.get("state", OWED)
        ids = {name: value if is_id(value := query.get(name, "")) else "" for name in DIMENSIONS}
        return cls(first, max(first, last), state if state in LABELS else OWED, **ids)

    def to(self, **changes: Any) -> str:
        """The query of an address that opens this list with some changes."""
        changed = replace(self, **{name: str(value) for name, value in changes.items()})
        names = {"state": changed.state, "first": changed.first.isoformat(), "last": changed.last.isoformat()}
        return f"?{urlencode(names | {n: getattr(changed, n) for n in DIMENSIONS if getattr(changed, n)})}"

    @property
    def period(self) -> tuple[datetime, datetime]:
        """The first moment of the first day and the first after the last."""
        zone = get_current_timezone()
        after = self.last + timedelta(days=1)
        return datetime.combine(self.first, time(), zone), datetime.combine(after, time(), zone)


def day_in(text: str) -> date | None:
    """A day as an address carries it; None where it is none, or none of this time."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if EARLIEST <= found.year <= LATEST else None


def apologies_of(capacities: Capacities) -> QuerySet[Apology]:
    """Apologies of the dossiers one supervises, and of those one's own office handles as its head."""
    heads = capacities.offices_as(Role.LEADER, Role.DIVISION_HEAD)
    mine = Dossier.objects.visible_to(capacities).filter(handling_office__in=heads)
    condition = Q(dossier__in=mine.values("pk")) if heads else Q(pk__in=[])
    if capacities.has(Role.SUPERVISOR):
        condition |= of_supervised(capacities, "dossier__")
    return Apology.objects.filter(condition)


def owed_now(capacities: Capacities) -> QuerySet[Apology]:
    """What can and must still be given: neither approved nor lifted, on dossiers whose clock runs."""
    owed = apologies_of(capacities).filter(approved_at__isnull=True, lifted_at__isnull=True)
    return owed.filter(dossier__legal_status__in=AT_WORK, dossier__closed_at__isnull=True)


class Report:
    """The apologies one may see, the choice made among them, and now."""

    def __init__(self, capacities: Capacities, choice: Choice, *, at: datetime) -> None:
        self.capacities, self.choice, self.at = capacities, choice, at

    def due(self, *, except_for: str = "") -> QuerySet[Apology]:
        """Those whose date lies in the period and that were due: lifted before the date, one was not."""
        first, after = self.choice.period
        found = apologies_of(self.capacities).filter(due_at__gte=first, due_at__lt=after)
        found = found.exclude(approved_at__isnull=True, lifted_at__lte=F("due_at"))
        return self.narrowed(found.annotate(state=state_at(self.at)), except_for=except_for)

    def narrowed(self, rows: QuerySet[Apology], *, except_for: str = "") -> QuerySet[Apology]:
        """Only the chosen office and procedure."""
        for name, field in DIMENSIONS.items():
            value = getattr(self.choice, name)
            if value and name != except_for:
                rows = rows.filter(**{field: value})
        return rows

    def rows(self) -> QuerySet[Apology]:
        """The open list."""
        if self.choice.state == OWED:
            return self.narrowed(owed_now(self.capacities))
        return self.due().filter(state=self.choice.state)

    def counts(self) -> dict[str, int]:
        """How long each list is."""
        states = dict(self.due().values_list("state").annotate(number=Count("pk")).order_by())
        return {OWED: self.narrowed(owed_now(self.capacities)).count()} | {name: states.get(name, 0) for name in STATES}

    def count_by(self, dimension: str) -> dict[int, dict[str, int]]:
        """The report by office or procedure: how many of each state."""
        found: dict[int, dict[str, int]] = {}
        cells = self.due(except_for=dimension).values_list(DIMENSIONS[dimension], "state").annotate(number=Count("pk"))
        for value, state, number in cells.order_by():
            found.setdefault(value, dict.fromkeys(STATES, 0))[state] = number
        return found


def state_at(at: datetime) -> Case:
    """Given in time, given late, missing, or still within its term."""
    return Case(
        When(approved_at__lte=F("due_by"), then=Value("in_time")),
        When(approved_at__isnull=False, then=Value("late")),
        When(Q(lifted_at__isnull=False) | Q(due_by__lt=at), then=Value("missing")),
        default=Value("waiting"),
        output_field=CharField(),
    )


# What the page prints


def tiles(report: Report) -> list[Tile]:
    """What is owed now, then the states of the period."""
    choice, counts = report.choice, report.counts()
    return [
        Tile(str(LABELS[s]), counts[s], choice.to(state=s), TONES.get(s, ""), ICONS[s], s == choice.state)
        for s in (OWED, *STATES)
    ]


@dataclass(frozen=True, slots=True)
class Cell:
    """A number and the list it opens."""

    count: int
    href: str


@dataclass(frozen=True, slots=True)
class Line:
    """One office or procedure of the report."""

    name: str
    href: str
    is_chosen: bool
    total: int
    cells: list[Cell]


def lines(report: Report, dimension: str) -> list[Line]:
    """The report by office or procedure, the most missing first."""
    counts, choice = report.count_by(dimension), report.choice
    names = names_of(dimension, counts)
    found = [
        Line(
            names.get(value, str(value)),
            choice.to(**{dimension: "" if getattr(choice, dimension) == str(value) else value}),
            getattr(choice, dimension) == str(value),
            sum(row.values()),
            [Cell(row[state], choice.to(state=state, **{dimension: value})) for state in STATES],
        )
        for value, row in counts.items()
    ]
    return sorted(found, key=lambda line: (-line.cells[2].count, -line.total, line.name))


def names_of(dimension: str, ids: Any) -> dict[int, str]:
    """Names of offices or procedures: one statement."""
    if dimension == "office":
        return dict(Office.objects.filter(pk__in=list(ids)).values_list("pk", "short_name"))
    rows = Procedure.objects.filter(pk__in=list(ids)).values_list("pk", "code", "name")
    return {pk: f"{code} {name}" for pk, code, name in rows}


@dataclass(frozen=True, slots=True)
class Row:
    """One apology of the list."""

    duty: Apology
    badge: words.TimeBadge
    place: str
    news: str
    is_late: bool


def page(report: Report, query: QueryDict, *, total: int) -> Page[Any]:
    """One page of the open list, the earliest last moment first: two statements, however many rows."""
    parts = ("procedure", "statutory_clock", "handling_office", "receiving_office")
    rows = report.rows().select_related("proposed_by", "approved_by", *(f"dossier__{part}" for part in parts))
    found = page_of(rows.defer("dossier__search"), ORDER, query, size=ROWS, total=total)
    steps, timetables = open_steps({row.dossier_id for row in found.rows}), Timetables()
    shown = [
        Row(
            duty,
            dossier_badge(duty.dossier, at=report.at, timetables=timetables),
            ", ".join(s.office.short_name for s in steps[duty.dossier_id] if s.office)
            or duty.dossier.handling_office.short_name,
            news_of(duty),
            (duty.approved_at or report.at) > duty.due_by,
        )
        for duty in found.rows
    ]
    return Page(shown, found.words, found.next_url, found.previous_url)  # type: ignore[type-var]


def news_of(duty: Apology) -> str:
    """How far an apology has come."""
    if duty.approved_at and duty.new_date_at:
        known = {"who": duty.approved_by or "", "day": words.day(duty.approved_at), "new": words.day(duty.new_date_at)}
        return _("Approved by %(who)s on %(day)s; new date %(new)s") % known
    if duty.lifted_at:
        return _("Never given")
    if duty.proposed_at:
        return _("Proposed by %(who)s; waits for the head") % {"who": duty.proposed_by or ""}
    return _("Sent back to the unit") if duty.rejected_because else _("Not proposed yet")


# The report as a table to keep


def table(report: Report) -> Iterator[list[str]]:
    """The report by office and procedure, with a header: the same numbers as on the page."""
    yield [_("Office"), _("Procedure"), pgettext("apologies", "Due"), *(str(LABELS[state]) for state in STATES)]
    cells = report.due().values_list(*DIMENSIONS.values(), "state").annotate(number=Count("pk")).order_by()
    counts: dict[tuple[int, int], dict[str, int]] = {}
    for office, procedure, state, number in cells:
        counts.setdefault((office, procedure), dict.fromkeys(STATES, 0))[state] = number
    offices = names_of("office", {office for office, _procedure in counts})
    procedures = names_of("procedure", {procedure for _office, procedure in counts})
    named = [((offices[office], procedures[procedure]), row) for (office, procedure), row in counts.items()]
    for (office, procedure), row in sorted(named, key=lambda one: one[0]):
        yield [office, procedure, str(sum(row.values())), *(str(row[state]) for state in STATES)]
