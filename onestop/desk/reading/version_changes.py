"""What changed between two versions, in the words of the editor's own boxes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from onestop.desk.reading.draft_boxes import Box, Boxes, Card
from onestop.desk.words import day
from procedures.definition import Definition
from procedures.draft_content import Content, value_at


@dataclass(frozen=True, slots=True)
class Line:
    """One value before and after; empty where there was or is none."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that was added, removed or changed.

    Attributes:
        kind: added, removed, changed or moved.
        title: what the row is called.
        lines: the values that differ.
    """

    kind: str
    title: str
    lines: Sequence[Line] = ()


@dataclass(frozen=True, slots=True)
class PartChange:
    """All changes of one part: papers, fees, steps."""

    title: str
    rows: Sequence[RowChange]


def changes_between(before: Definition, after: Definition) -> list[PartChange]:
    """What differs, part by part; parts without a difference are left out.

    Args:
        before: the older version.
        after: the newer version.
    """
    old, new = Boxes(before.as_json()), Boxes(after.as_json())
    parts = [
        PartChange(_("What the procedure is"), _whole(old.head(), new.head())),
        PartChange(_("How it is counted"), _whole(old.rules(), new.rules())),
        PartChange(_("Legal limits"), _rows(old, new, old.limits(), new.limits(), "channel")),
        PartChange(_("Papers"), _rows(old, new, old.papers(), new.papers(), "key")),
        PartChange(_("Fees"), _rows(old, new, old.fees(), new.fees(), "name")),
        PartChange(_("E-form"), _rows(old, new, old.questions(), new.questions(), "key")),
        PartChange(_("Steps"), _rows(old, new, _flat(old.steps()), _flat(new.steps()), "key")),
    ]
    return [part for part in parts if part.rows]


def _flat(cards: Sequence[Card]) -> list[Card]:
    """Steps with the members of blocks behind their block."""
    return [one for card in cards for one in (card, *card.members)]


def shown(box: Box) -> str:
    """A value in words: what was chosen, not its key."""
    names = dict(box.options)
    if box.kind == "check":
        return _("yes") if box.value else _("no")
    if box.kind == "checks":
        return ", ".join(names.get(value, value) for value in box.value)
    if box.kind == "date":
        return day_in_words(box.value)
    return names.get(box.value, box.value) if box.value else ""


def day_in_words(text: str) -> str:
    """A day as it is read here, from how it is kept."""
    try:
        return day(date.fromisoformat(text)) if text else ""
    except ValueError:
        return text


def _lines(old: Sequence[Box], new: Sequence[Box], prefixes: tuple[str, str] = ("", "")) -> list[Line]:
    """Values that differ, by the end of their place."""
    before = {box.place.removeprefix(prefixes[0]): box for box in old}
    after = {box.place.removeprefix(prefixes[1]): box for box in new}
    lines = []
    for end in {**before, **after}:
        was, now = (shown(boxes[end]) if end in boxes else "" for boxes in (before, after))
        if was != now:
            lines.append(Line((after.get(end) or before[end]).label, was, now))
    return lines


def _whole(old: Sequence[Box], new: Sequence[Box]) -> list[RowChange]:
    lines = _lines(old, new)
    return [RowChange("changed", "", lines)] if lines else []


def _rows(old: Boxes, new: Boxes, before: Sequence[Card], after: Sequence[Card], by: str) -> list[RowChange]:
    """Rows matched by their key, name or channels."""
    was = _by_identity(old.content, before, by)
    now = _by_identity(new.content, after, by)
    return [*_gone_and_new(was, now), *_changed(old, new, was, now), *_order(was, now)]


def _by_identity(content: Content, cards: Sequence[Card], by: str) -> dict[str, Card]:
    named = ((json.dumps(value_at(content, f"{card.place}.{by}"), ensure_ascii=False), card) for card in cards)
    found: dict[str, Card] = {}
    for name, card in named:
        found[name if name not in found else f"{name} {card.place}"] = card
    return found


def _gone_and_new(was: dict[str, Card], now: dict[str, Card]) -> Iterator[RowChange]:
    for name in [name for name in was if name not in now]:
        yield RowChange("removed", was[name].title or _values(was[name]))
    for name in [name for name in now if name not in was]:
        card = now[name]
        lines = [Line(box.label, "", shown(box)) for box in card.boxes if shown(box) and box.kind != "check"]
        yield RowChange("added", card.title or _values(card), lines)


def _values(card: Card) -> str:
    return ", ".join(text for box in card.boxes if (text := shown(box)))


def _changed(old: Boxes, new: Boxes, was: dict[str, Card], now: dict[str, Card]) -> Iterator[RowChange]:
    for name in [name for name in now if name in was]:
        before, after = was[name], now[name]
        lines = _lines([*before.boxes, *before.more], [*after.boxes, *after.more], (before.place, after.place))
        if list(before.lines) != list(after.lines):
            lines.append(Line(_("Ways"), "; ".join(before.lines), "; ".join(after.lines)))
        lines += _besides(old, new, before, after)
        if lines:
            yield RowChange("changed", after.title or _values(after), lines)


def _besides(old: Boxes, new: Boxes, before: Card, after: Card) -> Iterator[Line]:
    """Values that have no box: they are shown as they are written."""
    rows = [value_at(boxes.content, card.place) or {} for boxes, card in ((old, before), (new, after))]
    boxed = {box.place.removeprefix(after.place).lstrip(".").split(".")[0] for box in (*after.boxes, *after.more)}
    boxed |= {"branch", "parallel", "then"}
    for key in dict.fromkeys([*rows[0], *rows[1]]):
        if key not in boxed and rows[0].get(key) != rows[1].get(key):
            yield Line(key, _written(rows[0].get(key)), _written(rows[1].get(key)))


def _written(value: Any) -> str:
    return "" if value is None else json.dumps(value, ensure_ascii=False)


def _order(was: dict[str, Card], now: dict[str, Card]) -> Iterator[RowChange]:
    common_before = [name for name in was if name in now]
    common_after = [name for name in now if name in was]
    if common_before != common_after:
        titles = " → ".join(now[name].title for name in common_after)
        yield RowChange("moved", _("Another order"), [Line(_("now"), "", titles)])
