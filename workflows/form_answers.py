"""Check the answers of an e-form against its definition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from procedures.definition import Definition, FieldKind, FormField
from workflows.exceptions import NotComplete

EMPTY: tuple[Any, ...] = (None, "", [], {})


class AnswerError(Exception):
    """One answer does not fit; `str()` is the sentence beside the field."""


def checked_answers(definition: Definition, answers: Mapping[str, Any], *, required: bool = True) -> dict[str, Any]:
    """Answers as they are stored.

    Args:
        definition: whose form is filled in.
        answers: by field key, as typed; unknown keys are left out.
        required: whether empty required fields are errors (not while papers are still asked for).

    Returns:
        Plain JSON values: numbers as int or text of the decimal, dates as ISO text, tables as lists of rows.

    Raises:
        NotComplete: with a sentence per field, keyed `answer_<key>`.
    """
    stored: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in definition.form:
        try:
            value = checked(field, answers.get(field.key), required=required)
        except AnswerError as error:
            errors[f"answer_{field.key}"] = str(error)
        else:
            if value not in EMPTY:
                stored[field.key] = value
    if errors:
        raise NotComplete(_("The form has %(count)d answers to mend.") % {"count": len(errors)}, fields=errors)
    return stored


def checked(field: FormField, value: Any, *, required: bool) -> Any:
    """One answer as it is stored."""
    if isinstance(value, str):
        value = value.strip()
    if value in EMPTY:
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
        number = Decimal(str(value).replace(" ", ""))
    except InvalidOperation:
        raise AnswerError(_("Type a number, for example 12 or 12.5.")) from None
    return within(field, number)


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
    if not digits.isdigit():
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
    rows = [
        {column.key: checked(column, row.get(column.key), required=True) for column in field.columns} for row in value
    ]
    within(field, Decimal(len(rows)))
    return rows


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
}
