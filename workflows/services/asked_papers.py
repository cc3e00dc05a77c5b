"""What form 02 asks for: is it on the published list, has the State got it, was it asked for before?

Names are compared without accents, letter case, punctuation, order of words and the words that only say in which form a
paper comes ("bản sao có chứng thực"), so that a paper asked for under another spelling is the same paper. A line may
name a paper and, after a colon, what must be mended on it: "Đơn đề nghị: thiếu chữ ký".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from procedures.definition import Definition
from procedures.folding import fold
from procedures.replaced_papers import database_for

FORM_OF_PAPER = re.compile(
    r"\b(\d+ )?(ban (chinh|sao|chup|goc|photo|scan|dien tu)|photo(copy)?|nop (lai|bo sung|them)|bo sung"
    r"|(co )?(cong chung|chung thuc)|\d+ (ban|bo|to))\b"
)


@dataclass(frozen=True, slots=True)
class ExtraItem:
    """A paper beyond the published list; `replaced_by` names the database that has it already."""

    name: str
    replaced_by: str = ""


def identity(item: str) -> frozenset[str]:
    """The words by which a paper is recognised, whatever its spelling."""
    folded = " ".join(re.findall(r"[a-z0-9]+", fold(paper_in(item))))
    telling = frozenset(FORM_OF_PAPER.sub(" ", folded).split())
    return telling or frozenset(folded.split())


def paper_in(item: str) -> str:
    """The paper that a line names, without what must be mended on it."""
    return item.partition(":")[0].strip() or item


def beyond_the_list(definition: Definition, items: Iterable[str]) -> list[ExtraItem]:
    """The items that the published list does not ask for: not on it, or replaced by a database of the State (R23)."""
    listed = {identity(document.name): document for document in definition.documents}
    found = []
    for item in items:
        document = listed.get(identity(item))
        if document is None:
            found.append(ExtraItem(item, database_for(definition.code, paper_in(item))))
        elif document.replaced_by:
            found.append(ExtraItem(item, document.replaced_by))
    return found


def asked_before(items: Sequence[str], earlier: Iterable[str]) -> list[str]:
    """The items that an earlier request asked for already."""
    known = {identity(item) for item in earlier}
    return [item for item in items if identity(item) in known]


def without_repeats(items: Iterable[str]) -> list[str]:
    """Lines that say something, each paper with the same words once."""
    said = dict.fromkeys(" ".join(item.split()) for item in items)
    return [item for item in said if item]
