"""Who handed a dossier to whom, and who confirmed it: the lines of the control slip, filled from the steps.

The giver confirms by the act that passes the file on; the receiving side by taking it over, or by claiming or
finishing the step. How the giver kept the time is entered by the receiving side, as the law wants it, and counted by
the giver's own clock.

Source: Circular 01/2018/TT-VPCP (form 05), Circular 03/2025/TT-VPCP (form 06).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from viewflow.workflow.status import STATUS

from offices.capacities import local_day
from offices.models import Office, User
from workflows.models import Dossier, Step, TakeOver

WITH = ("office", "finished_by", "take_over__by", "came_from__office", "came_from__finished_by")


@dataclass(frozen=True, slots=True)
class Confirmation:
    """Who confirmed to have the file, and when."""

    by: User
    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class HandOver:
    """One line: who gave the file for which step, who received it, how the giver kept the time."""

    step: Step
    giver: User
    giver_office: Office
    given_at: datetime
    receiver_office: Office
    received: Confirmation | None
    result: TakeOver.Result

    @property
    def waits(self) -> bool:
        """Whether somebody still has to confirm."""
        return self.received is None and self.step.is_open


def hand_overs_of(dossier: Dossier) -> list[HandOver]:
    """Every hand-over of a dossier, in the order in which the file went: two statements."""
    steps = list(dossier.task_set.human().select_related(*WITH).order_by("created", "pk"))
    claims = {
        entry.step_id: Confirmation(entry.by, entry.at)
        for entry in dossier.trail.filter(act="claim").select_related("by").order_by("-number")
        if entry.by is not None
    }
    for step in steps:
        step.process = dossier
    return list(_lines(steps, claims))


def _lines(steps: list[Step], claims: dict[int | None, Confirmation]) -> Iterator[HandOver]:
    for step in steps:
        before = step.came_from
        if before is None or before.finished_by is None or before.finished is None or before.office is None:
            continue
        stays = before.finished_by_id == (step.finished_by_id or step.owner_id)
        if step.office is None or (stays and before.office_id == step.office_id):
            continue
        yield HandOver(
            step=step,
            giver=before.finished_by,
            giver_office=before.office,
            given_at=before.finished,
            receiver_office=step.office,
            received=confirmation_of(step, claims.get(step.pk)),
            result=result_of(before),
        )


def confirmation_of(step: Step, claim: Confirmation | None) -> Confirmation | None:
    """How the receiving side confirmed: taken over, else claimed, else finished."""
    taken: TakeOver | None = getattr(step, "take_over", None)
    if taken is not None:
        return Confirmation(taken.by, taken.at, taken.note)
    if claim is not None:
        return claim
    if step.status == STATUS.DONE and step.finished_by and step.finished:
        return Confirmation(step.finished_by, step.finished)
    return None


def result_of(step: Step) -> TakeOver.Result:
    """How a finished step kept its term: early on an earlier day, late after the moment it was due."""
    if step.due_at is None or step.finished is None:
        return TakeOver.Result.NO_TERM
    if step.finished > step.due_at:
        return TakeOver.Result.LATE
    early = local_day(step.finished) < local_day(step.due_at)
    return TakeOver.Result.EARLY if early else TakeOver.Result.ON_TIME
