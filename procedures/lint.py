"""Check a definition before it can be published: is the process possible, complete and lawful?

The checks know no calendar, rulebook or staff: what they need of those comes in a `LintContext`, which `workflows`
builds. A part of the context that is None leaves its check out.
"""

from __future__ import annotations

from procedures.definition import Definition
from procedures.findings import Finding, Severity
from procedures.graph import Graph
from procedures.lint_clock import check_clock
from procedures.lint_content import check_content
from procedures.lint_context import LintContext
from procedures.lint_flow import check_flow
from procedures.lint_form import check_form
from procedures.lint_names import check_names
from procedures.lint_staff import check_staff
from procedures.lint_time import check_time

__all__ = ["LintContext", "defects_of_the_process", "errors_in", "lint"]


def lint(definition: Definition, *, context: LintContext | None = None) -> list[Finding]:
    """All findings on a definition.

    Args:
        definition: what was read from a file or a row.
        context: calendars, rulebook and staffing; None checks the definition by itself.

    Returns:
        Findings in the order of the file; when names or edges are broken only those, since the rest would follow
        from them.
    """
    context = context or LintContext()
    graph = Graph(definition)
    broken = check_names(definition, graph)
    if broken:
        return broken
    findings = check_flow(graph) + check_clock(graph) + check_time(definition, graph, context)
    findings += check_form(definition)
    return findings + check_content(definition, context) + check_staff(definition, graph, context)


def defects_of_the_process(definition: Definition) -> list[Finding]:
    """Broken names and edges: with these a definition cannot even be kept as a draft."""
    return check_names(definition, Graph(definition))


def errors_in(findings: list[Finding]) -> list[Finding]:
    """The findings that block publishing."""
    return [finding for finding in findings if finding.severity is Severity.ERROR]
