"""Clocks for people: why a date is what it is, whose hours went by, when and why the date moved."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from onestop.desk import words
from sla.calendars import timetable_of
from sla.explanations import Explanation, Sentence, explain
from sla.models import Clock, ClockInterval, ClockState, PartyKind
from sla.working_time import Timetable
from workflows.models import Dossier

MINUTE = timedelta(minutes=1)
FOLDED = {"weekend", "working_day", "calendar_day", "stopped"}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an explanation."""

    words: str
    skipped: bool = False
    amount: str = ""


def lines_of(told: Explanation) -> list[Line]:
    """An explanation in the order of time: what moved it, each stretch counted or skipped, the rules behind."""
    stretches = [(one, False) for one in told.counted] + [(one, True) for one in told.skipped]
    stretches.sort(key=lambda pair: (pair[0].start is None, pair[0].start))
    lines = [Line(remark, skipped=True) for remark in told.remarks]
    lines += [Line(sentence.words, skipped) for sentence, skipped in stretches]
    return lines + [Line(rule.words, skipped=True) for rule in told.rules]


@dataclass(frozen=True, slots=True)
class ExplainedClock:
    """A clock with its explanation."""

    clock: Clock
    due_at: datetime | None
    provisional: bool
    lines: list[Line]
    counted: Sequence[Sentence] = ()


def explained(clock: Clock) -> ExplainedClock:
    """Why a clock is due when it is."""
    told = explain(clock)
    return ExplainedClock(clock, told.due_at, told.provisional, lines_of(told), told.counted)


# Whose hours


@dataclass(frozen=True, slots=True)
class Part:
    """The working time one party held the dossier."""

    party: str
    name: str
    minutes: int
    offset: float
    share: float
    stretches: int = 1

    @property
    def amount(self) -> str:
        """In words."""
        return minutes_in_words(self.minutes)


@dataclass(frozen=True, slots=True)
class Held:
    """One stretch of the ledger: who held the dossier, from when to when."""

    party: str
    name: str
    starts_at: datetime
    ends_at: datetime
    minutes: int
    is_open: bool

    @property
    def amount(self) -> str:
        """In words."""
        return minutes_in_words(self.minutes)


def minutes_in_words(minutes: int) -> str:
    """Working time in hours and minutes, so that the lines of a table can be added up."""
    return words.stretch(minutes=minutes)


def ledger_of(dossier: Dossier, *, at: datetime) -> list[Held]:
    """Every stretch of the applicant's own clock, first submission to result; one statement.

    The minutes of the stretches add up to the whole: each ends, in whole minutes, where the next begins.
    """
    clock = dossier.citizen_clock
    if clock is None:
        return []
    timetable = timetable_of(clock.calendar_version_id)
    rows = list(clock.intervals.select_related("party_office", "party_user").order_by("pk"))
    return list(stretches(rows, timetable, at))


def stretches(rows: Sequence[ClockInterval], timetable: Timetable, at: datetime) -> Iterator[Held]:
    """Rows of a ledger as stretches; the last one lasts until the clock's end, or until now."""
    if not rows:
        return
    start = rows[0].starts_at
    for row, following in zip(rows, [*rows[1:], None], strict=True):
        if row.state == ClockState.ENDED:
            return
        ends_at = following.starts_at if following else max(at, row.starts_at)
        passed = timetable.between(start, ends_at) // MINUTE - timetable.between(start, row.starts_at) // MINUTE
        yield Held(row.party, party_name(row), row.starts_at, ends_at, passed, following is None)


def party_name(row: ClockInterval) -> str:
    """Who held the dossier, by name where it was a person."""
    if row.party == PartyKind.CITIZEN:
        return _("The applicant: papers")
    if row.party == PartyKind.PAYMENT:
        return _("The applicant: payment")
    office = row.party_office.short_name if row.party_office else ""
    if row.party_user:
        return f"{row.party_user.full_name} · {office}" if office else row.party_user.full_name
    if row.party == PartyKind.CONSULTED:
        return _("Asked for its opinion: %(office)s") % {"office": office}
    return office or str(PartyKind(row.party).label)


def parts_of(held: Iterable[Held]) -> list[Part]:
    """The ledger added up by party, in the order in which each held the dossier first."""
    sums: dict[tuple[str, str], list[int]] = {}
    for stretch in held:
        sums.setdefault((stretch.party, stretch.name), []).append(stretch.minutes)
    total = sum(sum(minutes) for minutes in sums.values()) or 1
    parts, offset = [], 0.0
    for (party, name), minutes in sums.items():
        share = sum(minutes) * 100 / total
        parts.append(Part(party, name, sum(minutes), round(offset, 3), round(share, 3), len(minutes)))
        offset += share
    return parts


# How the date moved


@dataclass(frozen=True, slots=True)
class DateChange:
    """One change of the due date with its reason."""

    at: datetime
    reason: str
    note: str
    clause: str
    before: datetime | None
    after: datetime | None
    by: str


def changes_of(clock: Clock) -> list[DateChange]:
    """Every change of a clock's due date, oldest first; one statement."""
    rows = clock.intervals.select_related("recorded_by").order_by("pk")
    return [
        DateChange(
            row.starts_at,
            row.get_reason_display(),
            row.note,
            row.clause,
            row.due_before,
            row.due_after,
            row.recorded_by.full_name if row.recorded_by else "",
        )
        for row in rows
        if row.due_before != row.due_after and row.state != ClockState.ENDED
    ]
