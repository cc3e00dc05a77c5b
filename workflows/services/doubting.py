"""Pauses that a supervisor should look at: opened when time was nearly up, or again and again.

last_tenth      the clock is stopped with a tenth of its time left, or less
stopped_again   it is stopped within three working days after it went on
twice_in_run    it is stopped a second time without having begun anew in between
no_slip         form 02 did not leave the office within a working day (see `watching_slips`)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sla.calendars import timetable_of
from sla.models import Clock
from sla.stops import resuming_stops, stop_pairs
from sla.terms import Term, Unit, deadline
from workflows.models import LegalStatus
from workflows.services.evidence import next_act, own_acts

if TYPE_CHECKING:
    from workflows.services.act import Act

SHARE_LEFT = 10  # one tenth
AGAIN_WITHIN = Term(Decimal(3), Unit.WORKING_DAY)
STOPS = ("request_supplement", "request_payment")
GOES_ON = ("accept_supplement", "confirm_payment")
CLOCK_RUNS = (LegalStatus.RECEIVED, LegalStatus.IN_PROCESS)


def flag_doubtful_stop(act: Act) -> None:
    """Flag the stop that this act makes, where it fits a pattern; called while the clock still runs."""
    clock = act.dossier.statutory_clock
    if clock is None or clock.state != "running":
        return
    past = read_pauses(act)
    patterns: dict[str, dict[str, Any]] = {}
    left, whole = time_at_stop(clock, act.at)
    if left * SHARE_LEFT <= whole:
        patterns["last_tenth"] = {"left_minutes": minutes(left), "of_minutes": minutes(whole)}
    if past.went_on_at is not None and goes_on_until(past.went_on_at, act) >= act.at:
        patterns["stopped_again"] = {"went_on_at": past.went_on_at.isoformat()}
    if past.stops_in_run:
        patterns["twice_in_run"] = {"stops": len(past.stops_in_run) + 1}
    if patterns:
        acts = [*own_acts(act.dossier, past.numbers if set(patterns) != {"last_tenth"} else ()), next_act(act)]
        act.flags.raise_again("pause", patterns=patterns, stop=act.dossier.acts + 1, acts=acts)


def time_at_stop(clock: Clock, at: datetime) -> tuple[timedelta, timedelta]:
    """Working time that is left at an instant, and what the clock had in all; what it stood still is no part of it."""
    timetable = timetable_of(clock.calendar_version_id)
    if clock.due_at is None:
        return timedelta(1), timedelta(1)
    stood = sum(
        (timetable.between(start, end) for start, end in stop_pairs(resuming_stops(clock), until=at)), timedelta()
    )
    return timetable.between(at, clock.due_at), timetable.between(clock.started_at, clock.due_at) - stood


def minutes(stretch: timedelta) -> int:
    """Whole minutes, none where the time has run out."""
    return max(0, int(stretch.total_seconds() // 60))


@dataclass(slots=True)
class Pauses:
    """What the trail says of earlier pauses of the statutory clock."""

    numbers: list[int] = field(default_factory=list)
    stops_in_run: list[int] = field(default_factory=list)
    went_on_at: datetime | None = None


def read_pauses(act: Act) -> Pauses:
    """The earlier pauses of the clock, and how many of them lie in its present run: one statement."""
    effects = {
        "accept_supplement": act.definition.supplement.effect.value,
        "confirm_payment": act.definition.payment.effect.value,
    }
    found, stopped = Pauses(), False
    rows = act.dossier.trail.filter(act__in=[*STOPS, *GOES_ON]).order_by("number")
    for number, name, at, before in rows.values_list("number", "act", "at", "status_before"):
        if name in STOPS:
            stopped = before in CLOCK_RUNS
            if stopped:
                found.numbers.append(number)
                found.stops_in_run.append(number)
        elif stopped:
            found.numbers.append(number)
            found.went_on_at = at
            if effects[name] == "restart":
                found.stops_in_run = []
    return found


def goes_on_until(went_on_at: datetime, act: Act) -> datetime:
    """Until when a new stop counts as following at once."""
    return deadline(start=went_on_at, term=AGAIN_WITHIN, timetable=act.timetable, explain=False).due_at
