"""Clocks for people: why a date is what it is, whose hours went by, when and why the date moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from onestop.desk import words
from onestop.desk.badges import step_badge
from onestop.desk.reading.steps import title_of
from onestop.desk.reading.trail import LOOKS
from onestop.desk.words import TimeBadge
from sla.calendars import timetable_of
from sla.explanations import Explanation, Sentence, explain
from sla.ledger import Line as LedgerLine
from sla.ledger import stretches
from sla.models import DATE_MOVES, Clock, ClockInterval, ClockState, PartyKind
from sla.working_time import Timetable
from workflows.accounts import start_rule_of
from workflows.models import Dossier, Step

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


def explained(clock: Clock, dossier: Dossier) -> ExplainedClock:
    """Why a clock of a dossier is due when it is."""
    told = explain(clock, start_rule=start_rule_of(dossier))
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
    return list(held_in(rows, timetable, at=clock.ended_at or max(at, clock.started_at)))


def held_in(rows: Sequence[ClockInterval], timetable: Timetable, *, at: datetime) -> Iterator[Held]:
    """Rows of a ledger as stretches; those that lasted no time at all are left out.

    Minutes are cut from the seconds since the beginning, so those of all stretches are the minutes of the whole.
    """
    names = {row.pk: row for row in rows}
    seconds = minutes = 0
    for stretch in stretches(map(LedgerLine.of, rows), timetable, until=at):
        seconds += stretch.seconds
        passed, minutes = seconds // 60 - minutes, seconds // 60
        row = names[stretch.line.number]
        if stretch.starts_at < stretch.ends_at or stretch.is_open:
            yield Held(row.party, party_name(row), stretch.starts_at, stretch.ends_at, passed, stretch.is_open)


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
            note_in_words(row.note) if row.reason in DATE_MOVES else "",
            row.clause,
            row.due_before,
            row.due_after,
            row.recorded_by.full_name if row.recorded_by else "",
        )
        for row in rows
        if row.due_before != row.due_after and row.state != ClockState.ENDED
    ]


def note_in_words(note: str) -> str:
    """The note of a line: the name of an act in words, or what somebody wrote."""
    return str(LOOKS[note].words) if note in LOOKS else note


# The three clocks side by side


@dataclass(frozen=True, slots=True)
class ClockSum:
    """One clock: how much working time it ran and stood still, of which budget, and how it stands."""

    title: str
    who: str
    running: int
    paused: int
    due_at: datetime | None
    state: str
    badge: TimeBadge | None = None

    @property
    def ran(self) -> str:
        """In words."""
        return minutes_in_words(self.running // 60)

    @property
    def stood(self) -> str:
        """In words; empty where it never stood still."""
        return minutes_in_words(self.paused // 60) if self.paused else ""


def sums_of(dossier: Dossier, steps: Sequence[Step], *, at: datetime) -> list[ClockSum]:
    """The legal limit and the clock of each step, with the time counted and not counted; one statement."""
    own = [clock for clock in (dossier.statutory_clock, dossier.desk_clock) if clock is not None]
    timed = [step for step in steps if step.clock is not None]
    lines: dict[object, list[LedgerLine]] = {}
    ids = [clock.pk for clock in own] + [step.clock_id for step in timed]
    for row in ClockInterval.objects.filter(clock__in=ids).order_by("pk"):
        lines.setdefault(row.clock_id, []).append(LedgerLine.of(row))
    found = [
        ClockSum(
            capfirst(str(clock.get_kind_display())), "", *passed(clock, lines, at), clock.shown_due_at, clock.state
        )
        for clock in own
    ]
    return found + [
        ClockSum(
            title_of(step),
            str(step.finished_by or step.owner or ""),
            *passed(step.clock, lines, at),
            step.clock.shown_due_at,
            step.clock.state,
            step_badge(step, at=at) if step.is_open else None,
        )
        for step in timed
        if step.clock is not None
    ]


def passed(clock: Clock, lines: dict[object, list[LedgerLine]], at: datetime) -> tuple[int, int]:
    """Working seconds in which a clock ran, and in which it stood still."""
    until = clock.ended_at or max(at, clock.started_at)
    sums: Counter[str] = Counter()
    for stretch in stretches(lines.get(clock.pk, []), timetable_of(clock.calendar_version_id), until=until):
        sums[stretch.line.state] += stretch.seconds
    return sums[ClockState.RUNNING], sums[ClockState.STOPPED]
