"""How each kind of question is shown: one line, rows of a table, the parts of an address or of a person."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from procedures.definition import FieldKind, FormField, PersonPart
from procedures.expressions import ExpressionError, parsed
from procedures.provinces import PROVINCES

FEW = 4  # choices that are shown at once, without opening a list
EMPTY_ROWS = 2
MOST_ROWS = 200

Files = MultiValueDict[str, UploadedFile]


def text(**attributes: Any) -> forms.TextInput:
    """A one-line field that browsers do not fill in with somebody else's data."""
    return forms.TextInput(attrs={"autocomplete": "off", **attributes})


def day() -> forms.DateInput:
    """A day, chosen or typed."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def widget_for(field: FormField) -> forms.Widget:
    """How a kind of field is shown."""
    if field.compute:
        return computed_widget(field)
    groups = {FieldKind.TABLE: TableWidget, FieldKind.ADDRESS: AddressWidget, FieldKind.PERSON: PersonWidget}
    return groups[field.kind](field) if field.kind in groups else plain_widget(field)


def plain_widget(field: FormField) -> forms.Widget:
    """A field of one value; an address in a table is one line."""
    kinds: dict[FieldKind, forms.Widget] = {
        FieldKind.LONG_TEXT: forms.Textarea(attrs={"rows": 3}),
        FieldKind.NUMBER: text(inputmode="decimal"),
        FieldKind.MONEY: text(inputmode="numeric", placeholder="0 đ", **{"data-money": ""}),
        FieldKind.YEAR: text(inputmode="numeric", maxlength=4),
        FieldKind.DATE: day(),
        FieldKind.CHOICES: forms.CheckboxSelectMultiple(),
        FieldKind.YES_NO: forms.CheckboxInput(),
        FieldKind.ID_NUMBER: text(inputmode="numeric", maxlength=20),
        FieldKind.PHONE: text(type="tel", maxlength=20),
        FieldKind.EMAIL: text(type="email", maxlength=254),
        FieldKind.FILE: forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"}),
    }
    if field.kind is FieldKind.CHOICE:
        return forms.RadioSelect() if len(field.choices) <= FEW else forms.Select()
    return kinds.get(field.kind) or text()


def computed_widget(field: FormField) -> forms.Widget:
    """A value that nobody types: the browser shows it, the server works it out again."""
    try:
        tree = json.dumps(parsed(field.compute))
    except ExpressionError:  # a draft that the linter still complains about
        tree = ""
    attributes = {"readonly": True, "tabindex": "-1", "data-compute": tree}
    return text(**attributes, **({"data-money": ""} if field.kind is FieldKind.MONEY else {}))


def choices_of(field: FormField) -> list[tuple[str, str]]:
    """What can be chosen; a closed list begins with nothing."""
    closed = field.kind is FieldKind.CHOICE and len(field.choices) > FEW
    return [*([("", "")] if closed else []), *((choice, choice) for choice in field.choices)]


class GroupWidget(forms.Widget):
    """A question with several inputs: a group with a legend."""

    use_fieldset = True

    def __init__(self, field: FormField) -> None:
        super().__init__()
        self.field = field

    def id_for_label(self, id_: str) -> str:
        """A group is named by its legend: its name is no label of one input."""
        return ""


class PartsWidget(GroupWidget):
    """Inputs side by side, each with a label of its own; the first has the name of the question itself."""

    template_name = "desk/forms/parts.html"
    first = ""

    def parts(self) -> dict[str, tuple[Any, forms.Widget]]:
        """Label and widget by name of the part, the first one first."""
        raise NotImplementedError

    def name_of(self, name: str, part: str) -> str:
        """The name of a part in the form."""
        return name if part == self.first else f"{name}-{part}"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """The inputs, with what is known."""
        values = value if isinstance(value, dict) else {self.first: value}
        base = (attrs or {}).get("id", f"id_{name}")
        shared = {key: word for key, word in (attrs or {}).items() if key.startswith("aria-")}
        found = []
        for part, (label, widget) in self.parts().items():
            extra = self.attrs if part == self.first else {}
            given = {"id": f"{base}-{part}", "data-part": part, **shared, **extra}
            found.append(
                {
                    "id": given["id"],
                    "label": label,
                    "html": widget.render(self.name_of(name, part), values.get(part), given),
                }
            )
        return {"parts": found, "kind": self.field.kind.value}

    def value_from_datadict(self, data: Mapping[str, Any], files: Files, name: str) -> Any:
        """The parts that were filled in; the first alone is a plain text."""
        values = {part: str(data.get(self.name_of(name, part)) or "").strip() for part in self.parts()}
        given = {part: value for part, value in values.items() if value}
        return values[self.first] if set(given) <= {self.first} else given


class AddressWidget(PartsWidget):
    """Street, commune and province; the communes of the office tree are offered, others can be typed."""

    first = "street"

    def parts(self) -> dict[str, tuple[Any, forms.Widget]]:
        provinces = [("", ""), *((name, name) for name in PROVINCES.values())]
        return {
            "street": (_("House number, street, hamlet"), text(maxlength=250)),
            "commune": (_("Commune, ward"), text(maxlength=250, list="known-communes")),
            "province": (_("Province, city"), forms.Select(choices=provinces)),
        }


class PersonWidget(PartsWidget):
    """A person: the name, and what else the definition asks for."""

    first = "full_name"

    def parts(self) -> dict[str, tuple[Any, forms.Widget]]:
        known: dict[PersonPart, tuple[Any, forms.Widget]] = {
            PersonPart.IDENTIFIER: (_("Id number"), text(inputmode="numeric", maxlength=20)),
            PersonPart.BIRTH: (_("Date of birth"), day()),
            PersonPart.PHONE: (pgettext_lazy("person", "Phone"), text(type="tel", maxlength=20)),
            PersonPart.ADDRESS: (_("Address"), text(maxlength=250)),
        }
        asked = {part.value: known[part] for part in self.field.asked_parts}
        return {"full_name": (_("Full name"), text(maxlength=250)), **asked}


class TableWidget(GroupWidget):
    """Rows of a table field; a row left empty is no row."""

    template_name = "desk/forms/table.html"

    def __init__(self, field: FormField) -> None:
        super().__init__(field)
        self.cells = {column.key: cell_widget(column) for column in field.columns}

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Filled rows, then empty ones to type into."""
        filled = value if isinstance(value, list) else []
        rows = [row if isinstance(row, dict) else {} for row in filled]
        wanted = max(len(rows) + 1, EMPTY_ROWS) if len(rows) < self.most else len(rows)
        rows += [{} for _row in range(wanted - len(rows))]
        return {
            "name": name,
            "columns": self.field.columns,
            "rows": [self.row(name, number, row) for number, row in enumerate(rows)],
            "count": len(rows),
            "most": self.most,
            "label": self.field.label,
        }

    @property
    def most(self) -> int:
        """How many rows the definition allows."""
        return int(self.field.max or MOST_ROWS)

    def row(self, name: str, number: int, values: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The cells of one row, ready to print."""
        return [
            {
                "label": column.label,
                "key": column.key,
                "kind": column.kind.value,
                "html": self.cells[column.key].render(
                    f"{name}-{number}-{column.key}",
                    values.get(column.key),
                    {"aria-label": f"{column.label} ({number + 1})"},
                ),
            }
            for column in self.field.columns
        ]

    def value_from_datadict(self, data: Mapping[str, Any], files: Files, name: str) -> Any:
        """The rows in which something was typed; what is computed alone makes no row."""
        count = str(data.get(f"{name}-rows", ""))
        number_of_rows = min(int(count), MOST_ROWS) if count.isascii() and count.isdigit() and len(count) < 5 else 0
        rows = [self.typed(data, files, name, number) for number in range(number_of_rows)]
        return [row for row in rows if any(value not in (None, "", [], False) for value in row.values())]

    def typed(self, data: Mapping[str, Any], files: Any, name: str, number: int) -> dict[str, Any]:
        """What stands in one row."""
        typed_in = {column.key: self.cells[column.key] for column in self.field.columns if not column.compute}
        return {
            key: widget.value_from_datadict(data, files, f"{name}-{number}-{key}") for key, widget in typed_in.items()
        }


def cell_widget(column: FormField) -> forms.Widget:
    """A column's input."""
    widget = computed_widget(column) if column.compute else plain_widget(column)
    if isinstance(widget, forms.Select | forms.CheckboxSelectMultiple):
        widget.choices = choices_of(column)
    return widget
