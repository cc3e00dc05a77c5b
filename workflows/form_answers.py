"""Check the answers of an e-form against its definition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from procedures.computing import computed
from procedures.definition import Definition, FieldKind, FormField, PersonPart
from procedures.form_logic import as_compared, if_not_asked, is_asked
from procedures.provinces import PROVINCE_NAMES
from workflows.exceptions import NotComplete

EMPTY: tuple[Any, ...] = (None, "", [], {})
ADDRESS_PARTS = ("street", "commune", "province")
MOST_TROUBLES = 5


class AnswerError(Exception):
    """One answer does not fit; `str()` is the sentence beside the field."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One question with what became of it.

    Attributes:
        asked: False where an earlier answer makes the question needless; then it has no value and no error.
        value: as it is stored, None where there is none.
        error: why the answer does not fit, empty when it does.
    """

    field: FormField
    asked: bool
    value: Any = None
    error: str = ""


def answered(definition: Definition, answers: Mapping[str, Any], *, required: bool = True) -> list[Answered]:
    """Every question of the form in its order: asked or not, its value, what is wrong with it.

    Args:
        definition: whose form is filled in.
        answers: by field key, as typed or as stored; what was sent for a computed field is not looked at.
        required: whether empty required fields are errors.
    """
    found: list[Answered] = []
    compared: dict[str, Any] = {}
    operands: dict[str, Any] = {}
    for field in definition.form:
        one = _one(field, answers.get(field.key), compared, operands, required=required)
        found.append(one)
        compared[field.key] = as_compared(field, one.value) if one.asked else None
        operands[field.key] = one.value if one.asked else if_not_asked(field)
    return found


def _one(
    field: FormField, typed: Any, compared: Mapping[str, Any], operands: Mapping[str, Any], *, required: bool
) -> Answered:
    if not is_asked(field, compared):
        return Answered(field, asked=False)
    try:
        value = _computed(field, operands) if field.compute else checked(field, typed, required=required)
    except AnswerError as trouble:
        return Answered(field, asked=True, error=str(trouble))
    return Answered(field, asked=True, value=value)


def _computed(field: FormField, operands: Mapping[str, Any]) -> int | str | None:
    """A computed value inside the field's bounds."""
    value = computed(field, operands)
    return None if value is None else within(field, Decimal(value))


def checked_answers(definition: Definition, answers: Mapping[str, Any], *, required: bool = True) -> dict[str, Any]:
    """Answers as they are stored.

    Args:
        definition: whose form is filled in.
        answers: by field key, as typed; unknown keys are left out, and so are answers to questions not asked.
        required: whether empty required fields are errors (not while papers are still asked for).

    Returns:
        Plain JSON values: numbers as int or text of the decimal, dates as ISO text, tables as lists of rows,
        persons and addresses as their parts; computed fields as the server computes them.

    Raises:
        NotComplete: with a sentence per field, keyed `answer_<key>`.
    """
    found = answered(definition, answers, required=required)
    errors = {f"answer_{one.field.key}": one.error for one in found if one.error}
    if errors:
        raise NotComplete(_("The form has %(count)d answers to mend.") % {"count": len(errors)}, fields=errors)
    return {one.field.key: one.value for one in found if one.value not in EMPTY}


def checked(field: FormField, value: Any, *, required: bool) -> Any:
    """One answer as it is stored."""
    if isinstance(value, str):
        value = value.strip()
    if value in EMPTY or (isinstance(value, dict) and not any(value.values())):
        if field.required and required and field.kind is not FieldKind.FILE:
            raise AnswerError(_("Fill in this field."))
        return None
    return CHECKS.get(field.kind, check_text)(field, value)


def check_text(field: FormField, value: Any) -> str:
    text = str(value)
    if field.min is not None and len(text) < field.min:
        raise AnswerError(_("At least %(count)d characters.") % {"count": field.min})
    if len(text) > (field.max or 4000):
        raise AnswerError(_("At most %(count)d characters.") % {"count": field.max or 4000})
    return text


def check_number(field: FormField, value: Any) -> int | str:
    try:
        number = Decimal(western(str(value).replace(" ", "")))
    except InvalidOperation:
        raise AnswerError(_("Type a number, for example 12 or 12.5.")) from None
    return within(field, number)


def western(text: str) -> str:
    """A number with a decimal comma, as it is written in Vietnam, in the spelling that is counted with."""
    return text.replace(".", "").replace(",", ".") if "," in text else text


def within(field: FormField, number: Decimal) -> int | str:
    """A number inside the field's bounds."""
    if not number.is_finite():
        raise AnswerError(_("Type a number, for example 12 or 12.5."))
    if field.min is not None and number < field.min:
        raise AnswerError(_("Not less than %(bound)s.") % {"bound": field.min})
    if field.max is not None and number > field.max:
        raise AnswerError(_("Not more than %(bound)s.") % {"bound": field.max})
    return int(number) if number == number.to_integral_value() else str(number)


def check_money(field: FormField, value: Any) -> int | str:
    digits = str(value).replace(".", "").replace(" ", "").removesuffix("đ")
    if not digits.isdecimal():
        raise AnswerError(_("Type an amount in dong, for example 50.000."))
    return within(field, Decimal(digits))


def check_date(field: FormField, value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise AnswerError(_("Type a date that exists, as day/month/year.")) from None


def check_choice(field: FormField, value: Any) -> str:
    if value not in field.choices:
        raise AnswerError(_("Choose one of the given answers."))
    return str(value)


def check_choices(field: FormField, value: Any) -> list[str]:
    chosen = value if isinstance(value, list) else [value]
    return [check_choice(field, one) for one in chosen]


def check_yes_no(field: FormField, value: Any) -> bool:
    return value in {True, "true", "on", "yes", "1"}


def check_digits(field: FormField, value: Any) -> str:
    text = str(value).replace(" ", "").replace(".", "")
    wrong = not text.lstrip("+").isdigit() or not 8 <= len(text) <= 15
    if wrong:
        raise AnswerError(_("Type digits only, 8 to 15 of them."))
    return text


def check_email(field: FormField, value: Any) -> str:
    try:
        validate_email(value)
    except ValidationError:
        raise AnswerError(_("Type an e-mail address, for example lan@example.vn.")) from None
    return str(value)


def check_table(field: FormField, value: Any) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise AnswerError(_("Fill in the rows of the table."))
    rows, troubles = [], []
    for number, typed in enumerate(value, start=1):
        row, wrong = checked_row(field, typed)
        rows.append(row)
        troubles += [_("Row %(row)d, %(column)s: %(trouble)s") % {"row": number, **one} for one in wrong]
    if troubles:
        raise AnswerError(" ".join(troubles[:MOST_TROUBLES]))
    within(field, Decimal(len(rows)))
    return rows


def checked_row(table: FormField, typed: Mapping[str, Any]) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """One row as it is stored, and what is wrong in it by column."""
    row: dict[str, Any] = {}
    troubles: list[dict[str, str]] = []
    for column in table.columns:
        try:
            row[column.key] = (
                _computed(column, row) if column.compute else checked(column, typed.get(column.key), required=True)
            )
        except AnswerError as trouble:
            troubles.append({"column": column.label, "trouble": str(trouble)})
    return row, troubles


def check_address(field: FormField, value: Any) -> str | dict[str, str]:
    """A line of text as it is, or street, commune and province."""
    if not isinstance(value, dict):
        return check_text(field, value)
    parts = {name: _short(value.get(name), 250) for name in ADDRESS_PARTS}
    if parts["province"] and parts["province"] not in PROVINCE_NAMES:
        raise AnswerError(_("Choose a province of the list."))
    if parts["commune"] and not parts["province"]:
        raise AnswerError(_("Choose the province the commune belongs to."))
    if not parts["province"]:
        return check_text(field, parts["street"])
    if field.required and not parts["commune"]:
        raise AnswerError(_("Fill in the commune or ward."))
    return {name: text for name, text in parts.items() if text}


def check_person(field: FormField, value: Any) -> dict[str, str]:
    """A person: the name, and what else the definition asks for."""
    if not isinstance(value, dict):
        value = {"full_name": value}
    name = _short(value.get("full_name"), 250)
    if not name:
        raise AnswerError(_("Fill in the name of the person."))
    given = {part: _short(value.get(part.value), 250) for part in field.asked_parts}
    checks = {PersonPart.IDENTIFIER: check_digits, PersonPart.PHONE: check_digits, PersonPart.BIRTH: check_date}
    kept = {part.value: checks.get(part, check_text)(field, text) for part, text in given.items() if text}
    return {"full_name": name, **kept}


def _short(value: Any, most: int) -> str:
    text = "" if value is None else str(value).strip()
    if len(text) > most:
        raise AnswerError(_("At most %(count)d characters.") % {"count": most})
    return text


CHECKS = {
    FieldKind.NUMBER: check_number,
    FieldKind.YEAR: check_number,
    FieldKind.MONEY: check_money,
    FieldKind.DATE: check_date,
    FieldKind.CHOICE: check_choice,
    FieldKind.CHOICES: check_choices,
    FieldKind.YES_NO: check_yes_no,
    FieldKind.ID_NUMBER: check_digits,
    FieldKind.PHONE: check_digits,
    FieldKind.EMAIL: check_email,
    FieldKind.TABLE: check_table,
    FieldKind.ADDRESS: check_address,
    FieldKind.PERSON: check_person,
}
