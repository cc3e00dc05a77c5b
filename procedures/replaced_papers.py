"""Which papers a database of the State replaces: facts from the Government's published list."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from procedures.folding import fold

FACTS = Path(__file__).parent / "replaced_papers.yaml"


@cache
def _facts() -> dict[str, list[tuple[str, str]]]:
    """Per procedure code (and "*" for every procedure) folded paper names and their databases."""
    raw = yaml.safe_load(FACTS.read_text(encoding="utf-8"))
    return {
        code: [(fold(paper), database) for paper, database in papers.items()] for code, papers in raw["papers"].items()
    }


def database_for(code: str, paper: str) -> str:
    """The database that makes a paper needless, empty when none does.

    Args:
        code: code of the procedure.
        paper: name of the paper; it counts when it begins with a listed name.
    """
    name = fold(paper)
    for listed, database in [*_facts().get(code, []), *_facts()["*"]]:
        if name == listed or name.startswith((f"{listed} ", f"{listed},")):
            return str(database)
    return ""
