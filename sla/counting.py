"""How each unit is counted, stops included. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sla.exceptions import ClockStillStopped
from sla.limits import DEFAULT_RULES, CountingRules, DueTime, FirstDay, Remark, Stop, Term, Unit
from sla.working_time import Timetable

ONE_DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
MINUTE = timedelta(minutes=1)
NOTHING = timedelta()
SECONDS_PER_HOUR = 3600


@dataclass(slots=True)
class Count:
    """A term being counted: what it starts from, how much of it applies, when it does not run.

    `last` is its last day, worked or not; the term ends on `ends_on`. Both are known when it has been counted.
    """

    received_at: datetime
    begins_at: datetime
    amount: Decimal
    unit: Unit
    timetable: Timetable
    stops: list[tuple[datetime, datetime]]
    rules: CountingRules = DEFAULT_RULES
    remarks: list[Remark] = field(default_factory=list)
    last: date = date.min
    ends_on: date = date.min

    @property
    def base(self) -> date:
        """The day that counts as the day of reception."""
        return self.begins_at.date()

    @property
    def from_same_day(self) -> bool:
        """Whether the day of reception is itself the first day of the term."""
        return bool(self.amount) and self.rules.first_day is FirstDay.SAME_DAY

    @property
    def first(self) -> date:
        """The first day that can count: the day after reception, or the day itself by rule or for a term of no days."""
        return self.base if self.from_same_day or not self.amount else self.base + ONE_DAY

    @property
    def keeps_time_of_day(self) -> bool:
        """Whether the term ends at the time of day of reception: never on the day of reception itself."""
        if self.rules.due_time is not DueTime.SAME_TIME or not self.amount:
            return False
        return self.unit is Unit.MONTH or not (self.from_same_day and self.amount == 1)

    def stopped_at(self, at: datetime) -> bool:
        """Whether the clock is stopped at an instant."""
        return any(start <= at < end for start, end in self.stops)


def begin(start: datetime, term: Term, timetable: Timetable, stops: Sequence[Stop], rules: CountingRules) -> Count:
    """Settle where the counting begins and which amount applies.

    Reception outside office hours counts as the next opening, for hours, for cut-offs, for a term of no days and under
    rules of one's own; reception in the last hour counts as the opening of the next working day.
    """
    received_at = start.astimezone(timetable.zone).replace(second=0, microsecond=0)
    count = Count(received_at, received_at, term.amount, term.unit, timetable, _in_order(stops, timetable), rules)
    if rules.last_hour and _in_last_hour(received_at, timetable, rules.last_hour):
        count.begins_at = timetable.next_opening(timetable.windows_on(received_at.date())[-1].end)
        count.remarks.append(Remark("last_hour", count.begins_at, str(rules.last_hour)))
    elif term.unit is Unit.WORKING_HOUR or term.cutoff or not term.amount or _of_ones_own(rules):
        count.begins_at = timetable.next_opening(received_at)
        if count.begins_at != received_at:
            count.remarks.append(Remark("outside_hours", count.begins_at))
    if term.cutoff and count.begins_at.time() > term.cutoff.after:
        count.amount = term.cutoff.amount
        count.remarks.append(Remark("cutoff", count.begins_at, f"{term.cutoff.after:%H:%M}"))
    return count


def _of_ones_own(rules: CountingRules) -> bool:
    return rules is not DEFAULT_RULES and rules != DEFAULT_RULES


def _in_last_hour(at: datetime, timetable: Timetable, minutes: int) -> bool:
    windows = timetable.windows_on(at.date())
    return bool(windows) and windows[-1].end - minutes * MINUTE <= at < windows[-1].end


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
    due_at = timetable.add(cursor, left)
    count.last = count.ends_on = max(count.base, (due_at - INSTANT).date())
    return due_at


def end_of_working_days(count: Count) -> datetime:
    """A working day counts if the clock runs at its close of office; the term ends on the last one."""
    timetable, days, eve = count.timetable, max(int(count.amount), 1), count.first - ONE_DAY
    for start, end in count.stops:
        if start > _end_at(count, timetable.working_day(eve, days)):
            break
        earliest = timetable.midnight(count.first) + INSTANT
        days += timetable.closes_between(max(start, earliest), end)
    return _end_on(count, timetable.working_day(eve, days))


def end_of_calendar_days(count: Count) -> datetime:
    """A day counts if the clock runs at its midnight; a last day off gives way to the next working day."""
    days = int(count.amount) - 1 if count.from_same_day else int(count.amount)
    return _end_from(count, count.base + days * ONE_DAY)


def end_of_months(count: Count) -> datetime:
    """Months keep the number of the day, stopped days are added; a last day off gives way to the next working day.

    The day with the number of the day of reception ends the term or, where the month has none, its last day. Where
    the day of reception counts itself, it is the day with the number before.
    """
    months = int(count.amount)
    if not count.from_same_day:
        return _end_from(count, months_after(count.base, months))
    if count.base.day == 1:
        return _end_from(count, months_after(count.base, months) - ONE_DAY)
    return _end_from(count, months_after(count.base - ONE_DAY, months))


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


def _end_from(count: Count, last: date) -> datetime:
    """End on the last day, stopped days added, or at the close of the first day after it on which a term can end."""
    timetable, count.last = count.timetable, _shifted(count, last)
    day = timetable.working_day(count.last, 0)
    if day == count.last:
        return _end_on(count, day)
    while count.stopped_at(timetable.midnight(day + ONE_DAY)):
        day = timetable.working_day(day, 1)
    count.ends_on = day
    return timetable.closes_on(day)


def _end_on(count: Count, day: date) -> datetime:
    """The end of a term on a working day, and what to say of its time of day."""
    count.ends_on, due_at = day, _end_at(count, day)
    if count.keeps_time_of_day:
        at = _time_on(count, day)
        count.remarks.append(Remark("same_time", at, f"{count.begins_at:%H:%M}"))
        if count.stopped_at(at):
            count.remarks.append(Remark("stopped_at_time", due_at))
    return due_at


def _end_at(count: Count, day: date) -> datetime:
    """When a term ends on a working day: a clock that stands still at the time of day ends at the close instead."""
    if not count.keeps_time_of_day:
        return count.timetable.closes_on(day)
    at = _time_on(count, day)
    return count.timetable.closes_on(day) if count.stopped_at(at) else at


def _time_on(count: Count, day: date) -> datetime:
    """The time of day of reception, moved into the windows of a working day."""
    at = datetime.combine(day, count.begins_at.time(), tzinfo=count.timetable.zone)
    windows = count.timetable.windows_on(day)
    return next((max(at, window.start) for window in windows if at <= window.end), windows[-1].end)
