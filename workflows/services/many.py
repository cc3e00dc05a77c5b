"""Write many rows with one small statement: for the sweep, where the ORM takes longer than everything else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from uuid import UUID

from django.db import connection, models


@lru_cache(maxsize=32)
def _written(model: type[models.Model]) -> tuple[str, tuple[str, ...]]:
    """The statement for a table and the columns it takes; the key and what the database fills in are left out."""
    fields = [field for field in model._meta.concrete_fields if not field.primary_key and not field.has_db_default()]
    table = connection.ops.quote_name(model._meta.db_table)
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    types = ", ".join(f"{connection.ops.quote_name(str(f.column))} {f.db_type(connection)}" for f in fields)
    statement = f"INSERT INTO {table} ({names}) SELECT * FROM jsonb_to_recordset(%s::jsonb) AS given ({types}) "  # noqa: S608
    return statement, tuple(str(field.column) for field in fields)


def insert_new(rows: Sequence[models.Model], otherwise: str = "ON CONFLICT DO NOTHING") -> None:
    """Insert rows of one model, leaving out those that a unique rule of the table already knows.

    The keys that the database gives are not read back.

    Args:
        rows: the rows.
        otherwise: what happens instead with a row that is there already.
    """
    if not rows:
        return
    statement, names = _written(type(rows[0]))
    given = [{name: getattr(row, name) for name in names} for row in rows]
    with connection.cursor() as cursor:
        cursor.execute(statement + otherwise, [json.dumps(given, default=_plain, ensure_ascii=False)])


def _plain(value: object) -> str:
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)
