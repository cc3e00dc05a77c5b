"""Derives one procedure from a log: each activity a step, each observed succession an outcome, an end where it stops.

The definition is true to the log and therefore breaks rules of good procedures (loops without a way out, ends
everywhere). It is meant for the replay alone and published without the linter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from statistics import median_low
from typing import Any, Final

from procedures.definition import END, RESERVED_KEYS
from procedures.folding import fold
from workflows.replay.survey import Survey

CODE: Final = "LOG.REPLAY"
LEVEL: Final = "commune"
ROLE: Final = "specialist"
START_FIELD: Final = "start_activity"
START_BRANCH: Final = "start"
LONGEST_SLUG: Final = 30
LONGEST_NAME: Final = 200
LONGEST_LIMIT: Final = 20_000  # days; a longer term would leave the years that calendars know


@dataclass(frozen=True)
class Derived:
    """A definition (plain values for `Definition.model_validate`) and how to find the log's activities in it."""

    definition: dict[str, Any]
    key_of: dict[str, str]

    def outcome(self, following: str | None) -> str:
        """The outcome that leads to the activity `following`; None stands for the end of the case."""
        return END if following is None else outcome_to(self.key_of[following])

    def form(self, first: str) -> dict[str, str]:
        """The answers of the e-form for a case that begins with the activity `first`."""
        return {START_FIELD: outcome_to(self.key_of[first])} if self.definition["form"] else {}


def derive(survey: Survey, *, limit_days: int | None = None) -> Derived:
    """Make the procedure that allows exactly the courses seen in the log.

    Args:
        survey: What the log says; it holds at least one case.
        limit_days: The legal limit in working days; taken only where the log itself plans no end.

    Returns:
        The definition as plain values, with the key of each activity.
    """
    activities = survey.activities
    if len(survey.starts) == 1:
        activities.sort(key=lambda activity: activity not in survey.starts)
    keys = keys_for(activities)
    starts = [keys[activity] for activity in activities if activity in survey.starts]
    steps = [_step(activity, survey, keys) for activity in activities]
    branch = [_start_branch(starts)] if len(starts) > 1 else []
    form = [_start_field(starts)] if len(starts) > 1 else []
    return Derived(_head(survey) | {"limits": [limit(survey, limit_days)], "form": form, "steps": branch + steps}, keys)


def outcome_to(key: str) -> str:
    """The name of the outcome that leads to a step."""
    return f"to_{key}"


def keys_for(names: list[str]) -> dict[str, str]:
    """A key for each name, all different: names that differ only in case or accents get numbers."""
    taken = {*RESERVED_KEYS, START_BRANCH}
    keys: dict[str, str] = {}
    for name in names:
        slug = re.sub(r"[^a-z0-9]+", "_", fold(name)).strip("_")[:LONGEST_SLUG].strip("_")
        slug = slug if slug[:1].isalpha() else f"activity_{slug}".strip("_")
        keys[name] = _free(slug, taken)
        taken.add(keys[name])
    return keys


def limit(survey: Survey, limit_days: int | None) -> dict[str, Any]:
    """The legal limit: the log's usual planned term, else the one asked for, else one that no case exceeds."""
    every_channel = {"channel": ["desk", "post", "online"]}
    if survey.planned_days:
        usual = median_low(survey.planned_days.elements())
        return every_channel | {"amount": min(usual, LONGEST_LIMIT), "unit": "calendar_day"}
    if limit_days is not None:
        return every_channel | {"amount": limit_days, "unit": "working_day"}
    never = min((survey.longest + timedelta(days=1)).days, LONGEST_LIMIT)
    return every_channel | {"amount": never, "unit": "calendar_day"}


def _free(slug: str, taken: set[str]) -> str:
    key, number = slug, 1
    while key in taken:
        number += 1
        key = f"{slug}_{number}"
    return key


def _step(activity: str, survey: Survey, keys: dict[str, str]) -> dict[str, Any]:
    following = [target for target in keys if (activity, target) in survey.successions]
    outcomes = {outcome_to(keys[target]): keys[target] for target in following}
    if activity in survey.ends:
        outcomes[END] = END
    return {
        "key": keys[activity],
        "name": activity[:LONGEST_NAME],
        "phase": "process",
        "role": ROLE,
        "time": "none",
        "outcomes": outcomes,
        "labels": {outcome_to(keys[target]): target[:LONGEST_NAME] for target in following},
    }


def _start_branch(starts: list[str]) -> dict[str, Any]:
    cases = [
        {"when": {"field": START_FIELD, "op": "eq", "value": outcome_to(start)}, "to": start} for start in starts[:-1]
    ]
    return {"key": START_BRANCH, "branch": [*cases, {"otherwise": starts[-1]}]}


def _start_field(starts: list[str]) -> dict[str, Any]:
    return {
        "kind": "choice",
        "key": START_FIELD,
        "label": "First activity",
        "required": True,
        "choices": [outcome_to(start) for start in starts],
    }


def _head(survey: Survey) -> dict[str, Any]:
    """What every definition must say; people and times are the log's, so nobody is kept from a second step."""
    assert survey.first_at is not None  # noqa: S101  (a survey with a case has a first moment)
    day = (survey.first_at - timedelta(days=1)).date().isoformat()
    return {
        "code": CODE,
        "name": "Procedure derived from an event log",
        "field": {"code": "LOG", "name": "Event logs"},
        "level": LEVEL,
        "decision": {"number": "derived from an event log", "issued_on": day},
        "valid_from": day,
        "result": {"name": "The last activity of the case"},
        "returns_allowed": 0,
        "four_eyes": False,
    }
