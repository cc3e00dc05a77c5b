"""Work on a step: finish it, send it back, approve, register and hand over its result."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from viewflow.workflow.status import PROCESS

from offices.models import Role, User
from procedures.definition import REFUSE, StepRole
from workflows.exceptions import NotAllowed, NotComplete, NotPossibleNow
from workflows.models import Dossier, LegalStatus, Paper, Scan
from workflows.services.act import Act
from workflows.services.approved_content import require_content
from workflows.services.asking import end_questions
from workflows.services.closing import close, decide
from workflows.services.evidence import next_act, own_acts
from workflows.services.holding import begin
from workflows.services.locking import lock_dossier

SEND_BACK = "send_back"
APPROVE = "approve"


@transaction.atomic
def finish_step(
    *,
    step_id: int,
    outcome: str,
    by: User,
    at: datetime | None = None,
    seen: int | None = None,
    note: str = "",
    reason: str = "",
    details: Mapping[str, Any] | None = None,
) -> Dossier:
    """Finish a step with an outcome of the definition; claiming it first is not needed.

    Args:
        step_id: the step, exactly.
        outcome: one of the node's outcomes.
        by: who acts.
        at: when (aware); None means now.
        seen: version of the dossier the person saw; None skips the check.
        note: what the next person should know.
        reason: needed where the outcome leads back or refuses.
        details: number and day of the result, or who it was handed to, where the step needs them.

    Raises:
        NotAllowed: neither the role nor a stand-in's is held, or the same person did the work to be approved.
        NotPossibleNow: somebody was faster, the dossier waits for the citizen, the screen is stale, or the draft
            result is missing.
        NotComplete: the outcome is unknown or lacks its reason.
    """
    act = begin(step_id, "finish_step", by, at, seen)
    return conclude(act, outcome=outcome, note=note, reason=reason, details=details)


@transaction.atomic
def send_back(
    *, step_id: int, reason: str, by: User, at: datetime | None = None, seen: int | None = None, note: str = ""
) -> Dossier:
    """Send the dossier back to an earlier step, with a reason the next person sees first."""
    act = begin(step_id, SEND_BACK, by, at, seen)
    return conclude(act, outcome=backward_outcome(act), note=note, reason=reason)


@transaction.atomic
def approve(
    *,
    step_id: int,
    by: User,
    at: datetime | None = None,
    seen: int | None = None,
    note: str = "",
    content: str = "",
) -> Dossier:
    """Approve: finish a step of the approving phase with its positive outcome; the trail keeps what was approved.

    Args:
        step_id: the step, exactly.
        by: who approves.
        at: when (aware); None means now.
        seen: version of the dossier the person saw; None skips the check.
        note: what the next person should know.
        content: fingerprint of data, papers and draft as the person saw them; where it still fits, other acts since
            `seen` do not matter.

    Raises:
        StaleScreen: data, papers or draft changed meanwhile.
    """
    act = begin(step_id, APPROVE, by, at, None if content else seen)
    if act.the_step.phase != APPROVE:
        raise NotPossibleNow(_("This step approves nothing. Finish it instead."))
    act.data["content"] = require_content(act, content, seen)
    return conclude(
        act, outcome=act.the_step.flow_task.main_outcome, note=note, reason=act.the_step.data.get("proposed_reason", "")
    )


@transaction.atomic
def register_result(
    *, step_id: int, number: str, issued_on: date, by: User, at: datetime | None = None, seen: int | None = None
) -> Dossier:
    """Give the result its number and day, and pass it on to the desk (the registry's step)."""
    act = begin(step_id, "register_result", by, at, seen)
    if not number.strip():
        raise NotComplete(_("The number of the result is missing."), fields={"number": _("Type the number.")})
    details = {"number": number.strip(), "issued_on": issued_on.isoformat()}
    return conclude(act, outcome=act.the_step.flow_task.main_outcome, details=details)


@transaction.atomic
def return_result(
    *, dossier_id: int, handed_to: str, by: User, at: datetime | None = None, seen: int | None = None
) -> Dossier:
    """Hand the result over at the desk (9 → 10); finishes the returning step where one is open.

    Raises:
        NotAllowed: the person is no clerk of the receiving office.
        NotComplete: the name of who received it is missing.
        NotPossibleNow: there is no result yet, or it was handed over before.
    """
    act = lock_dossier(dossier_id=dossier_id, name="return_result", by=by, at=at)
    act.act_as(Role.CLERK, act.dossier.receiving_office_id)
    act.require_status()
    act.require_seen(seen)
    if not handed_to.strip():
        raise NotComplete(
            _("Say who received the result."), fields={"handed_to": _("Type the name of the person at the counter.")}
        )
    details = {"handed_to": handed_to.strip()}
    if act.others:
        step, act.others = act.others[0], act.others[1:]
        step.process = act.dossier
        act.step = step
        if step.role != Role.CLERK:
            raise NotPossibleNow(
                _("The result is not at the desk yet: step “%(step)s” is still open.")
                % {"step": step.flow_task.task_title}
            )
        act.act_as_holder()
        act.require_unheld()
        return conclude(act, outcome=step.flow_task.main_outcome, details=details)
    hand_over(act, details)
    return act.save()


def backward_outcome(act: Act) -> str:
    """The outcome that leads back."""
    step = act.the_step
    if SEND_BACK in step.flow_task.outcomes:
        return SEND_BACK
    for outcome, target in act.graph.outcomes(step.key).items():
        if act.graph.is_backward(step.key, target):
            return outcome
    raise NotPossibleNow(_("This step cannot be sent back: the procedure has no earlier step for it."))


def conclude(
    act: Act, *, outcome: str, note: str = "", reason: str = "", details: Mapping[str, Any] | None = None
) -> Dossier:
    """Finish the act's step: check what the outcome needs, end its clock, let the flow go on."""
    step = act.the_step
    act.require_unheld()
    check_outcome(act, outcome, reason)
    act.data |= {"outcome": outcome, "note": note.strip(), "reason": reason.strip(), **(details or {})}
    act.data = {name: value for name, value in act.data.items() if value}
    mark_done(act, outcome, note)
    if ends_clock(act, outcome):
        decide(act)
    activation = step.flow_task.activation_class(step)
    activation.finish()
    activation.activate_next()
    after_flow(act, outcome, details or {})
    return act.save()


def check_outcome(act: Act, outcome: str, reason: str) -> None:
    """Refuse an outcome the step does not have, or whose conditions are not met."""
    step = act.the_step
    if outcome not in step.flow_task.outcomes:
        raise NotComplete(
            _("Step “%(step)s” has no outcome “%(outcome)s”. Reload the page and choose again.")
            % {"step": step.flow_task.task_title, "outcome": outcome}
        )
    if leads_back(act, outcome):
        act.name = SEND_BACK
        act.require_status()
    if (act.name == SEND_BACK or target_of(act, outcome) == REFUSE) and not reason.strip():
        raise NotComplete(
            _("Say why: the next person reads the reason first."), fields={"reason": _("Write a reason.")}
        )
    if act.name != SEND_BACK:
        check_approval(act, outcome)
        check_consultations(act, reason)


def check_approval(act: Act, outcome: str) -> None:
    """Four eyes on every approval, and a draft result before a leader signs."""
    step = act.the_step
    if step.phase != APPROVE:
        return
    acting = {act.by.pk, act.behalf_id or act.by.pk}
    if acting & act.barred_from(step):
        raise NotAllowed(_("You worked on this dossier yourself, so somebody else must approve it (four-eyes rule)."))
    signs = step.role == StepRole.LEADER and target_of(act, outcome) != REFUSE
    if signs and not act.scene.has_draft:
        raise NotPossibleNow(why_no_draft(act.dossier))


def why_no_draft(dossier: Dossier) -> str:
    """Why there is nothing to sign: no draft, or one that nobody may open yet."""
    drafts = dossier.papers.filter(kind=Paper.Kind.DRAFT, superseded_at__isnull=True)
    if drafts.filter(scan=Scan.WAITING).exists():
        return _("The draft result waits for the malware check and cannot be approved yet. Try again in a minute.")
    return _("There is no draft result to approve yet. Upload it, or send the dossier back.")


def check_consultations(act: Act, reason: str) -> None:
    """A step goes on when every asked office answered, or its term has passed and a reason is given (R13)."""
    waiting = [row for row in act.scene.asked if row["step_id"] == act.the_step.pk]
    if not waiting:
        return
    if any(row["ends"] > act.at for row in waiting):
        raise NotPossibleNow(_("An asked office has not answered and its term still runs. Wait for the answer."))
    if not reason.strip():
        raise NotComplete(
            _("An asked office did not answer in its term. Say why the step goes on without it."),
            fields={"reason": _("Write a reason.")},
        )


def target_of(act: Act, outcome: str) -> str:
    """Where an outcome leads by the definition; the added refusal step has targets of its own."""
    step = act.the_step
    if step.key == REFUSE:
        return REFUSE if outcome == REFUSE else str(step.data.get("came_from_key", ""))
    return act.graph.outcomes(step.key)[outcome]


def leads_back(act: Act, outcome: str) -> bool:
    """Whether an outcome opens an earlier step again."""
    step = act.the_step
    return outcome == SEND_BACK or (step.key != REFUSE and act.graph.is_backward(step.key, target_of(act, outcome)))


def mark_done(act: Act, outcome: str, note: str) -> None:
    """Set what the step keeps of its end, and end its clock."""
    step = act.the_step
    step.outcome, step.note, step.finished = outcome, note.strip(), act.at
    step.owner_id = step.owner_id or act.behalf_id or act.by.pk
    step.finished_by, step.on_behalf_of_id = act.by, act.behalf_id
    act.scene.note_done(step)
    end_questions(act, step.pk)
    if step.clock:
        act.keeper.end(step.clock)
    act.flags.clear("step_overdue", step_id=step.pk)


def ends_clock(act: Act, outcome: str) -> bool:
    """Whether this outcome fixes the verdict: forward out of the step that ends the clock."""
    step = act.the_step
    undecided = act.dossier.legal_status in {LegalStatus.RECEIVED, LegalStatus.IN_PROCESS}
    return undecided and step.key != REFUSE and act.graph.outcome_ends_clock(step.key, outcome)


def after_flow(act: Act, outcome: str, details: Mapping[str, Any]) -> None:
    """What the end of the flow means for the legal status; keep the result's number."""
    dossier = act.dossier
    if details:
        dossier.result = {**dossier.result, **details}
        act.changed.add("result")
    flag_returns(act)
    if dossier.status != PROCESS.DONE:
        return
    if target_of(act, outcome) == REFUSE:
        refuse_now(act)
    elif dossier.legal_status in {LegalStatus.RECEIVED, LegalStatus.IN_PROCESS}:
        decide(act)
    elif dossier.legal_status == LegalStatus.DECIDED and act.the_step.phase == "return":
        hand_over(act, details)


def refuse_now(act: Act) -> None:
    """The leader approved the refusal (4 → 8, form 03)."""
    act.name = "refuse"
    reason = act.data.get("reason") or act.the_step.return_reason
    act.data["reason"] = reason
    if act.dossier.legal_status == LegalStatus.RECEIVED:
        act.dossier.mark_in_process()
    act.dossier.mark_stopped()
    close(act)


def hand_over(act: Act, details: Mapping[str, Any]) -> None:
    """The applicant has the result (9 → 10)."""
    if not str(details.get("handed_to", "")).strip():
        raise NotComplete(
            _("Say who received the result."), fields={"handed_to": _("Type the name of the person at the counter.")}
        )
    act.name = "return_result"
    act.dossier.result = {
        **act.dossier.result,
        **details,
        "handed_by": act.by.full_name,
        "handed_at": act.at.isoformat(),
    }
    act.data |= details
    act.changed.add("result")
    act.dossier.mark_returned()
    close(act)


def flag_returns(act: Act) -> None:
    """Flag a dossier whose step was opened again more often than the definition allows."""
    for step in act.opened:
        returns = step.attempt - 1
        if returns > act.definition.returns_allowed:
            sent_back = act.dossier.trail.filter(act=SEND_BACK).values_list("number", flat=True)
            act.flags.raise_again(
                "resubmitted",
                why="returned",
                step=step.key,
                times=returns,
                allowed=act.definition.returns_allowed,
                acts=[*own_acts(act.dossier, sent_back), next_act(act)],
            )
