"""When an apology is owed and when it is not any more: opened by the sweep, moved and lifted by acts.

Everything here works on many dossiers at once, or costs an act one statement where the clock ends or starts again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q, QuerySet

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
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rang:
    """A rung that fired, with the locked dossier it is about, and the step or consultation whose clock it is."""

    rung: FiredRung
    dossier: Dossier
    step: Step | None = None
    consultation: Consultation | None = None


def last_moment(
    due_at: datetime, started_at: datetime, timetable: Timetable, book: Rulebook, *, is_overdue: bool = False
) -> datetime:
    """Until when the apology must be out: a working day before the date, whatever a ladder says (R16).

    Where the limit is so short that the law's call for the apology lies before its start, or the date has passed
    already when it is first owed, the date itself.

    Args:
        due_at: the date of the file (aware).
        started_at: when the run of its clock began (aware).
        timetable: the calendar of the dossier.
        book: the rulebook of the dossier; says how long before, and when it is called for.
        is_overdue: whether the date itself opened the duty.
    """
    local = due_at.astimezone(timetable.zone)
    called_for = days_away(timetable, local, -int(book.term("apology_opens_before").amount))
    if is_overdue or called_for <= started_at:
        return due_at
    return days_away(timetable, local, -int(book.term("apology_before").amount))


# The sweep


def open_duties(rang: Sequence[Rang], *, at: datetime) -> int:
    """Open the apologies that these rungs make due: the date is near, the rest does not fit, or it has passed.

    A run of a clock owes one at most; whatever is there already stays. Four statements, however many rungs.

    Returns:
        How many dossiers owe one by these rungs.
    """
    first: dict[tuple[int, int], Apology] = {}
    found = [duty for one in rang if (duty := duty_from(one)) is not None]
    for duty in [*found, *forecasts(rang, at)]:
        first.setdefault((duty.dossier_id, duty.run), duty)
    first = without_used_up(first)
    if first:
        insert_new(list(first.values()))
        insert_new([notice_of(duty, at) for duty in first.values()])
    return len(first)


def without_used_up(duties: dict[tuple[int, int], Apology]) -> dict[tuple[int, int], Apology]:
    """These duties without those of dossiers whose new dates are used up: nobody could give another one (R17)."""
    if not duties:
        return {}
    given = Apology.objects.filter(dossier__in={dossier_id for dossier_id, _run in duties}, approved_at__isnull=False)
    used = Counter(given.values_list("dossier_id", flat=True))
    return {key: duty for key, duty in duties.items() if may_be_given(duty.dossier, used[duty.dossier_id])}


def may_be_given(dossier: Dossier, used: int) -> bool:
    """Whether the rulebook of the dossier allows another new date."""
    return used < rulebook_named(dossier.rulebook).number("reappointments_allowed")


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
    timetable, book = timetable_of(clock.calendar_version_id), rulebook_named(dossier.rulebook)
    is_overdue = cause == Apology.Cause.OVERDUE
    due_by = last_moment(due_at, clock.started_at, timetable, book, is_overdue=is_overdue)
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
    """Flag one batch of dossiers that will be late without an apology; a stopped clock waits.

    Looked at first when the last moment for the apology has passed. While the rest still fits nothing is missing
    (R16 speaks of files that will be late): the row is looked at again when it would not fit any more.

    Returns:
        How many apologies were looked at; 0 when nothing is due or everything due is locked by an act.
    """
    at = database_now()
    due = owed().filter(missed_at__isnull=True, due_by__lte=at, dossier__legal_status__in=AT_WORK)
    due = due.filter(Q(look_at__isnull=True) | Q(look_at__lte=at))
    rows = with_locked_dossiers(due.order_by("due_by"), batch)
    open_keys = keys_of_open_steps(row.dossier_id for row in rows)
    flags = []
    for row in rows:
        again = look_again_at(row, open_keys[row.dossier_id], at)
        if again is None:
            row.missed_at = at
            flags.append(flag_of(row, at))
        row.look_at = again or row.look_at
    Apology.objects.bulk_update(rows, ["missed_at", "look_at"])
    Flag.objects.bulk_create(flags, ignore_conflicts=True)
    return len(rows)


def keys_of_open_steps(dossier_ids: Iterable[int]) -> dict[int, list[str]]:
    """Keys of the open steps of these dossiers: one statement."""
    found: dict[int, list[str]] = defaultdict(list)
    for dossier_id, key in Step.objects.open().filter(process__in=list(dossier_ids)).values_list("process_id", "key"):
        found[dossier_id].append(key)
    return found


def look_again_at(duty: Apology, open_keys: Sequence[str], at: datetime) -> datetime | None:
    """When the rest of a dossier will not fit any more if nothing is done; None where it is late already, or will be.

    A proposal that waits says so itself.
    """
    dossier = duty.dossier
    if duty.proposed_at is not None or dossier.due_at is None or dossier.due_at <= at:
        return None
    timetable = timetable_for(dossier.calendar_code)
    graph = kept_version(dossier).graph
    rest = plan(graph=graph, open_keys=open_keys, due_at=dossier.due_at, at=at, timetable=timetable)
    if not rest.can_be_kept:
        return None
    return min(dossier.due_at, timetable.add(at, rest.spare) + MINUTE)


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
    found = locked.select_related("statutory_clock").defer("search", "data", "result")
    dossiers = {dossier.pk: dossier for dossier in found}
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
    return Flag(
        dossier=duty.dossier, kind=Flag.Kind.NO_APOLOGY, evidence=evidence, raised_at=duty.look_at or duty.due_by
    )


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
        started_at = dossier.statutory_clock.started_at if dossier.statutory_clock else row.opened_at
        is_overdue = row.cause == Apology.Cause.OVERDUE and dossier.due_at <= at
        row.due_by = last_moment(dossier.due_at, started_at, timetable, book, is_overdue=is_overdue)
        row.due_at, row.look_at = dossier.due_at, None
        if row.missed_at is not None and row.due_by > at:
            row.missed_at = None
            found_again.append(dossier.pk)
    if rows:
        Apology.objects.bulk_update(rows, ["due_at", "due_by", "missed_at", "look_at"])
    if found_again:
        flags = Flag.objects.filter(dossier__in=found_again, kind=Flag.Kind.NO_APOLOGY, cleared_at__isnull=True)
        flags.update(cleared_at=at)
