"""Who holds a step: take it up, put it back, give it to somebody else."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from offices.capacities import local_day
from offices.models import Membership, Role, User
from workflows.exceptions import NotComplete, NotPossibleNow
from workflows.models import Step
from workflows.services.act import Act
from workflows.services.locking import lock_step
from workflows.services.parties import party_of


@transaction.atomic
def claim(*, step_id: int, by: User, at: datetime | None = None) -> Step:
    """Take up a step that is offered to one's role; no clock moves.

    Raises:
        NotAllowed: the role is not held, or the step was offered to others.
        NotPossibleNow: somebody finished or claimed it before.
    """
    act = begin(step_id, "claim", by, at)
    step = act.the_step
    act.require_unheld()
    if step.owner_id is not None:
        raise NotPossibleNow(_("You have already claimed this step."))
    own(act, act.behalf_id or by.pk)
    return step


@transaction.atomic
def release(*, step_id: int, by: User, at: datetime | None = None) -> Step:
    """Put a claimed step back for everyone in the role.

    Raises:
        NotPossibleNow: the step is not claimed, or claimed by another.
    """
    act = begin(step_id, "release", by, at)
    act.require_unheld()
    if act.the_step.owner_id is None:
        raise NotPossibleNow(_("Nobody has claimed this step."))
    own(act, None)
    return act.the_step


@transaction.atomic
def reassign(*, step_id: int, to_id: int, reason: str, by: User, at: datetime | None = None) -> Step:
    """Give a step to another person of the same role and office; done by the division head or a supervisor.

    Raises:
        NotAllowed: the person heads neither the division nor supervises the office.
        NotComplete: no reason, or the other person does not hold the role.
    """
    act = lock_step(step_id=step_id, name="reassign", by=by, at=at)
    step = act.the_step
    office = step.office_id
    act.act_as_one_of((Role.DIVISION_HEAD, office), (Role.SUPERVISOR, office), (Role.LEADER, office))
    act.require_open_step()
    act.require_status()
    if not reason.strip():
        raise NotComplete(_("Say why the step changes hands."), fields={"reason": _("Write a reason.")})
    holders = Membership.objects.on(local_day(act.at)).filter(
        user=to_id, user__is_active=True, role=step.role, office=office
    )
    if not holders.exists():
        raise NotComplete(
            _("This person does not hold the role in this office. Choose somebody else."),
            fields={"to": _("Choose another person.")},
        )
    act.data = {"from": step.owner_id, "to": to_id, "reason": reason.strip()}
    act.notices.tell("step_reassigned", user_id=to_id, step=step.key, step_id=step.pk, reason=reason.strip())
    own(act, to_id)
    return step


def begin(step_id: int, name: str, by: User, at: datetime | None, seen: int | None = None) -> Act:
    """Lock a step and check right and state, in the order in which the answers make sense."""
    act = lock_step(step_id=step_id, name=name, by=by, at=at)
    act.act_as_holder()
    if act.the_step.status == STATUS.CANCELED:
        act.require_status()
    act.require_open_step()
    act.require_status()
    act.require_seen(seen)
    return act


def own(act: Act, user_id: int | None) -> None:
    """Change who holds a step."""
    step = act.the_step
    step.owner_id = user_id
    step.status = STATUS.ASSIGNED if user_id else STATUS.NEW
    step.assigned = act.at if user_id else None
    step.given_by = None
    step.save(update_fields=["owner", "status", "assigned", "given_by"])
    if step.clock:
        act.keeper.hand_over(step.clock, party=party_of(step))
    act.data.setdefault("owner", user_id)
    act.save()
