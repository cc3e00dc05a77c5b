"""Tell people what time says: alarms that are due, dossiers on which nothing happens.

    beat ──▶ sweep ──▶ batches: find due clocks · lock their dossiers (skip locked) · claim rungs · flags and notices

What is due is found by an index on the next rung, so the cost follows what is due, not what is open. A crash
loses nothing: the batch rolls back and the next sweep finds the same clocks. The claim row makes every rung
fire once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from offices.models import Role
from sla.alarms import FiredRung, claim_rungs, database_now, due_clock_ids
from sla.models import Clock
from workflows.models import Dossier, Flag, Notice, Step

BATCH = 200


@dataclass(frozen=True, slots=True)
class Swept:
    """What one sweep did."""

    rungs: int
    stuck: int


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose clock it is: a dossier, and the step where the clock is a step's."""

    dossier: Dossier
    step: Step | None


def sweep(*, batch: int = BATCH) -> Swept:
    """Fire every alarm that is due by the database's clock and flag every stuck dossier.

    Args:
        batch: clocks and dossiers per transaction.

    Returns:
        How many rungs fired and how many dossiers were flagged as stuck.
    """
    rungs = stuck = 0
    while fired := sweep_alarms(batch):
        rungs += fired
    while flagged := sweep_stuck(batch):
        stuck += flagged
    return Swept(rungs, stuck)


@transaction.atomic
def sweep_alarms(batch: int) -> int:
    """One batch of due clocks; 0 when nothing is due or everything due is locked by an act."""
    due = due_clock_ids(limit=batch)
    if not due:
        return 0
    at = database_now()
    holders = lock_holders(due)
    clocks = list(Clock.objects.filter(pk__in=holders, next_rung_at__lte=at))
    fired = claim_rungs(clocks, at=at)
    apply_rungs(fired, holders, at)
    return len(fired)


def lock_holders(clock_ids: Sequence[UUID]) -> dict[UUID, Holder]:
    """Lock the dossiers of these clocks, leaving out those an act holds, and say whose each clock is."""
    steps = {
        step.clock_id: step
        for step in Step.objects.filter(clock__in=clock_ids).only(
            "pk", "process_id", "clock_id", "key", "owner_id", "office_id", "role", "due_at"
        )
    }
    wanted = (
        Q(statutory_clock__in=clock_ids)
        | Q(desk_clock__in=clock_ids)
        | Q(pk__in={step.process_id for step in steps.values()})
    )
    dossiers = (
        Dossier.objects.filter(wanted).order_by("pk").select_for_update(skip_locked=True, of=("self",)).defer("search")
    )
    holders: dict[UUID, Holder] = {}
    by_id = {dossier.pk: dossier for dossier in dossiers}
    for dossier in by_id.values():
        for clock_id in (dossier.statutory_clock_id, dossier.desk_clock_id):
            if clock_id is not None and clock_id in clock_ids:
                holders[clock_id] = Holder(dossier, None)
    for clock_id, step in steps.items():
        if step.process_id in by_id:
            holders[clock_id] = Holder(by_id[step.process_id], step)
    return holders


def apply_rungs(fired: Sequence[FiredRung], holders: dict[UUID, Holder], at: datetime) -> None:
    """Raise and clear flags, and tell people."""
    flags: list[Flag] = []
    notices: list[Notice] = []
    overdue: set[int] = set()
    for rung in fired:
        holder = holders[rung.clock.pk]
        flag = flag_of(rung, holder, at)
        if flag is not None:
            flags.append(flag)
        if flag is not None and flag.kind == Flag.Kind.OVERDUE:
            overdue.add(holder.dossier.pk)
        notices.extend(notices_of(rung, holder, at))
    flags = [flag for flag in flags if flag.kind != Flag.Kind.DUE_SOON or flag.dossier_id not in overdue]
    if overdue:
        Flag.objects.filter(dossier__in=overdue, kind=Flag.Kind.DUE_SOON, cleared_at__isnull=True).update(cleared_at=at)
    Flag.objects.bulk_create(flags, ignore_conflicts=True)
    Notice.objects.bulk_create(notices, ignore_conflicts=True)


def flag_of(rung: FiredRung, holder: Holder, at: datetime) -> Flag | None:
    """The flag a rung raises: due soon at 80 %, overdue when due, step overdue for a step's own clock."""
    clock = rung.clock
    kind = {"eighty": Flag.Kind.DUE_SOON, "due": Flag.Kind.OVERDUE}.get(rung.rung)
    if holder.step is not None:
        kind = Flag.Kind.STEP_OVERDUE if rung.rung == "due" else None
    if kind is None or (kind == Flag.Kind.DUE_SOON and clock.due_at is not None and clock.due_at <= at):
        return None
    evidence = {
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "clock": str(clock.pk),
        "run": clock.run,
        "rung": rung.rung,
        "found_at": at.isoformat(),
    }
    if holder.step is not None:
        evidence["step"] = holder.step.key
    return Flag(
        dossier=holder.dossier,
        step=holder.step,
        kind=kind,
        evidence=evidence,
        raised_at=clock.due_at if rung.rung == "due" and clock.due_at else at,
    )


def notices_of(rung: FiredRung, holder: Holder, at: datetime) -> list[Notice]:
    """Who hears of a rung: whoever holds the step; of the dossier's own clock the supervisors."""
    dossier, step, clock = holder.dossier, holder.step, rung.clock
    common: dict[str, Any] = {
        "topic": f"alarm_{rung.rung}",
        "dossier": dossier,
        "created_at": at,
        "payload": {
            "clock": clock.kind,
            "due_at": clock.due_at.isoformat() if clock.due_at else None,
            "step": step.key if step else "",
        },
    }
    base = f"{clock.pk}-{clock.run}-{rung.rung}"
    if step is None:
        role = Role.CLERK if clock.kind == "desk" else Role.SUPERVISOR
        offices = (
            {dossier.receiving_office_id, dossier.handling_office_id}
            if role == Role.SUPERVISOR
            else {dossier.receiving_office_id}
        )
        return [
            Notice(**common, office_id=office, role=role, idempotency_key=f"{base}-{office}")
            for office in sorted(offices)
        ]
    if rung.rung not in {"eighty", "due"}:
        return []
    if step.owner_id:
        return [Notice(**common, user_id=step.owner_id, idempotency_key=f"{base}-holder")]
    return [Notice(**common, office_id=step.office_id, role=step.role, idempotency_key=f"{base}-holder")]


@transaction.atomic
def sweep_stuck(batch: int) -> int:
    """Flag one batch of dossiers on which nothing happened for the days their definition allows."""
    at = database_now()
    due = Dossier.objects.filter(stuck_at__lte=at).order_by("stuck_at")[:batch].values("pk")
    locked = Dossier.objects.filter(pk__in=list(due.values_list("pk", flat=True)), stuck_at__lte=at)
    dossiers = list(locked.order_by("pk").select_for_update(skip_locked=True, of=("self",)).defer("search"))
    if not dossiers:
        return 0
    Flag.objects.bulk_create([stuck_flag(dossier, at) for dossier in dossiers], ignore_conflicts=True)
    Notice.objects.bulk_create([stuck_notice(dossier, at) for dossier in dossiers], ignore_conflicts=True)
    Dossier.objects.filter(pk__in=[dossier.pk for dossier in dossiers]).update(stuck_at=None)
    return len(dossiers)


def stuck_flag(dossier: Dossier, at: datetime) -> Flag:
    """The flag of a dossier on which nothing happened, with the last act as evidence."""
    since = dossier.stuck_at or at
    evidence = {"last_act_at": dossier.last_act_at.isoformat(), "since": since.isoformat()}
    return Flag(dossier=dossier, kind=Flag.Kind.STUCK, raised_at=since, evidence=evidence)


def stuck_notice(dossier: Dossier, at: datetime) -> Notice:
    """What the supervisors of the desk hear of it."""
    return Notice(
        topic="stuck",
        dossier=dossier,
        office_id=dossier.receiving_office_id,
        role=Role.SUPERVISOR,
        created_at=at,
        payload={"last_act_at": dossier.last_act_at.isoformat()},
        idempotency_key=f"{dossier.pk}-stuck-{dossier.acts}",
    )
