"""Which questions of an e-form are asked, given the answers before them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from procedures.definition_form import COMPUTED_KINDS, FieldKind, FormField

NOT_ASKED: Final = 0  # what a question that is not asked adds to a computation


def is_asked(field: FormField, before: Mapping[str, Any]) -> bool:
    """Whether the question is asked.

    Args:
        field: one question of the form.
        before: answers to earlier questions as they are stored; questions that are not asked have none.
    """
    return all(condition.holds(dict(before)) for condition in field.shown_when)


def as_compared(field: FormField, value: Any) -> Any:
    """An answer as later questions compare it: a yes or no that nobody ticked is a no."""
    return bool(value) if field.kind is FieldKind.YES_NO else value


def if_not_asked(field: FormField) -> int | None:
    """What a question that is not asked adds to a computation: nothing."""
    return NOT_ASKED if field.kind in COMPUTED_KINDS else None
