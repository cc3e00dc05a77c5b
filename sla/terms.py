"""When a term of the law ends, and how much time is left.

Pure: knows no database and no web framework. The one door to the counting of terms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sla.counting import begin, end_of_calendar_days, end_of_hours, end_of_months, end_of_working_days
from sla.exceptions import OutsideHorizon
from sla.limits import (
    DEFAULT_RULES,
    CountingRules,
    Cutoff,
    Deadline,
    DueTime,
    FirstDay,
    Remark,
    Stop,
    Stretch,
    Term,
    Unit,
    parse_term,
)
from sla.telling import tell_calendar_days, tell_hours, tell_months, tell_working_days
from sla.working_time import FIRST_YEAR, LAST_YEAR, Timetable

__all__ = [
    "DEFAULT_RULES",
    "CountingRules",
    "Cutoff",
    "Deadline",
    "DueTime",
    "FirstDay",
    "Remark",
    "Stop",
    "Stretch",
    "Term",
    "TimeLeft",
    "Unit",
    "deadline",
    "parse_term",
    "time_left",
]

MINUTE = timedelta(minutes=1)
UNITS = {
    Unit.WORKING_HOUR: (end_of_hours, tell_hours),
    Unit.WORKING_DAY: (end_of_working_days, tell_working_days),
    Unit.CALENDAR_DAY: (end_of_calendar_days, tell_calendar_days),
    Unit.MONTH: (end_of_months, tell_months),
}


def deadline(
    *,
    start: datetime,
    term: Term,
    timetable: Timetable,
    stops: Sequence[Stop] = (),
    explain: bool = True,
    rules: CountingRules = DEFAULT_RULES,
) -> Deadline:
    """Say when a term ends.

    Args:
        start: the instant of reception; cut to the whole minute.
        term: amount and unit; with a cut-off, the second amount applies strictly after it.
        timetable: the calendar of the office.
        stops: when the clock did not run, where the remainder counts on afterwards. Leave out stops after which a
            term begins anew and stops that do not move the due date.
        explain: also list every stretch that was counted or skipped.
        rules: how to count where the law leaves a choice.

    Returns:
        The due time in the timetable's zone: for days and months the close of office, or the time of day of reception
        where the rules say so; the very second for hours.
        `provisional` says that the term touches a year whose calendar has not been published.

    Raises:
        ClockStillStopped: a stop has no end.
        OutsideHorizon: the term ends beyond the years that can be computed.

    Source:
        First day: Civil Code 2015, article 147. Last day off: article 148(5). Restart after a supplement: R11.
    """
    find_end, tell = UNITS[term.unit]
    try:
        count = begin(start, term, timetable, stops, rules)
        due_at = find_end(count)
    except OverflowError as error:
        raise OutsideHorizon(FIRST_YEAR, LAST_YEAR) from error
    provisional = not _published(timetable, count.received_at.year, count.ends_on.year)
    if not explain:
        return Deadline(due_at, provisional)
    counted, skipped = tell(count, due_at)
    return Deadline(due_at, provisional, counted, skipped, tuple(count.remarks))


def _published(timetable: Timetable, first: int, last: int) -> bool:
    return all(timetable.is_published(date(year, 1, 1)) for year in range(first, last + 1))


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Working time until a due time, or since it when `overdue`: whole working days, and working minutes besides."""

    overdue: bool
    days: int
    minutes: int


def time_left(*, at: datetime, due_at: datetime, timetable: Timetable) -> TimeLeft:
    """Split the time until `due_at` as people say it.

    Args:
        at: now.
        due_at: when the term ends.
        timetable: the calendar of the office.

    Returns:
        Before the due time: the working days after today that are left whole, and the working minutes left today (with
        those of the due day where it is not a whole one). After it: the whole working days since the day it was due,
        and the working minutes besides. Parts of a minute are dropped.
    """
    low, high = (at, due_at) if at <= due_at else (due_at, at)
    first, last = timetable.day_of(low), timetable.day_of(high)
    days = max(timetable.working_days_between(first, last), 0)
    if days and timetable.is_working_day(last) and timetable.closes_on(last) > high:
        days -= 1
    rest = timetable.between(low, high) - _whole_days(timetable, first, days)
    return TimeLeft(at > due_at, days, rest // MINUTE)


def _whole_days(timetable: Timetable, day: date, days: int) -> timedelta:
    """Working time of the working days next after a day."""
    if not days:
        return timedelta()
    last = timetable.closes_on(timetable.working_day(day, days))
    return timetable.between(timetable.midnight(day + timedelta(days=1)), last)
