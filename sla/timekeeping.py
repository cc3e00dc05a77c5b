"""The only place where clocks change.

A `Timekeeper` collects what one act does to any number of clocks and writes it in two statements: one for the clocks,
one for the lines of the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sla.alarms import plan_next_rung, ring_again
from sla.calendars import timetable_of
from sla.exceptions import WrongClockState
from sla.models import Clock, ClockInterval, ClockState, LedgerReason, PartyKind, Verdict
from sla.projecting import project
from sla.stops import close_stop, is_silent, open_stop
from sla.terms import Term
from sla.working_time import Timetable

CHANGING = [field.name for field in Clock._meta.concrete_fields if not field.primary_key]


@dataclass(frozen=True, slots=True)
class Party:
    """Who holds a dossier while time passes."""

    kind: str
    office_id: int | None = None
    user_id: int | None = None

    @classmethod
    def desk(cls, office_id: int, user_id: int | None = None) -> Party:
        """The one-stop desk of an office."""
        return cls(PartyKind.DESK, office_id, user_id)

    @classmethod
    def division(cls, office_id: int) -> Party:
        """An office, no person in it having taken the dossier yet."""
        return cls(PartyKind.DIVISION, office_id)

    @classmethod
    def person(cls, user_id: int, office_id: int | None = None) -> Party:
        """A person, working for an office."""
        return cls(PartyKind.PERSON, office_id, user_id)

    @classmethod
    def consulted(cls, office_id: int) -> Party:
        """An office whose answer is awaited."""
        return cls(PartyKind.CONSULTED, office_id)

    @classmethod
    def citizen(cls) -> Party:
        """The citizen, who is asked for papers."""
        return cls(PartyKind.CITIZEN)

    @classmethod
    def payment(cls) -> Party:
        """The citizen, who is asked for a payment."""
        return cls(PartyKind.PAYMENT)


def judge(due_at: datetime, ended_at: datetime, timetable: Timetable) -> Verdict:
    """Early on an earlier day than due, on time on that day, late after the due time."""
    if ended_at > due_at:
        return Verdict.LATE
    early = timetable.day_of(ended_at) < timetable.day_of(due_at)
    return Verdict.EARLY if early else Verdict.ON_TIME


def _cutoff_data(term: Term | None) -> dict[str, str] | None:
    if term is None or term.cutoff is None:
        return None
    return {"after": f"{term.cutoff.after:%H:%M}", "amount": str(term.cutoff.amount)}


class Timekeeper:
    """Changes clocks on behalf of one act, and saves them together.

    Args:
        at: when the act happens (aware).
        by_id: who does it; None for the system.
        ladder_id: the version of the ladder of alarms that clocks climb which start or start anew; None for the one
            that comes with the program.
    """

    def __init__(self, *, at: datetime, by_id: int | None, ladder_id: int | None = None) -> None:
        self.at = at
        self.by_id = by_id
        self.ladder_id = ladder_id
        self._clocks: dict[UUID, Clock] = {}
        self._lines: list[ClockInterval] = []

    def start(
        self,
        *,
        kind: str,
        term: Term | None,
        timetable: Timetable,
        party: Party,
        clause: str = "",
        not_after: datetime | None = None,
        rulebook: str = "",
        counting: dict[str, Any] | None = None,
        ladder_id: int | None = None,
        due_at: datetime | None = None,
    ) -> Clock:
        """Start a new clock; without a term and a due time of its own it has neither due time nor alarms.

        Args:
            kind: one of `ClockKind`.
            term: its budget.
            timetable: the published calendar version it runs on.
            party: who holds the dossier from now on.
            clause: the article of law behind the term.
            not_after: the dossier's own due time; no step is due later.
            rulebook: code of the rulebook whose rules hold.
            counting: what differs from the ordinary rules of counting (`sla.limits.CountingRules`).
            ladder_id: the version of the ladder of alarms; None for the timekeeper's.
            due_at: a due time that was promised rather than counted, where there is no term.
        """
        clock = Clock(
            kind=kind,
            calendar_version_id=timetable.version,
            amount=term.amount if term else None,
            unit=term.unit.value if term else None,
            cutoff=_cutoff_data(term),
            clause=clause,
            started_at=self.at,
            not_after=not_after,
            rulebook=rulebook,
            counting=counting or {},
            ladder_id=self.ladder_id if ladder_id is None else ladder_id,
            due_at=due_at,
            carried={},
        )
        self._project(clock, timetable)
        self._note(clock, LedgerReason.START, party=party, clause=clause)
        return clock

    def stop(self, clock: Clock, *, party: Party, note: str = "", clause: str = "", silent: bool = False) -> None:
        """Pause a running clock.

        While it is paused it has no due time. `silent` (the effect `pause_only`) leaves the due time as it is and only
        silences the alarms.

        Raises:
            WrongClockState: the clock does not run.
        """
        self._expect(clock, "stop", ClockState.RUNNING)
        before = clock.due_at
        clock.state, clock.stopped_at = ClockState.STOPPED, self.at
        open_stop(clock, self.at, silent=silent)
        clock.next_rung, clock.next_rung_at = "", None
        clock.due_at = clock.due_at if silent else None
        self._note(clock, LedgerReason.STOP, party=party, note=note, clause=clause, before=before)

    def resume(
        self, clock: Clock, *, party: Party, note: str = "", clause: str = "", not_after: datetime | None = None
    ) -> None:
        """Let a paused clock run on with what was left of its budget; after a silent pause the due time is unchanged.

        Raises:
            WrongClockState: the clock is not paused.
        """
        self._expect(clock, "resume", ClockState.STOPPED)
        before, silent = clock.due_at, is_silent(clock)
        clock.state, clock.stopped_at = ClockState.RUNNING, None
        clock.not_after = not_after or clock.not_after
        close_stop(clock, self.at)
        if silent:
            plan_next_rung(clock, timetable_of(clock.calendar_version_id))
        else:
            self._project(clock)
        self._note(clock, LedgerReason.RESUME, party=party, note=note, clause=clause, before=before)

    def restart(
        self, clock: Clock, *, party: Party, note: str = "", clause: str = "", not_after: datetime | None = None
    ) -> None:
        """Let a clock begin anew with its full budget, as after a supplement; all its alarms may fire again.

        Raises:
            WrongClockState: the clock has ended.

        Source:
            R11: the limit is counted from the beginning once the file is complete.
        """
        self._expect(clock, "restart", ClockState.RUNNING, ClockState.STOPPED)
        before = clock.due_at
        clock.state, clock.stopped_at = ClockState.RUNNING, None
        clock.run += 1
        clock.ladder_id = self.ladder_id
        clock.started_at, clock.not_after, clock.carried = self.at, not_after, {}
        self._project(clock)
        self._note(clock, LedgerReason.RESTART, party=party, note=note, clause=clause, before=before)

    def hand_over(self, clock: Clock, *, party: Party, note: str = "") -> None:
        """Note in the ledger who holds the dossier from now on; the clock itself does not change.

        Raises:
            WrongClockState: the clock has ended.
        """
        self._expect(clock, "hand over", ClockState.RUNNING, ClockState.STOPPED)
        line = self._line(clock, LedgerReason.HAND_OVER, party=party, note=note, before=clock.due_at)
        self._lines.append(line)

    def change_rules(
        self,
        clock: Clock,
        *,
        rulebook: str,
        counting: dict[str, Any] | None = None,
        not_after: datetime | None = None,
        note: str = "",
        clause: str = "",
    ) -> None:
        """Move an open clock to another rulebook; its start and its stops stay, and the alarms that fired and do
        not lie ahead again.

        Args:
            rulebook: code of the rulebook whose rules hold from now on.
            counting: how it is counted now, as for `start`; None leaves that as it is.
            not_after: the dossier's due time by the new rules, for the clock of a step.

        Raises:
            WrongClockState: the clock has ended.
        """
        self._expect(clock, "change rules", ClockState.RUNNING, ClockState.STOPPED)
        before, timetable = clock.due_at, timetable_of(clock.calendar_version_id)
        clock.rulebook, clock.not_after = rulebook, not_after or clock.not_after
        clock.counting = clock.counting if counting is None else counting
        if clock.state == ClockState.RUNNING:
            self._project(clock, timetable)
            ring_again(clock, timetable, at=self.at)
        elif is_silent(clock):
            project(clock, timetable)
        self._note(clock, LedgerReason.RULEBOOK, party=None, note=note, clause=clause, before=before)

    def end(self, clock: Clock, *, note: str = "", clause: str = "") -> str:
        """End a clock and judge it; one that is paused is judged as if it had just resumed.

        Returns:
            The verdict, empty for a clock without a budget.

        Raises:
            WrongClockState: the clock has ended before.
        """
        self._expect(clock, "end", ClockState.RUNNING, ClockState.STOPPED)
        before, timetable = clock.due_at, timetable_of(clock.calendar_version_id)
        if clock.state == ClockState.STOPPED:
            close_stop(clock, self.at)
            project(clock, timetable)
        clock.state, clock.stopped_at, clock.ended_at = ClockState.ENDED, None, self.at
        clock.next_rung, clock.next_rung_at = "", None
        clock.verdict = judge(clock.due_at, self.at, timetable) if clock.due_at else ""
        self._note(clock, LedgerReason.END, party=None, note=note, clause=clause, before=before)
        return clock.verdict

    def reopen(self, clock: Clock, *, party: Party, note: str = "") -> None:
        """Let an ended clock run on as if it had not ended, because what ended it was taken back.

        Raises:
            WrongClockState: the clock has not ended.
        """
        self._expect(clock, "reopen", ClockState.ENDED)
        before = clock.due_at
        clock.state, clock.ended_at, clock.verdict = ClockState.RUNNING, None, ""
        self._project(clock)
        self._note(clock, LedgerReason.RESUME, party=party, note=note, before=before)

    def save(self) -> None:
        """Write everything collected: one statement for the clocks, one for the ledger."""
        if self._clocks:
            Clock.objects.bulk_create(
                list(self._clocks.values()), update_conflicts=True, unique_fields=["id"], update_fields=CHANGING
            )
        if self._lines:
            ClockInterval.objects.bulk_create(self._lines)
        self._clocks, self._lines = {}, []

    def _expect(self, clock: Clock, act: str, *states: ClockState) -> None:
        if clock.state not in states:
            raise WrongClockState(act, clock.state)

    def _project(self, clock: Clock, timetable: Timetable | None = None) -> None:
        """Derive due time and next alarm from budget, start and stops."""
        known = timetable or timetable_of(clock.calendar_version_id)
        project(clock, known)
        plan_next_rung(clock, known)

    def _note(self, clock: Clock, reason: LedgerReason, *, party: Party | None, **words: Any) -> None:
        self._clocks[clock.pk] = clock
        self._lines.append(self._line(clock, reason, party=party, **words))

    def _line(
        self,
        clock: Clock,
        reason: LedgerReason,
        *,
        party: Party | None,
        note: str = "",
        clause: str = "",
        before: datetime | None = None,
    ) -> ClockInterval:
        return ClockInterval(
            clock_id=clock.pk,
            starts_at=self.at,
            state=clock.state,
            party=party.kind if party else "",
            party_office_id=party.office_id if party else None,
            party_user_id=party.user_id if party else None,
            reason=reason,
            note=note,
            clause=clause,
            due_before=before,
            due_after=clock.due_at,
            recorded_by_id=self.by_id,
        )
