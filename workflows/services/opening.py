"""Opening a human step: where it is done, who is in charge, which clock runs on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS
from viewflow.workflow.token import Token

from offices.models import Office
from procedures.definition import REFUSE, StepSpec
from sla.models import Clock
from sla.terms import Term, Unit
from workflows.exceptions import NotPossibleNow
from workflows.models import LegalStatus, Step
from workflows.models.step import HUMAN
from workflows.services.parties import party_of
from workflows.services.ruling import give_by_rule
from workflows.services.starting import start_on_arrival

if TYPE_CHECKING:
    from workflows.services.act import Act


def office_of(act: Act, spec: StepSpec) -> Office:
    """The office in which a step of the definition is done."""
    dossier = act.dossier
    if spec.where == "receiving":
        return dossier.receiving_office
    if spec.where == "handling":
        return dossier.handling_office
    if spec.where == "parent":
        return dossier.handling_office.parent or dossier.handling_office
    try:
        return Office.objects.get(code=spec.where)
    except Office.DoesNotExist:
        raise NotPossibleNow(
            _("Step “%(step)s” belongs to office %(code)s, which does not exist. Ask an administrator to add it.")
            % {"step": spec.title, "code": spec.where}
        ) from None


def open_step(act: Act, flow_task: Any, token: Token) -> Step:
    """Open a human step: its office, officer in charge and clock."""
    spec: StepSpec = flow_task.spec
    if spec.phase != "receive" and act.dossier.legal_status == LegalStatus.RECEIVED:
        act.dossier.mark_in_process()
        act.changed.add("legal_status")
        start_on_arrival(act)
    office = office_of(act, spec)
    step = Step(
        process=act.dossier,
        flow_task=flow_task,
        flow_task_type=HUMAN,
        token=token,
        created=act.at,
        key=spec.key,
        phase=spec.phase.value,
        role=spec.role.value,
        office=office,
        attempt=1 + act.scene.times_done(spec.key),
    )
    assign(act, step, spec)
    trace_origin(act, step)
    step.clock = start_step_clock(act, step, spec, office)
    step.due_at = step.clock.due_at
    step.save(force_insert=True)
    act.opened.append(step)
    return step


def assign(act: Act, step: Step, spec: StepSpec) -> None:
    """By the rule; else one officer in charge: assigned; several: offered to them; none: to the role."""
    if spec.phase == "receive" and act.dossier.received_by_id and step.attempt == 1:
        step.owner_id, step.status, step.assigned = act.by.pk, STATUS.ASSIGNED, act.at
        return
    if give_by_rule(act, step):
        return
    officers = [u for u in act.scene.officers(step.role, step.office_id) if u not in act.barred_from(step)]
    if len(officers) == 1:
        step.owner_id, step.status, step.assigned = officers[0], STATUS.ASSIGNED, act.at
    else:
        step.offered_to = officers


def trace_origin(act: Act, step: Step) -> None:
    """Remember which step led here, and why, where it came back."""
    if act.step is None:
        return
    step.came_from = act.step
    step.data["came_from_key"] = act.step.key
    if step.key == REFUSE:
        step.data["proposed_reason"] = str(act.data.get("reason", ""))
    if act.step.outcome == "send_back" or act.graph.is_backward(act.step.key, step.key):
        step.return_reason = str(act.data.get("reason", ""))[:250]


def start_step_clock(act: Act, step: Step, spec: StepSpec, office: Office) -> Clock:
    """The step's own clock: full budget from now, never due later than its dossier."""
    term = Term(spec.budget, Unit.WORKING_HOUR) if spec.budget is not None else None
    return act.keeper.start(
        kind="step",
        term=term,
        timetable=act.scene.timetable(office.calendar_code),
        party=party_of(step),
        not_after=act.dossier.due_at,
        rulebook=act.dossier.rulebook,
    )
