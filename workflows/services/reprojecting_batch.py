"""One batch of moved clocks: worked out in memory, then written in a few statements."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from itertools import groupby

from procedures.definition import Definition
from procedures.models import ProcedureVersion
from sla.alarms import is_among
from sla.models import ClockState
from sla.moving import Mover, Times
from sla.reducing import reduced_start
from sla.terms import DEFAULT_RULES, Term, Unit, deadline
from workflows.models import Flag
from workflows.services import reprojecting_rows as table
from workflows.services.moved_promises import write_promises
from workflows.services.moved_reviews import MovedLimit, note_moved_limits
from workflows.services.newest_versions import Newest
from workflows.services.reprojecting_rows import Held, Locked

BATCH = 10_000
UNTOLD = 0
REVIEWED = ("statutory", "consultation")  # whose missed limits have a review
Why = tuple[int, int]


@dataclass(slots=True)
class Line:
    """A clock with what it becomes; `why` is the pair of versions it moves between, or moves along with."""

    held: Held
    version_id: int
    not_after: datetime | None
    times: Times
    why: Why | None


@dataclass(slots=True)
class Batch:
    """What one transaction changes; `left_from` is the first dossier that did not fit in."""

    lines: list[Line] = field(default_factory=list)
    dossiers: list[tuple[int, datetime | None, datetime | None]] = field(default_factory=list)
    left_from: int | None = None


class Batcher:
    """Works out batches, and remembers between them what was worked out before."""

    def __init__(self) -> None:
        self.mover = Mover()
        self._stuck: dict[tuple[int, int, datetime], datetime] = {}
        self._stuck_after: dict[int, int] = {}

    def batch(self, locked: Sequence[Locked], newest: Newest, at: datetime) -> Batch:
        """What must change on these dossiers, all clocks of a dossier together."""
        work, by_id = Batch(), {dossier.id: dossier for dossier in locked}
        for dossier_id, group in groupby(table.open_clocks(list(by_id)), key=lambda held: held.dossier_id):
            lines = list(self.lines(list(group), newest, at))
            if work.lines and len(work.lines) + len(lines) > BATCH:
                work.left_from = dossier_id
                break
            if lines:
                work.lines += lines
                self.note_dossier(work, by_id[dossier_id], lines, newest, at)
        return work

    def lines(self, clocks: Sequence[Held], newest: Newest, at: datetime) -> Iterator[Line]:
        """The clocks of one dossier that change: those behind, and steps whose dossier is due at another time."""
        limit: datetime | None = None
        along: Why | None = None
        for held in clocks:
            clock = held.clock
            target = newest.of(clock.version_id)
            moves = target != clock.version_id
            cap = limit if held.place == "step" and limit else clock.not_after
            times: Times | None = None
            if moves or cap != clock.not_after:
                times = self.mover.times(clock, target, not_after=cap, at=at)
                why = (clock.version_id, target) if moves else along
                told = moves or times.due_at != clock.due_at
                yield Line(held, target, cap, times, why if told else None)
            if held.place == "statutory":
                limit = times.due_at if times else clock.due_at
                along = (clock.version_id, target) if moves else None

    def note_dossier(self, work: Batch, dossier: Locked, lines: Sequence[Line], newest: Newest, at: datetime) -> None:
        """Keep the dossier's copies of its due time, and when it counts as stuck."""
        due_at, stuck_at = dossier.due_at, dossier.stuck_at
        own = {line.held.place: line for line in lines}
        leading = own.get("statutory") or own.get("desk")
        if leading is not None and dossier.due_at == leading.held.clock.due_at:
            due_at = leading.times.due_at
        if stuck_at is not None and stuck_at > at:
            stuck_at = self.stuck_at(dossier, newest.by_code.get(dossier.calendar_code))
        if (due_at, stuck_at) != (dossier.due_at, dossier.stuck_at):
            work.dossiers.append((dossier.id, due_at, stuck_at))

    def stuck_at(self, dossier: Locked, version_id: int | None) -> datetime | None:
        """When the dossier counts as stuck by a version of its calendar, if nothing happens."""
        if version_id is None:
            return dossier.stuck_at
        timetable, days = self.mover.timetable(version_id), self.stuck_after(dossier.version_id)
        term = Term(Decimal(days), Unit.WORKING_DAY)
        key = (version_id, days, reduced_start(dossier.last_act_at, term, DEFAULT_RULES, timetable.zone))
        if key not in self._stuck:
            self._stuck[key] = deadline(start=key[2], term=term, timetable=timetable, explain=False).due_at
        return self._stuck[key]

    def stuck_after(self, version_id: int) -> int:
        """After how many working days a dossier of a procedure version counts as stuck; all are read at once."""
        if version_id not in self._stuck_after:
            usual = Definition.model_fields["stuck_after"].default
            found = ProcedureVersion.objects.values_list("pk", "definition__stuck_after")
            self._stuck_after = {pk: usual if days is None else days for pk, days in found}
        return self._stuck_after[version_id]


def write(work: Batch, newest: Newest, at: datetime) -> None:
    """Write a batch: clocks, ledger, copies of the dates, flags."""
    lines = work.lines
    clocks = [line.held.clock for line in lines]
    ids = table.column(clock.id for clock in clocks)
    due = table.moments(line.times.due_at for line in lines)
    table.run(
        table.CLOCKS,
        [
            ids,
            table.column(line.version_id for line in lines),
            table.moments(line.not_after for line in lines),
            due,
            table.column(line.times.provisional for line in lines),
            table.words(line.times.next_rung for line in lines),
            table.moments(line.times.next_rung_at for line in lines),
        ],
    )
    again = [line for line in lines if line.times.fired is not None]
    if again:
        fired = [json.dumps(line.times.fired) for line in again]
        table.run(table.FIRED, [table.column(line.held.clock.id for line in again), fired])
    whys = {why: number for number, why in enumerate(dict.fromkeys(one.why for one in lines if one.why), start=1)}
    table.run(
        table.LEDGER,
        [
            at,
            ids,
            table.column(clock.state for clock in clocks),
            table.column(whys.get(line.why, UNTOLD) if line.why else UNTOLD for line in lines),
            table.moments(clock.due_at for clock in clocks),
            due,
            list(whys.values()),
            [newest.reason(*why) for why in whys],
            [newest.note(*why) for why in whys],
            [newest.versions[why[1]].published_by_id for why in whys],
        ],
    )
    write_copies(work)
    write_flags(work, newest, at)
    write_promises(lines, newest, at)


def write_copies(work: Batch) -> None:
    """Bring the copies of the due times, by which lists are sorted, up to date."""
    if work.dossiers:
        ids, due, stuck = zip(*work.dossiers, strict=True)
        table.run(table.DOSSIERS, [table.column(ids), table.moments(due), table.moments(stuck)])
    for place, statement in (("step", table.STEPS), ("consultation", table.CONSULTATIONS)):
        moved = [
            line
            for line in work.lines
            if line.held.place == place and line.times.due_at and line.times.due_at != line.held.clock.due_at
        ]
        if moved:
            due_column = table.moments(line.times.due_at for line in moved)
            table.run(statement, [table.column(line.held.row_id for line in moved), due_column])


@dataclass(slots=True)
class Turned:
    """A flag that a moved date raises or clears."""

    dossier_id: int
    step_id: int | None
    kind: str
    line: Line


def write_flags(work: Batch, newest: Newest, at: datetime) -> None:
    """Clear what is late no more, and raise what is late although its alarm has rung before; tell the reviews.

    An alarm that has not rung is left to the sweep: it tells people, too.
    """
    cleared, raised = [], []
    turned = [line for line in work.lines if turns(line, at)]
    for line in turned:
        late, after = late_flag(line), line.times.due_at
        if late is None or after is None:
            continue
        if after > at:
            cleared.append(late)
            raised += soon_flags(line, late)
        elif has_rung(line, "due"):
            raised.append(late)
            cleared += soon_flags(line, late)
    if cleared:
        table.run(table.CLEAR, [at, *_columns(cleared, newest)])
    if raised:
        times = table.moments(min(at, one.line.times.due_at or at) for one in raised)
        table.run(table.RAISE, [at.isoformat(), *_columns(raised, newest), times])
    note_moved_limits([limit for line in turned for limit in moved_limits(line, newest, at)], at=at)


def turns(line: Line, at: datetime) -> bool:
    """Whether a date that had passed lies ahead now, or the other way round."""
    before, after = line.held.clock.due_at, line.times.due_at
    return before is not None and after is not None and (before <= at) != (after <= at)


def moved_limits(line: Line, newest: Newest, at: datetime) -> list[MovedLimit]:
    """What the review of a missed limit learns of a date that turned; nothing where it was moved into the past."""
    due_at = line.times.due_at
    if line.held.place not in REVIEWED or due_at is None or due_at <= at:
        return []
    return [MovedLimit(line.held.clock.id, due_at, newest.note(*line.why) if line.why else "")]


def late_flag(line: Line) -> Turned | None:
    """The flag that says a clock is late; new dates after an apology and consultations have none."""
    held = line.held
    if held.place == "step":
        return Turned(held.dossier_id, held.row_id, Flag.Kind.STEP_OVERDUE, line)
    if held.place in {"statutory", "desk"}:
        return Turned(held.dossier_id, None, Flag.Kind.OVERDUE, line)
    return None


def soon_flags(line: Line, late: Turned) -> list[Turned]:
    """The flag “due soon” of a dossier whose alarm at 80 % has rung; a dossier that is late has it no more."""
    running = line.held.clock.state == ClockState.RUNNING
    if late.step_id is not None or not running or not has_rung(line, "eighty"):
        return []
    return [Turned(late.dossier_id, None, Flag.Kind.DUE_SOON, line)]


def has_rung(line: Line, duty: str) -> bool:
    """Whether the alarm that acts as `eighty` or `due` has fired."""
    clock = line.held.clock
    return is_among(json.loads(clock.fired or "[]"), clock.ladder_id, duty)


def _columns(flags: Sequence[Turned], newest: Newest) -> list[object]:
    return [
        [one.dossier_id for one in flags],
        [one.step_id for one in flags],
        [str(one.kind) for one in flags],
        [one.line.times.due_at.isoformat() if one.line.times.due_at else None for one in flags],
        [newest.note(*one.line.why) if one.line.why else "" for one in flags],
    ]
