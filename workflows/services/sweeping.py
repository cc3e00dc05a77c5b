"""Tell people what time says: alarms that are due, dossiers on which nothing happens.

    beat ──▶ sweep ──▶ batches: take due clocks · lock their dossiers (skip locked) · claim rungs · flags and notices

What is due is found by an index on the next rung, so the cost follows what is due, not what is open. A crash
loses nothing: the batch rolls back and the next sweep finds the same clocks. The claim row makes every rung
fire once. Any number of sweeps may run at once: none waits for another, nor for an act.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from sla.alarms import FiredRung, claim_rungs, database_now, take_due_clocks
from sla.models import Clock
from workflows.models import Consultation, Dossier, Flag, Notice, Step
from workflows.services.alarming import AlarmBook, Holder
from workflows.services.evidence import last_act
from workflows.services.many import insert_new
from workflows.services.newest_versions import Newest
from workflows.services.owing import Rang, open_duties, sweep_missed, sweep_moved
from workflows.services.recipients import Directory
from workflows.services.reprojecting import bring_up_to_date
from workflows.services.reviewing import open_reviews

BATCH = 500
FLAGS = {"eighty": Flag.Kind.DUE_SOON, "due": Flag.Kind.OVERDUE}
STEP_FIELDS = ("pk", "process_id", "clock_id", "key", "owner_id", "office_id", "role", "due_at")


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    rungs: int
    stuck: int


@dataclass(slots=True)
class Pass:
    """One way through what is due; `left` are clocks whose dossier somebody held."""

    directory: Directory
    left: set[UUID] = field(default_factory=set)
    is_over: bool = False


def sweep(*, batch: int = BATCH) -> Swept:
    """Fire every alarm that is due by the database's clock and flag every stuck dossier.

    Args:
        batch: clocks and dossiers per transaction.

    Returns:
        How many rungs fired and how many dossiers were flagged as stuck.
    """
    directory = Directory(database_now())
    rungs = stuck = 0
    while fired := sweep_once(directory, batch):
        rungs += fired
    while flagged := sweep_stuck(directory, batch):
        stuck += flagged
    while sweep_moved(batch) or sweep_missed(batch):
        pass
    return Swept(rungs, stuck)


def sweep_once(directory: Directory, batch: int) -> int:
    """Go once through what is due, leaving alone what an act or another sweep holds; how many rungs fired."""
    turn, rungs = Pass(directory), 0
    while not turn.is_over:
        rungs += sweep_alarms(turn, batch)
    return rungs


@transaction.atomic
def sweep_alarms(turn: Pass, batch: int) -> int:
    """One batch of due clocks; how many rungs fired."""
    clocks, holders = take_batch(turn, batch)
    turn.is_over = len(clocks) < batch
    if not clocks:
        return 0
    at = database_now()
    fired = claim_rungs(up_to_date([clock for clock in clocks if clock.pk in holders], holders), at=at)
    apply_rungs(fired, holders, at, turn.directory)
    return sum(one.is_new for one in fired)


def up_to_date(clocks: list[Clock], holders: Mapping[UUID, Holder]) -> list[Clock]:
    """The clocks, moved to the newest version of their calendars where they were behind: a new date may lie later."""
    superseded = set(Newest.read().superseded())
    behind = {clock.pk for clock in clocks if clock.calendar_version_id in superseded}
    if not behind:
        return clocks
    bring_up_to_date([holders[clock_id].dossier.pk for clock_id in behind])
    read_dates(holders[clock_id] for clock_id in behind)
    return list(Clock.objects.filter(pk__in=[clock.pk for clock in clocks]))


def read_dates(holders: Iterable[Holder]) -> None:
    """Read the copies of the due times anew after the clocks were moved."""
    known = list(holders)
    steps = [holder.step for holder in known if holder.step is not None]
    files = dict(Dossier.objects.filter(pk__in={one.dossier.pk for one in known}).values_list("pk", "due_at"))
    dates = dict(Step.objects.filter(pk__in={step.pk for step in steps}).values_list("pk", "due_at"))
    for holder in known:
        holder.dossier.due_at = files[holder.dossier.pk]
    for step in steps:
        step.due_at = dates[step.pk]


def take_batch(turn: Pass, batch: int) -> tuple[list[Clock], dict[UUID, Holder]]:
    """Lock due clocks and their dossiers, waiting for neither.

    A clock whose dossier an act holds is let go at once, so that the act does not wait for this batch; it is left for
    the next pass.
    """
    clocks: list[Clock] = []
    holders: dict[UUID, Holder] = {}
    for last_try in (False, False, True):
        before = transaction.savepoint()
        clocks = take_due_clocks(limit=batch, besides=turn.left)
        holders = lock_holders(clocks)
        missed = {clock.pk for clock in clocks if clock.pk not in holders}
        turn.left |= missed
        if not missed or last_try:
            transaction.savepoint_commit(before)
            break
        transaction.savepoint_rollback(before)
    return clocks, holders


def lock_holders(clocks: Sequence[Clock]) -> dict[UUID, Holder]:
    """Lock the dossiers of these clocks, leaving out those an act holds, and say whose each clock is."""
    ids: dict[str, list[UUID]] = defaultdict(list)
    for clock in clocks:
        ids[clock.kind].append(clock.pk)
    steps = list(Step.objects.filter(clock__in=ids["step"]).only(*STEP_FIELDS)) if ids["step"] else []
    asked = list(Consultation.objects.filter(clock__in=ids["consultation"])) if ids["consultation"] else []
    dossiers = lock_dossiers(ids, {step.process_id for step in steps} | {row.dossier_id for row in asked})
    of_steps = {
        step.clock_id: Holder(dossiers[step.process_id], step=step) for step in steps if step.process_id in dossiers
    }
    of_asked = {
        row.clock_id: Holder(dossiers[row.dossier_id], consultation=row) for row in asked if row.dossier_id in dossiers
    }
    own = {clock_id: Holder(dossier) for dossier in dossiers.values() for clock_id in own_clocks(dossier)}
    return {clock_id: holder for clock_id, holder in (own | of_steps | of_asked).items() if clock_id is not None}


def own_clocks(dossier: Dossier) -> tuple[UUID | None, ...]:
    """The clocks of the dossier itself that have alarms."""
    return dossier.statutory_clock_id, dossier.desk_clock_id, dossier.reappointment_clock_id


def lock_dossiers(clock_ids: Mapping[str, list[UUID]], dossier_ids: Iterable[int]) -> dict[int, Dossier]:
    """Lock the dossiers with these ids or with one of these clocks of their own; what is held is left out."""
    wanted = Q(pk__in=dossier_ids)
    for kind in ("statutory", "desk", "reappointment"):
        if clock_ids.get(kind):
            wanted |= Q(**{f"{kind}_clock__in": clock_ids[kind]})
    locked = Dossier.objects.filter(wanted).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    return {dossier.pk: dossier for dossier in locked.defer("search", "data", "result")}


def apply_rungs(fired: Sequence[FiredRung], holders: Mapping[UUID, Holder], at: datetime, directory: Directory) -> None:
    """Raise and clear flags, open what is owed or must be reviewed, and tell people."""
    raise_flags(fired, holders, at)
    rang = [Rang(one, held.dossier, held.step, held.consultation) for one in fired if (held := holders[one.clock.pk])]
    open_duties(rang, at=at)
    open_reviews(rang, at=at)
    book = AlarmBook(directory, at, open_steps(fired, holders))
    notices = [notice for one in fired if one.is_new for notice in book.notices(one, holders[one.clock.pk])]
    insert_new(notices)


def raise_flags(fired: Sequence[FiredRung], holders: Mapping[UUID, Holder], at: datetime) -> None:
    """Raise the flags of these rungs; what is overdue is no longer due soon."""
    flags = [flag for one in fired if (flag := flag_of(one, holders[one.clock.pk], at)) is not None]
    overdue = {flag.dossier_id for flag in flags if flag.kind == Flag.Kind.OVERDUE}
    flags = [flag for flag in flags if flag.kind != Flag.Kind.DUE_SOON or flag.dossier_id not in overdue]
    if overdue:
        Flag.objects.filter(dossier__in=overdue, kind=Flag.Kind.DUE_SOON, cleared_at__isnull=True).update(cleared_at=at)
    insert_new(flags)


def open_steps(fired: Sequence[FiredRung], holders: Mapping[UUID, Holder]) -> dict[int, list[Step]]:
    """Open steps of the dossiers whose holders a rung of the dossier's own clock tells; mostly none."""
    asking = {
        holders[one.clock.pk].dossier.pk
        for one in fired
        if one.clock.kind in {"statutory", "reappointment"} and "holder" in one.spec.told(one.clock.kind)
    }
    found: dict[int, list[Step]] = defaultdict(list)
    if asking:
        for step in Step.objects.open().filter(process__in=asking).order_by("pk").only(*STEP_FIELDS):
            found[step.process_id].append(step)
    return found


def flag_of(fired: FiredRung, holder: Holder, at: datetime) -> Flag | None:
    """The flag a rung raises: due soon at 80 %, overdue when due, step overdue for a step's own clock."""
    clock, kind = fired.clock, flag_kind(fired)
    if kind is None or (kind == Flag.Kind.DUE_SOON and clock.due_at is not None and clock.due_at <= at):
        return None
    evidence = {
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "clock": str(clock.pk),
        "run": clock.run,
        "rung": fired.rung,
        "found_at": at.isoformat(),
        "acts": [last_act(holder.dossier)],
    }
    if holder.step is not None:
        evidence["step"] = holder.step.key
    return Flag(
        dossier=holder.dossier,
        step=holder.step,
        kind=kind,
        evidence=evidence,
        raised_at=clock.due_at if kind != Flag.Kind.DUE_SOON and clock.due_at else at,
    )


def flag_kind(fired: FiredRung) -> str | None:
    """Which flag a rung stands for; a new date after an apology and a consultation have none of their own.

    A rung after the due time says again that it has passed: a moved date may have cleared the flag meanwhile.
    """
    duty = "due" if fired.spec.when.after is not None else fired.acts_as
    if fired.clock.kind == "step":
        return Flag.Kind.STEP_OVERDUE if duty == "due" else None
    return FLAGS.get(duty) if fired.clock.kind in {"statutory", "desk"} else None


@transaction.atomic
def sweep_stuck(directory: Directory, batch: int) -> int:
    """Flag one batch of dossiers on which nothing happened for the days their definition allows."""
    at = database_now()
    due = Dossier.objects.filter(stuck_at__lte=at).order_by("stuck_at")[:batch].values("pk")
    locked = Dossier.objects.filter(pk__in=list(due.values_list("pk", flat=True)), stuck_at__lte=at)
    dossiers = list(locked.order_by("pk").select_for_update(skip_locked=True, of=("self",)).defer("search"))
    if not dossiers:
        return 0
    insert_new([stuck_flag(dossier, at) for dossier in dossiers])
    insert_new([stuck_notice(dossier, directory, at) for dossier in dossiers])
    Dossier.objects.filter(pk__in=[dossier.pk for dossier in dossiers]).update(stuck_at=None)
    return len(dossiers)


def stuck_flag(dossier: Dossier, at: datetime) -> Flag:
    """The flag of a dossier on which nothing happened, with the last act as evidence."""
    since = dossier.stuck_at or at
    evidence = {
        "last_act_at": dossier.last_act_at.isoformat(),
        "since": since.isoformat(),
        "acts": [last_act(dossier)],
    }
    return Flag(dossier=dossier, kind=Flag.Kind.STUCK, raised_at=since, evidence=evidence)


def stuck_notice(dossier: Dossier, directory: Directory, at: datetime) -> Notice:
    """What the supervisors of the desk hear of it."""
    place = directory.supervisors(dossier.receiving_office_id)
    return Notice(
        topic="stuck",
        dossier=dossier,
        office_id=place.office_id,
        role=place.role,
        created_at=at,
        payload={"last_act_at": dossier.last_act_at.isoformat()},
        idempotency_key=f"{dossier.pk}-stuck-{dossier.acts}",
    )
