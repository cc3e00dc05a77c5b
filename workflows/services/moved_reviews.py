"""What reviews of missed limits learn when a calendar or a rulebook moves the date ahead: one statement for a batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

# The date of a clock that had passed lies ahead; what was concluded stays as it was.
DATE_MOVED = """
    UPDATE workflows_breachreview SET evidence = evidence || jsonb_build_object('date_moved',
        jsonb_build_object('why', new.why, 'due_at', new.due, 'noted_at', %s::text))
    FROM unnest(%s::uuid[], %s::text[], %s::text[]) AS new (clock, due, why) JOIN sla_clock ON sla_clock.id = new.clock
    WHERE workflows_breachreview.clock_id = new.clock AND workflows_breachreview.run = sla_clock.run
        AND workflows_breachreview.state IN ('open', 'explained')
"""


@dataclass(frozen=True, slots=True)
class MovedLimit:
    """A clock whose date had passed and now lies ahead, and why."""

    clock_id: UUID | str
    due_at: datetime
    why: str


def note_moved_limits(moved: Sequence[MovedLimit], *, at: datetime) -> None:
    """Write into the reviews of these clocks that the date was moved; one statement, none where nothing was moved."""
    if not moved:
        return
    columns = [[str(one.clock_id) for one in moved], [one.due_at.isoformat() for one in moved]]
    with connection.cursor() as cursor:
        cursor.execute(DATE_MOVED, [at.isoformat(), *columns, [one.why for one in moved]])
