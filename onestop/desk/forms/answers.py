"""The e-form of a definition as a Django form: one field for each question.

Nothing is judged here: what was typed goes to the services, whose sentences come back beside the fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from onestop.desk.forms.answer_widgets import choices_of, text, widget_for
from onestop.desk.reading.places import known_communes
from procedures.definition import Definition, FieldKind, FormField
from workflows.exceptions import NotComplete
from workflows.form_answers import answered

PREFIX = "answer_"

__all__ = ["PREFIX", "AnswersForm", "Question", "take_over", "text"]


def form_field(field: FormField) -> forms.Field:
    """The Django field of one question."""
    common: dict[str, Any] = {
        "label": field.label,
        "help_text": field.help,
        "required": field.required,
        "widget": widget_for(field),
    }
    if field.kind is FieldKind.CHOICE:
        return forms.ChoiceField(choices=choices_of(field), **common)
    if field.kind is FieldKind.CHOICES:
        return forms.MultipleChoiceField(choices=choices_of(field), **common)
    if field.kind is FieldKind.YES_NO:
        return forms.BooleanField(**common)
    return forms.Field(**common)


@dataclass(frozen=True, slots=True)
class Question:
    """One question on the screen.

    Attributes:
        field: what the definition says.
        bound: the input.
        asked: whether earlier answers make it needed now; the browser follows `conditions` as they change.
    """

    field: FormField
    bound: forms.BoundField
    asked: bool

    @property
    def conditions(self) -> str:
        """When it is asked, for the browser; empty: always."""
        found = [condition.model_dump(mode="json") for condition in self.field.shown_when]
        return json.dumps(found, ensure_ascii=False) if found else ""

    @property
    def is_wide(self) -> bool:
        """Whether it takes the whole width."""
        return self.field.kind in BROAD


BROAD = frozenset(
    {FieldKind.LONG_TEXT, FieldKind.TABLE, FieldKind.CHOICES, FieldKind.ADDRESS, FieldKind.PERSON, FieldKind.CHOICE}
)


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

    def questions(self) -> list[Question]:
        """The questions in their order, with what is known of whether they are asked."""
        typed = self.answers() if self.is_bound else self.known()
        asked = {one.field.key: one.asked for one in answered(self.definition, typed, required=False)}
        return [
            Question(field, self[f"{PREFIX}{field.key}"], asked[field.key])
            for field in self.definition.form
            if f"{PREFIX}{field.key}" in self.fields
        ]

    def known(self) -> dict[str, Any]:
        """The answers a fresh screen begins with."""
        return {key.removeprefix(PREFIX): value for key, value in self.initial.items() if key.startswith(PREFIX)}

    @property
    def asks_for_an_address(self) -> bool:
        """Whether communes are to be offered."""
        return any(field.kind is FieldKind.ADDRESS for field in self.definition.form)

    def communes(self) -> list[tuple[str, str]]:
        """Communes of the office tree, to choose from."""
        return known_communes() if self.asks_for_an_address else []


def take_over(form: forms.Form, error: NotComplete) -> bool:
    """Show the sentences of a service beside the fields they belong to.

    Returns:
        Whether every sentence found its field; else the caller shows the error as a whole.
    """
    known = {name: words for name, words in error.fields.items() if name in form.fields}
    for name, words in known.items():
        form.add_error(name, words)
    return bool(known) and len(known) == len(error.fields)
