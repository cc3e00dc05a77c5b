"""Papers nobody may ask for any more, and slips that are not valid on the day."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from procedures.definition import Definition
from procedures.findings import Finding
from procedures.graph import Graph
from procedures.lint_context import LintContext
from procedures.lint_names import error, warning
from procedures.replaced_papers import database_for


def check_content(definition: Definition, context: LintContext) -> list[Finding]:
    """All findings on papers, slips and names."""
    return [*_replaced(definition), *_forms(definition, context), *_names(definition)]


def _replaced(definition: Definition) -> Iterator[Finding]:
    """R23: no paper that exists in a published, connected database."""
    for number, document in enumerate(definition.documents):
        database = document.replaced_by or database_for(definition.code, document.name)
        if database and document.is_asked_for:
            sentence = _(
                "%(paper)s must not be asked for: %(database)s has it. "
                "Remove required, originals and copies, and write replaced_by."
            )
            values = {"paper": document.name, "database": database}
            yield error("P040", "paper_replaced_by_database", f"documents[{number}]", sentence % values)


def _forms(definition: Definition, context: LintContext) -> Iterator[Finding]:
    if context.forms_on is None:
        return
    valid = context.forms_on(definition.valid_from)
    graph = Graph(definition)
    for key, step in graph.human.items():
        for number, form in enumerate(step.forms):
            if form not in valid:
                sentence = _("Form %(form)s is not valid on %(day)s. Valid then: %(valid)s.")
                values = {"form": form, "day": definition.valid_from.isoformat(), "valid": ", ".join(sorted(valid))}
                yield error("P041", "form_not_valid", f"{graph.place(key)}.forms[{number}]", sentence % values)


def _names(definition: Definition) -> Iterator[Finding]:
    graph = Graph(definition)
    for key, step in graph.human.items():
        if not step.name:
            sentence = _("%(step)s has no name; people would see its key. Add name.") % {"step": key}
            yield warning("P052", "step_without_name", graph.place(key), sentence)
