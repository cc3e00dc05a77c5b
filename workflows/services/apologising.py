"""A file will be late: an apology is owed, with a reason and one new date, approved by the head (form 04).

    the date is near, the rest does not fit, or overdue ──▶ owed ──▶ proposed ──▶ approved ──▶ new date
                                                             │ ▲         │ rejected, with words
                             ended, or the clock anew: lifted ┘ └────────┘

The date of the file never moves: lateness is judged by it, and the new date stands beside it with a clock of its own.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from offices.models import Role, User
from workflows.apology_rights import approver, approving_places, proposing_places, used_up_words
from workflows.exceptions import NotAllowed, NotComplete, NotPossibleNow
from workflows.models import Apology, Dossier
from workflows.services.locking import lock_dossier
from workflows.services.owing import last_moment, move_duty
from workflows.services.starting import rulebook_of

if TYPE_CHECKING:
    from workflows.services.act import Act


@transaction.atomic
def propose_apology(
    *, dossier_id: int, reason: str, new_day: date, by: User, at: datetime | None = None, seen: int | None = None
) -> Dossier:
    """Propose an apology with its reason and the one new date, before or after the date has passed.

    Where no apology is owed yet the proposal itself is the forecast that opens the duty.

    Args:
        reason: printed on form 04.
        new_day: a working day after the date of the file and after today; the new date is its close of office.

    Raises:
        NotAllowed: the person neither handles the file nor heads the division.
        NotComplete: no reason, or the day does not fit.
        NotPossibleNow: the clock does not run, a proposal waits already, or the one new date is used up.

    Source: R16, R17.
    """
    act = lock_dossier(dossier_id=dossier_id, name="propose_apology", by=by, at=at)
    act.act_as_one_of(*proposing_places(act.dossier))
    act.require_status()
    act.require_seen(seen)
    duty = duty_of(act)
    if duty.proposed_at is not None:
        raise NotPossibleNow(_("An apology is proposed already and waits for the head's approval."))
    duty.reason, duty.new_date_at = checked_reason(reason), checked_day(act, new_day)
    duty.proposed_by, duty.proposed_for_id, duty.proposed_at = by, act.behalf_id, act.at
    duty.rejected_because = ""
    duty.save()
    act.data = {"reason": duty.reason, "new_date_at": duty.new_date_at.isoformat()}
    for role, office_id in approving_places(act.dossier):
        act.notices.tell("apology_proposed", office_id=office_id, role=role, due_at=duty.due_by.isoformat())
    return act.save()


@transaction.atomic
def approve_apology(*, dossier_id: int, by: User, at: datetime | None = None, seen: int | None = None) -> Dossier:
    """Approve the proposed apology: the new date is set beside the first, and everybody concerned is told.

    Raises:
        NotAllowed: the person does not head the office, or proposed it.
        NotPossibleNow: nothing is proposed, its date has passed or become a day off meanwhile, or the one new date is
            used up.

    Source: R16, R17: the head signs; the desk changes the date in the program and tells the applicant.
    """
    act, duty = lock_proposal(dossier_id, "approve_apology", by, at, seen)
    if duty.new_date_at is None or duty.new_date_at <= max(act.at, act.dossier.due_at or duty.due_at):
        raise NotPossibleNow(_("The proposed date has passed meanwhile. Reject it, so that a later one is proposed."))
    if not act.timetable.is_working_day(act.timetable.day_of(duty.new_date_at)):
        raise NotPossibleNow(_("The proposed date has become a day off. Reject it, so that another one is proposed."))
    duty.approved_by, duty.approved_at = by, act.at
    duty.save(update_fields=["approved_by", "approved_at"])
    start_new_date(act, duty.new_date_at)
    act.flags.clear("no_apology")
    act.data = {
        "reason": duty.reason,
        "new_date_at": duty.new_date_at.isoformat(),
        "in_time": act.at <= duty.due_by,
        "due_by": duty.due_by.isoformat(),
    }
    tell_of_new_date(act, duty)
    return act.save()


@transaction.atomic
def reject_apology(
    *, dossier_id: int, words: str, by: User, at: datetime | None = None, seen: int | None = None
) -> Dossier:
    """Send a proposal back with words; the apology stays owed.

    Raises:
        NotAllowed, NotPossibleNow: as for approving.
        NotComplete: no words.
    """
    act, duty = lock_proposal(dossier_id, "reject_apology", by, at, seen)
    if not words.strip():
        raise NotComplete(_("Say what must be changed."), fields={"words": _("Write what must be changed.")})
    act.notices.tell("apology_rejected", user_id=duty.proposed_by_id, reason=words.strip())
    duty.proposed_by = duty.proposed_for = duty.proposed_at = None
    duty.rejected_because = words.strip()
    duty.save(update_fields=["proposed_by", "proposed_for", "proposed_at", "rejected_because"])
    act.data = {"reason": words.strip()}
    return act.save()


def lock_proposal(dossier_id: int, name: str, by: User, at: datetime | None, seen: int | None) -> tuple[Act, Apology]:
    """The dossier and its proposal, for somebody who may decide on it: not whoever proposed it."""
    act = lock_dossier(dossier_id=dossier_id, name=name, by=by, at=at)
    move_duty(act)
    duty = act.dossier.apologies.filter(run=run_of(act.dossier)).first()
    capacity = approver(act.dossier, act.capacities, duty.proposers if duty else ())
    if capacity is None:
        raise NotAllowed(_("A leader of the office decides on an apology, and not whoever proposed it."))
    act.behalf_id = None if capacity.user_id == by.pk else capacity.user_id
    act.require_status()
    act.require_seen(seen)
    if duty is None or duty.proposed_at is None or duty.approved_at is not None or duty.lifted_at is not None:
        raise NotPossibleNow(_("No apology waits for approval. Look at the history of the dossier."))
    require_another_date(act)
    return act, duty


def run_of(dossier: Dossier) -> int:
    """The run of the statutory clock; 0 where none was started."""
    return dossier.statutory_clock.run if dossier.statutory_clock else 0


def duty_of(act: Act) -> Apology:
    """The apology owed for the present run; where none is, a new one that the unit's forecast opens."""
    require_another_date(act)
    move_duty(act)
    dossier, clock = act.dossier, act.dossier.statutory_clock
    if clock is None or clock.state != "running" or clock.due_at is None:
        raise NotPossibleNow(_("The dossier has no date that could be missed: its clock does not run."))
    owed = dossier.apologies.filter(run=clock.run, lifted_at__isnull=True).first()
    if owed is not None:
        return owed
    is_overdue = act.at >= clock.due_at
    return Apology(
        dossier=dossier,
        run=clock.run,
        cause=Apology.Cause.OVERDUE if is_overdue else Apology.Cause.FORECAST,
        opened_at=act.at,
        due_at=clock.due_at,
        due_by=last_moment(clock.due_at, clock.started_at, act.timetable, rulebook_of(act), is_overdue=is_overdue),
    )


def require_another_date(act: Act) -> None:
    """Refuse once the new dates that the rulebook allows are used up (R17)."""
    words = used_up_words(act.dossier, act.dossier.apologies.filter(approved_at__isnull=False).count())
    if words:
        raise NotPossibleNow(words)


def checked_reason(reason: str) -> str:
    """The reason that is printed on form 04."""
    if not reason.strip():
        raise NotComplete(
            _("An apology needs a reason."), fields={"reason": _("Write the reason; it is printed on form 04.")}
        )
    return reason.strip()


def checked_day(act: Act, new_day: date) -> datetime:
    """The close of office of the new day: a working day, after the date of the file and after now."""
    timetable, due_at = act.timetable, act.dossier.due_at
    if not timetable.is_working_day(new_day):
        words = _("%(day)s is no working day. Choose another one.") % {"day": f"{new_day:%d/%m/%Y}"}
        raise NotComplete(words, fields={"new_day": words})
    found = timetable.closes_on(new_day)
    if due_at is None or found <= due_at or found <= act.at:
        words = _("The new date must lie after the date of the file and after today.")
        raise NotComplete(words, fields={"new_day": words})
    return found


def start_new_date(act: Act, new_date_at: datetime) -> None:
    """Set the new date beside the first, with a clock of its own."""
    dossier = act.dossier
    dossier.reappointed_at = new_date_at
    dossier.reappointment_clock = act.keeper.start(
        kind="reappointment",
        term=None,
        due_at=new_date_at,
        timetable=act.timetable,
        party=act.party(),
        clause=rulebook_of(act).clause("reappointments_allowed").clause,
        rulebook=dossier.rulebook,
    )
    act.changed |= {"reappointed_at", "reappointment_clock"}


def tell_of_new_date(act: Act, duty: Apology) -> None:
    """Tell the desk, whoever proposed it, and the applicant by every way that is open."""
    dossier, new_date = act.dossier, (duty.new_date_at or act.at).isoformat()
    act.notices.tell("reappointed", office_id=dossier.receiving_office_id, role=Role.CLERK, new_date_at=new_date)
    act.notices.tell("reappointed", user_id=duty.proposed_by_id, new_date_at=new_date)
    act.notices.write_to_applicant(
        "reappointed",
        status=dossier.legal_status,
        reason=duty.reason,
        due_at=duty.due_at.isoformat(),
        new_date_at=new_date,
    )
