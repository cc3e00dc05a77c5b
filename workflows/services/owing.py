"""When an apology is owed and when it is not any more: opened by the sweep, moved and lifted by acts.

Everything here works on many dossiers at once, or costs an act one statement where the clock ends or starts again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, QuerySet

from offices.models import Role
from sla.alarms import FiredRung, database_now, days_away
from sla.calendars import timetable_for, timetable_of
from sla.models import Clock, ClockKind, ClockState
from sla.rulebook import Rulebook, rulebook_named
from sla.working_time import Timetable
from workflows.models import Apology, Consultation, Dossier, Flag, LegalStatus, Notice, Step
from workflows.replanning import plan
from workflows.services.evidence import last_act
from workflows.services.locking import kept_version
from workflows.services.many import insert_new

if TYPE_CHECKING:
    from workflows.services.act import Act

AT_WORK = (LegalStatus.RECEIVED, LegalStatus.IN_PROCESS)


@dataclass(frozen=True, slots=True)
class Rang:
    """A rung that fired, with the locked dossier it is about, and the step or consultation whose clock it is."""

    rung: FiredRung
    dossier: Dossier
    step: Step | None = None
    consultation: Consultation | None = None


def last_moment(due_at: datetime, opened_at: datetime, timetable: Timetable, book: Rulebook) -> datetime:
    """Until when the apology must be out: a working day before the date; where there is no room, the date itself (R16).

    Args:
        due_at: the date of the file (aware).
        opened_at: when the duty opened (aware).
        timetable: the calendar of the dossier.
        book: the rulebook of the dossier; says how long before.
    """
    before = book.term("apology_before")
    wanted = days_away(timetable, due_at.astimezone(timetable.zone), -int(before.amount))
    return wanted if wanted > opened_at else due_at


# The sweep


def open_duties(rang: Sequence[Rang], *, at: datetime) -> int:
    """Open the apologies that these rungs make due: the date is near, the rest does not fit, or it has passed.

    A run of a clock owes one at most; whatever is there already stays. Three statements, however many rungs.

    Returns:
        How many dossiers owe one by these rungs.
    """
    first: dict[tuple[int, int], Apology] = {}
    found = [duty for one in rang if (duty := duty_from(one)) is not None]
    for duty in [*found, *forecasts(rang, at)]:
        first.setdefault((duty.dossier_id, duty.run), duty)
    if first:
        insert_new(list(first.values()))
        insert_new([notice_of(duty, at) for duty in first.values()])
    return len(first)


def duty_from(one: Rang) -> Apology | None:
    """The apology that a rung of a statutory clock makes due, if it does."""
    clock = one.rung.clock
    if clock.kind != ClockKind.STATUTORY or clock.due_at is None:
        return None
    if one.rung.opens_apology:
        return new_duty(one.dossier, clock, clock.due_at, Apology.Cause.RUNG, one.rung.at_planned)
    if is_due(one.rung):
        return new_duty(one.dossier, clock, clock.due_at, Apology.Cause.OVERDUE, one.rung.at_planned)
    return None


def forecasts(rang: Sequence[Rang], at: datetime) -> list[Apology]:
    """An apology is owed from the moment a step overruns and the steps after it do not fit any more."""
    overrun = [one for one in rang if one.step is not None and is_due(one.rung)]
    known: dict[tuple[int, str, datetime | None, int], bool] = {}
    unfit = [one for one in overrun if not fits_as_before(one, at, known)]
    clocks = Clock.objects.in_bulk([one.dossier.statutory_clock_id for one in unfit]) if unfit else {}
    running = [(one, clocks.get(one.dossier.statutory_clock_id)) for one in unfit]
    return [
        new_duty(one.dossier, clock, clock.due_at, Apology.Cause.FORECAST, at)
        for one, clock in running
        if clock is not None and clock.state == ClockState.RUNNING and clock.due_at is not None
    ]


def fits_as_before(one: Rang, at: datetime, known: dict[tuple[int, str, datetime | None, int], bool]) -> bool:
    """The same, worked out once for all dossiers of a batch that are at the same step and due at the same time."""
    if one.dossier.legal_status not in AT_WORK:
        return True
    step = one.step.key if one.step else ""
    key = (one.dossier.version_id, step, one.dossier.due_at, one.rung.clock.calendar_version_id)
    if key not in known:
        known[key] = fits(one, at)
    return known[key]


def fits(one: Rang, at: datetime) -> bool:
    """Whether the steps from the overrun one on still fit into the time that is left."""
    dossier = one.dossier
    if one.step is None or dossier.due_at is None or dossier.legal_status not in AT_WORK or dossier.due_at <= at:
        return True
    graph, timetable = kept_version(dossier).graph, timetable_of(one.rung.clock.calendar_version_id)
    return plan(graph=graph, open_keys=[one.step.key], due_at=dossier.due_at, at=at, timetable=timetable).can_be_kept


def is_due(rung: FiredRung) -> bool:
    """Whether it is the rung at the due time."""
    return rung.acts_as == "due"


def new_duty(dossier: Dossier, clock: Clock, due_at: datetime, cause: str, opened_at: datetime) -> Apology:
    """A row that is not saved yet."""
    due_by = last_moment(due_at, opened_at, timetable_of(clock.calendar_version_id), rulebook_named(dossier.rulebook))
    return Apology(dossier=dossier, run=clock.run, cause=cause, opened_at=opened_at, due_at=due_at, due_by=due_by)


def notice_of(duty: Apology, at: datetime) -> Notice:
    """The unit hears once that it owes an apology."""
    return Notice(
        topic="apology_owed",
        dossier=duty.dossier,
        office_id=duty.dossier.handling_office_id,
        role=Role.DIVISION_HEAD,
        created_at=at,
        payload={"due_at": duty.due_at.isoformat(), "ends": duty.due_by.isoformat(), "cause": duty.cause},
        idempotency_key=f"apology-{duty.dossier_id}-{duty.run}",
    )


def owed() -> QuerySet[Apology]:
    """Apologies that are neither approved nor lifted."""
    return Apology.objects.filter(approved_at__isnull=True, lifted_at__isnull=True)


@transaction.atomic
def sweep_missed(batch: int) -> int:
    """Flag one batch of dossiers whose last moment for the apology has passed; a stopped clock waits.

    Returns:
        How many apologies were found missing; 0 when nothing is due or everything due is locked by an act.
    """
    at = database_now()
    due = owed().filter(missed_at__isnull=True, due_by__lte=at, dossier__legal_status__in=AT_WORK)
    rows = with_locked_dossiers(due.order_by("due_by"), batch)
    Apology.objects.filter(pk__in=[row.pk for row in rows]).update(missed_at=at)
    Flag.objects.bulk_create([flag_of(row, at) for row in rows], ignore_conflicts=True)
    return len(rows)


@transaction.atomic
def sweep_moved(batch: int) -> int:
    """Bring one batch of apologies to the present dates of their dossiers, whatever moved them.

    A change of the calendar or of the rulebook moves very many dates at once and need not know of apologies.

    Returns:
        How many were moved.
    """
    running = owed().filter(dossier__legal_status__in=AT_WORK, dossier__due_at__isnull=False)
    rows = with_locked_dossiers(running.exclude(due_at=F("dossier__due_at")), batch)
    date_again(rows, database_now())
    return len(rows)


def with_locked_dossiers(duties: QuerySet[Apology], batch: int) -> list[Apology]:
    """The first of these apologies, with their dossiers locked; what an act holds is left out."""
    wanted = list(duties.values_list("dossier", flat=True)[:batch])
    if not wanted:
        return []
    locked = Dossier.objects.filter(pk__in=wanted).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    dossiers = {dossier.pk: dossier for dossier in locked.defer("search", "data", "result")}
    rows = list(duties.order_by().filter(dossier__in=dossiers))
    for row in rows:
        row.dossier = dossiers[row.dossier_id]
    return rows


def flag_of(duty: Apology, at: datetime) -> Flag:
    """The flag of an apology that is missing, with the moments as evidence."""
    evidence = {
        "due_at": duty.due_at.isoformat(),
        "due_by": duty.due_by.isoformat(),
        "opened_at": duty.opened_at.isoformat(),
        "proposed_at": duty.proposed_at.isoformat() if duty.proposed_at else None,
        "found_at": at.isoformat(),
        "acts": [last_act(duty.dossier)],
    }
    return Flag(dossier=duty.dossier, kind=Flag.Kind.NO_APOLOGY, evidence=evidence, raised_at=duty.due_by)


# Acts, and everything else that moves a date


def lift_duty(act: Act) -> None:
    """Nothing is owed any more: the dossier ended or its clock starts anew; after its date it was missing."""
    if act.dossier.statutory_clock_id is not None:
        owed().filter(dossier=act.dossier).update(lifted_at=act.at)
        act.flags.clear("no_apology")


def move_duty(act: Act) -> None:
    """Bring the apology that is owed to the dossier's present date, as after a pause."""
    rows = list(owed().filter(dossier=act.dossier)) if act.dossier.due_at else []
    for row in rows:
        row.dossier = act.dossier
    date_again([row for row in rows if row.due_at != act.dossier.due_at], act.at)


def date_again(rows: Sequence[Apology], at: datetime) -> None:
    """Set the dates of these rows by their dossiers' own; what is missing no more loses its flag."""
    found_again = []
    for row in rows:
        dossier = row.dossier
        if dossier.due_at is None:
            continue
        timetable, book = timetable_for(dossier.calendar_code), rulebook_named(dossier.rulebook)
        row.due_at, row.due_by = dossier.due_at, last_moment(dossier.due_at, row.opened_at, timetable, book)
        if row.missed_at is not None and row.due_by > at:
            row.missed_at = None
            found_again.append(dossier.pk)
    if rows:
        Apology.objects.bulk_update(rows, ["due_at", "due_by", "missed_at"])
    if found_again:
        flags = Flag.objects.filter(dossier__in=found_again, kind=Flag.Kind.NO_APOLOGY, cleared_at__isnull=True)
        flags.update(cleared_at=at)
