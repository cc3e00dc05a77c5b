"""How each unit is counted, stops included. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sla.exceptions import ClockStillStopped
from sla.limits import Remark, Stop, Term, Unit
from sla.working_time import Timetable

ONE_DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
NOTHING = timedelta()
SECONDS_PER_HOUR = 3600


@dataclass(slots=True)
class Count:
    """A term being counted: what it starts from, how much of it applies, when it does not run."""

    received_at: datetime
    begins_at: datetime
    amount: Decimal
    unit: Unit
    timetable: Timetable
    stops: list[tuple[datetime, datetime]]
    remarks: list[Remark] = field(default_factory=list)

    @property
    def base(self) -> date:
        """The day of reception, after which days are counted."""
        return self.begins_at.date()

    @property
    def first(self) -> date:
        """The first day that can count: the day after reception, the day itself for a term of no days."""
        return self.base + ONE_DAY if self.amount else self.base

    def stopped_at(self, at: datetime) -> bool:
        """Whether the clock is stopped at an instant."""
        return any(start <= at < end for start, end in self.stops)


def begin(start: datetime, term: Term, timetable: Timetable, stops: Sequence[Stop]) -> Count:
    """Settle where the counting begins and which amount applies.

    Reception outside office hours counts as the next opening, for hours, for cut-offs and for a term of no days.
    """
    received_at = start.astimezone(timetable.zone).replace(second=0, microsecond=0)
    count = Count(received_at, received_at, term.amount, term.unit, timetable, _in_order(stops, timetable))
    if term.unit is Unit.WORKING_HOUR or term.cutoff or not term.amount:
        count.begins_at = timetable.next_opening(received_at)
        if count.begins_at != received_at:
            count.remarks.append(Remark("outside_hours", count.begins_at))
    if term.cutoff and count.begins_at.time() > term.cutoff.after:
        count.amount = term.cutoff.amount
        count.remarks.append(Remark("cutoff", count.begins_at, f"{term.cutoff.after:%H:%M}"))
    return count


def _in_order(stops: Sequence[Stop], timetable: Timetable) -> list[tuple[datetime, datetime]]:
    """Sort the stops and join those that overlap."""
    joined: list[tuple[datetime, datetime]] = []
    for stop in sorted(stops, key=lambda one: one.start):
        if stop.end is None:
            raise ClockStillStopped(stop.start.isoformat())
        start, end = stop.start.astimezone(timetable.zone), stop.end.astimezone(timetable.zone)
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        elif start < end:
            joined.append((start, end))
    return joined


def end_of_hours(count: Count) -> datetime:
    """Working time runs from the beginning; what a stop takes is made up afterwards, to the second."""
    timetable, cursor = count.timetable, count.begins_at
    left = timedelta(seconds=int((count.amount * SECONDS_PER_HOUR).to_integral_value(ROUND_HALF_UP)))
    for start, end in count.stops:
        used = max(timetable.between(cursor, start), NOTHING)
        if used >= left:
            break
        left -= used
        cursor = max(cursor, end)
    return timetable.add(cursor, left)


def end_of_working_days(count: Count) -> datetime:
    """A working day counts if the clock runs at its close of office; the term ends at the close of the last one."""
    timetable, days = count.timetable, max(int(count.amount), 1)
    eve, earliest = count.first - ONE_DAY, timetable.midnight(count.first)
    for start, end in count.stops:
        if start > timetable.closes_on(timetable.working_day(eve, days)):
            break
        days += timetable.closes_between(max(start, earliest), end)
    return timetable.closes_on(timetable.working_day(eve, days))


def end_of_calendar_days(count: Count) -> datetime:
    """A day counts if the clock runs at its midnight; a last day off gives way to the next working day."""
    return _close_from(count, last_calendar_day(count))


def end_of_months(count: Count) -> datetime:
    """Months keep the number of the day, stopped days are added; a last day off gives way to the next working day."""
    return _close_from(count, last_day_of_months(count))


def last_calendar_day(count: Count) -> date:
    """The last day of a term in calendar days, whether it is worked or not."""
    return _shifted(count, count.base + int(count.amount) * ONE_DAY)


def last_day_of_months(count: Count) -> date:
    """The day with the number of the day of reception or, where the month has none, its last day."""
    return _shifted(count, months_after(count.base, int(count.amount)))


def months_after(day: date, months: int) -> date:
    """The day with the same number some months later, or the last day of a month without one."""
    years, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + years, month + 1
    if year > date.max.year:
        raise OverflowError(year)
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _shifted(count: Count, last: date) -> date:
    """Add the days at whose midnight the clock did not run."""
    for start, end in count.stops:
        stopped_from, stopped_to = (start - INSTANT).date(), (end - INSTANT).date()
        if stopped_from > last:
            break
        last += max((stopped_to - max(stopped_from, count.first)).days, 0) * ONE_DAY
    return last


def _close_from(count: Count, last: date) -> datetime:
    timetable = count.timetable
    day = timetable.working_day(last, 0)
    while day != last and count.stopped_at(timetable.midnight(day + ONE_DAY)):
        day = timetable.working_day(day, 1)
    return timetable.closes_on(day)
