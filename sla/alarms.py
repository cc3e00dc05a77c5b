"""Rungs: the moments at which somebody must be told about a clock, each of them once."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.db import connection
from django.db.models.functions import Now

from sla.calendars import timetable_of
from sla.ladder import ladder_of
from sla.ladder_spec import LadderSpec, Rung, When
from sla.limits import Stop
from sla.models import Clock, ClockKind
from sla.stops import resuming_stops, stop_pairs
from sla.working_time import Timetable

CLAIM = """
    INSERT INTO sla_alarmclaim (clock_id, run, rung, planned_at, fired_at)
    SELECT * FROM unnest(%s::uuid[], %s::smallint[], %s::varchar[], %s::timestamptz[], %s::timestamptz[])
    ON CONFLICT (clock_id, run, rung) DO NOTHING
    RETURNING clock_id, rung
"""
MOVE_ON = """
    UPDATE sla_clock SET next_rung = new.rung, next_rung_at = new.at, carried = new.carried::jsonb
    FROM unnest(%s::uuid[], %s::varchar[], %s::timestamptz[], %s::text[]) AS new (id, rung, at, carried)
    WHERE sla_clock.id = new.id
"""


@dataclass(frozen=True, slots=True)
class FiredRung:
    """A rung that has just fired.

    Attributes:
        rung: its key in the clock's ladder.
        acts_as: `eighty`, `apology` or `due` where it stands for one of these, else empty.
        opens_apology: whether from now on an apology is owed if the dossier will be late.
        spec: whom it tells, and by which ways.
        is_new: whether it rings for the first time in this run; after a move of the date it may ring again, and then
            tells nobody.
    """

    clock: Clock
    rung: str
    at_planned: datetime
    opens_apology: bool
    acts_as: str
    spec: Rung
    is_new: bool = True


def database_now() -> datetime:
    """The time on the database's clock, the one that all processes share."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT statement_timestamp()")
        row = cursor.fetchone()
    now: datetime = row[0]
    return now


def take_due_clocks(*, limit: int, besides: Collection[UUID] = ()) -> list[Clock]:
    """Clocks with a rung that is due, oldest first, their rows locked; what another process holds is left out.

    Found by the index on the next rung, so the cost follows what is due, not what is open. The caller then locks the
    dossiers without waiting for any, and calls `claim_rungs` in the same transaction.

    Args:
        limit: at most so many.
        besides: clocks seen before, to be left alone.
    """
    ready = Clock.objects.filter(next_rung_at__lte=Now()).exclude(pk__in=list(besides)).order_by("next_rung_at")
    return list(ready.select_for_update(skip_locked=True, no_key=True)[:limit])


def planned_rungs(clock: Clock, timetable: Timetable) -> dict[str, datetime]:
    """When each rung of the clock's ladder falls in the present run, in the order of time.

    Shares are shares of the working seconds from the start to the due time, without those in which the clock was
    stopped. A rung at or before the start is dropped.
    """
    if clock.due_at is None:
        return {}
    return dict(
        _moments(
            str(connection.settings_dict["NAME"]),
            clock.ladder_id,
            str(clock.kind),
            clock.started_at,
            clock.due_at,
            tuple(resuming_stops(clock)),
            timetable,
        )
    )


@lru_cache(maxsize=4096)
def _moments(
    database: str,
    ladder_id: int | None,
    kind: str,
    started_at: datetime,
    due_at: datetime,
    stops: tuple[Stop, ...],
    timetable: Timetable,
) -> tuple[tuple[str, datetime], ...]:
    """Worked out once for all clocks that began and end together; ids of ladders are only unique in their database."""
    due_at = due_at.astimezone(timetable.zone)
    pairs = stop_pairs(list(stops), until=due_at)
    found = [
        (_moment(rung.when, started_at, due_at, pairs, timetable), place, rung.key)
        for place, rung in enumerate(ladder_of(ladder_id).rungs)
        if rung.falls_on(kind)
    ]
    return tuple((key, at) for at, _, key in sorted(found) if at > started_at)


def _moment(
    when: When, started_at: datetime, due_at: datetime, stops: list[tuple[datetime, datetime]], timetable: Timetable
) -> datetime:
    """The instant a rung falls on."""
    if when.percent is not None:
        return _share(started_at, due_at, stops, timetable, when.percent)
    span = when.before or when.after
    if span is None:
        return due_at
    amount = -span.amount if when.before else span.amount
    if span.unit == "working_day":
        return days_away(timetable, due_at, amount)
    return timetable.add(due_at, timedelta(hours=amount))


def _share(
    started_at: datetime,
    due_at: datetime,
    stops: list[tuple[datetime, datetime]],
    timetable: Timetable,
    percent: int,
) -> datetime:
    """The instant at which a share of the clock's own working time has passed."""
    lost = sum((timetable.between(start, end) for start, end in stops), timedelta())
    left = (timetable.between(started_at, due_at) - lost) * percent // 100
    cursor = started_at
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


def ring_again(clock: Clock, timetable: Timetable, *, at: datetime) -> bool:
    """Take back what has fired but lies ahead now that the date was moved, and plan the next rung anew.

    The claims stay, so that a rung that rings again tells nobody a second time.

    Returns:
        Whether any rung was taken back.
    """
    fired, planned = clock.carried.get("fired", []), planned_rungs(clock, timetable)
    past = [key for key in fired if key not in planned or planned[key] <= at]
    if len(past) == len(fired):
        return False
    clock.carried = {**clock.carried, "fired": past}
    plan_next_rung(clock, timetable)
    return True


def plan_next_rung(clock: Clock, timetable: Timetable) -> None:
    """Set the clock's next rung to the first one of this run that has not fired."""
    clock.next_rung_at, clock.next_rung = None, ""
    if clock.due_at is not None:
        ahead = rungs_ahead(str(clock.kind), clock.ladder_id, clock.due_at, timetable)
        fired = clock.carried.get("fired", ())
        clock.next_rung_at, clock.next_rung = ahead.first(clock.started_at, tuple(resuming_stops(clock)), fired)


@dataclass(frozen=True, slots=True)
class RungsAhead:
    """The rungs of all clocks of one kind that are due together, of which only the first is ever worked out.

    Attributes:
        hanging: the rungs that hang on the due time, in the order of time: instant, place in the ladder, key.
        shares: the shares of the budget, the smallest first: percent, place, key.
    """

    due_at: datetime
    timetable: Timetable
    hanging: tuple[tuple[datetime, int, str], ...]
    shares: tuple[tuple[int, int, str], ...]

    def first(
        self, started_at: datetime, stops: tuple[Stop, ...], fired: Collection[str]
    ) -> tuple[datetime | None, str]:
        """The first of `planned_rungs` that has not fired; the ones behind it are not worked out."""
        found: tuple[datetime, int, str] | None = None
        for one in self.hanging:
            if one[2] not in fired and one[0] > started_at:
                found = one
                break
        for percent, place, key in self.shares:
            if key in fired:
                continue
            pairs = stop_pairs(list(stops), until=self.due_at) if stops else []
            at = _share(started_at, self.due_at, pairs, self.timetable, percent)
            if at > started_at:
                found = min(found, (at, place, key)) if found else (at, place, key)
                break
        return (found[0], found[2]) if found else (None, "")


def rungs_ahead(kind: str, ladder_id: int | None, due_at: datetime, timetable: Timetable) -> RungsAhead:
    """The rungs of clocks of a kind that climb one ladder and are due at one instant."""
    return _rungs_ahead(str(connection.settings_dict["NAME"]), ladder_id, kind, due_at, timetable)


@lru_cache(maxsize=16384)
def _rungs_ahead(database: str, ladder_id: int | None, kind: str, due_at: datetime, timetable: Timetable) -> RungsAhead:
    """Ids of ladders are only unique in their database."""
    local = due_at.astimezone(timetable.zone)
    rungs = [(place, rung) for place, rung in enumerate(ladder_of(ladder_id).rungs) if rung.falls_on(kind)]
    hanging = [
        (_moment(rung.when, local, local, [], timetable), place, rung.key)
        for place, rung in rungs
        if rung.when.percent is None
    ]
    shares = [(rung.when.percent, place, rung.key) for place, rung in rungs if rung.when.percent is not None]
    return RungsAhead(local, timetable, tuple(sorted(hanging)), tuple(sorted(shares)))


def claim_rungs(clocks: Sequence[Clock], *, at: datetime) -> list[FiredRung]:
    """Fire every rung of these clocks that is due, and move the clocks on to their next rung.

    Each is new exactly once in a run; one that rings again because the date was moved is not.

    Args:
        clocks: clocks whose dossier is locked by the caller, in the same transaction.
        at: now, from `database_now()`.

    Returns:
        What fired, in the order of time.
    """
    due = [claim for clock in clocks for claim in _advance(clock, at)]
    if not due:
        return []
    moved = list({one.clock.pk: one.clock for one in due}.values())
    with connection.cursor() as cursor:
        cursor.execute(MOVE_ON, _next_columns(moved))
        cursor.execute(CLAIM, _claim_columns(due, at))
        won = set(cursor.fetchall())
    fired = [replace(one, is_new=(one.clock.pk, one.rung) in won) for one in due]
    return sorted(fired, key=lambda one: one.at_planned)


def _advance(clock: Clock, at: datetime) -> list[FiredRung]:
    """Move a clock past every rung that is due, and say which they were."""
    found: list[FiredRung] = []
    if clock.next_rung_at is None or clock.next_rung_at > at:
        return found
    timetable, ladder = timetable_of(clock.calendar_version_id), ladder_of(clock.ladder_id)
    planned, fired = planned_rungs(clock, timetable), clock.carried.get("fired", [])
    opening = _opens_apology(clock, ladder, planned)
    by_key = {rung.key: rung for rung in ladder.rungs}
    for key, moment in planned.items():
        if moment <= at and key not in fired:
            spec = by_key[key]
            found.append(FiredRung(clock, key, moment, key == opening, spec.acts_as, spec))
    clock.carried = {**clock.carried, "fired": [*fired, *(one.rung for one in found)]}
    plan_next_rung(clock, timetable)
    return found


def _opens_apology(clock: Clock, ladder: LadderSpec, planned: dict[str, datetime]) -> str:
    """The rung that opens the duty to apologise; at 80 % where the limit is too short for a rung of its own."""
    if clock.kind != ClockKind.STATUTORY:
        return ""
    keys = {rung.acts_as: rung.key for rung in ladder.rungs}
    return keys["apology"] if keys["apology"] in planned else keys["eighty"]


def _next_columns(clocks: list[Clock]) -> list[list[object]]:
    return [
        [clock.pk for clock in clocks],
        [clock.next_rung for clock in clocks],
        [clock.next_rung_at for clock in clocks],
        [json.dumps(clock.carried) for clock in clocks],
    ]


def _claim_columns(due: list[FiredRung], at: datetime) -> list[list[object]]:
    return [
        [one.clock.pk for one in due],
        [one.clock.run for one in due],
        [one.rung for one in due],
        [one.at_planned for one in due],
        [at for _ in due],
    ]


def has_fired(clock: Clock, duty: str) -> bool:
    """Whether the rung that acts as `eighty`, `apology` or `due` has fired in the clock's present run."""
    return is_among(clock.carried.get("fired", []), clock.ladder_id, duty)


def is_among(fired: Collection[str], ladder_id: int | None, duty: str) -> bool:
    """Whether one of these rungs of a ladder acts as `eighty`, `apology` or `due`."""
    return any(rung.acts_as == duty and rung.key in fired for rung in ladder_of(ladder_id).rungs)
