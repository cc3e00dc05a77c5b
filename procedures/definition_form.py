"""The e-form of a definition: the fields an applicant or a clerk fills in."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from procedures.definition_base import Amount, Key, Name, Part, Text, broken
from procedures.definition_conditions import Condition


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
    PERSON = "person"
    FILE = "file"
    TABLE = "table"


NUMERIC_KINDS = frozenset({FieldKind.NUMBER, FieldKind.MONEY, FieldKind.YEAR})
CHOICE_KINDS = frozenset({FieldKind.CHOICE, FieldKind.CHOICES})
COMPUTED_KINDS = frozenset({FieldKind.NUMBER, FieldKind.MONEY})
NO_COLUMNS = frozenset({FieldKind.TABLE, FieldKind.FILE, FieldKind.PERSON})
NAMELESS_KINDS = frozenset(
    {
        FieldKind.TABLE,
        FieldKind.FILE,
        FieldKind.YES_NO,
        FieldKind.CHOICES,
        FieldKind.LONG_TEXT,
        FieldKind.ADDRESS,
        FieldKind.PERSON,
    }
)


class PersonPart(StrEnum):
    """What is asked of a person besides the name."""

    IDENTIFIER = "identifier"
    BIRTH = "birth"
    PHONE = "phone"
    ADDRESS = "address"


USUAL_PARTS = (PersonPart.IDENTIFIER, PersonPart.BIRTH)

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
    `shown_when` asks the question only where all its comparisons with earlier fields hold; a question that is not
    asked has no answer. `compute` takes the place of an answer: an expression over earlier fields.
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
    parts: Annotated[
        tuple[PersonPart, ...],
        Field(description="What is asked of a person besides the name; empty: identifier and birth."),
    ] = ()
    shown_when: Annotated[
        tuple[Condition, ...],
        Field(description="Comparisons with earlier fields; the field is asked for when all of them hold."),
    ] = ()
    compute: Annotated[
        str,
        Field(
            max_length=300,
            description="How the value is computed from earlier fields: copies * min(200000, 2000 * pages). "
            "Known are + - * / ( ), sum(table.column), count(table), min, max, round and days(from, to).",
        ),
    ] = ""
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
        if any(column.kind in NO_COLUMNS for column in self.columns):
            raise broken(_("A column of a table cannot be a table, a file or a person."))
        if any(column.shown_when for column in self.columns):
            raise broken(_("A column of a table is always shown: put shown_when on the table."))
        return self

    @model_validator(mode="after")
    def _computed_where_possible(self) -> FormField:
        if self.compute and self.kind not in COMPUTED_KINDS:
            raise broken(_("Only a number or an amount of money can be computed."))
        if self.compute and (self.required or self.reuse_from or self.names_object):
            raise broken(_("Nobody fills in a computed field: leave out required, reuse_from and names_object."))
        return self

    @model_validator(mode="after")
    def _parts_of_a_person(self) -> FormField:
        if self.parts and self.kind is not FieldKind.PERSON:
            raise broken(_("Only a field of kind person has `parts`."))
        if len(set(self.parts)) != len(self.parts):
            raise broken(_("Two parts are the same. Leave one out."))
        return self

    @property
    def asked_parts(self) -> tuple[PersonPart, ...]:
        """What is asked of a person besides the name."""
        return self.parts or USUAL_PARTS

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
