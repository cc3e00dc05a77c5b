"""How long every list would be: the numbers, the table and the heat map of the board, each in one statement.

    four sources ─▶ marked: one row per dossier, one bit per kind ─┐
    flags about one step ──────────────────────────────────────────┴▶ matter: once per open step, with its place
    matter ─▶ counted by kind, and by the dimensions asked for

Open dossiers are read first and their marks joined from outside: nothing tells the planner how many marks there are,
and the look-ups that it would choose for a few are slower than reading both sides once.
A dossier on which several steps are open stands in `matter` several times: it is marked `often` and counted once.
What is counted comes from the same sources as the lists; only where it stands is said here a second time, in SQL,
because it is said for a hundred thousand rows. The tests hold both against each other with random dossiers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, F, IntegerField, Value, When

from onestop.desk.reading.watch_choice import DIMENSIONS, Choice
from onestop.desk.reading.watch_kinds import KINDS
from onestop.desk.reading.watch_sources import (
    COUNTED,
    NOBODY,
    NOWHERE,
    SOURCES,
    Scope,
    Source,
    asked_dossiers,
    open_steps,
)
from workflows.models import Dossier, Step

Statement = tuple[str, tuple[Any, ...]]
Kinds = dict[str, int]

BITS: dict[str, int] = {kind: 1 << place for place, kind in enumerate(KINDS)}
ROLE, OWNER = "COALESCE(held.role, '')", f"COALESCE(held.owner_id, {NOBODY})"
PLACES: dict[str, str] = {
    "office": "COALESCE(held.office_id, file.receiving_office_id)",
    "procedure": "file.procedure_id",
    "person": OWNER,
    "party": (
        "CASE WHEN file.legal_status = 5 THEN 'citizen' WHEN file.legal_status = 6 THEN 'payment'"  # noqa: S608  # built from names of this package only
        " WHEN file.legal_status IN (2, 4) AND file.id IN (SELECT dossier FROM asked) THEN 'consulted'"
        f" WHEN {ROLE} IN ('', 'clerk') THEN 'desk' WHEN {OWNER} > 0 THEN 'person' ELSE 'division' END"
    ),
    "phase": f"COALESCE(held.phase, '{NOWHERE}')",
    "step": f"COALESCE(held.key, '{NOWHERE}')",
}
HELD = "id, process_id, office_id, owner_id, role, phase, key"
NUMBERS = ", ".join(f"COALESCE(sum(number) FILTER (WHERE mask & {bit} > 0), 0)::int" for bit in BITS.values())


def count_kinds(scope: Scope, choice: Choice) -> Kinds:
    """How long the list of each kind is under the present choice: one statement."""
    if set(choice.narrowed_by) - {"procedure"}:
        sql, values = statement(scope, choice, COUNTED, ())
        (row,) = run(sql, values)
        return dict(zip(KINDS, row, strict=True))
    found = dict(run(*without_places(scope, choice)))
    return {kind: found.get(BITS[kind], 0) for kind in KINDS}


def count_table(scope: Scope, choice: Choice, dimension: str) -> dict[str, Kinds]:
    """How long each list would be if one narrowed to each value of a dimension: one statement."""
    rows = run(*statement(scope, choice, COUNTED, (dimension,)))
    return {value: dict(zip(KINDS, numbers, strict=True)) for value, *numbers in rows}


def count_cells(scope: Scope, choice: Choice, column: str) -> dict[tuple[str, str], int]:
    """The open list spread over offices and another dimension: one statement; nothing for what nobody holds."""
    if not choice.is_watched:
        return {}
    place = len(("office", column)) + KINDS.index(choice.kind)
    rows = run(*statement(scope, choice, [SOURCES[choice.kind]], ("office", column)))
    return {(row[0], row[1]): row[place] for row in rows if row[place]}


def without_places(scope: Scope, choice: Choice) -> Statement:
    """Count rows by kind where it does not matter who holds the dossier now."""
    marks, values = joined(
        [marked(source, scope, choice) for source in COUNTED]
        + [marked(source, scope, choice, about_steps=True) for source in COUNTED if source.has_step]
    )
    file, file_values = file_of(scope)
    narrowed = " AND file.procedure_id = %s" if choice.procedure else ""
    sql = f"SELECT bit, count(*) FROM ({marks}) AS mark (dossier, bit) {file}{narrowed} GROUP BY bit"  # noqa: S608  # built from names of this package only
    return sql, (*values, *file_values, *([int(choice.procedure)] if choice.procedure else []))


def statement(scope: Scope, choice: Choice, sources: Sequence[Source], by: Sequence[str]) -> Statement:
    """Count rows by kind and by some dimensions, among those that fit the choice in all other dimensions.

    Args:
        scope: what is watched.
        choice: the present narrowing.
        sources: where the rows stand.
        by: up to two dimensions; their values are the first columns of the answer, the kinds the others.
    """
    columns = [name for name in DIMENSIONS if name in by or getattr(choice, name)]
    several, several_values = several_steps()
    asked, asked_values = asked_dossiers().query.sql_with_params()
    steps, step_values = open_steps().values_list(*HELD.split(", ")).query.sql_with_params()
    marks, mark_values = joined([marked(source, scope, choice) for source in sources])
    (file, file_values), (is_watched, _offices) = file_of(scope), watched(scope)
    every_file = f"{Dossier._meta.db_table} AS file"
    counted, counted_values = counting(choice, by)
    with_steps = [own_steps(source, scope, choice) for source in sources if source.has_step]
    owned, own_values = joined(with_steps)
    about_steps = (
        f" UNION ALL {places(columns, 'false')} FROM ({owned}) AS own (dossier, mask, step)"
        f" {file} JOIN {Step._meta.db_table} AS held ON held.id = step"
    )
    sql = (
        f"WITH several (dossier) AS MATERIALIZED ({several}), asked (dossier) AS MATERIALIZED ({asked}),"  # noqa: S608  # built from names of this package only
        f" held ({HELD}) AS NOT MATERIALIZED ({steps}),"
        f" marked (dossier, mask) AS MATERIALIZED (SELECT dossier, bit_or(bit) FROM ({marks}) AS mark (dossier, bit)"
        " GROUP BY dossier),"
        f" matter ({', '.join(['dossier', 'mask', 'often', *columns])}) AS MATERIALIZED ("
        f" {places(columns, 'dossier IN (SELECT dossier FROM several)')} FROM {every_file}"
        f" LEFT JOIN marked ON dossier = file.id LEFT JOIN held ON held.process_id = file.id"
        f" WHERE COALESCE(mask, 0) > 0 AND {is_watched}{about_steps if with_steps else ''}) {counted}"
    )
    first = (*several_values, *asked_values, *step_values, *mark_values, *file_values)
    return sql, (*first, *((*own_values, *file_values) if with_steps else ()), *counted_values)


def file_of(scope: Scope) -> Statement:
    """Join the open dossiers that are watched, as `Scope.of` has it."""
    is_watched, offices = watched(scope)
    return f"JOIN {Dossier._meta.db_table} AS file ON file.id = dossier AND {is_watched}", offices


def watched(scope: Scope) -> Statement:
    """The condition on `file`."""
    if scope.is_everything:
        return "file.closed_at IS NULL", ()
    offices = "(file.receiving_office_id = ANY(%s) OR file.handling_office_id = ANY(%s))"
    return f"file.closed_at IS NULL AND {offices}", (scope.below, scope.below)


def places(columns: Sequence[str], often: str) -> str:
    """The columns of `matter`."""
    return f"SELECT {', '.join(['dossier', 'mask', often, *(PLACES[name] for name in columns)])}"


def joined(statements: Sequence[Statement]) -> Statement:
    """Several statements as one."""
    return (
        " UNION ALL ".join(f"({sql})" for sql, _values in statements),
        tuple(value for _sql, values in statements for value in values),
    )


def several_steps() -> Statement:
    """Dossiers on which several steps are open at once."""
    steps, values = open_steps().values_list("process").query.sql_with_params()
    return f"SELECT dossier FROM ({steps}) AS open (dossier) GROUP BY dossier HAVING count(*) > 1", values  # noqa: S608  # built from names of this package only


def bit_of(source: Source) -> Case:
    """The bit of a row's kind."""
    whens = [When(of_kind=kind, then=Value(bit)) for kind, bit in BITS.items()]
    return Case(*whens, default=Value(0), output_field=IntegerField())


def marked(source: Source, scope: Scope, choice: Choice, *, about_steps: bool = False) -> Statement:
    """Rows about a whole dossier, or those about one step: the dossier and the bit of the kind."""
    found = source.rows(scope, choice).filter(**({"step__isnull": not about_steps} if source.has_step else {}))
    rows = found.alias(of_kind=source.kind).annotate(of_dossier=F(f"{source.dossier}pk"), bit=bit_of(source))
    return rows.order_by().values_list("of_dossier", "bit").query.sql_with_params()


def own_steps(source: Source, scope: Scope, choice: Choice) -> Statement:
    """Rows about one step: the dossier, the bit of the kind, and the step."""
    rows = source.rows(scope, choice).filter(step__isnull=False).alias(of_kind=source.kind)
    return rows.annotate(bit=bit_of(source)).order_by().values_list("dossier", "bit", "step").query.sql_with_params()


def counting(choice: Choice, by: Sequence[str]) -> Statement:
    """Count the rows that stand in `matter` once, and those that stand there several times once."""
    narrowed = {name: value for name, value in choice.narrowed_by.items() if name not in by}
    fits = " AND ".join(["true", *(f"{name}::text = %s" for name in narrowed)])
    key = ", ".join(["mask", *by])
    single = f"SELECT {key}, count(*) FROM matter WHERE NOT often AND {fits} GROUP BY {key}"  # noqa: S608  # built from names of this package only
    several = f"SELECT {key}, count(DISTINCT dossier) FROM matter WHERE often AND {fits} GROUP BY {key}"  # noqa: S608
    shown = ", ".join([*(f"{name}::text" for name in by), NUMBERS])
    grouped = f" GROUP BY {', '.join(by)}" if by else ""
    sql = f"SELECT {shown} FROM ({single} UNION ALL {several}) AS counted ({key}, number){grouped}"  # noqa: S608
    return sql, (*narrowed.values(), *narrowed.values())


def run(sql: str, parameters: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """Run a large reading statement without compiling it first, which would take longer than the statement."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off; SET LOCAL work_mem = '32MB'")
        cursor.execute(sql, parameters)
        yield from cursor.fetchall()
