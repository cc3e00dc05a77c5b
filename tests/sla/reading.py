"""Reads the conformance vectors and answers them, by the program and by its simple-minded double."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from sla.exceptions import InvalidRules, InvalidTerm
from sla.timekeeping import judge
from tests.sla import conformance, naive, product
from tests.sla.conformance import VECTORS
from tests.sla.product import instant, local_day

DATA = ("calendars", "decrees", "schema")
Answers = dict[str, Any]


@cache
def files() -> dict[str, dict[str, Any]]:
    """Every file of cases, by kind."""
    paths = [path for path in sorted(VECTORS.glob("*.json")) if path.stem not in DATA]
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in paths}


@cache
def decrees() -> list[dict[str, Any]]:
    """What each decree says of counting, oldest first."""
    found = json.loads((VECTORS / "decrees.json").read_text(encoding="utf-8"))
    return sorted(found["decrees"], key=lambda one: str(one["valid_from"]))


def decree_of(asked: Answers) -> dict[str, Any]:
    """The decree a dossier keeps: the one named, or the one in force on the day of reception."""
    if asked["rulebook"] != "in_force":
        return next(one for one in decrees() if one["code"] == asked["rulebook"])
    zone = conformance.calendars()[asked["calendar"]]["zone"]
    day = local_day(asked["received"], zone)
    return [one for one in decrees() if one["valid_from"] <= day][-1]


def resolved(asked: Answers) -> Answers:
    """The question with what its decree says put in: rules of counting, the limit, the effect of each stop."""
    if "rulebook" not in asked:
        return asked
    decree = decree_of(asked)
    limit = asked["limit"]
    stops = [
        {"effect": decree["effects"][one["for"]], **one} if "for" in one else one for one in asked.get("stops", [])
    ]
    return {
        **asked,
        "limit": decree["limits"][limit["rule"]] if "rule" in limit else limit,
        "rules": decree["counting"],
        "stops": [one for one in stops if one["effect"] != "runs_on"],
    }


def calendar_of(asked: Answers) -> str:
    """The calendar version that holds at last: publications after the end of the clock change nothing."""
    ended = asked.get("ended")
    open_at = [one for one in asked.get("publications", []) if not ended or instant(one["at"]) < instant(ended)]
    return str(open_at[-1]["calendar"]) if open_at else str(asked["calendar"])


def _answered(asked: Answers, count: Callable[[Answers, str], Answers], verdict: Callable[[str, str], str]) -> Answers:
    plain = resolved(asked)
    found = count(plain, calendar_of(plain))
    if "publications" in asked:
        found["due_before"] = count(plain, plain["calendar"])["due_at"]
    if "rulebook" in asked:
        found["rulebook"] = decree_of(asked)["code"]
    if "ended" in asked:
        found["verdict"] = verdict(found["due_at"], asked["ended"])
    return found


def by_program(asked: Answers) -> Answers:
    """What the program answers, or by what kind of refusal."""
    timetable = conformance.ways(asked["calendar"])[0]

    def verdict(due_at: str, ended: str) -> str:
        return str(judge(instant(due_at), instant(ended), timetable))

    try:
        return _answered(asked, lambda plain, code: product.answer(plain, conformance.ways(code)[0]), verdict)
    except InvalidTerm:
        return {"error": "invalid_limit"}
    except InvalidRules:
        return {"error": "invalid_rules"}
    except ValueError as error:
        return {"error": str(error)}


def by_naive(asked: Answers) -> Answers:
    """What the simple-minded double answers; refusals are none of its business but for a missing offset."""
    calendar = conformance.ways(asked["calendar"])[1]

    def verdict(due_at: str, ended: str) -> str:
        due, end = naive.seconds(due_at), naive.seconds(ended)
        if end > due:
            return "late"
        return "early" if calendar.day_of(end) < calendar.day_of(due) else "on_time"

    return _answered(asked, lambda plain, code: naive.answer(plain, conformance.ways(code)[1]), verdict)
