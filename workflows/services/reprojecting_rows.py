"""What a batch of moved clocks reads and writes: a handful of statements, whatever its size.

The values of a batch travel as whole columns, one text each, which is several times faster than row by row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from sla.moving import OpenClock

# The tables may have grown tenfold since they were last analysed; these plans must not depend on that.
STEADY_PLANS = """
    SELECT set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true),
           set_config('enable_seqscan', 'off', true)
"""
LOCK = """
    SELECT id, calendar_code, version_id, last_act_at, due_at, stuck_at FROM workflows_dossier
    WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
"""
BEHIND = """
    WITH behind AS MATERIALIZED (
        SELECT id, kind FROM sla_clock WHERE state <> 'ended' AND calendar_version_id = ANY(%(old)s)
    ), owners (id) AS (
        SELECT d.id FROM behind b JOIN workflows_dossier d ON d.statutory_clock_id = b.id WHERE b.kind = 'statutory'
        UNION
        SELECT d.id FROM behind b JOIN workflows_dossier d ON d.citizen_clock_id = b.id WHERE b.kind = 'citizen'
        UNION
        SELECT d.id FROM behind b JOIN workflows_dossier d ON d.desk_clock_id = b.id WHERE b.kind = 'desk'
        UNION
        SELECT d.id FROM behind b JOIN workflows_dossier d ON d.reappointment_clock_id = b.id
        WHERE b.kind = 'reappointment'
        UNION
        SELECT s.process_id FROM behind b JOIN workflows_step s ON s.clock_id = b.id
        WHERE b.kind = 'step' AND s.status IN ('NEW', 'ASSIGNED')
        UNION
        SELECT q.dossier_id FROM behind b JOIN workflows_consultation q ON q.clock_id = b.id
        WHERE b.kind = 'consultation'
    )
    SELECT id FROM owners WHERE id / %(block)s %% %(shares)s = %(share)s ORDER BY id
"""
READ = """
    WITH held (dossier_id, place, row_id, clock_id) AS (
        SELECT d.id, own.place, d.id, own.clock_id FROM workflows_dossier d, LATERAL (VALUES
            ('statutory', d.statutory_clock_id), ('desk', d.desk_clock_id), ('citizen', d.citizen_clock_id),
            ('reappointment', d.reappointment_clock_id)) own (place, clock_id)
        WHERE d.id = ANY(%(ids)s) AND own.clock_id IS NOT NULL
        UNION ALL
        SELECT s.process_id, 'step', s.id, s.clock_id FROM workflows_step s
        WHERE s.process_id = ANY(%(ids)s) AND s.clock_id IS NOT NULL AND s.status IN ('NEW', 'ASSIGNED')
        UNION ALL
        SELECT q.dossier_id, 'consultation', q.id, q.clock_id FROM workflows_consultation q
        WHERE q.dossier_id = ANY(%(ids)s) AND q.clock_id IS NOT NULL
    )
    SELECT held.dossier_id, held.place, held.row_id, c.id::text, c.kind, c.state, c.calendar_version_id, c.amount,
        c.unit, c.cutoff::text, c.counting::text, c.ladder_id, c.started_at, c.not_after, c.due_at, c.provisional,
        (c.carried -> 'stops')::text, (c.carried -> 'fired')::text
    FROM held JOIN sla_clock c ON c.id = held.clock_id
    WHERE c.state <> 'ended'
    ORDER BY held.dossier_id, held.place <> 'statutory', held.place, held.row_id
"""
CLOCKS = """
    UPDATE sla_clock SET calendar_version_id = new.version, not_after = new.cap, due_at = new.due,
        provisional = new.provisional, next_rung = new.rung, next_rung_at = new.rung_at
    FROM unnest(%s::uuid[], %s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::boolean[], %s::varchar[],
        %s::timestamptz[]) AS new (id, version, cap, due, provisional, rung, rung_at)
    WHERE sla_clock.id = new.id
"""
FIRED = """
    UPDATE sla_clock SET carried = jsonb_set(sla_clock.carried, '{fired}', new.fired::jsonb)
    FROM unnest(%s::uuid[], %s::text[]) AS new (id, fired)
    WHERE sla_clock.id = new.id
"""
LEDGER = """
    INSERT INTO sla_clockinterval (clock_id, starts_at, state, party, reason, note, clause, due_before, due_after,
        recorded_by_id)
    SELECT new.id, %s, new.state, '', why.reason, why.note, '', new.before, new.after, why.recorded_by
    FROM unnest(%s::uuid[], %s::varchar[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
        AS new (id, state, why, before, after)
    JOIN unnest(%s::bigint[], %s::varchar[], %s::varchar[], %s::bigint[]) AS why (id, reason, note, recorded_by)
        ON why.id = new.why
"""
DOSSIERS = """
    UPDATE workflows_dossier SET due_at = new.due, stuck_at = new.stuck
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS new (id, due, stuck)
    WHERE workflows_dossier.id = new.id
"""
STEPS = """
    UPDATE workflows_step SET due_at = new.due FROM unnest(%s::bigint[], %s::timestamptz[]) AS new (id, due)
    WHERE workflows_step.id = new.id
"""
CONSULTATIONS = """
    UPDATE workflows_consultation SET term_ends_at = new.due
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS new (id, due) WHERE workflows_consultation.id = new.id
"""
CLEAR = """
    UPDATE workflows_flag SET cleared_at = %s, evidence = evidence || jsonb_build_object('date_moved',
        jsonb_build_object('why', new.why, 'due_at', new.due))
    FROM unnest(%s::bigint[], %s::bigint[], %s::varchar[], %s::text[], %s::text[])
        AS new (dossier, step, kind, due, why)
    WHERE workflows_flag.cleared_at IS NULL AND workflows_flag.dossier_id = new.dossier
        AND workflows_flag.kind = new.kind AND workflows_flag.step_id IS NOT DISTINCT FROM new.step
"""
RAISE = """
    INSERT INTO workflows_flag (dossier_id, step_id, kind, evidence, raised_at)
    SELECT new.dossier, new.step, new.kind,
        jsonb_build_object('due_at', new.due, 'why', new.why, 'found_at', %s::text), new.at
    FROM unnest(%s::bigint[], %s::bigint[], %s::varchar[], %s::text[], %s::text[], %s::timestamptz[])
        AS new (dossier, step, kind, due, why, at)
    ON CONFLICT DO NOTHING
"""


class Held(NamedTuple):
    """An open clock and what holds it: the dossier itself, a step, or a consultation."""

    dossier_id: int
    place: str
    row_id: int
    clock: OpenClock


class Locked(NamedTuple):
    """A dossier whose row this transaction holds."""

    id: int
    calendar_code: str
    version_id: int
    last_act_at: datetime
    due_at: datetime | None
    stuck_at: datetime | None


def column(values: Iterable[Any]) -> str:
    """The values of a column as one text, which PostgreSQL reads as an array; for values without spaces and commas."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def moments(values: Iterable[datetime | None]) -> str:
    """Instants as one text."""
    return "{" + ",".join(["NULL" if value is None else value.isoformat() for value in values]) + "}"


def words(values: Iterable[str]) -> str:
    """Short names, or nothing, as one text."""
    return "{" + ",".join([f'"{value}"' for value in values]) + "}"


def run(statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> None:
    """Run a statement that answers nothing."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def rows(statement: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """Run a statement and read its whole answer."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def lock_dossiers(dossier_ids: Sequence[int]) -> list[Locked]:
    """Lock dossiers without waiting; what an act holds is left out."""
    run(STEADY_PLANS)
    return [Locked(*row) for row in rows(LOCK, [list(dossier_ids)])]


def open_clocks(dossier_ids: Sequence[int]) -> list[Held]:
    """Every open clock of locked dossiers, the legal limit of each dossier first."""
    found = rows(READ, {"ids": list(dossier_ids)})
    return [Held(row[0], row[1], row[2], OpenClock._make(row[3:])) for row in found]
