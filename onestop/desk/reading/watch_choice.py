"""Which list of the board is open and how it is narrowed, as it stands in the address."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from onestop.desk.reading.watch_kinds import BREACH, BY_CODE, KINDS, WEEKLY
from sla.models import PartyKind
from workflows.models import BreachCause, Flag

DIMENSIONS = ("office", "procedure", "person", "party", "phase", "step")
NUMBERED = frozenset({"office", "procedure", "person"})
# What an ended dossier still has: nobody holds it, it stands nowhere.
OF_ENDED = frozenset({"office", "procedure"})
TABLES = ("office", "procedure", "person", "party", "phase", "step")
PERIODS = (8, 26)
NO_CAUSE = "-"
LONGEST_ID = 18


@dataclass(frozen=True, slots=True)
class Choice:
    """Which list is open: one kind, narrowed by dimensions ("": any), and how the board looks at it.

    `by` names the table shown, `weeks` how far the trend looks back, `held` the party whose hours are opened; `full`
    shows every line of the table and of the heat map.
    """

    kind: str = str(Flag.Kind.OVERDUE)
    office: str = ""
    procedure: str = ""
    person: str = ""
    party: str = ""
    phase: str = ""
    step: str = ""
    week: str = ""
    cause: str = ""
    by: str = TABLES[0]
    weeks: int = PERIODS[0]
    held: str = ""
    full: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Choice:
        """The choice that an address carries; what it cannot mean is left out."""
        wishes = {name: query.get(name, "")[:80].replace("\0", "") for name in (*DIMENSIONS, *LIMITS)}
        sound = {name: wish for name, wish in wishes.items() if is_sound(name, wish)}
        kind, by = query.get("kind", ""), query.get("by", "")
        chosen = cls(
            kind=kind if kind in BY_CODE else KINDS[0],
            by=by if by in TABLES else TABLES[0],
            weeks=PERIODS[1] if query.get("weeks") == str(PERIODS[1]) else PERIODS[0],
            **sound,
        )
        return chosen.fitting()

    def fitting(self) -> Choice:
        """The same without what the open list cannot be narrowed by."""
        drop = [] if self.kind in KINDS else [name for name in DIMENSIONS if name not in OF_ENDED]
        drop += [] if self.kind in WEEKLY else ["week"]
        drop += [] if self.kind == BREACH else ["cause"]
        return replace(self, **dict.fromkeys(drop, ""))

    def with_changes(self, **changes: Any) -> Choice:
        """The choice after some changes; what no longer fits is dropped."""
        return replace(self, **{name: changes[name] if name == "weeks" else str(changes[name]) for name in changes})

    def to(self, **changes: Any) -> str:
        """The query of an address that opens this list with some changes."""
        changed = self.with_changes(**changes).fitting()
        names = ("kind", *DIMENSIONS, *LIMITS)
        chosen = {name: getattr(changed, name) for name in names if getattr(changed, name)}
        if changed.by != TABLES[0]:
            chosen["by"] = changed.by
        if changed.weeks != PERIODS[0]:
            chosen["weeks"] = str(changed.weeks)
        return f"?{urlencode(chosen)}"

    @property
    def narrowed_by(self) -> dict[str, str]:
        """The dimensions that are narrowed, with their values."""
        return {name: getattr(self, name) for name in DIMENSIONS if getattr(self, name)}

    @property
    def is_watched(self) -> bool:
        """Whether the list is one of those with a number at the top."""
        return self.kind in KINDS


ENUMERATED = {
    "party": PartyKind.values,
    "held": PartyKind.values,
    "cause": [*BreachCause.values, NO_CAUSE],
    "full": ["all"],
}
LIMITS = ("week", "cause", "held", "full")


def is_sound(name: str, wish: str) -> bool:
    """Whether a wish of the address can mean something."""
    if name in NUMBERED:
        return is_id(wish)
    if name in ENUMERATED:
        return wish in ENUMERATED[name]
    return is_monday(wish) if name == "week" else True


def is_id(text: str) -> bool:
    """Whether a text is the number of a row."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID


def is_monday(text: str) -> bool:
    """Whether a text is the first day of a week, as 2026-11-16."""
    try:
        return date.fromisoformat(text).weekday() == 0
    except ValueError:
        return False
