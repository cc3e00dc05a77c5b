"""A clock's ledger read as stretches: who held what from when to when, in working seconds that add up. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sla.models import DATE_MOVES, ClockInterval, ClockState
from sla.timekeeping import Party
from sla.working_time import Timetable

SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Line:
    """What the reading of a ledger must know of one of its lines."""

    number: int
    starts_at: datetime
    state: str
    reason: str
    party: Party
    due_after: datetime | None = None

    @classmethod
    def of(cls, row: ClockInterval) -> Line:
        """The line of a stored row."""
        party = Party(row.party, row.party_office_id, row.party_user_id)
        return cls(row.pk, row.starts_at, row.state, row.reason, party, row.due_after)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the ledger: where it ends, its working seconds, and whether it still lasts."""

    line: Line
    ends_at: datetime
    seconds: int
    is_open: bool

    @property
    def starts_at(self) -> datetime:
        """Where the stretch begins."""
        return self.line.starts_at

    @property
    def party(self) -> Party:
        """Who held it."""
        return self.line.party


def stretches(lines: Iterable[Line], timetable: Timetable, *, until: datetime) -> Iterator[Stretch]:
    """Read the lines of one clock as stretches, in the order of time.

    A stretch lasts until the next line, the last one until the clock's end or `until`. Lines that only tell of a moved
    date hand nothing over and are no stretches; lines after `until` are left out. Working time is counted from the
    first line, in whole seconds, so the seconds of all stretches are exactly those from the first line to the end.

    Args:
        lines: the ledger of one clock, oldest first.
        timetable: whose working time is counted.
        until: where a stretch that still lasts is cut off.
    """
    held: Line | None = None
    begun: datetime | None = None
    passed = 0
    for line in lines:
        if line.reason in DATE_MOVES or line.starts_at > until:
            continue
        begun = begun or line.starts_at
        total = timetable.between(begun, line.starts_at) // SECOND
        if held is not None:
            yield Stretch(held, line.starts_at, total - passed, is_open=False)
        passed, held = total, None if line.state == ClockState.ENDED else line
    if held is not None and begun is not None:
        yield Stretch(held, until, timetable.between(begun, until) // SECOND - passed, is_open=True)


def seconds_by_party(found: Iterable[Stretch]) -> dict[Party, int]:
    """Working seconds by party, in the order in which each held the dossier first."""
    sums: dict[Party, int] = {}
    for stretch in found:
        sums[stretch.party] = sums.get(stretch.party, 0) + stretch.seconds
    return sums
