"""What publishing a calendar would change, said before anything changes.

The dates come from the function that every date comes from. Each different question is asked once: the database
only puts together the clocks that ask the same one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from sla.calendars import timetable_from_spec
from sla.models import CalendarVersion
from sla.moving import Mover, OpenClock
from workflows.services.calendar_drafts import content_to_publish, drafts_of_act, fingerprint_of

LATE, PUNCTUAL, MOVED = "late", "punctual", "moved"
EFFECTS = (LATE, PUNCTUAL, MOVED)
EXAMPLES = 200
EACH = 3
# A term is counted from the whole minute of its start (the contract of `sla.terms.deadline`).
SAME_QUESTION = """
    SELECT ids[1], kind, state, calendar_version_id, amount, unit, cutoff::text, counting::text, NULL, started,
        not_after, due_at, provisional, stops::text, NULL, number, ids
    FROM (
        SELECT kind, state, calendar_version_id, amount, unit, cutoff, counting,
            date_trunc('minute', started_at) started, not_after, due_at, provisional, carried -> 'stops' stops,
            count(*) number, (array_agg(id))[1:%(each)s]::text[] ids
        FROM sla_clock
        WHERE state <> 'ended' AND kind IN ('statutory', 'desk') AND due_at IS NOT NULL
            AND calendar_version_id = ANY(%(versions)s)
        GROUP BY kind, state, calendar_version_id, amount, unit, cutoff, counting, date_trunc('minute', started_at),
            not_after, due_at, provisional, carried -> 'stops'
    ) questions
"""
CLOCKS = """
    SELECT kind, count(*) FROM sla_clock
    WHERE state <> 'ended' AND calendar_version_id = ANY(%(versions)s) GROUP BY kind ORDER BY kind
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A clock whose date would move."""

    clock_id: str
    before: str
    after: str


@dataclass(slots=True)
class Foreseen:
    """What an act would change.

    Attributes:
        content: the fingerprint of what would hold.
        clocks: how many open clocks get the new version, by kind.
        dossiers: how many dossiers have a date by this calendar now.
        moved: how many of these dates move; `late` and `punctual` of them pass now.
        examples: some of them, by effect.
    """

    at: str
    content: str = ""
    clocks: dict[str, int] = field(default_factory=dict)
    dossiers: int = 0
    moved: int = 0
    late: int = 0
    punctual: int = 0
    examples: dict[str, list[Example]] = field(default_factory=lambda: {effect: [] for effect in EFFECTS})

    @property
    def all_clocks(self) -> int:
        """All clocks that get the new version."""
        return sum(self.clocks.values())

    def as_data(self) -> dict[str, Any]:
        """The numbers, as they are kept with the order."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name != "examples"}

    def add(self, clock: OpenClock, after: datetime, number: int, ids: list[str], at: datetime) -> None:
        """Count the clocks that ask one question."""
        before = clock.due_at
        if before is None or before == after:
            return
        self.moved += number
        effect = LATE if before >= at > after else PUNCTUAL if before < at <= after else MOVED
        self.late += number if effect == LATE else 0
        self.punctual += number if effect == PUNCTUAL else 0
        kept = self.examples[effect]
        kept += [Example(one, before.isoformat(), after.isoformat()) for one in ids[: EXAMPLES - len(kept)]]


def foresee(*, act_key: UUID, at: datetime) -> Foreseen:
    """Say which dates publishing the drafts of an act now would move, and change nothing.

    Args:
        act_key: the act.
        at: the instant by which lateness is judged (aware).
    """
    drafts, clocks = drafts_of_act(act_key), Counter[str]()
    seen = Foreseen(at.isoformat(), fingerprint_of(drafts))
    for draft in drafts:
        published = CalendarVersion.objects.filter(calendar=draft.calendar_id, published_at__isnull=False)
        versions: dict[str, Any] = {"versions": list(published.values_list("pk", flat=True)), "each": EACH}
        mover = Mover({draft.pk: timetable_from_spec(content_to_publish(draft), version=draft.pk)})
        with connection.cursor() as cursor:
            cursor.execute(CLOCKS, versions)
            clocks.update(dict(cursor.fetchall()))
            cursor.execute(SAME_QUESTION, versions)
            for row in cursor.fetchall():
                clock, number = OpenClock._make(row[:15]), row[15]
                after = mover.due(clock, draft.pk, not_after=clock.not_after)
                seen.dossiers += number
                if after is not None:
                    seen.add(clock, after, number, row[16], at)
    seen.clocks = dict(clocks)
    return seen
