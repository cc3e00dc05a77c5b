"""Reads the rows of one dossier from every table that has any, as COPY writes them."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO

from django.db import connection, models

from sla.models import ClockInterval
from workflows.models import Dossier, HeldTime, LedgerSum

SEPARATE = {HeldTime, LedgerSum}
Row = dict[str, str]


def child_models() -> Iterator[tuple[type[models.Model], str]]:
    """Every table whose rows belong to one dossier, with the name of the key."""
    for relation in Dossier._meta.related_objects:
        model = relation.related_model
        if not relation.many_to_many and model is not Dossier and model not in SEPARATE:
            yield model, relation.field.attname


def columns_of(model: type[models.Model]) -> list[str]:
    """The columns of a table in the order in which they are copied."""
    return [str(field.column) for field in model._meta.concrete_fields]


def copied(model: type[models.Model], condition: str) -> list[Row]:
    """Rows as COPY writes them."""
    columns = columns_of(model)
    names = ", ".join(f'"{column}"' for column in columns)
    order = '"starts_at", "id"' if model is ClockInterval else f'"{model._meta.pk.column}"'
    sql = f'COPY (SELECT {names} FROM "{model._meta.db_table}" WHERE {condition} ORDER BY {order}) TO STDOUT'  # noqa: S608
    text = StringIO()
    with connection.cursor() as cursor:
        cursor.copy_expert(sql, text)
    return [dict(zip(columns, line.split("\t"), strict=True)) for line in text.getvalue().split("\n")[:-1]]
