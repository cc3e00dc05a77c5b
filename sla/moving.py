"""Open clocks on another version of their calendar: what each one's times become, very many at once.

The dates come from `sla.terms.deadline` and `sla.alarms`, which those of every other clock come from too. What makes
a million of them quick is that equal questions are asked once: a start is cut down to what the answer depends on.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sla.alarms import RungsAhead, ring_again, rungs_ahead
from sla.calendars import timetable_of
from sla.limits import CountingRules, Stop, Term
from sla.models import Clock
from sla.reducing import reduced_start
from sla.stops import ends_silently, resuming
from sla.terms import deadline
from sla.working_time import Timetable


class OpenClock(NamedTuple):
    """An open clock as the database gives it; `cutoff`, `counting`, `stops` and `fired` are texts of JSON."""

    id: str
    kind: str
    state: str
    version_id: int
    amount: Any
    unit: str | None
    cutoff: str | None
    counting: str
    ladder_id: int | None
    started_at: datetime
    not_after: datetime | None
    due_at: datetime | None
    provisional: bool
    stops: str | None
    fired: str | None


class Times(NamedTuple):
    """What a clock says on its new version; `fired` only where rungs that rang before lie ahead again."""

    due_at: datetime | None
    provisional: bool
    next_rung: str
    next_rung_at: datetime | None
    fired: list[str] | None = None


@dataclass(slots=True)
class _Budget:
    """All clocks with one budget: what their term is, and the answers found so far."""

    term: Term
    rules: CountingRules
    answers: dict[tuple[datetime, str | None], tuple[datetime, bool]]


class Mover:
    """Works out what clocks say on other versions of their calendars, each different question once.

    Args:
        timetables: those of versions that are not published yet.
    """

    def __init__(self, timetables: dict[int, Timetable] | None = None) -> None:
        self._timetables: dict[int, Timetable] = dict(timetables or {})
        self._budgets: dict[tuple[Any, ...], _Budget] = {}
        self._ahead: dict[tuple[Any, ...], RungsAhead] = {}
        self._stops: dict[str | None, tuple[bool, tuple[Stop, ...]]] = {None: (False, ())}
        self._fired: dict[str | None, frozenset[str]] = {None: frozenset()}

    def times(
        self, clock: OpenClock, version_id: int, *, not_after: datetime | None, at: datetime | None = None
    ) -> Times:
        """Due time and next alarm of an open clock on a version of its calendar.

        Args:
            clock: the clock as it stands.
            version_id: the published version it is moved to.
            not_after: the dossier's own due time; no step is due later.
            at: now; alarms that rang for a date that now lies ahead again will ring again.
        """
        timetable = self.timetable(version_id)
        due_at, provisional = self._due(clock, timetable, not_after)
        if clock.state != "running" or due_at is None:
            return Times(due_at, provisional, "", None)
        if at and clock.due_at and clock.due_at <= at < due_at and self._fired_of(clock):
            whole = _as_clock(clock, clock.started_at)
            whole.ladder_id, whole.due_at = clock.ladder_id, due_at
            whole.carried["fired"] = json.loads(clock.fired or "[]")
            if ring_again(whole, timetable, at=at):
                return Times(due_at, provisional, whole.next_rung, whole.next_rung_at, whole.carried["fired"])
        key = (version_id, clock.kind, clock.ladder_id, due_at)
        ahead = self._ahead.get(key)
        if ahead is None:
            ahead = self._ahead[key] = rungs_ahead(clock.kind, clock.ladder_id, due_at, timetable)
        at, rung = ahead.first(clock.started_at, self._stops_of(clock)[1], self._fired_of(clock))
        return Times(due_at, provisional, rung, at)

    def due(self, clock: OpenClock, version_id: int, *, not_after: datetime | None) -> datetime | None:
        """Only the due time; arguments as for `times`."""
        return self._due(clock, self.timetable(version_id), not_after)[0]

    def timetable(self, version_id: int) -> Timetable:
        """The timetable of a version; looked for once."""
        timetable = self._timetables.get(version_id)
        if timetable is None:
            timetable = self._timetables[version_id] = timetable_of(version_id)
        return timetable

    def _due(self, clock: OpenClock, timetable: Timetable, not_after: datetime | None) -> tuple[datetime | None, bool]:
        if clock.amount is None:
            return self._promised(clock, timetable), clock.provisional
        if clock.state == "stopped" and not self._stops_of(clock)[0]:
            return None, clock.provisional
        due_at, provisional = self._counted(clock, timetable)
        return (min(due_at, not_after) if not_after else due_at), provisional

    def _promised(self, clock: OpenClock, timetable: Timetable) -> datetime | None:
        """The close of office of the day that was promised; a day off gives way to the next working day."""
        if clock.kind != "reappointment" or clock.due_at is None:
            return None
        return timetable.closes_on(timetable.working_day(timetable.day_of(clock.due_at), 0))

    def _counted(self, clock: OpenClock, timetable: Timetable) -> tuple[datetime, bool]:
        """Count the term, or remember how it was counted for a clock that differs in nothing that matters."""
        key = (timetable.version, clock.amount, clock.unit, clock.cutoff, clock.counting)
        budget = self._budgets.get(key)
        if budget is None:
            budget = self._budgets[key] = _budget_of(clock)
        start = reduced_start(clock.started_at, budget.term, budget.rules, timetable.zone)
        answer = budget.answers.get((start, clock.stops))
        if answer is None:
            stops = self._stops_of(clock)[1]
            found = deadline(
                start=start, term=budget.term, timetable=timetable, stops=stops, rules=budget.rules, explain=False
            )
            answer = budget.answers[start, clock.stops] = (found.due_at, found.provisional)
        return answer

    def _stops_of(self, clock: OpenClock) -> tuple[bool, tuple[Stop, ...]]:
        """Whether the clock stands still without moving its date, and the stops that are made up for."""
        known = self._stops.get(clock.stops)
        if known is None:
            stored = json.loads(clock.stops or "[]")
            known = self._stops[clock.stops] = ends_silently(stored), tuple(resuming(stored))
        return known

    def _fired_of(self, clock: OpenClock) -> frozenset[str]:
        known = self._fired.get(clock.fired)
        if known is None:
            known = self._fired[clock.fired] = frozenset(json.loads(clock.fired or "[]"))
        return known


def _budget_of(clock: OpenClock) -> _Budget:
    whole = _as_clock(clock, clock.started_at)
    if whole.term is None:
        raise AssertionError("a clock with an amount has a term")
    return _Budget(whole.term, CountingRules.from_data(whole.counting), {})


def _as_clock(clock: OpenClock, started_at: datetime) -> Clock:
    """The clock as a model that is never saved, for the functions that count."""
    return Clock(
        id=UUID(str(clock.id)),
        kind=clock.kind,
        state=clock.state,
        amount=clock.amount,
        unit=clock.unit,
        cutoff=json.loads(clock.cutoff) if clock.cutoff else None,
        counting=json.loads(clock.counting or "{}"),
        started_at=started_at,
        carried={"stops": json.loads(clock.stops)} if clock.stops else {},
    )
