"""New dates that were promised with an apology, when a calendar moves: a few statements for a batch, mostly none.

    the promised day is a day off now        ──▶ the next working day, with its reason in the ledger
    the file's own date lies no earlier now  ──▶ the promise ends; the file has one date again, by which it is judged

A promise never moves the date of the file, and neither is the apology changed: it keeps what was signed. The desk is
told, and tells the applicant.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from offices.models import Role
from sla.calendars import timetable_of
from sla.timekeeping import judge
from workflows.models import Dossier, Notice
from workflows.services import reprojecting_rows as table
from workflows.services.many import insert_new
from workflows.services.newest_versions import Newest

if TYPE_CHECKING:
    from workflows.services.reprojecting_batch import Line

ENDED = """
    WITH ended AS (
        UPDATE sla_clock SET state = 'ended', stopped_at = NULL, ended_at = %(at)s, next_rung = '', next_rung_at = NULL,
            verdict = new.verdict
        FROM unnest(%(ids)s::uuid[], %(verdicts)s::varchar[], %(whys)s::varchar[], %(by)s::bigint[])
            AS new (id, verdict, why, recorded_by)
        WHERE sla_clock.id = new.id RETURNING sla_clock.id, sla_clock.due_at, new.why, new.recorded_by
    )
    INSERT INTO sla_clockinterval (clock_id, starts_at, state, party, reason, note, clause, due_before, due_after,
        recorded_by_id)
    SELECT id, %(at)s, 'ended', '', 'end', why, '', due_at, due_at, recorded_by FROM ended
"""
DOSSIERS = """
    UPDATE workflows_dossier SET reappointed_at = new.promised
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS new (id, promised) WHERE workflows_dossier.id = new.id
"""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promised date on another version of its calendar; `due_at` is the date of the file, None while it has none."""

    line: Line
    due_at: datetime | None

    @property
    def promised_at(self) -> datetime | None:
        """The day it is moved to, which may be the one it was."""
        return self.line.times.due_at

    @property
    def is_overtaken(self) -> bool:
        """Whether the file's own date lies no earlier."""
        return overtakes(self.due_at, self.promised_at)

    @property
    def is_moved(self) -> bool:
        """Whether it is another date than before."""
        return self.promised_at != self.line.held.clock.due_at


def overtakes(due_at: datetime | None, promised_at: datetime | None) -> bool:
    """Whether the date of a file leaves nothing of a date that was promised."""
    return due_at is not None and promised_at is not None and promised_at <= due_at


def write_promises(lines: Sequence[Line], newest: Newest, at: datetime) -> None:
    """Write what becomes of the promised dates in a batch of moved clocks."""
    promised = [line for line in lines if line.held.place == "reappointment"]
    if not promised:
        return
    limits = {line.held.dossier_id: line.times.due_at for line in lines if line.held.place == "statutory"}
    found = [Promise(line, limits.get(line.held.dossier_id)) for line in promised]
    changed = [one for one in found if one.is_overtaken or one.is_moved]
    if not changed:
        return
    end_overtaken([one for one in changed if one.is_overtaken], newest, at)
    dates = table.moments(None if one.is_overtaken else one.promised_at for one in changed)
    table.run(DOSSIERS, [[one.line.held.dossier_id for one in changed], dates])
    tell_desks(changed, at)


def end_overtaken(promises: Sequence[Promise], newest: Newest, at: datetime) -> None:
    """End the clocks of promises that hold no more, each with a last line in its ledger."""
    if not promises:
        return
    whys = [one.line.why for one in promises]
    values = {
        "at": at,
        "ids": [one.line.held.clock.id for one in promises],
        "verdicts": [verdict_of(one, at) for one in promises],
        "whys": [newest.note(*why) if why else "" for why in whys],
        "by": [newest.versions[why[1]].published_by_id if why else None for why in whys],
    }
    table.run(ENDED, values)


def verdict_of(promise: Promise, at: datetime) -> str:
    """How a promise is judged that ends now, as by any other end of its clock."""
    timetable = timetable_of(promise.line.version_id)
    return str(judge(promise.promised_at, at, timetable)) if promise.promised_at else ""


def tell_desks(promises: Sequence[Promise], at: datetime) -> None:
    """Each desk hears what it must tell its applicants."""
    dossiers = Dossier.objects.filter(pk__in=[one.line.held.dossier_id for one in promises])
    desks = dict(dossiers.values_list("pk", "receiving_office_id"))
    insert_new([notice_of(one, desks[one.line.held.dossier_id], at) for one in promises])


def notice_of(promise: Promise, office_id: int, at: datetime) -> Notice:
    """What the desk hears of one promise."""
    line, before = promise.line, promise.line.held.clock.due_at
    new = promise.due_at if promise.is_overtaken else promise.promised_at
    return Notice(
        topic="promise_overtaken" if promise.is_overtaken else "promise_moved",
        dossier_id=line.held.dossier_id,
        office_id=office_id,
        role=Role.CLERK,
        created_at=at,
        payload={
            "due_at": before.isoformat() if before else None,
            "new_date_at": new.isoformat() if new else None,
        },
        idempotency_key=f"promise-{line.held.clock.id}-{line.version_id}",
    )
