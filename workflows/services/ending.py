"""The dossier ends without a result: refused by a leader, withdrawn by the applicant, stopped by the office."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from offices.models import Role, User
from procedures.definition import REFUSE
from workflows.exceptions import NotComplete, NotPossibleNow
from workflows.models import Dossier, LegalStatus
from workflows.services.closing import close
from workflows.services.handling import conclude
from workflows.services.holding import begin
from workflows.services.locking import lock_dossier


@transaction.atomic
def refuse(*, step_id: int, reason: str, by: User, at: datetime | None = None, seen: int | None = None) -> Dossier:
    """Refuse the dossier with a reason (4 → 8, form 03); a leader approves it.

    On the step of somebody who is no leader this proposes the refusal: it opens the leader's step. On a leader's
    step it takes effect at once.

    Raises:
        NotAllowed, NotComplete
        NotPossibleNow: the procedure has no refusal at this step.

    Source: R12, NĐ 118/2025 Đ.19(8).
    """
    act = begin(step_id, "refuse", by, at, seen)
    step = act.the_step
    outcomes = {REFUSE: REFUSE} if step.key == REFUSE else act.graph.outcomes(step.key)
    outcome = next((name for name, target in outcomes.items() if target == REFUSE), None)
    if outcome is None:
        raise NotPossibleNow(
            _("The procedure has no refusal at this step. Send the dossier back to the step that may refuse.")
        )
    if step.key != REFUSE and step.role != Role.LEADER:
        act.name = "finish_step"
    return conclude(act, outcome=outcome, reason=reason or str(step.data.get("proposed_reason", "")))


@transaction.atomic
def withdraw(*, dossier_id: int, reason: str, by: User, at: datetime | None = None, seen: int | None = None) -> Dossier:
    """Take the file back on the applicant's request, before a decision exists (form 05).

    Raises:
        NotAllowed: the person is no clerk of the receiving office.
        NotComplete: what the applicant asked is missing.
        NotPossibleNow: there is a decision already, or the dossier has ended.

    Source: R20, NĐ 118/2025 Đ.21.
    """
    act = lock_dossier(dossier_id=dossier_id, name="withdraw", by=by, at=at)
    act.act_as(Role.CLERK, act.dossier.receiving_office_id)
    act.require_status()
    act.require_seen(seen)
    if not reason.strip():
        raise NotComplete(
            _("Say what the applicant asked for."), fields={"reason": _("Write the applicant's request.")}
        )
    act.data = {"reason": reason.strip()}
    act.dossier.mark_withdrawn()
    close(act)
    return act.save()


@transaction.atomic
def stop(*, dossier_id: int, reason: str, by: User, at: datetime | None = None, seen: int | None = None) -> Dossier:
    """Stop the dossier with a reason: a leader of the handling office, or the desk before processing began.

    Raises:
        NotAllowed, NotComplete, NotPossibleNow
    """
    act = lock_dossier(dossier_id=dossier_id, name="stop", by=by, at=at)
    dossier = act.dossier
    if dossier.legal_status in {LegalStatus.RECEIVED, LegalStatus.AWAITING_SUPPLEMENT}:
        act.act_as_one_of((Role.LEADER, dossier.handling_office_id), (Role.CLERK, dossier.receiving_office_id))
    else:
        act.act_as(Role.LEADER, dossier.handling_office_id)
    act.require_status()
    act.require_seen(seen)
    if not reason.strip():
        raise NotComplete(
            _("Say why the dossier is stopped."), fields={"reason": _("Write the reason; the applicant reads it.")}
        )
    act.data = {"reason": reason.strip()}
    dossier.mark_stopped()
    close(act)
    return act.save()
