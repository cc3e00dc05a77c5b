"""Whether every ledger holds: parts make the whole, dates follow from the rules, copies say what they copy.

Reads in batches and keeps none, each batch as it was at one instant; changes nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from sla.alarms import database_now
from sla.calendars import timetable_of
from sla.exceptions import TimeError
from sla.ledger import SECOND, Line, seconds_by_party, stretches
from sla.models import Clock, ClockInterval, ClockState, LedgerReason
from sla.projecting import counted
from sla.stops import is_silent
from sla.timekeeping import Party, judge
from workflows.models import Consultation, Dossier, HeldTime, LedgerSum, Step
from workflows.services.summing import Ledger

BATCH = 500
COLUMNS = (
    "clock_id",
    "pk",
    "starts_at",
    "state",
    "reason",
    "due_after",
    "party",
    "party_office_id",
    "party_user_id",
)
CLOCKS = ("statutory_clock", "desk_clock", "citizen_clock", "reappointment_clock")


@dataclass(frozen=True, slots=True)
class Fault:
    """What does not hold: the dossier, the clock where it is one, which check, and a sentence."""

    code: str
    clock: str
    check: str
    words: str

    def as_data(self) -> dict[str, str]:
        """As JSON."""
        return {"code": self.code, "clock": self.clock, "check": self.check, "words": self.words}


@dataclass(slots=True)
class Verified:
    """How much was looked at, and the first faults found; `bad` counts dossiers with at least one."""

    dossiers: int = 0
    clocks: int = 0
    lines: int = 0
    bad: int = 0
    faults: list[Fault] = field(default_factory=list)


@dataclass(slots=True)
class Read:
    """One batch, read at one instant."""

    clocks: dict[UUID, Clock] = field(default_factory=dict)
    lines: dict[UUID, list[Line]] = field(default_factory=lambda: defaultdict(list))
    steps: dict[int, list[Step]] = field(default_factory=lambda: defaultdict(list))
    others: dict[int, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    sums: dict[int, LedgerSum] = field(default_factory=dict)
    held: dict[int, dict[Party, int]] = field(default_factory=lambda: defaultdict(dict))

    def clocks_of(self, dossier: Dossier) -> list[Clock]:
        """Every clock of a dossier: its own, those of its steps and of the offices it asked."""
        own = [getattr(dossier, f"{name}_id") for name in CLOCKS]
        wanted = [*own, *(step.clock_id for step in self.steps[dossier.pk]), *self.others[dossier.pk]]
        return [self.clocks[pk] for pk in wanted if pk is not None]


def verify_ledgers(
    dossiers: QuerySet[Dossier] | None = None,
    *,
    most: int = 20,
    batch: int = BATCH,
    progress: Callable[[int], None] | None = None,
) -> Verified:
    """Look at every dossier's ledger and clocks.

    Args:
        dossiers: which; by default all.
        most: how many faults are kept; all are counted.
        batch: dossiers read at once.
        progress: called after each batch with the number of dossiers looked at.
    """
    found, after = Verified(), 0
    chosen = Dossier.objects.all() if dossiers is None else dossiers
    while True:
        rows = _verify_batch(chosen.filter(pk__gt=after).order_by("pk")[:batch], found, most)
        if not rows:
            return found
        after = rows[-1].pk
        if progress is not None:
            progress(found.dossiers)


def _verify_batch(dossiers: QuerySet[Dossier], found: Verified, most: int) -> list[Dossier]:
    nested = connection.in_atomic_block
    with transaction.atomic():
        if not nested:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        rows, at = list(dossiers.defer("search", "data", "submitter")), database_now()
        read = _read(rows)
    for dossier in rows:
        faults = list(faults_of(dossier, read, at))
        found.bad += bool(faults)
        found.faults += faults[: max(most - len(found.faults), 0)]
    found.dossiers += len(rows)
    found.clocks += len(read.clocks)
    found.lines += sum(map(len, read.lines.values()))
    return rows


def _read(rows: Sequence[Dossier]) -> Read:
    read, ids = Read(), [row.pk for row in rows]
    for step in (
        Step.objects.human().filter(process__in=ids).only("pk", "process_id", "clock_id", "due_at", "status", "key")
    ):
        read.steps[step.process_id].append(step)
    asked = Consultation.objects.filter(dossier__in=ids, clock__isnull=False)
    for dossier_id, clock_id in asked.values_list("dossier_id", "clock_id"):
        read.others[dossier_id].append(clock_id)
    wanted = {getattr(row, f"{name}_id") for row in rows for name in CLOCKS}
    wanted |= {step.clock_id for steps in read.steps.values() for step in steps}
    wanted |= {clock_id for clock_ids in read.others.values() for clock_id in clock_ids}
    read.clocks = Clock.objects.in_bulk(wanted - {None})
    rows_of = ClockInterval.objects.filter(clock__in=read.clocks).order_by("pk").values_list(*COLUMNS)
    for clock_id, number, starts_at, state, reason, due_after, *party in rows_of:
        read.lines[clock_id].append(Line(number, starts_at, state, reason, Party(*party), due_after))
    read.sums = LedgerSum.objects.in_bulk(ids)
    for part in HeldTime.objects.filter(dossier__in=ids):
        read.held[part.dossier_id][Party(part.party, part.office_id, part.user_id)] = part.seconds
    return read


def faults_of(dossier: Dossier, read: Read, at: datetime) -> Iterator[Fault]:
    """Everything that does not hold on one dossier."""
    for clock in read.clocks_of(dossier):
        for check, words in (*_order(clock, read.lines[clock.pk]), *_date(clock)):
            yield Fault(dossier.code, f"{clock.kind} {clock.pk}", check, words)
    for check, words in (*_whole(dossier, read, at), *_copies(dossier, read), *_sums(dossier, read)):
        yield Fault(dossier.code, "", check, words)


Words = Iterator[tuple[str, str]]


def _order(clock: Clock, lines: Sequence[Line]) -> Words:
    """The lines are in the order of time, and the clock is as the last one left it."""
    if not lines or lines[0].reason != LedgerReason.START:
        yield "order", _("The ledger of this clock does not begin with its start.")
        return
    for before, after in pairwise(lines):
        if after.starts_at < before.starts_at:
            yield "order", _("Line %(line)d lies before the line above it.") % {"line": after.number}
    last = lines[-1]
    if last.state != clock.state:
        words = _("The clock is %(state)s, its last line says %(line)s.")
        yield "state", words % {"state": clock.state, "line": last.state}
    moment = {ClockState.STOPPED: clock.stopped_at, ClockState.ENDED: clock.ended_at}.get(ClockState(clock.state))
    turned = next(line.starts_at for line in reversed(lines) if line.state == last.state and _turns(line))
    if moment is not None and last.state == clock.state and turned != moment:
        yield "state", _("The clock says %(clock)s, its ledger %(line)s.") % _pair(moment, turned, "clock", "line")
    if last.due_after != clock.due_at:
        words = _("The clock is due at %(clock)s, its last line says %(line)s.")
        yield "due_at", words % _pair(clock.due_at, last.due_after, "clock", "line")


def _turns(line: Line) -> bool:
    """Whether a line starts, pauses or ends a clock, and does more than hand it over or move its date."""
    return line.reason in {
        LedgerReason.START,
        LedgerReason.RESTART,
        LedgerReason.STOP,
        LedgerReason.RESUME,
        LedgerReason.END,
    }


def _date(clock: Clock) -> Words:
    """The due time and the verdict are those that the one function gives."""
    if clock.term is not None:
        try:
            due_at = _due(clock)
        except TimeError as error:
            yield "due_at", _("The due time cannot be computed: %(error)s.") % {"error": error}
            return
        if due_at != clock.due_at:
            words = _("The clock is due at %(clock)s, the rules give %(rules)s.")
            yield "due_at", words % _pair(clock.due_at, due_at, "clock", "rules")
    verdict = ""
    if clock.ended_at is not None and clock.due_at is not None:
        verdict = judge(clock.due_at, clock.ended_at, timetable_of(clock.calendar_version_id))
    if verdict != clock.verdict:
        words = _("The verdict is “%(clock)s”, the rules give “%(rules)s”.")
        yield "verdict", words % {"clock": clock.verdict, "rules": verdict}


def _due(clock: Clock) -> datetime | None:
    if clock.state == ClockState.STOPPED and not is_silent(clock):
        return None
    found = counted(clock)
    if found is None:
        return clock.due_at
    return min(found.due_at, clock.not_after) if clock.not_after else found.due_at


def _whole(dossier: Dossier, read: Read, at: datetime) -> Words:
    """The parts of the applicant's own clock make the working time between its two ends, to the second."""
    clock = read.clocks.get(dossier.citizen_clock_id) if dossier.citizen_clock_id else None
    if clock is None:
        return
    timetable, until = timetable_of(clock.calendar_version_id), clock.ended_at or at
    parts = sum(seconds_by_party(stretches(read.lines[clock.pk], timetable, until=until)).values())
    begun = dossier.registered_at or dossier.received_at or clock.started_at
    begun = min(begun, clock.started_at)
    total = timetable.between(begun, until) // SECOND
    if parts != total:
        words = _("The parts make %(parts)d seconds, the whole is %(total)d.")
        yield "total", words % {"parts": parts, "total": total}
    if dossier.closed_at != clock.ended_at:
        words = _("The dossier was closed at %(dossier)s, the applicant's clock ended at %(clock)s.")
        yield "total", words % _pair(dossier.closed_at, clock.ended_at, "dossier", "clock")


def _copies(dossier: Dossier, read: Read) -> Words:
    """Dates and verdicts in the lists are those of the clocks."""
    clock = read.clocks.get(dossier.statutory_clock_id) if dossier.statutory_clock_id else None
    desk = read.clocks.get(dossier.desk_clock_id) if dossier.desk_clock_id else None
    deciding = clock or (desk if desk and desk.state == ClockState.RUNNING else None)
    if deciding is not None and dossier.due_at != deciding.due_at:
        words = _("The dossier is due at %(dossier)s, its clock at %(clock)s.")
        yield "copy", words % _pair(dossier.due_at, deciding.due_at, "dossier", "clock")
    if clock is not None and dossier.verdict != clock.verdict:
        words = _("The dossier's verdict is “%(dossier)s”, its clock's “%(clock)s”.")
        yield "copy", words % {"dossier": dossier.verdict, "clock": clock.verdict}
    for step in read.steps[dossier.pk]:
        own = read.clocks.get(step.clock_id) if step.clock_id else None
        expected = own.due_at if own is not None and step.status != STATUS.CANCELED else None
        if step.due_at != expected:
            words = _("Step “%(step)s” is due at %(dossier)s, its clock at %(clock)s.")
            yield "copy", words % ({"step": step.key} | _pair(step.due_at, expected, "dossier", "clock"))


def _sums(dossier: Dossier, read: Read) -> Words:
    """What was added up is what the ledger gave then."""
    kept, held = read.sums.get(dossier.pk), read.held[dossier.pk]
    if kept is None:
        if held:
            yield "sum", _("Time is kept by party, but no sum of it.")
        return
    if sum(held.values()) != kept.seconds:
        words = _("The kept parts make %(parts)d seconds, the kept sum is %(total)d.")
        yield "sum", words % {"parts": sum(held.values()), "total": kept.seconds}
    if kept.acts != dossier.acts:
        return
    clock = read.clocks.get(dossier.citizen_clock_id) if dossier.citizen_clock_id else None
    lines = tuple(read.lines[clock.pk]) if clock else ()
    ledger = Ledger(
        dossier.pk,
        dossier.acts,
        kept.calendar_version_id,
        clock.started_at if clock else None,
        clock.ended_at if clock else None,
        dossier.closed_at,
        lines,
    )
    again = ledger.summed(at=kept.counted_to)
    if {party: seconds for party, seconds in again.parts.items() if seconds} != held:
        yield "sum", _("The time kept by party is not what the ledger gives.")
    if (kept.is_final, kept.counted_to) != (again.is_final, again.counted_to):
        yield "sum", _("The sum was not counted up to the end of the ledger.")


def _pair(one: datetime | None, other: datetime | None, *names: str) -> dict[str, str]:
    shown = (f"{localtime(at):%H:%M:%S %d/%m/%Y}" if at else "–" for at in (one, other))
    return dict(zip(names, shown, strict=True))
