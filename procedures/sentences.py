"""The model's errors as sentences that say what to write instead."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from difflib import get_close_matches
from typing import Any

from django.utils.translation import gettext as _

from procedures.definition import Definition
from procedures.definition_base import Part

Details = Mapping[str, Any]


def _known_keys(part: type[Part]) -> set[str]:
    keys = set(part.model_fields)
    for child in part.__subclasses__():
        keys |= _known_keys(child)
    return keys


def _missing(error: Details) -> str:
    return _("%(key)s is missing. Add it.") % {"key": error["loc"][-1]}


def _unknown(error: Details) -> str:
    key = str(error["loc"][-1])
    close = get_close_matches(key, sorted(_known_keys(Part) | set(Definition.model_fields)), n=1)
    if close:
        return _("The key %(key)s is unknown. Did you mean %(close)s?") % {"key": key, "close": close[0]}
    return _("The key %(key)s is unknown. Remove it or check its spelling.") % {"key": key}


def _choose(error: Details) -> str:
    values = {"value": error["input"], "expected": error["ctx"]["expected"].replace(" or ", ", ")}
    return _("%(value)s is not possible here. Use one of: %(expected)s.") % values


def _text(error: Details) -> str:
    return _("A text is expected here, not %(value)s. Put it in quotes.") % {"value": error["input"]}


def _form(error: Details) -> str:
    values = {"value": error["input"], "pattern": error["ctx"]["pattern"]}
    return _("%(value)s is not written as it must be here (pattern %(pattern)s).") % values


def _empty(error: Details) -> str:
    return _("Nothing is written here, or too little. Add what is missing.")


def _long(error: Details) -> str:
    return _("Too much is written here. Shorten it.")


def _number(error: Details) -> str:
    return _("A number is expected here, not %(value)s.") % {"value": error["input"]}


def _bounds(error: Details) -> str:
    return _("The number %(value)s is too small or too large here.") % {"value": error["input"]}


def _date(error: Details) -> str:
    return _("A day is expected here, written as 2025-07-01, not %(value)s.") % {"value": error["input"]}


def _yes_no(error: Details) -> str:
    return _("true or false is expected here, not %(value)s.") % {"value": error["input"]}


def _list(error: Details) -> str:
    return _("A list is expected here: lines that begin with a dash.")


def _group(error: Details) -> str:
    return _("A group of keys is expected here.")


def _own(error: Details) -> str:
    return str(error["msg"])


def _other(error: Details) -> str:
    return _("This value does not fit here (%(why)s).") % {"why": error["msg"]}


SENTENCES: dict[str, Callable[[Details], str]] = {
    "sentence": _own,
    "missing": _missing,
    "extra_forbidden": _unknown,
    "enum": _choose,
    "literal_error": _choose,
    "string_type": _text,
    "string_pattern_mismatch": _form,
    "string_too_short": _empty,
    "too_short": _empty,
    "string_too_long": _long,
    "too_long": _long,
    "int_type": _number,
    "int_parsing": _number,
    "int_from_float": _number,
    "decimal_type": _number,
    "decimal_parsing": _number,
    "finite_number": _number,
    "greater_than_equal": _bounds,
    "less_than_equal": _bounds,
    "date_type": _date,
    "date_parsing": _date,
    "date_from_datetime_parsing": _date,
    "date_from_datetime_inexact": _date,
    "bool_type": _yes_no,
    "bool_parsing": _yes_no,
    "tuple_type": _list,
    "dict_type": _group,
    "model_type": _group,
    "model_attributes_type": _group,
}

LONGEST_VALUE_SHOWN = 60


def sentence_of(error: Details) -> str:
    """Say one error of the model in a sentence.

    Args:
        error: one entry of `ValidationError.errors()`.
    """
    shown = str(error.get("input"))
    if len(shown) > LONGEST_VALUE_SHOWN:
        error = {**error, "input": shown[:LONGEST_VALUE_SHOWN] + "…"}
    return SENTENCES.get(error["type"], _other)(error)
