"""The one place where a clock's due time is derived from what the clock keeps; it is also the one that explains it."""

from __future__ import annotations

from sla.calendars import timetable_of
from sla.limits import CountingRules, Deadline
from sla.models import Clock
from sla.stops import resuming_stops
from sla.terms import deadline
from sla.working_time import Timetable


def counted(clock: Clock, timetable: Timetable | None = None, *, explain: bool = False) -> Deadline | None:
    """Count a clock's term from its start, budget, stops, calendar and rules of counting.

    Args:
        clock: any clock none of whose counting stops is still open.
        timetable: the version of the calendar it runs on, where the caller has it at hand.
        explain: also list every stretch that was counted or skipped.

    Returns:
        The end of the term before the clock's own cap `not_after`; None for a clock without a budget.

    Raises:
        ClockStillStopped: the clock is stopped, and its remainder counts on afterwards.
        OutsideHorizon: the term ends beyond the years that can be computed.
    """
    term = clock.term
    if term is None:
        return None
    return deadline(
        start=clock.started_at,
        term=term,
        timetable=timetable or timetable_of(clock.calendar_version_id),
        stops=resuming_stops(clock),
        rules=CountingRules.from_data(clock.counting),
        explain=explain,
    )


def project(clock: Clock, timetable: Timetable | None = None) -> None:
    """Set a clock's due time and say whether it is provisional; a clock without a budget keeps what it has."""
    found = counted(clock, timetable)
    if found is None:
        return
    clock.due_at = min(found.due_at, clock.not_after) if clock.not_after else found.due_at
    clock.provisional = found.provisional
