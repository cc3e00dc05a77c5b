"""The e-form can be filled in: conditions and computations read fields that stand before them and can be read so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.utils.translation import gettext as _

from procedures.definition import CHOICE_KINDS, NUMERIC_KINDS, Condition, Definition, FieldKind, FormField, Op
from procedures.expressions import ExpressionError, Tree, dates_in, names_in, parsed
from procedures.findings import Finding
from procedures.lint_names import error

ORDERED = frozenset({Op.LT, Op.LE, Op.GT, Op.GE})
NEVER_COMPARED = frozenset({FieldKind.FILE, FieldKind.TABLE, FieldKind.PERSON, FieldKind.ADDRESS})

Fields = Mapping[str, FormField]


def check_form(definition: Definition) -> list[Finding]:
    """All findings on conditions and computations of the e-form."""
    findings: list[Finding] = []
    everything = {field.key: field for field in definition.form}
    before: dict[str, FormField] = {}
    for number, field in enumerate(definition.form):
        place = f"form[{number}]"
        findings += _conditions(field, place, before, everything)
        findings += _computation(field, f"{place}.compute", before, everything)
        findings += _columns(field, place)
        before[field.key] = field
    return findings


def _conditions(field: FormField, place: str, before: Fields, everything: Fields) -> Iterator[Finding]:
    for number, condition in enumerate(field.shown_when):
        at = f"{place}.shown_when[{number}]"
        question = before.get(condition.field)
        if question is None:
            yield _not_before(condition.field, f"{at}.field", everything)
        elif not comparable(question, condition):
            sentence = _("%(field)s is a field of kind %(kind)s: it cannot be compared like this. Correct op or value.")
            names = {"field": question.key, "kind": question.kind.value}
            yield error("P061", "condition_wrong_comparison", at, sentence % names)


def _not_before(key: str, place: str, everything: Fields) -> Finding:
    if key in everything:
        sentence = _("%(field)s stands later in the form or is the field itself. Read a field that stands before.")
    else:
        sentence = _("The e-form has no field %(field)s. Correct the name or add the field before this one.")
    return error("P060", "form_unknown_field", place, sentence % {"field": key})


def comparable(question: FormField, condition: Condition) -> bool:
    """Whether the comparison fits the kind of the question."""
    values = condition.value if isinstance(condition.value, tuple) else (condition.value,)
    ordered = condition.op in ORDERED
    if question.kind in NEVER_COMPARED:
        return False
    if question.kind in NUMERIC_KINDS:
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    if question.kind is FieldKind.YES_NO:
        return not ordered and all(isinstance(value, bool) for value in values)
    if question.kind in CHOICE_KINDS:
        return not ordered and all(value in question.choices for value in values)
    return (not ordered or question.kind is FieldKind.DATE) and all(isinstance(value, str) for value in values)


def _computation(field: FormField, place: str, before: Fields, everything: Fields) -> Iterator[Finding]:
    if not field.compute:
        return
    try:
        tree = parsed(field.compute)
    except ExpressionError as trouble:
        yield error("P062", "broken_expression", place, str(trouble))
        return
    yield from _operands(tree, place, before, everything)


def _operands(tree: Tree, place: str, before: Fields, everything: Fields) -> Iterator[Finding]:
    days = set(dates_in(tree))
    for key, column in names_in(tree):
        question = before.get(key)
        if question is None:
            yield _not_before(key, place, everything)
        elif not _readable(question, column, as_day=key in days):
            shown = f"{key}.{column}" if column not in ("", "*") else key
            sentence = _("%(field)s cannot be read here: take a number, a table's number column, or a date in days().")
            yield error("P063", "wrong_operand", place, sentence % {"field": shown})


def _readable(question: FormField, column: str, *, as_day: bool) -> bool:
    if column == "*":
        return question.kind is FieldKind.TABLE
    if column:
        return any(one.key == column and one.kind in NUMERIC_KINDS for one in question.columns)
    return question.kind is FieldKind.DATE if as_day else question.kind in NUMERIC_KINDS


def _columns(table: FormField, place: str) -> Iterator[Finding]:
    everything = {column.key: column for column in table.columns}
    before: dict[str, FormField] = {}
    for number, column in enumerate(table.columns):
        yield from _computation(column, f"{place}.columns[{number}].compute", before, everything)
        before[column.key] = column
