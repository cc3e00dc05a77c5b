"""People: somebody holds the role of every step, in every office that has to do it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from procedures.definition import HANDLING, PARENT, RECEIVING, Definition, StepSpec
from procedures.findings import Finding
from procedures.graph import Graph
from procedures.lint_context import LintContext, OfficeStaff, Staffing
from procedures.lint_names import error


def check_staff(definition: Definition, graph: Graph, context: LintContext) -> list[Finding]:
    """All findings on staffing; none while no offices are loaded."""
    if context.staffing is None or not context.staffing.offices:
        return []
    return [
        finding
        for key, step in graph.human.items()
        for finding in _check_step(definition, graph.place(key), step, context.staffing)
    ]


def _check_step(definition: Definition, place: str, step: StepSpec, staffing: Staffing) -> Iterator[Finding]:
    if step.where == RECEIVING:
        yield from _somewhere(place, step, [office for office in staffing.offices.values() if office.is_desk])
        return
    if step.where not in (HANDLING, PARENT):
        yield from _at_code(place, step, staffing)
        return
    offered = [
        staffing.offices[code] for code in staffing.offered_at.get(definition.reference, ()) if code in staffing.offices
    ]
    if offered:
        for office in offered:
            yield from _at(place, step, office if step.where == HANDLING else _parent(office, staffing), office)
        return
    same_level = [office for office in staffing.offices.values() if office.level == definition.level.value]
    if step.where == PARENT:
        same_level = [parent for office in same_level if (parent := _parent(office, staffing)) is not None]
    yield from _somewhere(place, step, same_level)


def _parent(office: OfficeStaff, staffing: Staffing) -> OfficeStaff | None:
    return staffing.offices.get(office.parent or "")


def _somewhere(place: str, step: StepSpec, offices: list[OfficeStaff]) -> Iterator[Finding]:
    if not any(step.role.value in office.roles for office in offices):
        sentence = _("Nobody holds the role %(role)s in any office that could do this step. Give somebody the role.")
        yield error("P042", "role_nobody_holds", f"{place}.role", sentence % {"role": step.role.value})


def _at_code(place: str, step: StepSpec, staffing: Staffing) -> Iterator[Finding]:
    office = staffing.offices.get(step.where)
    if office is None:
        sentence = _("There is no office with the code %(code)s. Correct the code or add the office.")
        yield error("P043", "office_unknown", f"{place}.office", sentence % {"code": step.where})
        return
    yield from _at(place, step, office, office)


def _at(place: str, step: StepSpec, office: OfficeStaff | None, handling: OfficeStaff) -> Iterator[Finding]:
    if office is None:
        sentence = _("%(office)s handles this procedure but has no office above it. Name the office by its code.")
        yield error("P043", "office_unknown", f"{place}.office", sentence % {"office": handling.name})
    elif step.role.value not in office.roles:
        sentence = _("Nobody holds the role %(role)s in %(office)s. Give somebody the role there.")
        values = {"role": step.role.value, "office": office.name}
        yield error("P042", "role_nobody_holds", f"{place}.role", sentence % values)
