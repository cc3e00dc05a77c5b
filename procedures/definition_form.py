"""The e-form of a definition: the fields an applicant or a clerk fills in."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from procedures.definition_base import Amount, Key, Name, Part, Text, broken


class FieldKind(StrEnum):
    """Every kind of field a form can have."""

    TEXT = "text"
    LONG_TEXT = "long_text"
    NUMBER = "number"
    MONEY = "money"
    DATE = "date"
    YEAR = "year"
    CHOICE = "choice"
    CHOICES = "choices"
    YES_NO = "yes_no"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    EMAIL = "email"
    ADDRESS = "address"
    FILE = "file"
    TABLE = "table"


NUMERIC_KINDS = frozenset({FieldKind.NUMBER, FieldKind.MONEY, FieldKind.YEAR})
CHOICE_KINDS = frozenset({FieldKind.CHOICE, FieldKind.CHOICES})
NAMELESS_KINDS = frozenset({FieldKind.TABLE, FieldKind.FILE, FieldKind.YES_NO, FieldKind.CHOICES, FieldKind.LONG_TEXT})

ReuseSource = Annotated[
    str,
    Field(
        pattern=r"^(applicant|previous)\.[a-z_]+$",
        description="Where a known value is taken from: applicant.full_name.",
    ),
]


class FormField(Part):
    """One question of the e-form.

    `min` and `max` bound a number, an amount of money or a year; for texts they bound the length, for tables the rows.
    """

    kind: FieldKind
    key: Key
    label: Name
    required: bool = False
    help: Text = ""
    choices: tuple[Name, ...] = ()
    columns: tuple[FormField, ...] = ()
    min: Amount | None = None
    max: Amount | None = None
    reuse_from: ReuseSource | None = None
    names_object: Annotated[
        bool,
        Field(
            description="Whether the answer says what the file is about: a certificate, a parcel, a pupil. "
            "A new file about the same object counts as another attempt at the same matter."
        ),
    ] = False

    @model_validator(mode="after")
    def _choices_where_they_belong(self) -> FormField:
        if (self.kind in CHOICE_KINDS) != bool(self.choices):
            raise broken(_("Fields of kind choice and choices need `choices`, a list of texts; other kinds have none."))
        if len(set(self.choices)) != len(self.choices):
            raise broken(_("Two choices are the same. Leave one out."))
        return self

    @model_validator(mode="after")
    def _columns_where_they_belong(self) -> FormField:
        if (self.kind is FieldKind.TABLE) != bool(self.columns):
            raise broken(_("A field of kind table needs `columns`, a list of fields; other kinds have none."))
        if any(column.kind in (FieldKind.TABLE, FieldKind.FILE) for column in self.columns):
            raise broken(_("A column of a table cannot be a table or a file."))
        return self

    @model_validator(mode="after")
    def _names_an_object(self) -> FormField:
        if self.names_object and self.kind in NAMELESS_KINDS:
            raise broken(
                _("A field of this kind cannot name the object of a file: take a short text, number or choice.")
            )
        if any(column.names_object for column in self.columns):
            raise broken(_("A column of a table cannot name the object of a file."))
        return self

    @model_validator(mode="after")
    def _bounds_in_order(self) -> FormField:
        if self.min is not None and self.max is not None and self.min > self.max:
            raise broken(_("`min` must not be greater than `max`."))
        return self
