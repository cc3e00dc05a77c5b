"""What a log as a whole says: its activities, who follows whom, its people, its zone, how long its cases take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from workflows.replay.xes import DEFAULT_ZONE, Case, Skip

HOUR = timedelta(hours=1)
ETC_HOURS = range(-14, 13)


@dataclass(slots=True)
class Survey:
    """Totals over all cases that can be replayed, and the skips of the others."""

    cases: int = 0
    events: int = 0
    repeated: int = 0
    late: int | None = None
    skips: list[Skip] = field(default_factory=list)
    people: set[str] = field(default_factory=set)
    starts: Counter[str] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    successions: Counter[tuple[str, str]] = field(default_factory=Counter)
    planned_days: Counter[int] = field(default_factory=Counter)
    longest: timedelta = timedelta(0)
    first_at: datetime | None = None
    last_at: datetime | None = None
    _places: dict[str, list[float]] = field(default_factory=dict)
    _offsets: set[timedelta] = field(default_factory=set)
    _fits_default_zone: bool = True

    def add(self, case: Case) -> None:
        """Count one case."""
        self.cases += 1
        self.events += len(case.events)
        self.repeated += case.repeats
        self._add_course([event.activity for event in case.events])
        self._add_times(case)
        for event in case.events:
            self.people.add(event.person)
            self._add_offset(event.at)

    @property
    def activities(self) -> list[str]:
        """All activities, those first that usually come early in a case."""
        return sorted(self._places, key=lambda name: self._places[name][0] / self._places[name][1])

    @property
    def zone(self) -> ZoneInfo:
        """The log's zone: the default where its offsets fit it; else that of its one offset, where it has one."""
        if self._fits_default_zone or len(self._offsets) != 1:
            return DEFAULT_ZONE
        hours, rest = divmod(next(iter(self._offsets)), HOUR)
        if rest or -hours not in ETC_HOURS:
            return DEFAULT_ZONE
        return ZoneInfo("UTC") if hours == 0 else ZoneInfo(f"Etc/GMT{-hours:+d}")

    def _add_course(self, course: list[str]) -> None:
        self.starts[course[0]] += 1
        self.ends[course[-1]] += 1
        self.successions.update(pairwise(course))
        last = max(len(course) - 1, 1)
        for index, activity in enumerate(course):
            place = self._places.setdefault(activity, [0.0, 0])
            place[0] += index / last
            place[1] += 1

    def _add_times(self, case: Case) -> None:
        start, end = case.events[0].at, case.events[-1].at
        self.longest = max(self.longest, end - start)
        self.first_at = min(self.first_at or start, start)
        self.last_at = max(self.last_at or end, end)
        if case.planned_end is not None:
            self.planned_days[max((case.planned_end - start).days, 1)] += 1
            self.late = (self.late or 0) + bool(case.is_late)

    def _add_offset(self, at: datetime) -> None:
        offset = at.utcoffset() or timedelta(0)
        self._offsets.add(offset)
        if self._fits_default_zone:
            self._fits_default_zone = at.astimezone(DEFAULT_ZONE).utcoffset() == offset


def survey(entries: Iterable[Case | Skip]) -> Survey:
    """Read a log to its end and sum it up.

    Args:
        entries: What `read_log` yields.

    Raises:
        LogError: Passed on from the reader: the file is broken, so nothing of it is to be replayed.
    """
    found = Survey()
    for entry in entries:
        if isinstance(entry, Skip):
            found.skips.append(entry)
        else:
            found.add(entry)
    return found
