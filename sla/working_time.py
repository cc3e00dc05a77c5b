"""Working time: which hours are worked, and sums over them.

Pure: knows no database and no web framework. Instants are aware datetimes; answers are in the timetable's zone.
The windows of a whole span of years are kept as sorted times since the epoch with running totals, so every question is
a binary search, and nothing but sums and comparisons of `timedelta`, which are fast. Years are added when somebody asks
for them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from threading import Lock
from typing import Protocol
from zoneinfo import ZoneInfo

from sla.exceptions import DayOffHasNoClose, OutsideHorizon

NOTHING = timedelta()
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_YEAR, LAST_YEAR = 1971, 2099
FIRST_MOMENT = timedelta(days=(FIRST_YEAR - 1970) * 365)
LAST_MOMENT = timedelta(days=(LAST_YEAR - 1968) * 365)


class DayRules(Protocol):
    """What a calendar says of single days."""

    zone: ZoneInfo

    def hours_on(self, day: date) -> tuple[tuple[int, int], ...]:
        """Working windows of a day, in minutes after its midnight, in order and apart from each other."""

    def is_whole(self, day: date) -> bool:
        """Whether the office opens on a day and reaches its regular close."""

    def why_off(self, day: date) -> str:
        """Why a day is no working day; empty on a working day."""

    def is_make_up(self, day: date) -> bool:
        """Whether this rest day is worked in exchange for a day off."""

    def is_published(self, day: date) -> bool:
        """Whether an act has fixed the calendar of this day's year."""


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of one day in which the office works; its end belongs to it no more."""

    start: datetime
    end: datetime


def _wall(day: date, minutes: int, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minutes)


@dataclass(frozen=True, slots=True)
class _Year:
    """The windows of one year, as sorted times since the epoch, and every offset from UTC met in it.

    `days` and `closes` are those of working days: a day that a closure cuts short has windows, but no close.
    """

    starts: list[timedelta]
    ends: list[timedelta]
    days: list[int]
    closes: list[timedelta]
    offsets: set[timedelta | None]


@dataclass(frozen=True, slots=True)
class _Table:
    """All windows of a span of years.

    Where the zone keeps one offset all the time, `base` is the epoch on its wall clock: subtracting it from a local
    instant needs no look at the zone and is several times faster. Else `base` is None.
    """

    first: int
    last: int
    low: timedelta
    high: timedelta
    starts: tuple[timedelta, ...]
    ends: tuple[timedelta, ...]
    totals: tuple[timedelta, ...]
    days: tuple[int, ...]
    closes: tuple[timedelta, ...]
    base: datetime | None

    def worked_before(self, moment: timedelta) -> timedelta:
        """Working time from the beginning of the table to an instant inside it."""
        place = bisect_right(self.starts, moment) - 1
        if place < 0:
            return NOTHING
        end = self.ends[place]
        return self.totals[place] + ((moment if moment < end else end) - self.starts[place])


NO_YEARS = _Table(0, -1, NOTHING, NOTHING, (), (), (NOTHING,), (), (), None)


def _windows_of(rules: DayRules, year: int) -> _Year:
    zone, found = rules.zone, _Year([], [], [], [], set())
    for ordinal in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
        day = date.fromordinal(ordinal)
        hours = rules.hours_on(day)
        if not hours:
            continue
        edges = [(_wall(day, opens, zone), _wall(day, shuts, zone)) for opens, shuts in hours]
        found.starts.extend(opens - EPOCH for opens, _ in edges)
        found.ends.extend(shuts - EPOCH for _, shuts in edges)
        if rules.is_whole(day):
            found.days.append(ordinal)
            found.closes.append(found.ends[-1])
        found.offsets.add(edges[0][0].utcoffset())
    found.offsets.update(datetime(year, month, 1, tzinfo=zone).utcoffset() for month in range(1, 13))
    return found


def _join(years: dict[int, _Year], zone: ZoneInfo) -> _Table:
    first, last = min(years), max(years)
    parts = [years[number] for number in range(first, last + 1)]
    starts = tuple(moment for part in parts for moment in part.starts)
    ends = tuple(moment for part in parts for moment in part.ends)
    offsets = {offset for part in parts for offset in part.offsets}
    offset = offsets.pop() if len(offsets) == 1 else None
    return _Table(
        first=first,
        last=last,
        low=_wall(date(first, 1, 1), 0, zone) - EPOCH,
        high=_wall(date(last + 1, 1, 1), 0, zone) - EPOCH,
        starts=starts,
        ends=ends,
        totals=tuple(accumulate((end - start for start, end in zip(starts, ends, strict=True)), initial=NOTHING)),
        days=tuple(day for part in parts for day in part.days),
        closes=tuple(moment for part in parts for moment in part.closes),
        base=None if offset is None else EPOCH.replace(tzinfo=zone) + offset,
    )


class Book:
    """The table of a calendar; grows by years and may be shared by threads and timetables."""

    def __init__(self, rules: DayRules) -> None:
        self.rules = rules
        self.table = NO_YEARS
        self._closes: dict[date, datetime] = {}
        self._years: dict[int, _Year] = {}
        self._lock = Lock()

    def reach(self, year: int) -> _Table:
        """The table, made to hold `year`, its neighbours and all years between.

        Raises:
            OutsideHorizon: no calendar can be computed for that year.
        """
        if not FIRST_YEAR <= year <= LAST_YEAR:
            raise OutsideHorizon(FIRST_YEAR, LAST_YEAR)
        with self._lock:
            wanted = {max(year - 1, FIRST_YEAR), min(year + 1, LAST_YEAR), *self._years}
            missing = [number for number in range(min(wanted), max(wanted) + 1) if number not in self._years]
            if missing:
                self._years.update({number: _windows_of(self.rules, number) for number in missing})
                self.table = _join(self._years, self.rules.zone)
            return self.table

    def closes_on(self, day: date) -> datetime:
        """The close of office of a working day, looked up once.

        Raises:
            DayOffHasNoClose: the office does not open on that day, or a closure takes its close.
        """
        found = self._closes.get(day)
        if found is None:
            if not self.rules.is_whole(day):
                raise DayOffHasNoClose(day)
            found = self._closes[day] = _wall(day, self.rules.hours_on(day)[-1][1], self.rules.zone)
        return found

    def later(self, table: _Table) -> None:
        """Add years after `table`, more of them the longer it is."""
        if table.last == LAST_YEAR:
            raise OutsideHorizon(FIRST_YEAR, LAST_YEAR)
        self.reach(min(LAST_YEAR, 2 * table.last - table.first))

    def earlier(self, table: _Table) -> None:
        """Add years before `table`, more of them the longer it is."""
        if table.first == FIRST_YEAR:
            raise OutsideHorizon(FIRST_YEAR, LAST_YEAR)
        self.reach(max(FIRST_YEAR, 2 * table.first - table.last))


class Timetable:
    """When an office works: sums, differences and neighbours in working time.

    Attributes:
        zone: the zone in which days begin and offices open.
        code: the calendar's code.
        version: primary key of the calendar version, 0 when it stands in no database.
    """

    def __init__(self, book: Book, *, code: str = "", version: int = 0) -> None:
        self._book = book
        self.rules = book.rules
        self.zone = book.rules.zone
        self.code = code
        self.version = version

    def __repr__(self) -> str:
        return f"<Timetable {self.code} {self.version}>"

    def _at(self, at: datetime) -> tuple[timedelta, _Table]:
        """An instant as the time since the epoch, and a table that holds it."""
        table = self._book.table
        moment = at - (table.base if table.base is not None and at.tzinfo is self.zone else EPOCH)
        if table.low <= moment < table.high:
            return moment, table
        moment = at - EPOCH
        if not FIRST_MOMENT <= moment < LAST_MOMENT:
            raise OutsideHorizon(FIRST_YEAR, LAST_YEAR)
        return moment, self._book.reach(at.astimezone(self.zone).year)

    def _around_day(self, day: date) -> _Table:
        table = self._book.table
        return table if table.first <= day.year <= table.last else self._book.reach(day.year)

    def _local(self, moment: timedelta, table: _Table) -> datetime:
        if table.base is not None:
            return table.base + moment
        return (EPOCH + moment).astimezone(self.zone)

    def is_working(self, at: datetime) -> bool:
        """Whether the office works at this instant; at the very end of a window it does not."""
        moment, table = self._at(at)
        place = bisect_right(table.starts, moment) - 1
        return place >= 0 and moment < table.ends[place]

    def add(self, at: datetime, worked: timedelta) -> datetime:
        """The first instant at which `worked` working time has passed since `at`.

        Time that is used up at the end of a window ends there, never at the next opening. A negative time is
        subtracted; no time at all leaves `at` as it is.

        Raises:
            OutsideHorizon: the answer lies beyond the years that can be computed.
        """
        if worked <= NOTHING:
            return self.subtract(at, -worked) if worked else at.astimezone(self.zone)
        moment, table = self._at(at)
        goal = table.worked_before(moment) + worked
        if goal > table.totals[-1]:
            self._book.later(table)
            return self.add(at, worked)
        place = bisect_left(table.totals, goal) - 1
        return self._local(table.starts[place] + (goal - table.totals[place]), table)

    def subtract(self, at: datetime, worked: timedelta) -> datetime:
        """The last instant from which `worked` working time passes until `at`."""
        if worked <= NOTHING:
            return self.add(at, -worked) if worked else at.astimezone(self.zone)
        moment, table = self._at(at)
        goal = table.worked_before(moment) - worked
        if goal < NOTHING:
            self._book.earlier(table)
            return self.subtract(at, worked)
        place = bisect_right(table.totals, goal) - 1
        return self._local(table.starts[place] + (goal - table.totals[place]), table)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from `start` to `end`; negative when `end` lies before."""
        low, _ = self._at(start)
        high, _ = self._at(end)
        table = self._book.table
        return table.worked_before(high) - table.worked_before(low)

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself when the office works, else the next moment it opens."""
        moment, table = self._at(at)
        place = bisect_right(table.starts, moment)
        if place and moment < table.ends[place - 1]:
            return at.astimezone(self.zone)
        if place == len(table.starts):
            self._book.later(table)
            return self.next_opening(at)
        return self._local(table.starts[place], table)

    def day_of(self, at: datetime) -> date:
        """The day of an instant in the timetable's zone."""
        return at.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        """The beginning of a day."""
        return _wall(day, 0, self.zone)

    def is_working_day(self, day: date) -> bool:
        """Whether the day counts for terms in days: the office opens, and no closure takes its close of office."""
        return self.rules.is_whole(day)

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The working windows of a day, none on a day off; those of a day cut short, too."""
        return tuple(
            Window(_wall(day, opens, self.zone), _wall(day, shuts, self.zone))
            for opens, shuts in self.rules.hours_on(day)
        )

    def closes_on(self, day: date) -> datetime:
        """The close of office of a working day.

        Raises:
            DayOffHasNoClose: the office does not open on that day, or a closure takes its close.
        """
        return self._book.closes_on(day)

    def working_day(self, day: date, count: int) -> date:
        """The working day `count` steps after `day` (before it, when negative); 0: `day` or the next working day.

        `day` itself is never counted, whether it is worked or not.
        """
        table = self._around_day(day)
        ordinal = day.toordinal()
        place = bisect_right(table.days, ordinal) - 1 if count > 0 else bisect_left(table.days, ordinal)
        place += count
        if place >= len(table.days):
            self._book.later(table)
            return self.working_day(day, count)
        if place < 0:
            self._book.earlier(table)
            return self.working_day(day, count)
        return date.fromordinal(table.days[place])

    def working_days_between(self, first: date, last: date) -> int:
        """How many working days lie after `first` and not after `last`."""
        self._around_day(first)
        self._around_day(last)
        table = self._book.table
        return bisect_right(table.days, last.toordinal()) - bisect_right(table.days, first.toordinal())

    def closes_between(self, start: datetime, end: datetime) -> int:
        """How often the office closes for the day from `start` on and before `end`."""
        low, _ = self._at(start)
        high, _ = self._at(end)
        table = self._book.table
        return max(0, bisect_left(table.closes, high) - bisect_left(table.closes, low))

    def is_make_up(self, day: date) -> bool:
        """Whether this rest day is worked in exchange for a day off."""
        return self.rules.is_make_up(day)

    def is_published(self, day: date) -> bool:
        """Whether the calendar of this day's year has been fixed by an act."""
        return self.rules.is_published(day)

    def why_off(self, day: date) -> str:
        """Why a day is no working day, empty on a working day.

        `weekend`, `holiday:<name>`, `lieu:<name>`, `swap:<day worked instead>`, `closure:<reason>` or, where only its
        close of office falls into a closure, `early_close:<reason>`.
        """
        return self.rules.why_off(day)
