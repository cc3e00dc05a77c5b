"""Lists what a finished count counted and skipped, stretch by stretch. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sla.counting import ONE_DAY, Count
from sla.limits import Remark, Stretch, Unit

Told = tuple[tuple[Stretch, ...], tuple[Stretch, ...]]
HOUR = timedelta(hours=1)
ONE = Decimal(1)


def days_from(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last."""
    for number in range((last - first).days + 1):
        yield first + number * ONE_DAY


def _day(count: Count, day: date, reason: str, detail: str = "") -> Stretch:
    timetable = count.timetable
    unit = Unit.WORKING_DAY if count.unit is Unit.WORKING_HOUR else count.unit
    return Stretch(timetable.midnight(day), timetable.midnight(day + ONE_DAY), ONE, unit, reason, detail)


def _day_off(count: Count, day: date) -> Stretch:
    reason, _, detail = count.timetable.why_off(day).partition(":")
    return _day(count, day, reason, detail)


def _worked(count: Count, day: date) -> Stretch:
    return _day(count, day, "make_up" if count.timetable.is_make_up(day) else "working_day")


def _first_day(count: Count) -> None:
    if count.amount:
        code = "same_day" if count.from_same_day else "first_day"
        count.remarks.append(Remark(code, count.timetable.midnight(count.first)))


def tell_working_days(count: Count, _due_at: datetime) -> Told:
    """One stretch per day; stopped at the close of office means skipped, but for the last day, which ended the term."""
    counted: list[Stretch] = []
    skipped: list[Stretch] = []
    timetable = count.timetable
    _first_day(count)
    for day in days_from(count.first, count.ends_on):
        if not timetable.is_working_day(day):
            skipped.append(_day_off(count, day))
        elif day != count.ends_on and count.stopped_at(timetable.closes_on(day)):
            skipped.append(_day(count, day, "stopped"))
        else:
            counted.append(_worked(count, day))
    return tuple(counted), tuple(skipped)


def tell_calendar_days(count: Count, _due_at: datetime) -> Told:
    """One stretch per day, days off included; days after the last one are those on which a term cannot end."""
    counted: list[Stretch] = []
    skipped: list[Stretch] = []
    _first_day(count)
    for day in days_from(count.first, count.last):
        stopped = count.stopped_at(count.timetable.midnight(day + ONE_DAY))
        (skipped if stopped else counted).append(_day(count, day, "stopped" if stopped else "calendar_day"))
    return tuple(counted), (*skipped, *_passed_over(count))


def tell_months(count: Count, _due_at: datetime) -> Told:
    """One stretch for all months; stopped days are those added behind them."""
    last, timetable = count.last, count.timetable
    months = Stretch(
        timetable.midnight(count.first), timetable.midnight(last + ONE_DAY), count.amount, Unit.MONTH, "months", ""
    )
    _first_day(count)
    stopped = [
        _day(count, day, "stopped")
        for day in days_from(count.first, last)
        if count.stopped_at(timetable.midnight(day + ONE_DAY))
    ]
    return (months,), (*stopped, *_passed_over(count))


def _passed_over(count: Count) -> list[Stretch]:
    """The days off, or stopped days, between the last day of a term and the day on which it can end."""
    if count.last == count.ends_on:
        return []
    early = bool(count.timetable.windows_on(count.last))
    code = "ends_on_early_close" if early else "ends_on_day_off"
    count.remarks.append(Remark(code, count.timetable.midnight(count.last)))
    passed = [
        _day(count, day, "stopped") if count.timetable.is_working_day(day) else _day_off(count, day)
        for day in days_from(count.last, count.ends_on - ONE_DAY)
    ]
    return [replace(stretch, ends_nothing=True) for stretch in passed]


def tell_hours(count: Count, due_at: datetime) -> Told:
    """One stretch per window of work; days off and stops are skipped."""
    counted: list[Stretch] = []
    skipped: list[Stretch] = []
    for day in days_from(count.base, count.ends_on):
        if not count.timetable.windows_on(day):
            skipped.append(_day_off(count, day))
        counted.extend(_pieces(count, day, due_at))
    stops = [(start, min(end, due_at)) for start, end in count.stops if start < due_at and count.begins_at < end]
    skipped.extend(_hours(count, max(start, count.begins_at), end, "stopped") for start, end in stops)
    return tuple(counted), tuple(sorted(skipped, key=lambda one: one.start))


def _pieces(count: Count, day: date, due_at: datetime) -> Iterator[Stretch]:
    """The windows of a day between beginning and end, without what the stops cut out of them."""
    for window in count.timetable.windows_on(day):
        cursor, shuts = max(window.start, count.begins_at), min(window.end, due_at)
        for start, end in count.stops:
            if start >= shuts:
                break
            if cursor < start:
                yield _hours(count, cursor, start, "working_hours")
            cursor = max(cursor, end)
        if cursor < shuts:
            yield _hours(count, cursor, shuts, "working_hours")


def _hours(count: Count, start: datetime, end: datetime, reason: str) -> Stretch:
    worked = count.timetable.between(start, end)
    amount = round(Decimal(worked // timedelta(seconds=1)) / 3600, 4)
    return Stretch(start, end, amount, Unit.WORKING_HOUR, reason)
