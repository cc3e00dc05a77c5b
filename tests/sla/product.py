"""What the program itself answers to the questions of the conformance vectors, in their form."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sla.limits import CountingRules, Cutoff, Stop, Stretch, Term, Unit
from sla.terms import deadline
from sla.working_time import Timetable


def instant(text: str) -> datetime:
    """An instant; without an offset it is none."""
    at = datetime.fromisoformat(text)
    if at.tzinfo is None:
        raise ValueError("no_offset")
    return at


def local_day(text: str, zone: str) -> str:
    """The day of an instant in a zone."""
    return instant(text).astimezone(ZoneInfo(zone)).date().isoformat()


def totals(stretches: Iterable[Stretch]) -> dict[str, int]:
    """How many days of each kind there are, and how many seconds of work."""
    found: dict[str, int] = {}
    for one in stretches:
        key, number = one.reason, int(one.amount)
        if one.unit is Unit.WORKING_HOUR:
            key = {"working_hours": "working_second", "stopped": "stopped_second"}[one.reason]
            number = round(one.amount * 3600)
        elif one.unit is Unit.MONTH and one.reason == "months":
            key = "month"
        found[key] = found.get(key, 0) + number
    return found


def term_of(limit: dict[str, Any]) -> Term:
    """A limit as the vectors write it."""
    cutoff = limit.get("cutoff")
    late = Cutoff(time.fromisoformat(cutoff["after"]), Decimal(str(cutoff["amount"]))) if cutoff else None
    return Term(Decimal(str(limit["amount"])), limit["unit"], late)


def answer(question: dict[str, Any], timetable: Timetable) -> dict[str, Any]:
    """Due time and totals; None while the clock is stopped."""
    start, stops = instant(question["received"]), []
    for stop in sorted(question.get("stops", []), key=lambda one: instant(one["from"])):
        if stop["effect"] != "pause_only" and stop["to"] is None:
            return {"due_at": None}
        if stop["effect"] == "restart":
            start, stops = instant(stop["to"]), []
        elif stop["effect"] == "resume":
            stops.append(Stop(instant(stop["from"]), instant(stop["to"])))
    rules = CountingRules.from_data(question.get("rules"))
    found = deadline(start=start, term=term_of(question["limit"]), timetable=timetable, stops=stops, rules=rules)
    return {
        "due_at": found.due_at.isoformat(),
        "provisional": found.provisional,
        "counted": totals(found.counted),
        "skipped": totals(one for one in found.skipped if not one.ends_nothing),
        "no_end": totals(one for one in found.skipped if one.ends_nothing),
    }
