"""The application form of a procedure, made from its e-form: filled in, or blank to be filled in by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import override

from offices.models import Office
from onestop.desk.reading.dossier import answer_words
from onestop.desk.slips.content import Letterhead, SlipPerson
from onestop.desk.slips.heading import letterhead
from onestop.desk.slips.people_and_papers import applicant_of, representative_of
from onestop.desk.slips.printing import application_pdf
from procedures.definition import Condition, Definition, FieldKind, FormField, Op, PersonPart
from workflows.form_answers import Answered, answered
from workflows.models import Dossier

BEGINNINGS = ("đơn", "tờ khai", "giấy đề nghị", "văn bản đề nghị", "phiếu")
BLANK_ROWS = 4
PARTS = {
    PersonPart.IDENTIFIER: "số định danh",
    PersonPart.BIRTH: "ngày sinh",
    PersonPart.PHONE: "điện thoại",
    PersonPart.ADDRESS: "địa chỉ",
}
COMPARED = {Op.EQ: "là", Op.NE: "không phải là", Op.LT: "dưới", Op.LE: "không quá", Op.GT: "trên", Op.GE: "từ"}


@dataclass(frozen=True, slots=True)
class Option:
    """An answer to choose, ticked or not."""

    label: str
    ticked: bool


@dataclass(frozen=True, slots=True)
class Line:
    """One question as it is printed; `shape` says how: line, long, options or table."""

    label: str
    shape: str = "line"
    value: str = ""
    note: str = ""
    options: tuple[Option, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationForm:
    """Everything on the form; `blank` leaves lines to write on, and the day to be filled in."""

    letterhead: Letterhead
    code: str
    procedure: str
    to: str
    applicant: SlipPerson
    lines: tuple[Line, ...]
    papers: tuple[str, ...]
    blank: bool = False
    representative: SlipPerson | None = None
    power_of_attorney: str = ""


def filled_form(dossier: Dossier) -> bytes:
    """The form with the answers of a dossier, as they are stored."""
    spec, submitted_at = dossier.version.spec, dossier.received_at or dossier.created
    with override("vi"):
        person = applicant_of(dossier)
        form = ApplicationForm(
            letterhead=letterhead(dossier.receiving_office, submitted_at, number="", title=title_of(spec)),
            code=dossier.code,
            procedure=f"{spec.name} ({spec.code})",
            to=dossier.handling_office.name,
            applicant=person,
            representative=representative_of(dossier),
            power_of_attorney=dossier.submitter.get("power_of_attorney", ""),
            lines=lines_of(answered(spec, dossier.data, required=False), person),
            papers=papers_of(spec),
        )
        return application_pdf(form)


def typed_form(
    spec: Definition, answers: Mapping[str, Any], *, person: SlipPerson, desk: Office, to: Office, at: datetime
) -> bytes:
    """The form as it was typed so far, to be read and signed before the file is taken in.

    Args:
        answers: as typed; one that does not fit yet is printed as it was typed.
    """
    found = answered(spec, answers, required=False)
    with override("vi"):
        form = ApplicationForm(
            letterhead=letterhead(desk, at, number="", title=title_of(spec)),
            code="",
            procedure=f"{spec.name} ({spec.code})",
            to=to.name,
            applicant=person,
            lines=lines_of(found, person, answers),
            papers=papers_of(spec),
        )
        return application_pdf(form)


def blank_form(spec: Definition, *, office: Office | None, at: datetime) -> bytes:
    """The form without answers; every question is on it, with when it is to be answered."""
    with override("vi"):
        heading = (
            letterhead(office, at, number="", title=title_of(spec))
            if office
            else Letterhead("", "", "", at.date(), title=title_of(spec))
        )
        form = ApplicationForm(
            letterhead=heading,
            code="",
            procedure=f"{spec.name} ({spec.code})",
            to=office.name if office else "",
            applicant=SlipPerson(""),
            lines=tuple(blank_line(field, spec) for field in spec.form if stands_on_blank(field)),
            papers=papers_of(spec),
            blank=True,
        )
        return application_pdf(form)


def title_of(spec: Definition) -> str:
    """What the form is called: the paper of the file that it is, else simply a declaration."""
    names = [document.name for document in spec.documents if document.name.lower().startswith(BEGINNINGS)]
    return names[0] if names else "Tờ khai"


def papers_of(spec: Definition) -> tuple[str, ...]:
    """The papers to be handed in with it; not the form itself, nor what the State already holds."""
    title = title_of(spec)
    return tuple(one.name for one in spec.documents if not one.replaced_by and one.name != title)


def lines_of(found: Iterable[Answered], person: SlipPerson, typed: Mapping[str, Any] | None = None) -> tuple[Line, ...]:
    """The questions that are asked, with their answers; what only repeats the applicant's details is left out."""
    lines = []
    said = {person.name, person.id_number, person.address, person.phone, person.email}
    for one in found:
        repeats = repeats_applicant(one.field) and isinstance(one.value, str) and one.value in said
        if not one.asked or one.field.kind is FieldKind.FILE or repeats:
            continue
        raw = (typed or {}).get(one.field.key)
        lines.append(filled_line(one.field, one.value, str(raw) if one.error and isinstance(raw, str) else ""))
    return tuple(lines)


def repeats_applicant(field: FormField) -> bool:
    """Whether the answer is usually one of the applicant's own details, which stand at the top."""
    return (field.reuse_from or "").startswith("applicant.")


def stands_on_blank(field: FormField) -> bool:
    """Whether there is room for it: files are enclosed, and what the top already asks is not asked twice."""
    return field.kind is not FieldKind.FILE and not repeats_applicant(field)


def filled_line(field: FormField, value: Any, as_typed: str) -> Line:
    """One question with its answer."""
    if field.kind is FieldKind.TABLE:
        rows = tuple(
            tuple(answer_words(column, row.get(column.key)) for column in field.columns) for row in value or ()
        )
        return Line(field.label, "table", columns=labels_of(field), rows=rows)
    if field.choices:
        chosen = value if isinstance(value, list) else [value]
        return Line(field.label, "options", options=options_of(field, chosen))
    if field.kind is FieldKind.YES_NO:
        return Line(field.label, "options", options=(Option("Có", bool(value)), Option("Không", not value)))
    shape = "long" if field.kind is FieldKind.LONG_TEXT else "line"
    return Line(field.label, shape, value=answer_words(field, value) or as_typed)


def blank_line(field: FormField, spec: Definition) -> Line:
    """One question with room for its answer."""
    note = "; ".join(filter(None, [when_asked(field, spec), field.help]))
    if field.kind is FieldKind.TABLE:
        rows = tuple(tuple("" for _column in field.columns) for _row in range(BLANK_ROWS))
        return Line(field.label, "table", note=note, columns=labels_of(field), rows=rows)
    if field.choices:
        return Line(field.label, "options", note=note, options=options_of(field, ()))
    if field.kind is FieldKind.YES_NO:
        return Line(
            field.label, "options", note=note, options=(Option("Có", ticked=False), Option("Không", ticked=False))
        )
    label = field.label
    if field.kind is FieldKind.PERSON:
        label += f" (họ tên, {', '.join(PARTS[part] for part in field.asked_parts)})"
    return Line(label, "long" if field.kind in (FieldKind.LONG_TEXT, FieldKind.PERSON) else "line", note=note)


def labels_of(table: FormField) -> tuple[str, ...]:
    """The heads of the columns."""
    return tuple(column.label for column in table.columns)


def options_of(field: FormField, chosen: Iterable[Any]) -> tuple[Option, ...]:
    """Everything that can be chosen."""
    picked = set(chosen)
    return tuple(Option(choice, choice in picked) for choice in field.choices)


def when_asked(field: FormField, spec: Definition) -> str:
    """On which answers a question is to be answered; empty: always."""
    if not field.shown_when:
        return ""
    labels = {one.key: one.label for one in spec.form}
    return "chỉ điền khi " + " và ".join(compared(condition, labels) for condition in field.shown_when)


def compared(condition: Condition, labels: Mapping[str, str]) -> str:
    """One comparison in words."""
    label = f"“{labels.get(condition.field, condition.field)}”"
    if isinstance(condition.value, bool):
        return f"chọn {'Có' if condition.value is (condition.op is Op.EQ) else 'Không'} ở mục {label}"
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    return f"{label} {COMPARED.get(condition.op, 'là một trong')} {', '.join(f'“{value}”' for value in values)}"
