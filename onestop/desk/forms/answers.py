"""The e-form of a definition as a Django form: one field for each kind, tables as rows.

Nothing is judged here: what was typed goes to the services, whose sentences come back beside the fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.datastructures import MultiValueDict

from procedures.definition import Definition, FieldKind, FormField
from workflows.exceptions import NotComplete

PREFIX = "answer_"
FEW = 4  # choices that are shown at once, without opening a list
EMPTY_ROWS = 2
MOST_ROWS = 200


def text(**attributes: Any) -> forms.TextInput:
    """A one-line field that browsers do not fill in with somebody else's data."""
    return forms.TextInput(attrs={"autocomplete": "off", **attributes})


def widget_for(field: FormField) -> forms.Widget:
    """How a kind of field is shown."""
    kinds: dict[FieldKind, forms.Widget] = {
        FieldKind.LONG_TEXT: forms.Textarea(attrs={"rows": 3}),
        FieldKind.NUMBER: text(inputmode="decimal"),
        FieldKind.MONEY: text(inputmode="numeric", placeholder="0 đ"),
        FieldKind.YEAR: text(inputmode="numeric", maxlength=4),
        FieldKind.DATE: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        FieldKind.CHOICES: forms.CheckboxSelectMultiple(),
        FieldKind.YES_NO: forms.CheckboxInput(),
        FieldKind.ID_NUMBER: text(inputmode="numeric", maxlength=20),
        FieldKind.PHONE: text(type="tel", maxlength=20),
        FieldKind.EMAIL: text(type="email", maxlength=254),
        FieldKind.FILE: forms.FileInput(attrs={"accept": ".pdf,.png,.jpg,.jpeg,.docx,.xlsx"}),
    }
    if field.kind is FieldKind.CHOICE:
        return forms.RadioSelect() if len(field.choices) <= FEW else forms.Select()
    if field.kind is FieldKind.TABLE:
        return TableWidget(field)
    return kinds.get(field.kind) or text()


def form_field(field: FormField) -> forms.Field:
    """The Django field of one question."""
    common: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help,
        "required": field.required,
        "widget": widget_for(field),
    }
    if field.kind is FieldKind.CHOICE:
        empty = [] if len(field.choices) <= FEW else [("", "")]
        return forms.ChoiceField(choices=[*empty, *((choice, choice) for choice in field.choices)], **common)
    if field.kind is FieldKind.CHOICES:
        return forms.MultipleChoiceField(choices=[(choice, choice) for choice in field.choices], **common)
    if field.kind is FieldKind.YES_NO:
        return forms.BooleanField(**common)
    return forms.Field(**common)


class TableWidget(forms.Widget):
    """Rows of a table field; a row left empty is no row."""

    template_name = "desk/forms/table.html"
    use_fieldset = True

    def __init__(self, field: FormField) -> None:
        super().__init__()
        self.field = field
        self.cells = {column.key: widget_for(column) for column in field.columns}

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
                "html": self.cells[column.key].render(
                    f"{name}-{number}-{column.key}",
                    values.get(column.key),
                    {"aria-label": f"{column.label} ({number + 1})"},
                ),
            }
            for column in self.field.columns
        ]

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, UploadedFile], name: str) -> Any:
        """The rows in which something was typed."""
        count = str(data.get(f"{name}-rows", ""))
        number_of_rows = min(int(count), MOST_ROWS) if count.isascii() and count.isdigit() and len(count) < 5 else 0
        rows = [self.typed(data, files, name, number) for number in range(number_of_rows)]
        return [row for row in rows if any(value not in (None, "", [], False) for value in row.values())]

    def typed(self, data: Mapping[str, Any], files: Any, name: str, number: int) -> dict[str, Any]:
        """What stands in one row."""
        return {
            key: widget.value_from_datadict(data, files, f"{name}-{number}-{key}") for key, widget in self.cells.items()
        }

    def id_for_label(self, id_: str) -> str:
        """A table is a group of fields: its name is no label of one of them."""
        return ""


class AnswersForm(forms.Form):
    """The questions of one definition, named `answer_<key>`."""

    use_required_attribute = False

    def __init__(
        self, *args: Any, definition: Definition, answers: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> None:
        self.definition = definition
        kwargs.setdefault("initial", {})
        kwargs["initial"] |= {f"{PREFIX}{key}": value for key, value in (answers or {}).items()}
        super().__init__(*args, **kwargs)
        for field in definition.form:
            self.fields[f"{PREFIX}{field.key}"] = form_field(field)
            if field.reuse_from:
                source, _dot, what = field.reuse_from.partition(".")
                self.fields[f"{PREFIX}{field.key}"].widget.attrs[f"data-reuse-{source}"] = what

    def _clean_fields(self) -> None:
        """Take over what was typed; the services judge it."""
        for name in self.fields:
            self.cleaned_data[name] = self[name].data

    def answers(self) -> dict[str, Any]:
        """What was typed, by key; files are no answers."""
        kinds = {f"{PREFIX}{field.key}": field.kind for field in self.definition.form}
        return {
            name.removeprefix(PREFIX): self[name].data
            for name in self.fields
            if name in kinds and kinds[name] is not FieldKind.FILE
        }

    def uploads(self) -> dict[str, UploadedFile]:
        """Files that were chosen in fields of kind file, by their label."""
        chosen = [field for field in self.definition.form if field.kind is FieldKind.FILE]
        return {
            field.label: self.files[f"{PREFIX}{field.key}"] for field in chosen if f"{PREFIX}{field.key}" in self.files
        }

    def wide(self) -> set[str]:
        """Fields that take the whole width."""
        broad = {FieldKind.LONG_TEXT, FieldKind.TABLE, FieldKind.CHOICES, FieldKind.ADDRESS}
        return {f"{PREFIX}{field.key}" for field in self.definition.form if field.kind in broad}


def take_over(form: forms.Form, error: NotComplete) -> bool:
    """Show the sentences of a service beside the fields they belong to.

    Returns:
        Whether every sentence found its field; else the caller shows the error as a whole.
    """
    known = {name: words for name, words in error.fields.items() if name in form.fields}
    for name, words in known.items():
        form.add_error(name, words)
    return bool(known) and len(known) == len(error.fields)
