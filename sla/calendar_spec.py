"""What a working calendar is made of: opening hours, days off, swapped days, closures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator, model_validator

from sla.exceptions import InvalidCalendar
from sla.holiday_law import computed_days_off, computed_make_up_days, knows
from sla.spec_parts import Part, spec_of

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOURS = r"^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$"
Hours = Annotated[str, Field(pattern=HOURS)]
Minutes = tuple[int, int]


def minutes_of(hours: str) -> Minutes:
    """Turn `07:30-11:30` into minutes after midnight."""
    opens, shuts = (int(part[:2]) * 60 + int(part[3:]) for part in hours.split("-"))
    return opens, shuts


class OpeningHours(Part):
    """The weekly pattern from a day to a day, both included."""

    valid_from: date | None = None
    valid_to: date | None = None
    week: dict[Weekday, tuple[Hours, ...]]

    @field_validator("week")
    @classmethod
    def _in_order(cls, week: dict[Weekday, tuple[Hours, ...]]) -> dict[Weekday, tuple[Hours, ...]]:
        for day, hours in week.items():
            edges = [edge for window in hours for edge in minutes_of(window)]
            if any(later <= earlier for earlier, later in pairwise(edges)):
                raise ValueError(f"{day}: windows must be in order and must not touch or overlap")
        return week

    def holds_on(self, day: date) -> bool:
        """Whether the pattern is valid on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


class DayOff(Part):
    """A public holiday, or a day off in its place where it fell on a weekly rest day (`lieu`)."""

    day: date
    until: date | None = None
    name: str
    lieu: bool = False

    def days(self) -> Iterator[date]:
        """Every day of the stretch."""
        for number in range(((self.until or self.day) - self.day).days + 1):
            yield self.day + timedelta(days=number)


class Swap(Part):
    """A working day taken off and worked on a rest day instead."""

    rest: date
    work: date


class Year(Part):
    """The published plan of one year."""

    decision: str = ""
    holidays: tuple[DayOff, ...] = ()
    swaps: tuple[Swap, ...] = ()
    make_up: tuple[date, ...] = ()


class Closure(Part):
    """Hours, or a whole day, in which an office stays shut for a reason of its own."""

    day: date
    hours: Hours | None = None
    reason: str


class CalendarSpec(Part):
    """A whole calendar, as it stands in a file or in a published version."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,49}$")
    name: str
    zone: str = "Asia/Ho_Chi_Minh"
    decision: str = ""
    country: str = ""
    every_year: bool = False
    hours: tuple[OpeningHours, ...] = Field(min_length=1)
    years: dict[int, Year] = Field(default_factory=dict)
    closures: tuple[Closure, ...] = ()

    @field_validator("zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError(f"{zone} is not a time zone") from error
        return zone

    @field_validator("country")
    @classmethod
    def _known_country(cls, country: str) -> str:
        if country and not knows(country):
            raise ValueError(f"no public holidays are known for {country}")
        return country

    @property
    def zone_info(self) -> ZoneInfo:
        """The zone in which its days begin."""
        return ZoneInfo(self.zone)

    @model_validator(mode="after")
    def _opens_sometimes(self) -> CalendarSpec:
        if not any(hours for period in self.hours for hours in period.week.values()):
            raise ValueError("the office never opens")
        return self


def spec_from(data: Any) -> CalendarSpec:
    """Read a calendar from plain data.

    Raises:
        InvalidCalendar: a key is unknown, missing or wrong; the message names the place.
    """
    return spec_of(CalendarSpec, data, InvalidCalendar, "calendar")


class SpecRules:
    """Answers for single days what a calendar says of them."""

    def __init__(self, spec: CalendarSpec) -> None:
        self.spec = spec
        self.zone = ZoneInfo(spec.zone)
        self._weeks = [
            (period, [tuple(minutes_of(hours) for hours in period.week.get(name, ())) for name in WEEKDAYS])
            for period in spec.hours
        ]

    @cached_property
    def _off(self) -> dict[date, str]:
        found: dict[date, str] = {}
        for year in self.spec.years.values():
            for off in year.holidays:
                kind = "lieu" if off.lieu else "holiday"
                found.update(dict.fromkeys(off.days(), f"{kind}:{off.name}"))
            found.update({swap.rest: f"swap:{swap.work.isoformat()}" for swap in year.swaps})
        return found

    @cached_property
    def _make_up(self) -> dict[date, date | None]:
        found: dict[date, date | None] = {}
        for year in self.spec.years.values():
            found.update(dict.fromkeys(year.make_up))
            found.update({swap.work: swap.rest for swap in year.swaps})
        return found

    @cached_property
    def _closures(self) -> dict[date, list[Closure]]:
        found: dict[date, list[Closure]] = {}
        for closure in self.spec.closures:
            found.setdefault(closure.day, []).append(closure)
        return found

    def is_published(self, day: date) -> bool:
        """Whether an act has fixed the calendar of this day's year."""
        return self.spec.every_year or day.year in self.spec.years

    def _reason_off(self, day: date) -> str:
        known = self._off.get(day, "")
        if known or self.is_published(day) or not self.spec.country:
            return known
        return computed_days_off(self.spec.country, day.year).get(day, "")

    def is_make_up(self, day: date) -> bool:
        """Whether this rest day is worked in exchange for a day off."""
        if day in self._make_up:
            return True
        if self.is_published(day) or not self.spec.country:
            return False
        return day in computed_make_up_days(self.spec.country, day.year)

    def exchanged_for(self, day: date) -> date | None:
        """The day off for which a make-up day is worked, where it is known."""
        return self._make_up.get(day)

    def _pattern(self, day: date, weekday: int) -> tuple[Minutes, ...]:
        for period, week in self._weeks:
            if period.holds_on(day):
                return week[weekday]
        return ()

    def _planned(self, day: date) -> tuple[Minutes, ...]:
        if self.is_make_up(day):
            replaced = self.exchanged_for(day)
            return self._pattern(day, replaced.weekday() if replaced else 0)
        if self._reason_off(day):
            return ()
        return self._pattern(day, day.weekday())

    def pattern_on(self, day: date) -> tuple[Minutes, ...]:
        """The windows of its weekday, whatever the plan of the year says of the day."""
        return self._pattern(day, day.weekday())

    def is_day_off(self, day: date) -> bool:
        """Whether the plan of the year names the day as a holiday, a day in lieu or one taken off in a swap."""
        return day in self._off

    def is_lieu(self, day: date) -> bool:
        """Whether the plan names the day as one off in lieu of a holiday."""
        return self._off.get(day, "").startswith("lieu:")

    def hours_on(self, day: date) -> tuple[Minutes, ...]:
        """Working windows of a day, in minutes after its midnight."""
        hours = self._planned(day)
        for closure in self._closures.get(day, ()):
            hours = _without(hours, minutes_of(closure.hours) if closure.hours else (0, 24 * 60))
        return hours

    def is_whole(self, day: date) -> bool:
        """Whether the office opens on a day and reaches its regular close: terms in days count only such days."""
        hours = self.hours_on(day)
        return bool(hours) and (day not in self._closures or hours[-1][1] == self._planned(day)[-1][1])

    def _why_early(self, day: date) -> str:
        """The reason of the closure into which the regular close of a day falls."""
        close = self._planned(day)[-1][1]
        edges = [(one, minutes_of(one.hours) if one.hours else (0, close)) for one in self._closures[day]]
        return next(one.reason for one, (opens, shuts) in edges if opens < close <= shuts)

    def why_off(self, day: date) -> str:
        """Why a day is no working day; empty on a working day."""
        if self.hours_on(day):
            return "" if self.is_whole(day) else f"early_close:{self._why_early(day)}"
        reason = "" if self.is_make_up(day) else self._reason_off(day)
        if reason:
            return reason
        closures = self._closures.get(day)
        if closures and self._planned(day):
            return f"closure:{closures[0].reason}"
        return "weekend"


def _without(hours: tuple[Minutes, ...], gap: Minutes) -> tuple[Minutes, ...]:
    """Cut a gap out of the windows of a day."""
    kept: list[Minutes] = []
    for opens, shuts in hours:
        kept += [piece for piece in ((opens, min(shuts, gap[0])), (max(opens, gap[1]), shuts)) if piece[0] < piece[1]]
    return tuple(kept)
