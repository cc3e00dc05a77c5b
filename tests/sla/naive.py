"""A second, simple-minded count of time limits, against which the real one is held.

Written from the contracts (time, 3) and the fact sheet, not from the code in `sla`, of which it imports nothing. It is
slow and plain on purpose: a day is the list of its working minutes, a term is counted by walking over them, stops are
looked up one by one. The only thing kept between questions is what a day of a calendar looks like.

A question is the `input` of a conformance vector (`sla/vectors/README.md`); an answer is its `expected`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DEFAULTS = {"first_day": "day_after", "due_time": "close_of_office", "last_hour": 0}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
MINUTE = 60
Stops = list[tuple[int, int]]


def seconds(text: str) -> int:
    """An instant as whole seconds since 1970; without an offset it is none."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("no_offset")
    return int((at - EPOCH).total_seconds())


@dataclass(frozen=True)
class Day:
    """One day of a calendar: the instant of each of its working minutes, or why there are none."""

    starts: int
    ends: int
    minutes: tuple[int, ...]
    why_off: str
    make_up: bool
    cut_short: bool

    @property
    def is_whole(self) -> bool:
        """Whether the office works and somebody is there at its regular close: days are counted by closes."""
        return bool(self.minutes) and not self.cut_short

    @property
    def closes(self) -> int:
        """Close of office: the end of the last working minute."""
        return self.minutes[-1] + MINUTE


class Calendar:
    """A calendar as it is written in `calendars.json`, read anew."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.zone = ZoneInfo(data.get("zone", "Asia/Ho_Chi_Minh"))
        self.day = cache(self._day)

    def day_of(self, at: int) -> date:
        """The local day of an instant."""
        return (EPOCH + timedelta(seconds=at)).astimezone(self.zone).date()

    def text(self, at: int) -> str:
        """An instant in local time."""
        return (EPOCH + timedelta(seconds=at)).astimezone(self.zone).isoformat()

    def published(self, year: int) -> bool:
        """Whether somebody has decided on this year."""
        return bool(self.data.get("every_year")) or str(year) in map(str, self.data.get("years", {}))

    def _year(self, year: int) -> dict[str, Any]:
        years = {str(number): plan for number, plan in self.data.get("years", {}).items()}
        if str(year) in years or not self.data.get("country") or self.published(year):
            return dict(years.get(str(year), {}))
        return computed_year(self.data["country"], year)

    def _pattern(self, day: date, weekday: str) -> list[str]:
        for hours in self.data["hours"]:
            first, last = hours.get("valid_from") or "0001-01-01", hours.get("valid_to") or "9999-12-31"
            if str(first) <= day.isoformat() <= str(last):
                return list(hours["week"].get(weekday, []))
        return []

    def _swaps(self, day: date) -> list[dict[str, Any]]:
        # The day off and the day worked instead may lie in two years.
        return [swap for year in (day.year - 1, day.year, day.year + 1) for swap in self._year(year).get("swaps", [])]

    def _reason(self, day: date) -> str:
        for swap in self._swaps(day):
            if str(swap["rest"]) == day.isoformat():
                return "swap"
        for year in (day.year - 1, day.year, day.year + 1):
            for off in self._year(year).get("holidays", []):
                if str(off["day"]) <= day.isoformat() <= str(off.get("until") or off["day"]):
                    return off.get("kind") or ("lieu" if off.get("lieu") else "holiday")
        return ""

    def _worked_instead(self, day: date) -> tuple[bool, str]:
        """Whether a rest day is worked, and the weekday whose hours it has."""
        for swap in self._swaps(day):
            if str(swap["work"]) == day.isoformat():
                return True, NAMES[date.fromisoformat(str(swap["rest"])).weekday()]
        for year in (day.year - 1, day.year, day.year + 1):
            if day.isoformat() in map(str, self._year(year).get("make_up", [])):
                return True, "mon"
        return False, ""

    def _day(self, day: date) -> Day:
        make_up, weekday = self._worked_instead(day)
        reason = "" if make_up else self._reason(day)
        pattern = [] if reason else self._pattern(day, weekday or NAMES[day.weekday()])
        planned = {minute for hours in pattern for minute in range(*clock_minutes(hours))}
        closed = {
            minute
            for closure in self.data.get("closures", [])
            if str(closure["day"]) == day.isoformat()
            for minute in range(*clock_minutes(closure.get("hours") or "00:00-24:00"))
        }
        starts, ends, open_at = self._midnight(day), self._midnight(day + DAY), planned - closed
        real_minutes = range(starts, ends, MINUTE) if open_at else ()
        worked = tuple(at for at in real_minutes if self._on_the_wall(at, starts, ends) in open_at)
        why_off = "" if worked else reason or ("closure" if planned else "weekend")
        cut_short = bool(worked) and max(planned) in closed
        return Day(starts, ends, worked, "early_close" if cut_short else why_off, make_up, cut_short)

    def _midnight(self, day: date) -> int:
        return int((datetime.combine(day, time(), tzinfo=self.zone) - EPOCH).total_seconds())

    def _on_the_wall(self, at: int, starts: int, ends: int) -> int:
        """What minute of the day a clock on the wall shows; on most days simply how many have passed."""
        if ends - starts == 24 * 60 * MINUTE:
            return (at - starts) // MINUTE
        local = (EPOCH + timedelta(seconds=at)).astimezone(self.zone)
        return local.hour * 60 + local.minute


def clock_minutes(hours: str) -> tuple[int, int]:
    """`07:30-11:30` as minutes after midnight."""
    opens, shuts = (int(part.split(":")[0]) * 60 + int(part.split(":")[1]) for part in hours.split("-"))
    return opens, shuts


@cache
def computed_year(country: str, year: int) -> dict[str, Any]:
    """A year nobody has decided on, as the `holidays` package knows it."""
    found = holidays.country_holidays(country, years=year, language="en_US")

    def kind(name: str) -> str:
        if "substituted from" in name:
            return "swap"
        return "lieu" if "(observed)" in name.split(";")[0] else "holiday"

    return {
        "holidays": [{"day": day.isoformat(), "kind": kind(name)} for day, name in found.items()],
        "make_up": [day.isoformat() for day in found.weekend_workdays if day.year == year],
    }


@dataclass
class Count:
    """One question being answered, and the tally of what was counted and skipped."""

    calendar: Calendar
    begins: int
    amount: Decimal
    unit: str
    stops: Stops
    rules: dict[str, Any]
    ended_on: date = date.min
    counted: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    no_end: dict[str, int] = field(default_factory=dict)

    def stopped(self, at: int) -> bool:
        """Whether the clock stands still at an instant."""
        return any(start <= at < end for start, end in self.stops)

    @property
    def received_on(self) -> date:
        """The day that counts as the day of reception."""
        return self.calendar.day_of(self.begins)

    @property
    def first(self) -> date:
        """The first day that may be counted."""
        same_day = self.rules.get("first_day") == "same_day"
        return self.received_on if same_day or not self.amount else self.received_on + DAY


def tally(where: dict[str, int], reason: str, number: int = 1) -> None:
    """Add to a total."""
    where[reason] = where.get(reason, 0) + number


def next_working_minute(calendar: Calendar, at: int) -> int:
    """The instant itself if the office works then, else the next opening."""
    day = calendar.day_of(at)
    while True:
        for minute in calendar.day(day).minutes:
            if at < minute + MINUTE:
                return max(at, minute)
        day += DAY


def counts_as_received(calendar: Calendar, received: int, limit: dict[str, Any], rules: dict[str, Any]) -> int:
    """Whole minutes; what comes outside office hours or in the last hour comes with the next opening."""
    at = received // MINUTE * MINUTE
    today = calendar.day(calendar.day_of(at))
    if today.minutes and today.closes - rules.get("last_hour", 0) * MINUTE <= at < today.closes:
        return next_working_minute(calendar, today.closes)
    no_days = Decimal(str(limit["amount"])) == 0
    if limit["unit"] == "working_hour" or limit.get("cutoff") or no_days or rules:
        return next_working_minute(calendar, at)
    return at


def pieces_of(minute: int, stops: Stops) -> list[tuple[int, int]]:
    """A minute in one piece, or second by second where a stop begins or ends inside it: each with its length."""
    if any(minute < edge < minute + MINUTE for stop in stops for edge in stop):
        return [(second, 1) for second in range(minute, minute + MINUTE)]
    return [(minute, MINUTE)]


def count_hours(count: Count) -> int:
    """Use up working seconds, one minute after the other, while the clock runs."""
    left = int((count.amount * 3600).to_integral_value(ROUND_HALF_UP))
    at, day = count.begins, count.received_on
    tally(count.counted, "working_second", left)
    while left:
        count.ended_on, today = day, count.calendar.day(day)
        if not today.minutes:
            tally(count.skipped, today.why_off)
        for minute in today.minutes:
            if minute < count.begins or not left:
                continue
            for piece, length in pieces_of(minute, count.stops):
                if left and count.stopped(piece):
                    tally(count.skipped, "stopped_second", length)
                elif left:
                    used = min(length, left)
                    at, left = piece + used, left - used
        day += DAY
    return at


def count_working_days(count: Count) -> int:
    """A day counts if the clock runs at its close of office; the last one ends the term."""
    left, day = max(int(count.amount), 1), count.first
    while True:
        today = count.calendar.day(day)
        if not today.is_whole:
            tally(count.skipped, today.why_off)
        else:
            ends = end_on(count, day) if left == 1 else today.closes
            if count.stopped(ends):
                tally(count.skipped, "stopped")
            else:
                tally(count.counted, "make_up" if today.make_up else "working_day")
                left -= 1
                if not left:
                    return ends
        day += DAY


def count_calendar_days(count: Count) -> int:
    """A day counts if the clock runs at its midnight."""
    left, day = max(int(count.amount), 1), count.first
    while True:
        if count.stopped(count.calendar.day(day).ends):
            tally(count.skipped, "stopped")
        else:
            tally(count.counted, "calendar_day")
            left -= 1
            if not left:
                return end_from(count, day)
        day += DAY


def count_months(count: Count) -> int:
    """Same number in a later month, or the last day of it; days stopped at midnight are added one by one."""
    number = count.received_on.day
    months = count.received_on.year * 12 + count.received_on.month - 1 + int(count.amount)
    year, month = months // 12, months % 12 + 1
    day_after_month = date(year + month // 12, month % 12 + 1, 1)
    last = min(date(year, month, 1) + (number - 1) * DAY, day_after_month - DAY)
    if count.amount and count.rules.get("first_day") == "same_day":
        # The day before the one with that number: it counts itself.
        last = min(date(year, month, 1) + (number - 2) * DAY, day_after_month - DAY)
    tally(count.counted, "month", int(count.amount))
    day = count.first
    while day <= last:
        if count.stopped(count.calendar.day(day).ends):
            tally(count.skipped, "stopped")
            last += DAY
        day += DAY
    return end_from(count, last)


def end_from(count: Count, last: date) -> int:
    """A last day off gives way to the close of the next day worked, at whose midnight the clock must run."""
    day = last
    while True:
        today = count.calendar.day(day)
        asleep = day != last and count.stopped(today.ends)
        if today.is_whole and not asleep:
            count.ended_on = day
            return end_on(count, day) if day == last else today.closes
        tally(count.no_end, "stopped" if today.is_whole else today.why_off)
        day += DAY


def time_on(count: Count, day: date) -> int:
    """Close of office; or, by rule, the time of day of reception, waiting for the office to open, never after close."""
    today = count.calendar.day(day)
    same_day = count.rules.get("first_day") == "same_day" and count.unit != "month"
    of_no_length = count.amount == 0 or (same_day and count.amount == 1)
    if count.rules.get("due_time") != "same_time" or of_no_length:
        return today.closes
    wanted = (EPOCH + timedelta(seconds=count.begins)).astimezone(count.calendar.zone).time()
    at = int((datetime.combine(day, wanted, tzinfo=count.calendar.zone) - EPOCH).total_seconds())
    if at in {minute + MINUTE for minute in today.minutes}:
        return at
    return next((max(at, minute) for minute in today.minutes if at <= minute), today.closes)


def end_on(count: Count, day: date) -> int:
    """A clock that stands still at that time ends at the close of office."""
    count.ended_on, at = day, time_on(count, day)
    return count.calendar.day(day).closes if count.stopped(at) else at


COUNTS = {
    "working_hour": count_hours,
    "working_day": count_working_days,
    "calendar_day": count_calendar_days,
    "month": count_months,
}


def answer(question: dict[str, Any], calendar: Calendar) -> dict[str, Any]:
    """Due time and totals; None while the clock is stopped."""
    received, stops = seconds(question["received"]), []
    for stop in sorted(question.get("stops", []), key=lambda one: seconds(one["from"])):
        if stop["effect"] != "pause_only" and stop["to"] is None:
            return {"due_at": None}
        if stop["effect"] == "restart":
            received, stops = seconds(stop["to"]), []
        elif stop["effect"] == "resume":
            stops.append((seconds(stop["from"]), seconds(stop["to"])))
    limit, rules = question["limit"], dict(question.get("rules", {}).items() - DEFAULTS.items())
    begins = counts_as_received(calendar, received, limit, rules)
    amount = Decimal(str(limit["amount"]))
    cutoff = limit.get("cutoff")
    if cutoff and calendar.text(begins)[11:16] > cutoff["after"]:
        amount = Decimal(str(cutoff["amount"]))
    count = Count(calendar, begins, amount, limit["unit"], stops, rules)
    due = COUNTS[limit["unit"]](count)
    last = max(count.ended_on, calendar.day_of(begins))
    years = range(calendar.day_of(received).year, last.year + 1)
    return {
        "due_at": calendar.text(due),
        "provisional": not all(calendar.published(year) for year in years),
        "counted": count.counted,
        "skipped": count.skipped,
        "no_end": count.no_end,
    }
