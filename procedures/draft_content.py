"""What an editor types into a draft: changed piece by piece, kept even where it is no definition yet.

The content has the shape of a definition, but any value may still be wrong. A place in it is written as in the
findings of the linter: steps[3].outcomes.forward.
"""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from pydantic import ValidationError

from procedures.definition import Definition
from procedures.exceptions import UnknownPlace
from procedures.findings import Finding, Severity
from procedures.importing.durations import read_time
from procedures.lint import LintContext, lint
from procedures.sentences import sentence_of

Content = dict[str, Any]
PART = re.compile(r"[^.\[\]]+")
NUMBER = re.compile(r"^-?\d+(?:[.,]\d+)?$")
MOST_IN_A_LIST = 300
LONGEST_VALUE = 20_000
NUMBERS = frozenset(
    {"amount", "originals", "copies", "min", "max", "returns_allowed", "stuck_after", "last_hour", "value"}
)
FLAGS = frozenset({"required", "names_object", "ends_clock", "assumed", "nonterritorial", "four_eyes"})
LISTS = frozenset({"channel", "channels", "forms", "may", "choices", "sources", "consults", "parts"})
ROWS = frozenset({"steps", "limits", "documents", "fees", "form", "bundle", "counting"})
INNER_ROWS = frozenset({"parallel", "branch", "columns"})
TEXTS_THAT_MAY_BE_EMPTY = frozenset({"name", "label", "key", "code", "number"})


@dataclass(frozen=True, slots=True)
class Checked:
    """A content that was looked at.

    Attributes:
        spec: the definition it makes, None where it makes none yet.
        findings: what is wrong or doubtful, each with its place.
    """

    spec: Definition | None
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What blocks publishing."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ERROR)


def checked(content: Content, *, context: LintContext | None = None) -> Checked:
    """Look at a content: first whether it is a definition at all, then what the linter says.

    Args:
        content: as it was typed.
        context: calendars, rulebook and staffing for the linter; None leaves them out.
    """
    try:
        spec = Definition.model_validate(content)
    except ValidationError as error:
        errors: list[Any] = list(error.errors(include_url=False))
        locs = [one["loc"] for one in errors]
        own = [one for one in errors if not any(_lies_inside(loc, one["loc"]) for loc in locs)]
        return Checked(None, tuple(_finding(one, content) for one in own))
    return Checked(spec, tuple(lint(spec, context=context)))


def _lies_inside(inner: tuple[Any, ...], outer: tuple[Any, ...]) -> bool:
    """Whether one error lies inside another, which then only follows from it."""
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _finding(error: Any, content: Content) -> Finding:
    place = place_of(error["loc"], content)
    sentence = sentence_of(error)
    if place.endswith(".time.amount") and isinstance(error["input"], str):
        sentence = _("This is no time. Write for example ½ ngày, 04 giờ làm việc or Không tính thời gian.")
    return Finding("P000", error["type"], Severity.ERROR, place, sentence)


def place_of(loc: tuple[int | str, ...], content: Any) -> str:
    """A place as the linter writes it; names that stand for the kinds of a union are left out."""
    place, value = "", content
    for at, part in enumerate(loc):
        if isinstance(part, int):
            place += f"[{part}]"
            value = value[part] if isinstance(value, list) and part < len(value) else None
        elif isinstance(value, dict) and (part in value or at == len(loc) - 1):
            place += f".{part}" if place else part
            value = value.get(part)
    return place


def parts_of(place: str) -> list[str | int]:
    """The parts of a place: steps[3].name → steps, 3, name."""
    return [int(part) if part.isdecimal() else part for part in PART.findall(place)]


def value_at(content: Any, place: str) -> Any:
    """What stands at a place; None where nothing does."""
    for part in parts_of(place):
        if isinstance(part, int) and isinstance(content, list) and part < len(content):
            content = content[part]
        elif isinstance(part, str) and isinstance(content, dict):
            content = content.get(part)
        else:
            return None
    return content


def typed(name: str, text: str | list[str]) -> Any:
    """What a typed text means at a key of that name: a number, a flag, a list; None takes the key away."""
    if name in LISTS:
        lines = text if isinstance(text, list) else text.replace("\0", "").splitlines()
        return [line.strip() for each in lines for line in each.splitlines() if line.strip()] or None
    text = (text[-1] if text else "") if isinstance(text, list) else text
    text = text.replace("\0", "").strip()[:LONGEST_VALUE]
    if name in FLAGS:
        return True if text else None
    if not text:
        return "" if name in TEXTS_THAT_MAY_BE_EMPTY else None
    if name in NUMBERS and NUMBER.match(text):
        number = Decimal(text.replace(",", "."))
        return int(number) if number == number.to_integral_value() else float(number)
    return text


def time_typed(text: str) -> Any:
    """The budget of a step from words such as "½ ngày" or "04 giờ làm việc"; what is no time stays as typed."""
    text = text.replace("\0", "").strip()[:LONGEST_VALUE]
    if not text:
        return None
    reading = read_time(f"{text} giờ" if NUMBER.match(text) else text)
    if not reading.is_understood:
        return {"amount": text, "unit": "working_hour", "text": text}
    if reading.hours is None:
        return "none"
    amount = int(reading.hours) if reading.hours == reading.hours.to_integral_value() else float(reading.hours)
    return {"amount": amount, "unit": "working_hour", **({} if NUMBER.match(text) else {"text": text})}


def with_value(content: Content, place: str, text: str | list[str]) -> Content:
    """The content with another value at a place; empty ones are taken away.

    Raises:
        UnknownPlace: when the content has no such place, for example because the row was removed meanwhile.
    """
    changed = copy.deepcopy(content)
    *way, last = parts_of(place) or [""]
    holder = _holder(changed, way)
    holds_rows = last in (INNER_ROWS if way else ROWS)
    if not isinstance(last, str) or holds_rows or [*way, last][0] not in Definition.model_fields:
        raise UnknownPlace(place)
    is_step_time = last == "time" and way[:1] == ["steps"]
    value = time_typed(str(text if isinstance(text, str) else "".join(text))) if is_step_time else typed(last, text)
    if value is None:
        holder.pop(last, None)
    else:
        holder[last] = value
    if way[-1:] == ["outcomes"]:
        _lead_on(changed, way, holder)
    _tidy(changed, way)
    return changed


def _holder(content: Content, way: list[str | int]) -> Content:
    """The group at the end of a way; groups that are not there yet are made, rows are not."""
    holder: Any = content
    for part in way:
        if isinstance(part, int) and isinstance(holder, list) and part < len(holder):
            holder = holder[part]
        elif isinstance(part, str) and isinstance(holder, dict):
            holder = holder.setdefault(part, {})
        else:
            raise UnknownPlace(".".join(map(str, way)))
    if not isinstance(holder, dict):
        raise UnknownPlace(".".join(map(str, way)))
    return holder


def _lead_on(content: Content, way: list[str | int], outcomes: Content) -> None:
    """Keep a way forward beside ways back: without outcomes a step leads to the next one by itself."""
    forward = [name for name in outcomes if name not in ("send_back", "refuse")]
    if not outcomes or forward:
        return
    rows, at = content["steps"], int(way[1])
    is_member = "parallel" in way
    step = value_at(content, "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in way[:-1])[1:])
    name = "approve" if isinstance(step, dict) and step.get("phase") == "approve" else "forward"
    following = rows[at + 1]["key"] if at + 1 < len(rows) else "end"
    written = dict(outcomes)
    outcomes.clear()
    outcomes.update({name: "join" if is_member else following, **written})


def _tidy(content: Content, way: list[str | int]) -> None:
    """Take away a group that has become empty, such as a cut-off or outcomes."""
    while way and isinstance(way[-1], str) and way[-1] not in ("result", "decision", "field"):
        place = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in way).lstrip(".")
        if value_at(content, place) != {}:
            return
        *above, last = way
        holder: Any = content
        for part in above:
            holder = holder[part]
        del holder[last]
        way = above


def key_from(name: str, taken: set[str]) -> str:
    """A key made of a name that no other has yet."""
    base = name if re.fullmatch(r"[a-z][a-z0-9_]*", name) else "item"
    number, key = 1, f"{base[:34]}_1"
    while key in taken:
        number += 1
        key = f"{base[:34]}_{number}"
    return key


def new_item(kind: str, taken: set[str]) -> Content:
    """An empty row of a list: what has no value yet is found by the checks, not made up."""
    if kind == "steps":
        return {"key": key_from("step", taken), "name": "", "phase": "process", "role": "specialist"}
    if kind == "documents":
        return {"key": key_from("paper", taken), "name": "", "originals": 1, "required": True}
    if kind == "form":
        return {"kind": "text", "key": key_from("field", taken), "label": ""}
    if kind == "fees":
        return {"name": "", "amount": 0}
    if kind == "limits":
        return {"channel": ["desk", "post", "online"], "amount": "", "unit": "working_day"}
    raise UnknownPlace(kind)


def added(content: Content, kind: str, after: int | None = None) -> Content:
    """The content with a new row in one of its lists, at the end or behind a row.

    Raises:
        UnknownPlace: when there is no such list, or it is full.
    """
    changed = copy.deepcopy(content)
    rows = changed.setdefault(kind, [])
    if not isinstance(rows, list) or len(rows) >= MOST_IN_A_LIST:
        raise UnknownPlace(kind)
    row = new_item(kind, keys_in(changed, kind))
    place = len(rows) if after is None else min(after + 1, len(rows))
    rows.insert(place, row)
    if kind == "steps":
        _lead_through(rows, place)
    return changed


def keys_in(content: Content, kind: str) -> set[str]:
    """All keys of a list, members of blocks included."""
    rows = [row for row in content.get(kind) or [] if isinstance(row, dict)]
    inner = [member for row in rows for member in row.get("parallel") or [] if isinstance(member, dict)]
    return {str(row.get("key", "")) for row in [*rows, *inner]}


def _lead_through(rows: list[Content], place: int) -> None:
    """Let the step before a new one lead to it where it led to the step behind."""
    behind = rows[place + 1]["key"] if place + 1 < len(rows) else "end"
    if place == 0 or not isinstance(rows[place - 1].get("outcomes"), dict):
        return
    before = rows[place - 1]["outcomes"]
    for outcome, target in before.items():
        if target == behind and outcome != "send_back":
            before[outcome] = rows[place]["key"]


def removed(content: Content, place: str) -> Content:
    """The content without a row; ways that led to a step that is gone lead to the one behind it.

    Raises:
        UnknownPlace: when there is no such row.
    """
    changed = copy.deepcopy(content)
    rows, at = _row(changed, place)
    gone = rows.pop(at)
    if place.startswith("steps"):
        behind = rows[at]["key"] if at < len(rows) else "end"
        _retarget(changed, str(gone.get("key", "")), behind)
    return changed


def moved(content: Content, place: str, by: int) -> Content:
    """The content with a row one place higher or lower.

    Raises:
        UnknownPlace: when there is no such row.
    """
    changed = copy.deepcopy(content)
    rows, at = _row(changed, place)
    to = min(max(at + by, 0), len(rows) - 1)
    rows.insert(to, rows.pop(at))
    return changed


def _row(content: Content, place: str) -> tuple[list[Content], int]:
    *way, at = parts_of(place) or [""]
    rows = value_at(content, "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in way).lstrip("."))
    if not isinstance(rows, list) or not isinstance(at, int) or at >= len(rows):
        raise UnknownPlace(place)
    return rows, at


def _retarget(content: Content, gone: str, behind: str) -> None:
    for node in content.get("steps") or []:
        outcomes = node.get("outcomes")
        if isinstance(outcomes, dict):
            kept = {name: to for name, to in outcomes.items() if name != "send_back" or to != gone}
            node["outcomes"] = {name: behind if to == gone else to for name, to in kept.items()}
        if node.get("then") == gone:
            node["then"] = behind
