"""What the linter must be told, because `procedures` does not know it: calendars, the rulebook, who works where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from procedures.definition import Unit


@dataclass(frozen=True, slots=True)
class OfficeStaff:
    """One office, as far as the linter needs it."""

    code: str
    name: str
    level: str
    parent: str | None
    is_desk: bool
    roles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Staffing:
    """All active offices by agency code, and the offices that handle each procedure by `code@level`."""

    offices: Mapping[str, OfficeStaff]
    offered_at: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LintContext:
    """Knowledge from the other packages; None leaves a check out.

    Attributes:
        shortest_term: working hours in the shortest term of so many calendar days or months in the published calendars.
        forms_on: slips of the rulebook valid on a day, number → name.
        staffing: who works where today.
    """

    shortest_term: Callable[[Decimal, Unit], Decimal] | None = None
    forms_on: Callable[[date], Mapping[str, str]] | None = None
    staffing: Staffing | None = None
