"""Moves one clock to another version of its calendar as the program does: to the times that `sla.moving` gives it."""

import json

from sla.models import Clock, ClockInterval, LedgerReason
from sla.moving import Mover, OpenClock


def as_open(clock):
    """The clock as the database gives it to the mover."""
    return OpenClock(
        id=str(clock.pk),
        kind=clock.kind,
        state=clock.state,
        version_id=clock.calendar_version_id,
        amount=clock.amount,
        unit=clock.unit,
        cutoff=json.dumps(clock.cutoff) if clock.cutoff else None,
        counting=json.dumps(clock.counting),
        ladder_id=clock.ladder_id,
        started_at=clock.started_at,
        not_after=clock.not_after,
        due_at=clock.due_at,
        provisional=clock.provisional,
        stops=json.dumps(clock.carried["stops"]) if clock.carried.get("stops") else None,
        fired=json.dumps(clock.carried["fired"]) if clock.carried.get("fired") else None,
    )


def move(clock, timetable, *, at, by=None, note=""):
    """Put an open clock onto a published version, with its line in the ledger."""
    clock.refresh_from_db()
    times = Mover().times(as_open(clock), timetable.version, not_after=clock.not_after)
    ClockInterval.objects.create(
        clock=clock,
        starts_at=at,
        state=clock.state,
        reason=LedgerReason.CALENDAR,
        note=note,
        due_before=clock.due_at,
        due_after=times.due_at,
        recorded_by=by,
    )
    found = times._asdict()
    fired = found.pop("fired")
    if fired is not None:
        found["carried"] = {**clock.carried, "fired": fired}
    Clock.objects.filter(pk=clock.pk).update(calendar_version_id=timetable.version, **found)
    clock.refresh_from_db()
