"""How many times a second working time is added on a four-year calendar; no database needed.

Run by `make bench`; the figure goes to standard output with the machine it was measured on.
"""

from __future__ import annotations

import platform
import random
import time
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import django

django.setup()

from sla.calendars import calendar_files, timetable_from_spec  # noqa: E402  # needs Django set up

COUNT = 100_000


def main() -> None:
    """Measure `Timetable.add` with seeded starts in 2024-2027 and budgets up to 200 hours."""
    timetable = timetable_from_spec(calendar_files()["default"])
    zone, chance = ZoneInfo("Asia/Ho_Chi_Minh"), random.Random(7)
    first = datetime(2024, 1, 2, tzinfo=zone)
    cases = [
        (first + timedelta(minutes=chance.randrange(1_900_000)), timedelta(minutes=chance.randrange(12_000)))
        for _number in range(COUNT)
    ]
    timetable.add(*cases[0])
    began = time.perf_counter()
    for start, worked in cases:
        timetable.add(start, worked)
    took = time.perf_counter() - began
    print(f"working_time.add: {COUNT / took:,.0f} /s on {platform.machine()}, Python {platform.python_version()}")


if __name__ == "__main__":
    main()
