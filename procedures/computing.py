"""Work out a computed field from the answers before it. The browser follows the same rules (`eform.js`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, DecimalException
from functools import reduce
from typing import Any, Final

from procedures.definition_form import FieldKind, FormField
from procedures.expressions import ExpressionError, Tree, parsed

DECIMALS: Final = Decimal("0.000001")
MOST: Final = Decimal(10) ** 15


class _NoValueError(Exception):
    """Something that the expression reads is not filled in, or the result makes no sense."""


def computed(field: FormField, answers: Mapping[str, Any]) -> int | str | None:
    """The value of a computed field as it is stored.

    Args:
        field: with `compute`.
        answers: the answers as they are stored; a question that is not asked is in it as 0.

    Returns:
        A whole number as int, another as text of the decimal; amounts of money are rounded half up to whole dong.
        None where something is not filled in, where a division has no result, or where the expression is broken.
    """
    try:
        value = _worked_out(parsed(field.compute), answers)
        if abs(value) > MOST:
            return None
        step = Decimal(1) if field.kind is FieldKind.MONEY else DECIMALS
        value = value.quantize(step, rounding=ROUND_HALF_UP)
    except (_NoValueError, ExpressionError, DecimalException, ArithmeticError):
        return None
    return int(value) if value == value.to_integral_value() else format(value.normalize(), "f")


def _worked_out(tree: Tree, answers: Mapping[str, Any]) -> Decimal:
    word = tree[0]
    if word == "number":
        return Decimal(tree[1])
    if word == "field":
        return _number(answers.get(tree[1]))
    if word == "rows":
        return Decimal(len(_rows(answers, tree[1])))
    if word == "cells":
        cells = [row.get(tree[2]) for row in _rows(answers, tree[1])]
        return sum((_number(cell) for cell in cells if cell not in (None, "")), Decimal(0))
    if word == "days":
        return _days(answers.get(tree[1][1]), answers.get(tree[2][1]))
    return _combined(word, [_worked_out(part, answers) for part in tree[1:]])


def _combined(word: str, values: list[Decimal]) -> Decimal:
    if word in ("min", "max"):
        return min(values) if word == "min" else max(values)
    if word == "round":
        places = int(values[1]) if len(values) > 1 else 0
        return values[0].quantize(Decimal(1).scaleb(-min(places, 6)), rounding=ROUND_HALF_UP)
    return reduce(OPERATIONS[word], values)


def _divided(left: Decimal, right: Decimal) -> Decimal:
    if right == 0:
        raise _NoValueError
    return left / right


OPERATIONS: Final = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "/": _divided,
}


def _number(value: Any) -> Decimal:
    if value is None or value == "" or isinstance(value, bool | list | dict):
        raise _NoValueError
    number = Decimal(str(value))
    if not number.is_finite():
        raise _NoValueError
    return number


def _rows(answers: Mapping[str, Any], table: str) -> list[Any]:
    rows = answers.get(table)
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _days(first: Any, last: Any) -> Decimal:
    """Days from the first to the last, both counted."""
    try:
        return Decimal((date.fromisoformat(str(last)) - date.fromisoformat(str(first))).days + 1)
    except ValueError:
        raise _NoValueError from None
