"""Comparisons of an answer with a fixed value: they choose a branch, and show or hide a field. No code."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from pydantic import model_validator

from procedures.definition_base import Key, Part, broken


class Op(StrEnum):
    """Comparisons a branch may make; a definition holds no code."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    IN = "in"


Scalar = bool | int | float | str


class Condition(Part):
    """Compares one field of the e-form with a fixed value; a field left empty never fits."""

    field: Key
    op: Op
    value: Scalar | tuple[Scalar, ...]

    @model_validator(mode="after")
    def _list_only_for_in(self) -> Condition:
        if (self.op is Op.IN) != isinstance(self.value, tuple):
            raise broken(_("A list of values belongs to op: in; every other comparison takes one value."))
        return self

    def holds(self, form: dict[str, Any]) -> bool:
        """Whether the answers of an e-form fit.

        Args:
            form: answers by field key.

        Returns:
            True when the field is filled in and the comparison holds; values that cannot be compared do not fit.
        """
        actual = form.get(self.field)
        if actual is None or actual == "":
            return False
        if isinstance(actual, list):
            return self._among(actual)
        if self.op is Op.IN:
            return any(_same(actual, value) for value in self._values())
        if self.op in (Op.EQ, Op.NE):
            return _same(actual, self.value) is (self.op is Op.EQ)
        return self._ordered(actual)

    def _among(self, chosen: list[Any]) -> bool:
        """Several answers fit when one of them does; `ne` when none of them does."""
        if not chosen or self.op not in (Op.EQ, Op.NE, Op.IN):
            return False
        found = any(_same(one, value) for one in chosen for value in self._values())
        return found is not (self.op is Op.NE)

    def _values(self) -> tuple[Scalar, ...]:
        return self.value if isinstance(self.value, tuple) else (self.value,)

    def _ordered(self, actual: Any) -> bool:
        try:
            left, right = _comparable(actual), _comparable(self.value)
            return bool({Op.LT: left < right, Op.LE: left <= right, Op.GT: left > right, Op.GE: left >= right}[self.op])
        except (TypeError, ArithmeticError):
            return False


def _comparable(value: Any) -> Any:
    """Numbers as Decimal, also where an e-form stored them as text; everything else as it is."""
    if isinstance(value, bool):
        return value
    try:
        return Decimal(str(value))
    except ArithmeticError:
        return value


def _same(left: Any, right: Any) -> bool:
    """Equal as numbers, as texts or as yes and no."""
    return bool(_comparable(left) == _comparable(right))
