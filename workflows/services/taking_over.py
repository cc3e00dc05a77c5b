"""The receiving side confirms on the control slip that it has the file."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from offices.models import User
from workflows.exceptions import NotComplete, NotPossibleNow
from workflows.hand_overs import result_of
from workflows.models import TakeOver
from workflows.services.holding import begin

LONGEST_NOTE = 250


@transaction.atomic
def take_over(*, step_id: int, note: str = "", by: User, at: datetime | None = None) -> TakeOver:
    """Confirm that the file came, for a step one may do; how the giver kept the time is noted with it.

    Args:
        step_id: the open step the file came for.
        note: what was odd about it, for the control slip.
        by: who has it now.
        at: when (aware); None means now.

    Raises:
        NotAllowed: the step belongs to another role or office.
        NotComplete: the note is too long.
        NotPossibleNow: somebody confirmed it before, the step is done, or nobody handed the file over.

    Source: Circular 03/2025/TT-VPCP, form 06: the receiving side enters the result.
    """
    act = begin(step_id, "take_over", by, at)
    act.require_unheld()
    step = act.the_step
    if step.came_from is None:
        raise NotPossibleNow(_("Nobody handed this file over: the process began here."))
    if TakeOver.objects.filter(step=step).exists():
        raise NotPossibleNow(_("Somebody confirmed before that the file came. Look at the control slip."))
    if len(note.strip()) > LONGEST_NOTE:
        raise NotComplete(_("The note is too long for the control slip."), fields={"note": _("Write it shorter.")})
    taken = TakeOver.objects.create(
        step=step,
        dossier=act.dossier,
        by=by,
        on_behalf_of_id=act.behalf_id,
        at=act.at,
        result=result_of(step.came_from),
        note=note.strip(),
    )
    act.data = {"result": str(taken.result), "note": taken.note} if taken.note else {"result": str(taken.result)}
    act.save()
    return taken
