"""Several tables of one decision: what one of them leaves out, another may tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext as _

from procedures.definition import Definition
from procedures.folding import fold
from procedures.importing.drafting import draft_from
from procedures.importing.durations import read_time
from procedures.importing.report import Draft, Kind, Remark, days_words
from procedures.importing.tables import Piece, ProcessTable

Told = dict[tuple[str, str], Decimal]


def drafts_from(
    tables: Sequence[ProcessTable], *, on: date, base_of: Callable[[str], Definition | None] = lambda _code: None
) -> list[Draft]:
    """Make drafts of all tables of a source.

    A part of a row whose time got lost is given an assumed one: what the total leaves for it, or what the same
    person's same work takes in another table of the same decision. The report says so, and the step is marked.

    Args:
        tables: as they were read, in order.
        on: first day of validity where a table names no day.
        base_of: the present definition of a code, None where there is none.
    """
    first = [draft_from(table, on=on, base=base_of(code_of(table)), number=at) for at, table in enumerate(tables, 1)]
    told: Told = {}
    for table, draft in zip(tables, first, strict=True):
        piece = _only_untimed(table)
        if piece is not None and draft.planned and draft.allowed and draft.planned < draft.allowed:
            told[_key(table, piece)] = draft.allowed - draft.planned
    make = partial(_completed, told=told, on=on)
    pairs = enumerate(zip(tables, first, strict=True), 1)
    return [make(table, draft, base=base_of(code_of(table)), number=at) for at, (table, draft) in pairs]


def code_of(table: ProcessTable) -> str:
    """The first code above a table, empty where there is none."""
    return table.codes[0] if table.codes else ""


def _only_untimed(table: ProcessTable) -> Piece | None:
    """The one part of a split row that has no time, None where there is none or there are several."""
    found = [piece for piece in table.pieces if piece.time is None and piece.parts > 1]
    return found[0] if len(found) == 1 else None


def _key(table: ProcessTable, piece: Piece) -> tuple[str, str]:
    return table.decision, fold(f"{piece.who} {piece.work}")


def _completed(
    table: ProcessTable, draft: Draft, *, told: Told, on: date, base: Definition | None, number: int
) -> Draft:
    piece = _only_untimed(table)
    hours = told.get(_key(table, piece)) if piece is not None else None
    if piece is None or hours is None:
        return draft
    words = f"{days_words(hours)} ngày"
    if read_time(words).hours != hours:
        return draft
    pieces = tuple(replace(one, time=words) if one is piece else one for one in table.pieces)
    again = draft_from(replace(table, pieces=pieces), on=on, base=base, number=number)
    fits = draft.allowed is not None and again.planned == draft.allowed
    return replace(again, spec=_marked(again.spec, table.pieces.index(piece)), remarks=_with(again, piece, words, fits))


def _with(draft: Draft, piece: Piece, words: str, fits: bool) -> tuple[Remark, ...]:
    if fits:
        sentence = _(
            "The time of this part is missing. The total leaves %(time)s for it: taken, and marked as assumed."
        )
    else:
        sentence = _(
            "The time of this part is missing. The same work takes %(time)s in another table of this decision: taken, "
            "and marked as assumed."
        )
    return (*draft.remarks[:-1], Remark(Kind.ASSUMED, piece.place, sentence % {"time": words}), draft.remarks[-1])


def _marked(spec: Definition, place: int) -> Definition:
    """The definition with one step marked as assumed."""
    content = spec.as_json()
    step = spec.human_steps()[place]
    for node in content["steps"]:
        if node["key"] == step.key:
            node["assumed"] = True
    return Definition.model_validate(content)
