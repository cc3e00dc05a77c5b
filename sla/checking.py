"""A calendar compared with the law, the `holidays` package and the swaps of the year before.

What is missing is an error; what somebody should look at is a hint. An office may have more days off than the law
gives, so only days that are missing, doubled or without sense are errors.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from sla.calendar_spec import CalendarSpec, SpecRules, Year
from sla.holiday_law import computed_days_off, computed_make_up_days

ONE_DAY = timedelta(days=1)
SATURDAY = 5
TET_DAYS = 5
CULTURE_DAY_SINCE = 2026
FIXED = (
    (1, 1, "New Year's Day"),
    (4, 30, "Reunification Day"),
    (5, 1, "International Labour Day"),
    (9, 2, "National Day"),
    (11, 24, "Vietnamese Culture Day"),
)


class Problem(StrEnum):
    """What is wrong; the first ones are errors, those from `BRIDGE` on are hints."""

    NO_PLAN = "no_plan"
    HOLIDAY_MISSING = "holiday_missing"
    LIEU_MISSING = "lieu_missing"
    NATIONAL_DAY_SHORT = "national_day_short"
    TET_SHORT = "tet_short"
    SWAP_MISSING = "swap_missing"
    MAKE_UP_MISSING = "make_up_missing"
    SWAP_OF_REST_DAY = "swap_of_rest_day"
    SWAP_ON_WORKING_DAY = "swap_on_working_day"
    REST_DAY_AS_HOLIDAY = "rest_day_as_holiday"
    BRIDGE = "bridge"
    EXTRA = "extra"


HINTS = frozenset({Problem.BRIDGE, Problem.EXTRA})


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing that was found: the day it is about, the holiday behind it, and another day that belongs to it."""

    day: date
    problem: Problem
    name: str = ""
    other: date | None = None

    @property
    def is_hint(self) -> bool:
        """Whether it only asks somebody to look."""
        return self.problem in HINTS


def check_calendar(spec: CalendarSpec, years: list[int]) -> list[Finding]:
    """Compare the plans of some years with what the law gives.

    Args:
        spec: the calendar.
        years: which years; one without a plan is an error.

    Returns:
        What was found, in the order of days, each once.

    Source:
        Labour Code 2019, articles 111(3) and 112; 24 November since 2026 (Resolution 28/2026/QH16); the package
        `holidays` for the days of the lunar calendar and for swaps it knows.
    """
    if spec.every_year or not spec.country:
        return []
    rules = SpecRules(spec)
    found: dict[tuple[date, Problem], Finding] = {}
    for year in years:
        for finding in _findings(spec, rules, year):
            found.setdefault((finding.day, finding.problem), finding)
    return sorted(found.values())


def _findings(spec: CalendarSpec, rules: SpecRules, year: int) -> Iterator[Finding]:
    plan = spec.years.get(year)
    if plan is None:
        yield Finding(date(year, 1, 1), Problem.NO_PLAN)
        return
    computed = computed_days_off(spec.country, year)
    yield from _fixed_days(rules, year)
    yield from _national_day(rules, year)
    yield from _tet(rules, computed, year)
    yield from _known_days(rules, computed, year)
    yield from _swaps(rules, plan)
    yield from _needless(rules, plan, computed)
    yield from _bridges(spec, rules, year)


def _is_rest_day(rules: SpecRules, day: date) -> bool:
    """Whether nobody would work on such a weekday."""
    return not rules.pattern_on(day)


def _is_free(rules: SpecRules, day: date) -> bool:
    return rules.is_day_off(day) or (_is_rest_day(rules, day) and not rules.is_make_up(day))


def _next_workday(rules: SpecRules, day: date) -> date:
    """The weekday on which a holiday that falls on a rest day is made good."""
    following = day + ONE_DAY
    while _is_rest_day(rules, following):
        following += ONE_DAY
    return following


def _missing(rules: SpecRules, day: date, name: str) -> Iterator[Finding]:
    if not _is_free(rules, day):
        yield Finding(day, Problem.HOLIDAY_MISSING, name)
    elif _is_rest_day(rules, day) and day.weekday() >= SATURDAY:
        instead = _next_workday(rules, day)
        if not _is_free(rules, instead) and not _has_lieu_nearby(rules, day):
            yield Finding(instead, Problem.LIEU_MISSING, name, day)


def _has_lieu_nearby(rules: SpecRules, day: date) -> bool:
    return any(rules.is_lieu(day + number * ONE_DAY) for number in range(-4, 8))


def _fixed_days(rules: SpecRules, year: int) -> Iterator[Finding]:
    """The holidays with a date of their own, and the day off in lieu of one that falls on a rest day."""
    for month, number, name in FIXED:
        if (month, number) != (11, 24) or year >= CULTURE_DAY_SINCE:
            yield from _missing(rules, date(year, month, number), name)


def _national_day(rules: SpecRules, year: int) -> Iterator[Finding]:
    """National Day is two days: the 2nd of September and the day before or after it."""
    around = (date(year, 9, 1), date(year, 9, 3))
    if not any(rules.is_day_off(day) for day in around):
        yield Finding(around[1], Problem.NATIONAL_DAY_SHORT, "National Day", around[0])


def _tet(rules: SpecRules, computed: dict[date, str], year: int) -> Iterator[Finding]:
    """Lunar New Year is five working days off at least."""
    season = [day for day, reason in computed.items() if reason == "holiday:Lunar New Year"]
    if not season:
        return
    first = min(season) - 4 * ONE_DAY
    span = [first + number * ONE_DAY for number in range((max(season) - first).days + 5)]
    free = [day for day in span if rules.is_day_off(day)]
    if 0 < len(free) < TET_DAYS:
        yield Finding(min(season), Problem.TET_SHORT, "Lunar New Year")


def _known_days(rules: SpecRules, computed: dict[date, str], year: int) -> Iterator[Finding]:
    """What the package knows: days of the lunar calendar, days in lieu, swaps that were announced."""
    for day, reason in computed.items():
        kind, _, name = reason.partition(":")
        if _is_free(rules, day) or (day.month, day.day) in {(9, 1), (9, 3)}:
            continue
        if kind == "swap":
            yield Finding(day, Problem.SWAP_MISSING, "", date.fromisoformat(name))
        elif kind == "lieu":
            yield Finding(day, Problem.LIEU_MISSING, name, _holiday_before(computed, day))
        else:
            yield Finding(day, Problem.HOLIDAY_MISSING, name)
    for day in computed_make_up_days(rules.spec.country, year):
        if not rules.is_make_up(day):
            yield Finding(day, Problem.MAKE_UP_MISSING)


def _holiday_before(computed: dict[date, str], day: date) -> date | None:
    """The holiday that a day off in lieu makes good."""
    earlier = [one for one, reason in computed.items() if one < day and reason.startswith("holiday:")]
    return max(earlier, default=None)


def _swaps(rules: SpecRules, plan: Year) -> Iterator[Finding]:
    """A swap takes a working day off and works a rest day."""
    for swap in plan.swaps:
        if _is_rest_day(rules, swap.rest):
            yield Finding(swap.rest, Problem.SWAP_OF_REST_DAY, "", swap.work)
        if not _is_rest_day(rules, swap.rest) and _minutes(rules, swap.work) >= _minutes(rules, swap.rest):
            yield Finding(swap.work, Problem.SWAP_ON_WORKING_DAY, "", swap.rest)
    for day in plan.make_up:
        if _minutes(rules, day) >= _minutes(rules, day - day.weekday() * ONE_DAY):
            yield Finding(day, Problem.SWAP_ON_WORKING_DAY)


def _minutes(rules: SpecRules, day: date) -> int:
    """How long the office works on such a weekday; a desk that opens on Saturday mornings may still swap them."""
    return sum(shuts - opens for opens, shuts in rules.pattern_on(day))


def _needless(rules: SpecRules, plan: Year, computed: dict[date, str]) -> Iterator[Finding]:
    """Rest days listed as holidays, and days off that no law gives."""
    for off in plan.holidays:
        for day in off.days():
            if day in computed or (day.month, day.day) in {(9, 1), (9, 3)} or len(list(off.days())) > 1:
                continue
            if _is_rest_day(rules, day):
                yield Finding(day, Problem.REST_DAY_AS_HOLIDAY, off.name)
            elif not off.lieu:
                yield Finding(day, Problem.EXTRA, off.name)


def _bridges(spec: CalendarSpec, rules: SpecRules, year: int) -> Iterator[Finding]:
    """A single working day between a holiday and a weekend, in a year after one in which such days were swapped."""
    before = spec.years.get(year - 1)
    if before is None or not before.swaps:
        return
    day = date(year, 1, 2)
    while day.year == year and day < date(year, 12, 31):
        free_before, free_after = _is_free(rules, day - ONE_DAY), _is_free(rules, day + ONE_DAY)
        by_holiday = rules.is_day_off(day - ONE_DAY) or rules.is_day_off(day + ONE_DAY)
        is_weekday = day.weekday() < SATURDAY
        if is_weekday and free_before and free_after and by_holiday and not _is_free(rules, day):
            yield Finding(day, Problem.BRIDGE)
        day += ONE_DAY
