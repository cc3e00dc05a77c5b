"""Find a dossier by what a person has at hand: code, last digits, name, id number, phone, what stands in the form.

How it stays fast however large the province is: few people see either very much or very little. Whose offices hold
little has the words looked for among just that; whose offices hold much has the newest dossiers looked through until a
page is full, each asked one by one whether it may be seen.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from django.db import connection

from offices.capacities import Capacities
from offices.models import Role
from offices.tree import office_ids_below
from onestop.desk.paging import Column, Page, page_of
from onestop.desk.slips import scanned_code
from workflows.models import Dossier
from workflows.querysets import STEP_ROLES, DossierQuerySet, search_query

if TYPE_CHECKING:
    from django.http import QueryDict

ORDER = (Column("pk", descending=True),)
SERIAL = re.compile(r"\d{1,6}")
DAY_AND_SERIAL = re.compile(r"(\d{6})-?(\d{4,6})")
LONGEST = 200
PARTS = ("procedure", "statutory_clock", "handling_office")
LITTLE = 30_000  # rows of steps and dossiers in a person's offices
HELD = """
    SELECT process_id AS id FROM workflows_step WHERE office_id = ANY(%(steps)s)
    {both} SELECT dossier_id FROM workflows_consultation WHERE office_id = ANY(%(steps)s)
    {both} SELECT id FROM workflows_dossier WHERE receiving_office_id = ANY(%(desks)s)
    {both} SELECT id FROM workflows_dossier WHERE handling_office_id = ANY(%(handling)s)
"""
HOW_MUCH = (  # constant text, values as parameters, here and below
    "SELECT count(*) FROM (SELECT FROM (" + HELD.format(both="UNION ALL") + ") held LIMIT %(most)s) counted"  # noqa: S608
)
AMONG_LITTLE = (
    "SELECT dossier.id FROM (" + HELD.format(both="UNION") + ") held JOIN workflows_dossier dossier USING (id) "  # noqa: S608
    "WHERE dossier.search @@ %(words)s::tsquery AND dossier.code LIKE %(code)s"
)


def clean(text: str) -> str:
    """What was typed, without what no database takes."""
    return text.replace("\0", "").strip()[:LONGEST]


def exactly(dossiers: DossierQuerySet, text: str) -> DossierQuerySet:
    """Dossiers that a whole code or the last digits of a code stand for; none where the text is neither."""
    code = scanned_code(clean(text))
    if SERIAL.fullmatch(code):
        return dossiers.filter(search__has_words=one_of(serials(code))).filter(code__endswith=code)
    found = DAY_AND_SERIAL.fullmatch(code)
    if found:
        return dossiers.filter(search__has_words=one_of({found[2]})).filter(code__endswith=f"{found[1]}-{found[2]}")
    return dossiers.filter(code=code) if code else dossiers.none()


def search_page(capacities: Capacities, text: str, query: QueryDict) -> Page[Dossier]:
    """One page of what fits, newest first: an exact code before everything else, then words."""
    code = scanned_code(clean(text))
    if not SERIAL.fullmatch(code):
        hits = _shown(exactly(Dossier.objects.visible_to(capacities), text), query)
        if hits.rows or hits.previous_url:
            return hits
    looking = Looking(capacities)
    if SERIAL.fullmatch(code):
        hits = _shown(looking.found(one_of(serials(code)), ending=code), query)
        if hits.rows or hits.previous_url:
            return hits
    words = search_query(words_in(clean(text)))
    return _shown(looking.found(words) if words else Dossier.objects.none(), query)


def serials(digits: str) -> set[str]:
    """How the serial number of a code may stand among its words."""
    return {digits, digits.zfill(4), digits.lstrip("0") or digits}


def _shown(dossiers: DossierQuerySet, query: QueryDict) -> Page[Dossier]:
    return page_of(dossiers.select_related(*PARTS).defer("search", "data"), ORDER, query)


class Looking:
    """Looks for words as one person."""

    def __init__(self, capacities: Capacities) -> None:
        self.capacities = capacities
        self.offices = offices_of(capacities)

    @cached_property
    def sees_much(self) -> bool:
        """Whether very much lies in the person's offices: one statement, which counts no further than needed."""
        with connection.cursor() as cursor:
            cursor.execute(HOW_MUCH, self.offices | {"most": LITTLE + 1})
            return int(cursor.fetchone()[0]) > LITTLE

    def found(self, words: str, *, ending: str = "") -> DossierQuerySet:
        """Dossiers that the person may see and that carry the words.

        Args:
            words: in PostgreSQL's notation.
            ending: digits in which the code ends.
        """
        if self.sees_much:
            visible = Dossier.objects.visible_to(self.capacities, probing=True).filter(search__has_words=words)
            return visible.filter(code__endswith=ending) if ending else visible
        return Dossier.objects.visible_to(self.capacities).filter(pk__in=self.among_little(words, ending))

    def among_little(self, words: str, ending: str) -> list[int]:
        """What fits in the person's offices; whether each may be seen is still to be asked: one statement."""
        with connection.cursor() as cursor:
            cursor.execute(AMONG_LITTLE, self.offices | {"words": words, "code": f"%{ending}"})
            return [row[0] for row in cursor.fetchall()]


def offices_of(capacities: Capacities) -> dict[str, list[int]]:
    """The offices through which a person sees dossiers: by their steps, as receiving desk, as handling office."""
    below = office_ids_below(capacities.offices_as(Role.SUPERVISOR))
    heads = capacities.offices_as(Role.DIVISION_HEAD, Role.LEADER)
    return {
        "steps": sorted(capacities.offices_as(*STEP_ROLES)),
        "desks": sorted({*below, *capacities.offices_as(Role.CLERK)}),
        "handling": sorted({*below, *heads}),
    }


def words_in(text: str) -> str:
    """The words to look for; a phone or id number may be typed with spaces or dots between its digits."""
    digits = re.sub(r"[\s.]", "", text)
    return digits if digits.isdigit() else scanned_code(text)


def one_of(words: set[str]) -> str:
    """A query for dossiers that carry one of these words of digits whole."""
    return " | ".join(f"'{word}'" for word in sorted(words))
