"""Take back one's last claim or forward while nobody has acted since: an act of its own, nothing is rubbed out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from viewflow.workflow.status import PROCESS, STATUS

from offices.models import User
from workflows.exceptions import NotAllowed, NotPossibleNow
from workflows.models import Dossier, Flag, LegalStatus, Step, TrailEntry
from workflows.services.act import Act
from workflows.services.closing import cancel_open_steps
from workflows.services.holding import own
from workflows.services.locking import lock_dossier
from workflows.services.parties import party_of

CLAIM, FORWARD = "claim", "finish_step"
PLAIN = {"outcome", "note"}
AT_WORK = {LegalStatus.RECEIVED, LegalStatus.IN_PROCESS}


@transaction.atomic
def undo(*, dossier_id: int, number: int, by: User, at: datetime | None = None) -> Dossier:
    """Take back a claim, or a forward with the step it opened; the time that went by stays where it was spent.

    Args:
        dossier_id: the dossier.
        number: of the act in its trail.
        by: who takes it back: whoever did it.
        at: when (aware); None means now.

    Raises:
        NotAllowed: another person did it, or the role is held no more.
        NotPossibleNow: somebody has acted since, or the act did more than pass the dossier on.
    """
    act = lock_dossier(dossier_id=dossier_id, name="undo", by=by, at=at)
    last = act.dossier.trail.filter(number=number).select_related("step__clock", "step__office").first()
    act_as_before(act, last)
    act.require_status()
    act.require_seen(number)
    if last is None or last.step is None:
        raise NotPossibleNow(_("There is nothing to take back here. Look at the dossier."))
    reason = obstacle(act.dossier, last, act.others)
    if reason:
        raise NotPossibleNow(reason)
    act.data = {"undone": number, "act": last.act}
    if last.act == CLAIM:
        act.step = next(step for step in act.others if step.pk == last.step_id)
        act.others = [step for step in act.others if step is not act.step]
        own(act, None)
        return act.dossier
    take_back_forward(act, last, last.step)
    return act.save()


def act_as_before(act: Act, last: TrailEntry | None) -> None:
    """Take up the role in which the act was done; refuse where another did it or the role is gone."""
    if last is None or last.by_id != act.by.pk:
        raise NotAllowed(_("Only the person who did it may take it back."))
    if last.step is not None:
        act.act_as(last.step.role, last.step.office_id)
    if last.on_behalf_of_id in {capacity.user_id for capacity in act.capacities}:
        act.behalf_id = last.on_behalf_of_id


def obstacle(dossier: Dossier, last: TrailEntry, opened: Sequence[Step]) -> str:
    """Why an act that is still the newest cannot be taken back; empty where it can.

    Args:
        dossier: as it is now.
        last: its newest act, read with its step.
        opened: the open steps.
    """
    if last.act == CLAIM:
        return "" if any(step.pk == last.step_id for step in opened) else _("The step is not open any more.")
    if last.act != FORWARD or not set(last.data) <= PLAIN:
        return _("Only a claim or a plain forward can be taken back. Send the dossier back instead.")
    if dossier.status == PROCESS.DONE or {last.status_before, last.status_after} - AT_WORK:
        return _("This step decided the dossier, so it cannot be taken back.")
    if dossier.is_nonterritorial and last.status_before != last.status_after:
        return _("The competent agency's time has begun with this step, so it cannot be taken back.")
    if len(opened) != 1 or opened[0].came_from_id != last.step_id or is_split(last.step, opened[0]):
        return _(
            "Several steps begin or end here at once, so this cannot be taken back. Send the dossier back instead."
        )
    return ""


def is_split(*steps: Step | None) -> bool:
    """Whether one of the steps is a branch of several at once."""
    return any(step is not None and step.token.is_split_token() for step in steps)


def take_back_forward(act: Act, last: TrailEntry, step: Step) -> None:
    """Cancel the step that was opened, and open again the one that was finished, with its clock as it was."""
    if step.clock and act.scene.is_behind(step.clock.calendar_version_id):
        raise NotPossibleNow(
            _("A new calendar holds since, so this cannot be taken back. Send the dossier back instead.")
        )
    cancel_open_steps(act)
    if last.status_before == LegalStatus.RECEIVED and last.status_after == LegalStatus.IN_PROCESS:
        act.dossier.mark_back_at_desk()
        act.changed.add("legal_status")
    step.process = act.dossier
    open_again(act, step)
    act.step = step
    was_late = Flag.objects.filter(step=step, kind=Flag.Kind.STEP_OVERDUE, cleared_at=last.at)
    if was_late.exists():
        act.flags.raise_flag("step_overdue", step_id=step.pk, again=True, why="undone")


def open_again(act: Act, step: Step) -> None:
    """The step waits for the person who finished it, as if it had not been finished."""
    step.status, step.assigned = STATUS.ASSIGNED, step.assigned or act.at
    step.outcome, step.note, step.finished = "", "", None
    step.finished_by, step.on_behalf_of = None, None
    if step.clock:
        act.keeper.reopen(step.clock, party=party_of(step), note=act.name)
        step.due_at = step.clock.due_at
    step.save(
        update_fields=[*("status", "assigned", "outcome", "note", "finished", "finished_by", "on_behalf_of", "due_at")]
    )


def may_be_undone(dossier_id: int, number: int) -> bool:
    """Whether an act is the newest and can be taken back: two statements, three for a forward."""
    last = (
        TrailEntry.objects.filter(dossier=dossier_id, number=number, dossier__acts=number)
        .select_related("dossier", "step")
        .defer("dossier__search")
        .first()
    )
    if last is None:
        return False
    return not obstacle(last.dossier, last, list(Step.objects.open().filter(process=dossier_id)))
