"""Tables made ready for millions of rows, and put back afterwards exactly as they were.

Indexes are not dropped: PostgreSQL is told not to keep them up to date during the load, and rebuilds each from its own
definition afterwards, which also checks what is unique. Foreign keys and triggers sleep for the sessions that load
(`session_replication_role`); both need a superuser.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

ASLEEP = """
    UPDATE pg_index SET indisready = false WHERE indrelid IN (
        SELECT oid FROM pg_class WHERE relname = ANY(%s) AND relnamespace = 'public'::regnamespace)
"""
SEQUENCES = """
    SELECT pg_get_serial_sequence(quote_ident(relname), attname), quote_ident(relname)
    FROM pg_attribute JOIN pg_class ON pg_class.oid = attrelid
    WHERE relname = ANY(%s) AND relnamespace = 'public'::regnamespace AND attname = 'id' AND attidentity <> ''
"""


def run(sql: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
    """One statement; what it returns."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchall() if cursor.description else []


def require_superuser() -> None:
    """Refuse to begin where the load would fail later."""
    if not run("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")[0][0]:
        raise SystemExit("The generator needs a superuser of the database, since it loads without foreign keys.")


def sleep_checks() -> None:
    """Neither foreign keys nor triggers are checked in this session."""
    run("SET session_replication_role = replica")
    run("SET synchronous_commit = off")


def read_no_indexes() -> None:
    """Sleeping indexes find nothing in this session, since they are not asked."""
    for way in ("indexscan", "indexonlyscan", "bitmapscan"):
        run(f"SET enable_{way} = off")


def put_indexes_to_sleep(tables: Iterable[str]) -> None:
    """Indexes of these tables are not kept up to date until they are rebuilt."""
    run(ASLEEP, [list(tables)])


def rebuild(table: str) -> None:
    """Rebuild all indexes of a table."""
    run("SET maintenance_work_mem = '512MB'")
    run(f'REINDEX TABLE "{table}"')


def analyze(tables: Iterable[str]) -> None:
    """Note which pages everybody sees, and gather what the planner needs to know."""
    for table in tables:
        run(f'VACUUM (ANALYZE) "{table}"')


def set_sequences(tables: Iterable[str]) -> None:
    """The next id of each table comes after those that were loaded."""
    for sequence, table in run(SEQUENCES, [list(tables)]):
        run(f"SELECT setval('{sequence}', (SELECT coalesce(max(id), 0) + 1 FROM {table}), false)")  # noqa: S608


def raise_sequences(tables: Iterable[str]) -> None:
    """Ids given out from now on cannot be mistaken for anything else in a text."""
    for number, (sequence, _table) in enumerate(run(SEQUENCES, [sorted(tables)])):
        run(f"SELECT setval('{sequence}', {(700 + number) * 1_000_000_000})")
