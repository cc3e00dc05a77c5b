"""What an import has to say about its source: what did not map, what is odd, what was assumed, how the times add up."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy
from pydantic import BaseModel

from procedures.definition import Definition

HOURS_IN_DAY = Decimal(8)


class Kind(StrEnum):
    """What a remark is about."""

    UNMAPPED = "unmapped"
    ODD = "odd"
    ASSUMED = "assumed"
    SPLIT = "split"
    SUM = "sum"


KIND_WORDS = {
    Kind.UNMAPPED: gettext_lazy("not taken over"),
    Kind.ODD: gettext_lazy("odd"),
    Kind.ASSUMED: gettext_lazy("assumed"),
    Kind.SPLIT: gettext_lazy("split"),
    Kind.SUM: gettext_lazy("times"),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know about the source.

    Attributes:
        kind: what it is about.
        place: the row, cell or element as the source names it; empty for the whole.
        sentence: what was found and what was made of it.
        step: key of the step it concerns, empty for none.
    """

    kind: Kind
    place: str
    sentence: str
    step: str = ""

    def __str__(self) -> str:
        head = f"{self.place}: " if self.place else ""
        return f"[{KIND_WORDS[self.kind]}] {head}{self.sentence}"

    def as_json(self) -> dict[str, str]:
        """Plain values, for --json."""
        return {"kind": self.kind.value, "place": self.place, "sentence": self.sentence, "step": self.step}


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition made from a source, with its report.

    Attributes:
        spec: the definition; it can be kept as a draft, but may have findings of the linter.
        remarks: the report, in the order of the source.
        planned: working hours of all steps together; None where none has a time.
        allowed: working hours of the limit at 8 h a day; None where the source gives no limit in hours or days.
    """

    spec: Definition
    remarks: tuple[Remark, ...] = ()
    planned: Decimal | None = None
    allowed: Decimal | None = None
    source: str = field(default="")

    @property
    def over(self) -> Decimal:
        """Working hours the steps take more than the limit allows; 0 where they fit."""
        if self.planned is None or self.allowed is None:
            return Decimal(0)
        return max(self.planned - self.allowed, Decimal(0))

    def of_kind(self, kind: Kind) -> list[Remark]:
        """Remarks of one kind."""
        return [remark for remark in self.remarks if remark.kind is kind]

    def as_json(self) -> dict[str, Any]:
        """Plain values, for --json."""
        return {
            "source": self.source,
            "reference": self.spec.reference,
            "name": self.spec.name,
            "steps": len(self.spec.human_steps()),
            "planned_hours": None if self.planned is None else float(self.planned),
            "allowed_hours": None if self.allowed is None else float(self.allowed),
            "over_hours": float(self.over),
            "remarks": [remark.as_json() for remark in self.remarks],
            "definition": self.spec.as_json(),
        }


def number_words(amount: Decimal) -> str:
    """A number as it is written in Vietnamese: 3,5."""
    text = f"{amount.normalize():f}"
    return text.replace(".", ",")


def days_words(hours: Decimal) -> str:
    """Working hours as days of eight hours, for sums only: 28 → 3,5."""
    return number_words(hours / HOURS_IN_DAY)


def chosen(part: BaseModel, names: Iterable[str]) -> dict[str, Any]:
    """Those values of a part that its author wrote, as plain JSON values."""
    written = part.model_dump(mode="json", exclude_unset=True)
    return {name: written[name] for name in names if name in written}
