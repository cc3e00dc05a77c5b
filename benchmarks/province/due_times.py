"""Due times from the program's one function, worked out once for each distinct start and term."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from benchmarks.province.playing import ASKED_FOR
from benchmarks.province.template import DueOp
from sla.limits import DEFAULT_RULES, CountingRules, DueTime
from sla.models import Clock
from sla.terms import Stop, Term, Unit, deadline
from sla.working_time import Timetable

LOCAL = 7 * 3600  # seconds by which the offices' clocks are ahead of UTC; the zone has no summer time
DAY = 86400
Due = tuple[int, bool]


class DueTimes:
    """Terms by number, and what is known of when they end.

    Args:
        timetable: the calendar all offices of the province follow.
    """

    ZONE = ZoneInfo("Asia/Ho_Chi_Minh")

    def __init__(self, timetable: Timetable) -> None:
        self.timetable = timetable
        self.terms: list[tuple[Term, CountingRules]] = []
        self.numbers: dict[tuple[Term, CountingRules], int] = {}
        self.known: list[dict[int, Due]] = []
        self.grain: list[int] = []

    def number(self, term: Term, rules: CountingRules = DEFAULT_RULES) -> int:
        """The number of a term."""
        key = (term, rules)
        if key not in self.numbers:
            self.numbers[key] = len(self.terms)
            self.terms.append(key)
            self.known.append({})
            by_day = term.unit is not Unit.WORKING_HOUR and term.cutoff is None and not rules.last_hour
            self.grain.append(DAY if by_day and rules.due_time is DueTime.CLOSE_OF_OFFICE else 60)
        return self.numbers[key]

    def term(self, clock: Clock) -> int:
        """The number of a clock's term."""
        term = clock.term
        assert term is not None
        return self.number(term, CountingRules.from_data(clock.counting))

    def stuck_term(self, dossier: Any) -> int:
        """The number of the term after which a dossier counts as stuck."""
        return self.number(Term(Decimal(dossier.version.spec.stuck_after), Unit.WORKING_DAY))

    def asked_term(self) -> int:
        """The number of the term an asked office has."""
        return self.number(ASKED_FOR)

    def run(self, ops: Sequence[DueOp], moments: Sequence[int]) -> list[Due]:
        """All due times of a dossier, in seconds since 1970."""
        found: list[Due] = []
        for op in ops:
            at = moments[op.start]
            if op.stops:
                due = self.derive(op.term, at, [(moments[one], moments[two]) for one, two in op.stops])
            else:
                known, key = self.known[op.term], (at + LOCAL) // self.grain[op.term]
                due = known.get(key) or known.setdefault(key, self.derive(op.term, at))
            if op.cap >= 0 and found[op.cap][0] < due[0]:
                due = (found[op.cap][0], due[1])
            found.append(due)
        return found

    def derive(self, number: int, at: int, stops: Sequence[tuple[int, int]] = ()) -> Due:
        """Ask the one function."""
        term, rules = self.terms[number]
        ends = deadline(
            start=instant(at),
            term=term,
            timetable=self.timetable,
            stops=[Stop(instant(one), instant(two)) for one, two in stops],
            rules=rules,
            explain=False,
        )
        return int(ends.due_at.timestamp()), ends.provisional


def instant(seconds: int) -> datetime:
    """An aware instant."""
    return datetime.fromtimestamp(seconds, UTC)


class WorkingMinutes:
    """Every working minute of some years by number, so that time passes as the offices count it."""

    def __init__(self, timetable: Timetable, *, first: datetime, last: datetime) -> None:
        self.starts: list[int] = []
        self.windows: dict[int, tuple[int, list[tuple[int, int]]]] = {}
        self.days: list[int] = []
        day = timetable.day_of(first)
        while day <= timetable.day_of(last):
            windows = [(int(one.start.timestamp()), int(one.end.timestamp())) for one in timetable.windows_on(day)]
            number = (int(timetable.midnight(day).timestamp()) + LOCAL) // DAY
            self.windows[number] = (60 * len(self.starts), windows)
            for start, end in windows:
                self.starts += range(start, end, 60)
                self.days += [number] * ((end - start) // 60)
            day += timedelta(days=1)

    def worked(self, at: int) -> int:
        """Working seconds from the first minute of all until an instant."""
        before, windows = self.windows[(at + LOCAL) // DAY]
        return before + sum(min(at, end) - start for start, end in windows if at > start)
