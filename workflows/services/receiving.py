"""A file arrives: registered online, received with a receipt (form 01), or turned away (form 03)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS
from viewflow.workflow.token import Token

from offices.capacities import local_day
from offices.models import Role, User
from sla.rulebook import rulebook_on
from sla.timekeeping import Party
from workflows.exceptions import NotComplete
from workflows.models import Dossier, LegalStatus, Paper, Step
from workflows.services.act import Act
from workflows.services.attempts import flag_attempt
from workflows.services.closing import close
from workflows.services.handling import conclude
from workflows.services.intake import (
    Intake,
    PaperGiven,
    check_offer,
    insert,
    keep_papers,
    new_act,
    require_papers,
)
from workflows.services.locking import lock_dossier, lock_step
from workflows.services.starting import start_citizen_clock, start_desk_clock, start_statutory_clock


@transaction.atomic
def register_online(*, intake: Intake, by: User, at: datetime | None = None) -> Dossier:
    """Register a file that was sent online; the desk has 8 working hours to answer.

    Args:
        intake: the file as it came in.
        by: the clerk or portal account that registers it.
        at: when (aware); None means now.

    Raises:
        NotAllowed, NotComplete: see `receive`.

    Source: R4 (8 working hours), TT 03/2025 Đ.13 (file code at registration).
    """
    act = new_act(name="register_online", intake=intake, status=LegalStatus.REGISTERED, by=by, at=at or timezone.now())
    act.act_as(Role.CLERK, intake.receiving_office_id)
    check_offer(act)
    insert(act, intake)
    dossier = act.dossier
    dossier.registered_at = act.at
    act.changed.add("registered_at")
    start_desk_clock(act)
    start_citizen_clock(act, Party.desk(dossier.receiving_office_id))
    act.notices.tell("online_file", office_id=dossier.receiving_office_id, role=Role.CLERK)
    act.data |= {"channel": intake.channel, "papers": [paper.key for paper in intake.papers]}
    return act.save()


@transaction.atomic
def receive(
    *,
    by: User,
    at: datetime | None = None,
    intake: Intake | None = None,
    dossier_id: int | None = None,
    papers: Sequence[PaperGiven] = (),
    seen: int | None = None,
    forward: bool = False,
) -> Dossier:
    """Receive a complete file and start the statutory clock (form 01).

    Args:
        by: the clerk.
        at: when (aware); None means now. The clock counts from the whole minute.
        intake: a file on the counter; or
        dossier_id: a file registered online, with `papers` that came since and `seen`, the version on the screen.
        forward: also finish the first step, so that the file goes on at once.

    Returns:
        The dossier, status 2 (4 where it was forwarded into processing).

    Raises:
        NotAllowed: the person is no clerk of the receiving office.
        IncompleteDossier: required papers are missing.
        NotComplete: answers or the choice of office do not fit.
        NotPossibleNow: somebody was faster, or the screen is stale.

    Source: NĐ 118/2025 Đ.17(3) (start of the clock), R2, R6.
    """
    if intake is not None:
        act = receive_at_counter(intake, by, at or timezone.now())
    elif dossier_id is not None:
        act = receive_registered(dossier_id, papers, by, at, seen)
    else:
        raise NotComplete(_("Nothing to receive: give a file or a registered dossier."))
    begin_processing(act)
    dossier = act.save()
    if forward:
        forward_first_step(dossier, by, act.at)
    return dossier


def receive_at_counter(intake: Intake, by: User, at: datetime) -> Act:
    """Check and store a file on the counter."""
    act = new_act(name="receive", intake=intake, status=LegalStatus.RECEIVED, by=by, at=at)
    act.act_as(Role.CLERK, intake.receiving_office_id)
    check_offer(act)
    require_papers(act.dossier.version, [paper.key for paper in intake.papers])
    act.dossier.received_at = act.at
    insert(act, intake)
    start_citizen_clock(act, Party.desk(act.dossier.receiving_office_id))
    return act


def receive_registered(
    dossier_id: int, papers: Sequence[PaperGiven], by: User, at: datetime | None, seen: int | None
) -> Act:
    """Check a file that was registered online."""
    act = lock_dossier(dossier_id=dossier_id, name="receive", by=by, at=at)
    act.act_as(Role.CLERK, act.dossier.receiving_office_id)
    act.require_status()
    act.require_seen(seen)
    keep_papers(act, papers)
    present = act.dossier.papers.filter(kind=Paper.Kind.SUBMITTED, superseded_at__isnull=True)
    require_papers(act.dossier.version, present.values_list("key", flat=True))
    act.dossier.mark_received()
    if act.dossier.desk_clock and act.dossier.desk_clock.state != "ended":
        act.keeper.end(act.dossier.desk_clock, note="received")
    act.flags.clear("overdue", "due_soon")
    return act


def begin_processing(act: Act) -> None:
    """Start the statutory clock and open the first step for the receiving clerk.

    For an agency elsewhere the clock starts when that agency has the file (`starting.start_on_arrival`).
    """
    dossier = act.dossier
    dossier.received_at, dossier.received_by = act.at, act.by
    book = rulebook_on(local_day(act.at))
    dossier.rulebook = book.code
    if not dossier.is_nonterritorial or book.clause("nonterritorial_start").value == "receiving_desk":
        start_statutory_clock(act)
    else:
        dossier.due_at = None
        act.changed.add("due_at")
    act.changed |= {"legal_status", "received_at", "received_by", "rulebook"}
    flag_attempt(act)
    open_flow(act)
    act.data |= {"channel": dossier.channel, "due_at": dossier.due_at.isoformat() if dossier.due_at else None}


def open_flow(act: Act) -> None:
    """Begin the flow: a finished start node, then the first step."""
    start = act.dossier.flow_class.start
    task = act.new_gateway(start, Token("start"))
    task.status, task.started, task.finished = STATUS.DONE, act.at, act.at
    task.save(force_insert=True)
    start.activation_class(task).activate_next()


def forward_first_step(dossier: Dossier, by: User, at: datetime) -> None:
    """Finish the receiving step in the same transaction: the file goes on at once."""
    step = Step.objects.open().filter(process=dossier).order_by("pk").first()
    if step is not None and step.phase == "receive":
        act = lock_step(step_id=step.pk, name="finish_step", by=by, at=at)
        act.act_as_holder()
        conclude(act, outcome=act.the_step.flow_task.main_outcome)
        dossier.refresh_from_db()


@transaction.atomic
def decline_to_receive(
    *,
    reason: str,
    by: User,
    at: datetime | None = None,
    intake: Intake | None = None,
    dossier_id: int | None = None,
    seen: int | None = None,
) -> Dossier:
    """Turn a file away with a reason (form 03); it keeps its code.

    Raises:
        NotAllowed: the person is no clerk of the receiving office.
        NotComplete: the reason is missing.
        NotPossibleNow: the file was received or declined before.

    Source: R2, NĐ 118/2025 Đ.17.
    """
    if not reason.strip():
        raise NotComplete(
            _("A refusal needs a reason."), fields={"reason": _("Write the reason; it is printed on form 03.")}
        )
    if intake is not None:
        act = new_act(
            name="decline_to_receive", intake=intake, status=LegalStatus.NOT_ACCEPTED, by=by, at=at or timezone.now()
        )
        act.act_as(Role.CLERK, intake.receiving_office_id)
        insert(act, intake, check_required=False)
    elif dossier_id is not None:
        act = lock_dossier(dossier_id=dossier_id, name="decline_to_receive", by=by, at=at)
        act.act_as(Role.CLERK, act.dossier.receiving_office_id)
        act.require_status()
        act.require_seen(seen)
        act.dossier.mark_not_accepted()
    else:
        raise NotComplete(_("Nothing to receive: give a file or a registered dossier."))
    act.data |= {"reason": reason.strip()}
    close(act)
    return act.save()
