"""Rungs: the moments at which somebody must be told about a clock, each of them once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now

from sla.calendars import timetable_of
from sla.models import AlarmClaim, Clock, ClockKind
from sla.stops import resuming_stops, stop_pairs
from sla.working_time import Timetable

APOLOGY_DAYS = 2


class Rung(StrEnum):
    """The rungs of a clock, in the order in which they fire when they fall together."""

    HALF = "half"
    EIGHTY = "eighty"
    APOLOGY = "apology"
    DUE = "due"
    AFTER = "after"


RUNGS = tuple(Rung)
SHARES = {Rung.HALF: (1, 2), Rung.EIGHTY: (4, 5)}
CLAIM = """
    INSERT INTO sla_alarmclaim (clock_id, run, rung, planned_at, fired_at)
    SELECT * FROM unnest(%s::uuid[], %s::smallint[], %s::varchar[], %s::timestamptz[], %s::timestamptz[])
    ON CONFLICT (clock_id, run, rung) DO NOTHING
    RETURNING clock_id, rung
"""


@dataclass(frozen=True, slots=True)
class FiredRung:
    """A rung that has just fired; `opens_apology` says that from now on an apology is owed if it will be late."""

    clock: Clock
    rung: Rung
    at_planned: datetime
    opens_apology: bool


def database_now() -> datetime:
    """The time on the database's clock, the one that all processes share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        row = cursor.fetchone()
    now: datetime = row[0]
    return now


def due_clock_ids(*, limit: int) -> list[UUID]:
    """The clocks with a rung that is due, oldest first; locks nothing.

    The caller locks the dossier (SKIP LOCKED), reads the clock again and calls `claim_rungs`.
    """
    ready = Clock.objects.filter(next_rung_at__lte=Now()).order_by("next_rung_at")
    return list(ready.values_list("pk", flat=True)[:limit])


def planned_rungs(clock: Clock, timetable: Timetable) -> dict[Rung, datetime]:
    """When each rung of the present run falls, in the order of time.

    Shares are shares of the working seconds from the start to the due time, without those in which the clock was
    stopped. The apology duty begins two working days before the due time, at the same time of day. A rung at or
    before the start is dropped.
    """
    if clock.due_at is None:
        return {}
    due_at = clock.due_at.astimezone(timetable.zone)
    found = {rung: _share(clock, timetable, due_at, *share) for rung, share in SHARES.items()}
    if clock.kind == ClockKind.STATUTORY:
        found[Rung.APOLOGY] = days_away(timetable, due_at, -APOLOGY_DAYS)
    found |= {Rung.DUE: due_at, Rung.AFTER: days_away(timetable, due_at, 1)}
    kept = [(at, RUNGS.index(rung), rung) for rung, at in found.items() if at > clock.started_at]
    return {rung: at for at, _, rung in sorted(kept)}


def _share(clock: Clock, timetable: Timetable, due_at: datetime, part: int, whole: int) -> datetime:
    """The instant at which a share of the clock's own working time has passed."""
    stops = stop_pairs(resuming_stops(clock), until=due_at)
    lost = sum((timetable.between(start, end) for start, end in stops), timedelta())
    left = (timetable.between(clock.started_at, due_at) - lost) * part // whole
    cursor = clock.started_at
    for start, end in stops:
        used = timetable.between(cursor, start)
        if used >= left:
            break
        left -= used
        cursor = end
    return timetable.add(cursor, max(left, timedelta()))


def days_away(timetable: Timetable, at: datetime, days: int) -> datetime:
    """The same time of day some working days later or earlier; never after that day's close of office."""
    day = timetable.day_of(at)
    target = timetable.working_day(day, days)
    closes = timetable.closes_on(target)
    if timetable.is_working_day(day) and at >= timetable.closes_on(day):
        return closes
    return min(closes, datetime.combine(target, at.timetz()))


def plan_next_rung(clock: Clock, timetable: Timetable) -> None:
    """Set the clock's next rung to the first one of this run that has not fired."""
    fired = clock.carried.get("fired", [])
    waiting = [(at, rung) for rung, at in planned_rungs(clock, timetable).items() if rung not in fired]
    clock.next_rung_at, clock.next_rung = waiting[0] if waiting else (None, "")


def claim_rungs(clocks: Sequence[Clock], *, at: datetime) -> list[FiredRung]:
    """Fire every rung of these clocks that is due, each exactly once, and move the clocks on to their next rung.

    Args:
        clocks: clocks whose dossier is locked by the caller, in the same transaction.
        at: now, from `database_now()`.

    Returns:
        What fired, in the order of time.
    """
    due = [claim for clock in clocks for claim in _advance(clock, at)]
    if not due:
        return []
    Clock.objects.bulk_update(
        {one.clock.pk: one.clock for one in due}.values(), ["next_rung", "next_rung_at", "carried"]
    )
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, _columns(due, at))
        won = set(cursor.fetchall())
    fired = [one for one in due if (one.clock.pk, one.rung.value) in won]
    return sorted(fired, key=lambda one: one.at_planned)


def _advance(clock: Clock, at: datetime) -> list[FiredRung]:
    """Move a clock past every rung that is due, and say which they were."""
    found: list[FiredRung] = []
    if clock.next_rung_at is None or clock.next_rung_at > at:
        return found
    timetable = timetable_of(clock.calendar_version_id)
    planned = planned_rungs(clock, timetable)
    fired = clock.carried.get("fired", [])
    for rung, moment in planned.items():
        if moment <= at and rung not in fired:
            found.append(FiredRung(clock, rung, moment, _opens_apology(clock, rung, planned)))
    clock.carried = {**clock.carried, "fired": [*fired, *(one.rung.value for one in found)]}
    plan_next_rung(clock, timetable)
    return found


def _opens_apology(clock: Clock, rung: Rung, planned: dict[Rung, datetime]) -> bool:
    """Where the limit is too short for an apology rung, the duty opens at 80 %."""
    if clock.kind != ClockKind.STATUTORY:
        return False
    return rung is (Rung.APOLOGY if Rung.APOLOGY in planned else Rung.EIGHTY)


def _columns(due: list[FiredRung], at: datetime) -> list[list[object]]:
    return [
        [one.clock.pk for one in due],
        [one.clock.run for one in due],
        [one.rung.value for one in due],
        [one.at_planned for one in due],
        [at for _ in due],
    ]


def fired_rungs(clock: Clock) -> list[AlarmClaim]:
    """The alarms of a clock that have fired, oldest first."""
    return list(clock.alarms.order_by("fired_at", "id"))
