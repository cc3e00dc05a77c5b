"""Everything behind the date of one clock: what was counted, by which calendar and rules, and how the date moved.

Enough for a person, or for another program, to count again and come to the same date.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sla.calendars import timetable_of
from sla.explanations import Explanation, explain, name_of_day_off, rulebook_of
from sla.ledger import Line, stretches
from sla.limits import CountingRules, Stretch, Unit
from sla.models import CalendarVersion, Clock, ClockInterval, ClockState, LedgerReason
from sla.rulebook import Rulebook
from sla.sentences import Sentence, is_one_day
from sla.stops import entries

REASONS = {
    "working_day": gettext_noop("working days"),
    "make_up": gettext_noop("worked in exchange for a day off"),
    "calendar_day": gettext_noop("days"),
    "months": gettext_noop("months"),
    "working_hours": gettext_noop("working hours"),
    "weekend": gettext_noop("weekend"),
    "holiday": gettext_noop("public holiday: %(name)s"),
    "lieu": gettext_noop("day off in place of a public holiday: %(name)s"),
    "swap": gettext_noop("day off, worked on %(name)s instead"),
    "closure": gettext_noop("office closed: %(name)s"),
    "early_close": gettext_noop("office shut early: %(name)s"),
    "stopped": gettext_noop("the clock was paused"),
}


@dataclass(frozen=True, slots=True)
class CalendarUsed:
    """The published version of a calendar that a clock runs on."""

    code: str
    name: str
    number: int
    zone: str
    kind: str
    decision: str
    reason: str
    published_at: datetime | None

    @classmethod
    def of(cls, version: CalendarVersion) -> CalendarUsed:
        """From the stored version."""
        calendar = version.calendar
        return cls(
            calendar.code,
            calendar.name,
            version.number,
            calendar.zone,
            version.kind,
            version.decision,
            version.reason,
            version.published_at,
        )

    def as_data(self) -> dict[str, object]:
        """As JSON."""
        return {
            "code": self.code,
            "name": self.name,
            "number": self.number,
            "zone": self.zone,
            "kind": self.kind,
            "decision": self.decision,
            "reason": self.reason,
            "published_at": moment_data(self.published_at),
        }


@dataclass(frozen=True, slots=True)
class Move:
    """A line of the ledger that started, paused, resumed, restarted, ended or moved a clock."""

    at: datetime
    reason: str
    words: str
    note: str
    clause: str
    by: str
    before: datetime | None
    after: datetime | None

    @property
    def moved(self) -> bool:
        """Whether the date is another one since."""
        return self.before != self.after

    def as_data(self) -> dict[str, object]:
        """As JSON."""
        return {
            "at": moment_data(self.at),
            "reason": self.reason,
            "words": self.words,
            "due_before": moment_data(self.before),
            "due_after": moment_data(self.after),
            "clause": self.clause,
            "note": self.note,
            "by": self.by,
        }


@dataclass(frozen=True, slots=True)
class Run:
    """Stretches of the same kind one after another: each single day of it is counted, or skipped, for one reason."""

    counted: bool
    start: datetime
    end: datetime
    amount: Decimal
    unit: Unit
    words: str
    whole_days: bool
    reason: str

    def goes_on_in(self, other: Run) -> bool:
        """Whether the other run is the next day of the same kind."""
        same = (self.counted, self.words, self.whole_days) == (other.counted, other.words, other.whole_days)
        return same and self.whole_days and self.end == other.start


@dataclass(frozen=True, slots=True)
class Account:
    """The account of one clock's date."""

    clock: Clock
    told: Explanation
    calendar: CalendarUsed
    book: Rulebook
    counting: CountingRules
    moves: tuple[Move, ...]
    running: int
    paused: int

    @property
    def due_at(self) -> datetime | None:
        """The date, where there is one."""
        return self.told.due_at

    @property
    def runs(self) -> list[Run]:
        """Everything counted and skipped in the order of time, days of the same kind together."""
        return condensed(self.told.counted, self.told.skipped)

    @property
    def counted(self) -> Decimal:
        """How much was counted, in the unit of the term."""
        return sum((one.stretch.amount for one in self.told.counted if one.stretch), Decimal(0))

    @property
    def skipped(self) -> dict[str, int]:
        """How many stretches were skipped, by reason."""
        return dict(Counter(one.reason for one in self.told.skipped))

    def as_data(self) -> dict[str, Any]:
        """As JSON, by the schema `docs/explanation-1.schema.json`."""
        clock = self.clock
        return {
            "kind": clock.kind,
            "state": clock.state,
            "run": clock.run,
            "started_at": moment_data(clock.started_at),
            "stopped_at": moment_data(clock.stopped_at),
            "ended_at": moment_data(clock.ended_at),
            "due_at": moment_data(self.due_at),
            "not_after": moment_data(clock.not_after),
            "provisional": self.told.provisional,
            "verdict": clock.verdict,
            "term": term_data(clock),
            "clause": clock.clause,
            "counting": {
                "first_day": str(self.counting.first_day),
                "due_time": str(self.counting.due_time),
                "last_hour": self.counting.last_hour,
            },
            "rulebook": rulebook_data(self.book),
            "calendar": self.calendar.as_data(),
            "stops": [
                {"from": one["start"], "to": one["end"], "moves_date": not one.get("silent")} for one in entries(clock)
            ],
            "counted": [_stretch_data(one) for one in self.told.counted],
            "skipped": [_stretch_data(one) for one in self.told.skipped],
            "remarks": list(self.told.remarks),
            "rules": [_rule_data(one) for one in self.told.rules],
            "moves": [move.as_data() for move in self.moves],
            "totals": {
                "counted": f"{self.counted.normalize():f}",
                "skipped": self.skipped,
                "running_seconds": self.running,
                "paused_seconds": self.paused,
            },
        }


def accounts_of(clocks: Sequence[Clock], *, at: datetime, start_rule: str = "clock_start") -> list[Account]:
    """Account for clocks, in their order: two statements for any number.

    Args:
        clocks: any clocks.
        at: now, until when a running clock's time is added up.
        start_rule: the rule of the rulebook by which a legal limit began.
    """
    versions = CalendarVersion.objects.select_related("calendar").in_bulk({c.calendar_version_id for c in clocks})
    rows: dict[UUID, list[ClockInterval]] = defaultdict(list)
    lines = ClockInterval.objects.filter(clock__in=[clock.pk for clock in clocks]).select_related("recorded_by")
    for row in lines.order_by("pk"):
        rows[row.clock_id].append(row)
    return [_account(clock, versions[clock.calendar_version_id], rows[clock.pk], at, start_rule) for clock in clocks]


def _account(
    clock: Clock, version: CalendarVersion, rows: Sequence[ClockInterval], at: datetime, start_rule: str
) -> Account:
    until = clock.ended_at or max(at, clock.started_at)
    passed: Counter[str] = Counter()
    for stretch in stretches(map(Line.of, rows), timetable_of(clock.calendar_version_id), until=until):
        passed[stretch.line.state] += stretch.seconds
    return Account(
        clock,
        explain(clock, start_rule=start_rule),
        CalendarUsed.of(version),
        rulebook_of(clock),
        CountingRules.from_data(clock.counting),
        tuple(_move(row) for row in rows if row.reason != LedgerReason.HAND_OVER),
        passed[ClockState.RUNNING],
        passed[ClockState.STOPPED],
    )


def _move(row: ClockInterval) -> Move:
    by = row.recorded_by.full_name if row.recorded_by else ""
    words = str(LedgerReason(row.reason).label)
    return Move(row.starts_at, row.reason, words, row.note, row.clause, by, row.due_before, row.due_after)


def condensed(counted: Iterable[Sentence], skipped: Iterable[Sentence]) -> list[Run]:
    """Put stretches in the order of time, and neighbouring days of the same kind together.

    Whole days that follow one another for the same reason become one run; so each day still has its reason.
    """
    told = [(one.stretch, True) for one in counted if one.stretch]
    told += [(one.stretch, False) for one in skipped if one.stretch]
    runs: list[Run] = []
    for stretch, is_counted in sorted(told, key=lambda pair: (pair[0].start, pair[1])):
        run = _run(stretch, is_counted=is_counted)
        if runs and runs[-1].goes_on_in(run):
            runs[-1] = replace(runs[-1], end=run.end, amount=runs[-1].amount + run.amount)
        else:
            runs.append(run)
    return runs


def _run(stretch: Stretch, *, is_counted: bool) -> Run:
    words = _(REASONS[stretch.reason]) % {"name": name_of_day_off(stretch)}
    if stretch.ends_nothing:
        words = _("%(reason)s; the term cannot end then") % {"reason": words}
    whole = stretch.unit == Unit.MONTH or is_one_day(stretch.start, stretch.end)
    return Run(is_counted, stretch.start, stretch.end, stretch.amount, stretch.unit, words, whole, stretch.reason)


def moment_data(at: datetime | None) -> str | None:
    """A moment as JSON: ISO 8601 with its offset, in the zone of the office."""
    return localtime(at).isoformat() if at else None


def term_data(clock: Clock) -> dict[str, object] | None:
    """A budget as JSON; amounts as text, so that no digit is lost."""
    term = clock.term
    if term is None:
        return None
    cutoff = term.cutoff and {"after": f"{term.cutoff.after:%H:%M}", "amount": f"{term.cutoff.amount.normalize():f}"}
    return {"amount": f"{term.amount.normalize():f}", "unit": str(term.unit), "cutoff": cutoff or None}


def rulebook_data(book: Rulebook) -> dict[str, object]:
    """A rulebook as JSON."""
    return {"code": book.code, "decree": book.decree, "valid_from": book.valid_from.isoformat()}


def _stretch_data(one: Sentence) -> dict[str, object]:
    stretch = one.stretch
    if stretch is None:
        return {"words": one.words}
    return {
        "from": stretch.start.isoformat(),
        "to": stretch.end.isoformat(),
        "amount": f"{stretch.amount.normalize():f}",
        "unit": str(stretch.unit),
        "reason": stretch.reason,
        "detail": stretch.detail,
        "ends_nothing": stretch.ends_nothing,
        "words": one.words,
    }


def _rule_data(one: Sentence) -> dict[str, object]:
    return {
        "rule": one.rule,
        "rulebook": one.rulebook,
        "clause": one.clause,
        "unverified": one.unverified,
        "words": one.words,
    }
