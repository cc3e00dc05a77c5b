"""Days off of years for which no plan has been published, as the `holidays` package computes them."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

import holidays

SUBSTITUTE = re.compile(r"substituted from (\d\d)/(\d\d)/(\d{4})")
SIMPLE_NAMES = {
    "Liberation Day/Reunification Day": "Reunification Day",
    "International Labor Day": "International Labour Day",
    "Vietnam Cultural Day": "Vietnamese Culture Day",
}


def _reason(name: str) -> str:
    """Turn a name of the package into a reason of ours: `holiday:…`, `lieu:…`, `swap:…`."""
    swapped = SUBSTITUTE.search(name)
    if swapped:
        month, day, year = swapped.groups()
        return f"swap:{year}-{month}-{day}"
    plain = name.split(";")[0]
    kind = "lieu" if "(observed)" in plain else "holiday"
    plain = plain.replace(" (observed)", "").strip()
    if "Lunar New Year" in plain:
        plain = "Lunar New Year"
    return f"{kind}:{SIMPLE_NAMES.get(plain, plain)}"


@lru_cache(maxsize=512)
def computed_days_off(country: str, year: int) -> dict[date, str]:
    """Days off of a country in a year, each with its reason."""
    found = holidays.country_holidays(country, years=year, language="en_US")
    return {day: _reason(name) for day, name in found.items()}


@lru_cache(maxsize=512)
def computed_make_up_days(country: str, year: int) -> frozenset[date]:
    """Weekend days of a year that are worked in exchange for a day off."""
    found = holidays.country_holidays(country, years=year, language="en_US")
    return frozenset(day for day in found.weekend_workdays if day.year == year)


def knows(country: str) -> bool:
    """Whether the package can compute the days off of this country."""
    return country in holidays.list_supported_countries()
