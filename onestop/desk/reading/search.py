"""Find a dossier by what a person has at hand: code, last digits, name, id number, phone."""

from __future__ import annotations

import re

from onestop.desk.paging import Column
from onestop.desk.slips import scanned_code
from workflows.querysets import DossierQuerySet

ORDER = (Column("pk", descending=True),)
SERIAL = re.compile(r"\d{1,6}")
DAY_AND_SERIAL = re.compile(r"(\d{6})-?(\d{4,6})")
LONGEST = 200


def clean(text: str) -> str:
    """What was typed, without what no database takes."""
    return text.replace("\0", "").strip()[:LONGEST]


def exactly(dossiers: DossierQuerySet, text: str) -> DossierQuerySet:
    """Dossiers that a whole code or the last digits of a code stand for; none where the text is neither."""
    code = scanned_code(clean(text))
    if SERIAL.fullmatch(code):
        return dossiers.filter(search__has_words=one_of({code, code.zfill(4), code.lstrip("0") or code})).filter(
            code__endswith=code
        )
    found = DAY_AND_SERIAL.fullmatch(code)
    if found:
        return dossiers.filter(search__has_words=one_of({found[2]})).filter(code__endswith=f"{found[1]}-{found[2]}")
    return dossiers.filter(code=code) if code else dossiers.none()


def found_by(dossiers: DossierQuerySet, text: str) -> DossierQuerySet:
    """Dossiers that fit what was typed: an exact code before everything else, then words that begin so."""
    hits = exactly(dossiers, text)
    if hits.exists():
        return hits
    return dossiers.matching(words_in(clean(text)))


def words_in(text: str) -> str:
    """The words to look for; a phone or id number may be typed with spaces or dots between its digits."""
    digits = re.sub(r"[\s.]", "", text)
    return digits if digits.isdigit() else scanned_code(text)


def one_of(words: set[str]) -> str:
    """A query for dossiers that carry one of these words of digits whole."""
    return " | ".join(f"'{word}'" for word in sorted(words))
