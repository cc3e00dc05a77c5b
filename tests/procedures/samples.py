"""A small sound definition, and ways to spoil it."""

import copy
from datetime import UTC, datetime
from typing import Any

import yaml

from procedures.definition import Definition
from procedures.lint import LintContext, lint

NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)

RECEIVE = {"key": "receive", "name": "Receive", "phase": "receive", "role": "clerk", "time": {"amount": 2}}
APPRAISE = {
    "key": "appraise",
    "name": "Appraise",
    "phase": "process",
    "role": "specialist",
    "time": {"amount": 20},
    "outcomes": {"forward": "sign", "refuse": "refuse"},
    "may": ["request_supplement"],
}
SIGN = {
    "key": "sign",
    "name": "Sign",
    "phase": "approve",
    "role": "leader",
    "time": {"amount": 8},
    "outcomes": {"approve": "return", "send_back": "appraise"},
}
RETURN = {"key": "return", "name": "Return", "phase": "return", "role": "clerk", "time": "none"}

SOUND: dict[str, Any] = {
    "code": "3.000466",
    "name": "Correct a diploma",
    "field": {"code": "G03-GD", "name": "Diplomas"},
    "level": "province",
    "decision": {"number": "1/QĐ", "issued_on": "2025-07-01"},
    "valid_from": "2025-07-01",
    "limits": [{"channel": ["desk", "post", "online"], "amount": 5, "unit": "working_day"}],
    "documents": [{"key": "application", "name": "Application", "originals": 1, "required": True}],
    "form": [
        {"kind": "number", "key": "area", "label": "Area"},
        {"kind": "choice", "key": "kind", "label": "Kind", "choices": ["big", "small"]},
    ],
    "result": {"name": "Decision"},
    "steps": [RECEIVE, APPRAISE, SIGN, RETURN],
}


def human(key: str, **changes: Any) -> dict[str, Any]:
    """A specialist's step of one hour; a change to None leaves the key out."""
    step = {"key": key, "name": key, "phase": "process", "role": "specialist", "time": {"amount": 1}} | changes
    return {name: value for name, value in step.items() if value is not None}


def raw(**changes: Any) -> dict[str, Any]:
    """The sound definition with other top-level values."""
    return copy.deepcopy(SOUND) | changes


def definition(*steps: dict[str, Any], **changes: Any) -> Definition:
    """The sound definition, with other steps when some are given."""
    return Definition.model_validate(raw(**({"steps": list(steps)} if steps else {}), **changes))


def text(**changes: Any) -> str:
    """The sound definition as YAML."""
    return yaml.safe_dump(raw(**changes), allow_unicode=True, sort_keys=False)


def found(spec: Definition, context: LintContext | None = None) -> list[tuple[str, str]]:
    """Code and place of every finding."""
    return [(finding.code, finding.place) for finding in lint(spec, context=context)]
