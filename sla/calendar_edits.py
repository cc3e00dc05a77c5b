"""Small changes to what a calendar says, one at a time; each gives new content and leaves the old as it was. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sla.calendar_spec import WEEKDAYS, CalendarSpec, spec_from
from sla.exceptions import InvalidCalendar
from sla.holiday_law import computed_days_off, computed_make_up_days

Content = dict[str, Any]
ONE_DAY = timedelta(days=1)


def content_of(spec: CalendarSpec) -> Content:
    """A calendar as plain data, ready to be stored."""
    content: Content = spec.model_dump(mode="json")
    return content


def checked(content: Content) -> Content:
    """The content as it is stored.

    Raises:
        InvalidCalendar: it contradicts itself.
    """
    return content_of(spec_from(content))


def planned_by_law(country: str, year: int) -> Content:
    """The plan of a year as the law and known swaps give it, to begin with."""
    found = computed_days_off(country, year) if country else {}
    holidays, swaps = [], []
    for day, reason in sorted(found.items()):
        kind, _, name = reason.partition(":")
        if kind == "swap":
            swaps.append({"rest": day.isoformat(), "work": name})
        else:
            holidays.append({"day": day.isoformat(), "name": name, "lieu": kind == "lieu"})
    worked = {swap["work"] for swap in swaps}
    known = computed_make_up_days(country, year) if country else frozenset()
    make_up = [day.isoformat() for day in sorted(known) if day.isoformat() not in worked]
    return {"decision": "", "holidays": holidays, "swaps": swaps, "make_up": make_up}


def with_year(content: Content, year: int) -> Content:
    """The content with a plan of that year; one that is not there yet begins as the law gives it."""
    changed = deepcopy(content)
    changed["years"] = {str(number): plan for number, plan in changed.get("years", {}).items()}
    if str(year) not in changed["years"]:
        changed["years"][str(year)] = planned_by_law(changed.get("country", ""), year)
    return changed


def with_day_off(content: Content, *, day: date, name: str, until: date | None = None, lieu: bool = False) -> Content:
    """One more holiday, or a day off in lieu of one.

    Raises:
        InvalidCalendar: its last day lies before the first, or in another year.
    """
    if until is not None and not day <= until <= day + timedelta(days=60):
        raise InvalidCalendar(f"{day}: the last day must not lie before the first")
    changed = with_year(content, day.year)
    entry = {"day": day.isoformat(), "until": until.isoformat() if until else None, "name": name, "lieu": lieu}
    plan = changed["years"][str(day.year)]
    plan["holidays"] = sorted([*plan.get("holidays", []), entry], key=lambda one: str(one["day"]))
    return checked(changed)


def with_swap(content: Content, *, rest: date, work: date) -> Content:
    """A working day taken off, and a rest day worked instead.

    Raises:
        InvalidCalendar: both are the same day.
    """
    if rest == work:
        raise InvalidCalendar(f"{rest}: a day cannot be swapped with itself")
    changed = with_year(content, rest.year)
    plan = changed["years"][str(rest.year)]
    plan["swaps"] = [*plan.get("swaps", []), {"rest": rest.isoformat(), "work": work.isoformat()}]
    return checked(changed)


def with_make_up(content: Content, *, day: date) -> Content:
    """A rest day that is worked."""
    changed = with_year(content, day.year)
    plan = changed["years"][str(day.year)]
    plan["make_up"] = sorted({*plan.get("make_up", []), day.isoformat()})
    return checked(changed)


def without_day(content: Content, day: date) -> Content:
    """Everything taken out that the plan says of a day: holiday, swap, make-up day, closure."""
    changed, text = deepcopy(content), day.isoformat()
    for plan in changed.get("years", {}).values():
        plan["holidays"] = [one for one in plan.get("holidays", []) if one["day"] != text]
        plan["swaps"] = [one for one in plan.get("swaps", []) if text not in {one["rest"], one["work"]}]
        plan["make_up"] = [one for one in plan.get("make_up", []) if one != text]
    changed["closures"] = [one for one in changed.get("closures", []) if one["day"] != text]
    return checked(changed)


def with_hours(content: Content, *, valid_from: date, week: dict[str, list[str]]) -> Content:
    """Other opening hours from a day on; what held before ends the day before.

    Raises:
        InvalidCalendar: the hours of a day overlap, or the office never opens.
    """
    changed, text = deepcopy(content), valid_from.isoformat()
    kept = []
    for period in changed["hours"]:
        if (period.get("valid_from") or "") >= text:
            continue
        if not period.get("valid_to") or period["valid_to"] >= text:
            period["valid_to"] = (valid_from - ONE_DAY).isoformat()
        kept.append(period)
    known = {name: hours for name, hours in week.items() if name in WEEKDAYS and hours}
    changed["hours"] = [*kept, {"valid_from": text, "valid_to": None, "week": known}]
    return checked(changed)


def closures_between(begins: datetime, ends: datetime, *, reason: str, zone: ZoneInfo) -> list[Content]:
    """A closure from one instant to another, day by day, as a calendar keeps it.

    Raises:
        InvalidCalendar: it ends before it begins, or lasts longer than a year.
    """
    first, last = begins.astimezone(zone), ends.astimezone(zone)
    if not timedelta() < last - first <= timedelta(days=366):
        raise InvalidCalendar("a closure must end after it begins, within a year")
    return list(_pieces(first, last, reason))


def _pieces(first: datetime, last: datetime, reason: str) -> Iterator[Content]:
    day = first.date()
    while day <= last.date():
        opens = f"{first:%H:%M}" if day == first.date() else "00:00"
        shuts = f"{last:%H:%M}" if day == last.date() else "24:00"
        if shuts != "00:00" and opens != shuts:
            whole = (opens, shuts) == ("00:00", "24:00")
            yield {"day": day.isoformat(), "hours": None if whole else f"{opens}-{shuts}", "reason": reason}
        day += ONE_DAY


def with_closures(content: Content, closures: list[Content]) -> Content:
    """The content with more closures; one that it has already is not added again."""
    changed = deepcopy(content)
    known = changed.get("closures", [])
    changed["closures"] = [*known, *(one for one in closures if one not in known)]
    return checked(changed)
