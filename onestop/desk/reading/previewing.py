"""A definition's e-form as the counter will show it, empty, with sample answers, or with what somebody tries out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Any

from onestop.desk.forms.answers import PREFIX, AnswersForm
from onestop.desk.reading.dossier import AnswerLine
from procedures.definition import Definition, FieldKind, FormField
from workflows.form_answers import Answered, answered

PERSON = "Nguyễn Thị Ánh Tuyết"
SAMPLES: dict[FieldKind, Any] = {
    FieldKind.LONG_TEXT: "Theo đơn và giấy tờ kèm theo.",
    FieldKind.DATE: "2026-11-02",
    FieldKind.ID_NUMBER: "040190000001",
    FieldKind.PHONE: "0912345678",
    FieldKind.EMAIL: "tuyet@example.vn",
    FieldKind.YES_NO: True,
    FieldKind.ADDRESS: {"street": "Số 12 Lê Lợi", "commune": "Phường Trường Vinh", "province": "Tỉnh Nghệ An"},
    FieldKind.PERSON: {"full_name": PERSON, "identifier": "040190000001", "birth": "1990-02-28", "phone": "0912345678"},
}
APPLICANT = {"applicant.full_name": PERSON, "applicant.identifier": "040190000001", "applicant.address": "Số 12 Lê Lợi"}


@dataclass(frozen=True, slots=True)
class FormPreview:
    """The e-form of a definition, to be looked at and tried out.

    Attributes:
        form: the questions, as the counter shows them.
        found: what became of each answer; empty while nothing was tried.
    """

    definition: Definition
    form: AnswersForm
    found: tuple[Answered, ...] = ()

    @property
    def was_tried(self) -> bool:
        """Whether answers were judged."""
        return bool(self.found)

    @property
    def errors(self) -> int:
        """How many answers are to be mended."""
        return sum(1 for one in self.found if one.error)

    @property
    def lines(self) -> list[AnswerLine]:
        """The answers as they would be stored, in words; questions that are not asked are left out."""
        return [AnswerLine.of(one.field, one.value) for one in self.found if one.asked and not one.error]


def preview_of(definition: Definition, *, with_samples: bool = True) -> FormPreview:
    """The form with sample answers, or empty. Nothing is stored; drafts with defects can be looked at too."""
    samples = sample_answers(definition) if with_samples else {}
    return FormPreview(definition, AnswersForm(definition=definition, answers=samples))


def tried(definition: Definition, data: Any) -> FormPreview:
    """The form with answers somebody typed, judged as the counter would; nothing is stored."""
    form = AnswersForm(data, definition=definition)
    found = tuple(answered(definition, form.answers()))
    form.is_valid()
    for one in found:
        if one.error:
            form.add_error(f"{PREFIX}{one.field.key}", one.error)
    return FormPreview(definition, form, found)


def sample_answers(definition: Definition) -> dict[str, Any]:
    """An answer to every question that somebody fills in."""
    return {field.key: sample(field) for field in definition.form if not field.compute}


def sample(field: FormField) -> Any:
    """An answer that fits the question."""
    if field.reuse_from in APPLICANT:
        return APPLICANT[field.reuse_from]
    if field.kind is FieldKind.TABLE:
        row: Mapping[str, Any] = {column.key: sample(column) for column in field.columns if not column.compute}
        return [row for _row in range(max(ceil(field.min or 0), 1))]
    if field.choices:
        return list(field.choices[:1]) if field.kind is FieldKind.CHOICES else field.choices[0]
    if field.kind in (FieldKind.NUMBER, FieldKind.MONEY, FieldKind.YEAR):
        return sample_number(field)
    return SAMPLES.get(field.kind, f"{field.label} (ví dụ)"[: int(field.max or 100)])


def sample_number(field: FormField) -> int:
    """A number between the bounds."""
    usual = {FieldKind.MONEY: Decimal(150_000), FieldKind.YEAR: Decimal(2026)}.get(field.kind, Decimal(3))
    inside = max(usual, field.min or usual)
    return ceil(min(inside, field.max) if field.max is not None else inside)
