"""Holds the count of time limits against the simple-minded one of `naive.py`, on seeded questions.

`make test` asks 2,000 of them; `make conformance` runs this file: 100,000, in as many processes as there are
processors. Every question is printed whole where the two disagree.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sla.calendar_spec import SpecRules, spec_from
from sla.working_time import Book, Timetable
from tests.sla import naive, product

VECTORS = Path(__file__).parents[2] / "sla" / "vectors"
COUNT, PART, FIRST_SEED = 100_000, 2_500, 20_261_124
EDGES = ("00:00", "07:29", "07:30", "08:00", "11:29", "11:30", "12:00", "13:00", "15:00", "15:01", "15:59", "16:00")
LATE_EDGES = ("16:29", "16:30", "16:59", "17:00", "17:01", "18:00", "21:45", "23:00", "23:59")
AMOUNTS = {"working_hour": 60, "working_day": 25, "calendar_day": 40, "month": 4}
RULES: tuple[dict[str, Any], ...] = (
    {"first_day": "same_day"},
    {"due_time": "same_time"},
    {"last_hour": 60},
    {"last_hour": 30, "due_time": "same_time"},
    {"last_hour": 300},
    {"first_day": "same_day", "due_time": "same_time", "last_hour": 60},
)


@cache
def calendars() -> dict[str, dict[str, Any]]:
    """The calendars of the vectors, by code, and one whose other years the `holidays` package computes."""
    found = json.loads((VECTORS / "calendars.json").read_text(encoding="utf-8"))["calendars"]
    known = {one["code"]: one for one in found}
    return known | {"computed": {**known["office"], "code": "computed", "country": "VN"}}


@cache
def ways(code: str) -> tuple[Timetable, naive.Calendar]:
    """A calendar as each of the two reads it."""
    data = calendars()[code]
    return Timetable(Book(SpecRules(spec_from(data)))), naive.Calendar(data)


def _moment(chance: random.Random, years: range, zone: ZoneInfo) -> datetime:
    """A moment, often on the edge of a window or on a day near a holiday."""
    first = date(years.start, 1, 1)
    day = first + timedelta(days=chance.randrange((date(years.stop, 1, 1) - first).days))
    if chance.random() < 0.35:
        day = date(
            day.year,
            *chance.choice([(1, 1), (1, 31), (2, 5), (2, 14), (3, 1), (4, 27), (4, 30), (8, 30), (11, 23), (12, 30)]),
        )
    at = datetime(day.year, day.month, day.day, tzinfo=zone)
    if chance.random() < 0.5:
        hours, minutes = chance.choice(EDGES + LATE_EDGES).split(":")
        return at.replace(hour=int(hours), minute=int(minutes), second=chance.choice([0, 0, 0, 59]))
    return at.replace(hour=chance.randrange(4, 24), minute=chance.randrange(60), second=chance.choice([0, 0, 30]))


def _stops(chance: random.Random, received: datetime) -> list[dict[str, str]]:
    found, at = [], received
    for _number in range(chance.choice([0, 0, 0, 1, 1, 2, 3])):
        start = at + timedelta(minutes=chance.choice([0, 30, chance.randrange(600), chance.randrange(20_000)]))
        at = start + timedelta(minutes=chance.choice([0, 1, chance.randrange(600), chance.randrange(12_000)]))
        if chance.random() < 0.3:
            start, at = (one.replace(hour=17, minute=0, second=0) if one >= received else one for one in (start, at))
        if chance.random() < 0.2:
            at += timedelta(seconds=chance.randrange(60))
        if start < at:
            effect = chance.choices(["resume", "restart", "pause_only"], [8, 1, 1])[0]
            found.append({"from": start.isoformat(), "to": at.isoformat(), "effect": effect})
        at = max(start, at)
    return found


def question(chance: random.Random, codes: list[str], years: range) -> dict[str, Any]:
    """One question, as the vectors write it."""
    code = chance.choice(codes)
    received = _moment(chance, years, ZoneInfo(calendars()[code]["zone"]))
    unit = chance.choice(list(AMOUNTS))
    limit: dict[str, Any] = {"amount": chance.choice([0, 1, 2, 3, 5, chance.randrange(AMOUNTS[unit])]), "unit": unit}
    if unit == "working_hour" and chance.random() < 0.4:
        limit["amount"] = round(limit["amount"] + chance.choice([0.25, 0.5, 0.3333, 0.01]), 4)
    if chance.random() < 0.15:
        limit["cutoff"] = {"after": chance.choice(["15:00", "11:00", "10:30"]), "amount": chance.randrange(4)}
    asked: dict[str, Any] = {"received": received.isoformat(), "limit": limit, "calendar": code}
    if chance.random() < 0.4:
        asked["rules"] = chance.choice(RULES)
    return asked | {"stops": _stops(chance, received)}


def questions(seed: int, count: int, codes: list[str], years: range) -> Iterator[dict[str, Any]]:
    """Questions that are the same every time."""
    chance = random.Random(seed)
    for _number in range(count):
        yield question(chance, codes, years)


def plain(found: dict[str, Any]) -> dict[str, Any]:
    """An answer without totals of nothing."""
    return {
        key: {reason: number for reason, number in value.items() if number} if isinstance(value, dict) else value
        for key, value in found.items()
    }


def disagreement(asked: dict[str, Any]) -> dict[str, Any] | None:
    """What the two answer, where they do not answer the same."""
    timetable, calendar = ways(asked["calendar"])
    ours, double = plain(product.answer(asked, timetable)), plain(naive.answer(asked, calendar))
    return None if ours == double else {"question": asked, "program": ours, "naive": double}


def _part(seed: int) -> list[dict[str, Any]]:
    asked = questions(seed, PART, sorted(calendars()), range(2012, 2032))
    return [found for one in asked if (found := disagreement(one))]


def main(say: Callable[[str], object] = sys.stdout.write) -> int:
    """Ask everything, and say how it went."""
    began, wrong, done = time.monotonic(), 0, 0
    with multiprocessing.Pool(os.cpu_count()) as pool:
        for found in pool.imap_unordered(_part, range(FIRST_SEED, FIRST_SEED + COUNT // PART)):
            wrong, done = wrong + len(found), done + PART
            for one in found[:3]:
                say(json.dumps(one, ensure_ascii=False) + "\n")
            say(f"{done:,} of {COUNT:,} questions, {wrong} answered differently, {time.monotonic() - began:.0f} s\n")
            sys.stdout.flush()
    took = time.monotonic() - began
    say(f"conformance: {COUNT:,} questions in {took:.0f} s, {COUNT - wrong:,} answered alike, {wrong} differently\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
