"""How fast working time is added on a four-year calendar, and by `businesstimedelta` in the same run.

Both are asked the same questions, about the same days off. `businesstimedelta` cannot work on a Saturday in exchange
for a Monday, so make-up days are left out for both; their answers must be equal before anything is measured.

Needs no database. Run by `make bench`; the figures go to standard output with the machine they were measured on.
"""

from __future__ import annotations

import platform
import random
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from datetime import time as clock_time
from zoneinfo import ZoneInfo

import businesstimedelta
import django
import pytz

django.setup()

from sla.calendar_spec import CalendarSpec, SpecRules  # noqa: E402  # needs Django set up
from sla.calendars import calendar_files, timetable_from_spec  # noqa: E402
from sla.working_time import Timetable  # noqa: E402

YEARS = range(2024, 2028)
ZONE = "Asia/Ho_Chi_Minh"
OUR_COUNT, THEIR_COUNT, ROUNDS = 100_000, 200, 3
NEEDED_PER_SECOND, NEEDED_RATIO = 200_000, 300
# The other one looks for the next holiday until it finds one: there must be one after every answer.
AFTER_ALL = date(2029, 12, 30)

Case = tuple[datetime, timedelta]


def calendar() -> CalendarSpec:
    """The offices' calendar of four years, without the rest days that are worked in exchange."""
    data = calendar_files()["default"].model_dump(mode="json")
    years = {str(year): data["years"][str(year)] for year in YEARS}
    for plan in years.values():
        taken_off = [{"day": swap["rest"], "name": "swap"} for swap in plan["swaps"]]
        plan.update(holidays=[*plan["holidays"], *taken_off], swaps=[], make_up=[])
    return CalendarSpec.model_validate({**data, "years": years})


def cases() -> list[Case]:
    """Seeded beginnings in the four years, the last ten weeks left out, and budgets up to 200 hours."""
    zone, chance = ZoneInfo(ZONE), random.Random(7)
    first = datetime(YEARS.start, 1, 2, tzinfo=zone)
    return [
        (first + timedelta(minutes=chance.randrange(2_000_000)), timedelta(minutes=chance.randrange(1, 12_000)))
        for _number in range(OUR_COUNT)
    ]


def their_rules(spec: CalendarSpec) -> businesstimedelta.Rules:
    """The same calendar as `businesstimedelta` takes it: a long day, a break, and dates off."""
    zone, rules = pytz.timezone(ZONE), SpecRules(spec)
    days = [date(YEARS.start, 1, 1) + timedelta(days=number) for number in range(366 + 3 * 365)]
    off = {day for day in days if day.weekday() < 5 and not rules.hours_on(day)} | {AFTER_ALL}
    week = {"working_days": [0, 1, 2, 3, 4], "tz": zone}
    return businesstimedelta.Rules(
        [
            businesstimedelta.WorkDayRule(start_time=clock_time(7, 30), end_time=clock_time(17), **week),
            businesstimedelta.LunchTimeRule(start_time=clock_time(11, 30), end_time=clock_time(13), **week),
            businesstimedelta.HolidayRule(off, tz=zone),
        ]
    )


def per_second(add: Callable[[datetime, timedelta], datetime], asked: list[Case]) -> float:
    """How many additions are done in a second."""
    began = time.perf_counter()
    for start, worked in asked:
        add(start, worked)
    return len(asked) / (time.perf_counter() - began)


def check(timetable: Timetable, theirs: Callable[[datetime, timedelta], datetime], asked: list[Case]) -> None:
    """Both must give the same answers, or they were not asked the same."""
    wrong = [case for case in asked if timetable.add(*case) != theirs(*case)]
    assert not wrong, wrong[:3]


def measure() -> dict[str, object]:
    """Measure both, turn by turn, and take the best round of each: what others do on the machine slows down only.

    Returns:
        `ours_per_second`, `theirs_per_second` (additions), `ratio`, `enough` (both targets reached), `machine`.
    """
    spec, asked = calendar(), cases()
    timetable, rules = timetable_from_spec(spec), their_rules(spec)

    def theirs(start: datetime, worked: timedelta) -> datetime:
        return start + businesstimedelta.BusinessTimeDelta(rules, timedelta=worked)

    few = asked[:THEIR_COUNT]
    check(timetable, theirs, few)
    rounds = [(per_second(timetable.add, asked), per_second(theirs, few)) for _round in range(ROUNDS)]
    ours, other = (max(speeds) for speeds in zip(*rounds, strict=True))
    return {
        "ours_per_second": round(ours),
        "theirs_per_second": round(other, 1),
        "ratio": round(ours / other),
        "enough": ours >= NEEDED_PER_SECOND and ours >= NEEDED_RATIO * other,
        "machine": f"{platform.machine()}, Python {platform.python_version()}",
    }


def main() -> None:
    """Print the figures."""
    found = measure()
    print(f"working_time.add: {found['ours_per_second']:,} /s on {found['machine']}")
    print(f"businesstimedelta: {found['theirs_per_second']:,} /s, the same questions in the same run")
    print(f"ratio: {found['ratio']:,} (needed: {NEEDED_RATIO}, and {NEEDED_PER_SECOND:,} /s)")


if __name__ == "__main__":
    main()
