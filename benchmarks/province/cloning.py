"""Many dossiers at once for measuring and crash tests: one real dossier, copied with its clocks and its open step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from workflows.models import Dossier, Step

NUMBERS = """
    CREATE TEMPORARY TABLE copies ON COMMIT DROP AS
    SELECT number, nextval(pg_get_serial_sequence('workflows_dossier', 'id')) AS dossier,
           nextval(pg_get_serial_sequence('workflows_step', 'id')) AS step,
           gen_random_uuid() AS statutory, gen_random_uuid() AS citizen, gen_random_uuid() AS of_step
    FROM generate_series(1, %(count)s) number
"""
CLOCKS = """
    INSERT INTO sla_clock SELECT made.* FROM copies, sla_clock old,
        LATERAL jsonb_populate_record(old, jsonb_build_object('id', copies.{column})) made
    WHERE old.id = %(clock)s
"""
DOSSIERS = """
    INSERT INTO workflows_dossier SELECT made.* FROM copies, workflows_dossier old,
        LATERAL jsonb_populate_record(old, jsonb_build_object('id', copies.dossier, 'code', %(code)s || copies.number,
            'statutory_clock_id', copies.statutory, 'citizen_clock_id', copies.citizen)) made
    WHERE old.id = %(dossier)s
"""
STEPS = """
    INSERT INTO workflows_step SELECT made.* FROM copies, workflows_step old,
        LATERAL jsonb_populate_record(old, jsonb_build_object('id', copies.step, 'process_id', copies.dossier,
            'clock_id', copies.of_step)) made
    WHERE old.id = %(step)s
"""


@transaction.atomic
def copy_dossier(dossier: Dossier, count: int, *, code: str) -> None:
    """Copy a dossier in its present state `count` times, each with clocks of its own; its trail is not copied.

    Args:
        code: what the file codes of the copies begin with.
    """
    step = Step.objects.open().get(process=dossier)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS copies")
        cursor.execute(NUMBERS, {"count": count})
        clocks = {
            "statutory": dossier.statutory_clock_id,
            "citizen": dossier.citizen_clock_id,
            "of_step": step.clock_id,
        }
        for column, clock_id in clocks.items():
            cursor.execute(CLOCKS.format(column=column), {"clock": clock_id})
        cursor.execute(DOSSIERS, {"dossier": dossier.pk, "code": code})
        cursor.execute(STEPS, {"step": step.pk})


RUN = """
    UPDATE sla_clock SET started_at = %(started)s, due_at = %(due)s, not_after = NULL, next_rung = %(rung)s,
        next_rung_at = %(at)s::timestamptz + random() * %(seconds)s * interval '1 second', carried = %(carried)s::jsonb
    WHERE id = ANY(%(ids)s::uuid[])
"""


def let_fall_due(
    clock_ids: Sequence[Any],
    *,
    started_at: datetime,
    due_at: datetime,
    at: datetime,
    seconds: float = 0.0,
    rung: str = "half",
    carried: str = "{}",
) -> None:
    """Give clocks a run whose next alarm falls at `at`, or at random within so many seconds after it."""
    with connection.cursor() as cursor:
        given = {"started": started_at, "due": due_at, "at": at, "seconds": seconds, "rung": rung, "carried": carried}
        cursor.execute(RUN, given | {"ids": [str(pk) for pk in clock_ids]})
