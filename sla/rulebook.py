"""The law's own numbers, valid from a day; a dossier keeps the rulebook of the day it was received."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from sla.exceptions import NoRulebook
from sla.limits import Term, Unit

RULEBOOK_FILES = Path(__file__).parent / "rulebooks"


@dataclass(frozen=True, slots=True)
class Clause:
    """One rule: a value or a term, where it stands, and whether the text was read (`unverified` says it was not)."""

    key: str
    value: str | int | None
    term: Term | None
    clause: str
    unverified: bool


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules in force from a day until the next rulebook.

    `file_code_format` is a format string with `agency`, `day` (a date) and `serial` (a number).
    """

    code: str
    decree: str
    valid_from: date
    forms: Mapping[str, str]
    forms_clause: str
    file_code_format: str
    file_code_clause: str
    clauses: Mapping[str, Clause]

    def clause(self, key: str) -> Clause:
        """One rule.

        Raises:
            NoRulebook: the rulebook has no such rule.
        """
        try:
            return self.clauses[key]
        except KeyError as error:
            raise NoRulebook(f"{self.code}: {key}") from error

    @property
    def ask_within(self) -> Term:
        """Within what time after reception missing papers must be asked for."""
        return self.term("ask_within")

    def term(self, key: str) -> Term:
        """The term of a rule that has one.

        Raises:
            NoRulebook: the rule is missing or is not a term.
        """
        term = self.clause(key).term
        if term is None:
            raise NoRulebook(f"{self.code}: {key}")
        return term

    def file_code(self, *, agency: str, day: date, serial: int) -> str:
        """The code of a dossier: agency, day and the serial of the day, five digits after 9999."""
        return self.file_code_format.format(agency=agency, day=day, serial=serial)


def _clause(key: str, data: dict[str, Any]) -> Clause:
    term = Term(Decimal(str(data["amount"])), Unit(data["unit"])) if "amount" in data else None
    return Clause(key, data.get("value"), term, data.get("clause", ""), bool(data.get("unverified", False)))


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((RULEBOOK_FILES / f"{name}.yaml").read_text(encoding="utf-8"))
    base = data.pop("based_on", None)
    if base:
        older = _read(base)
        data = {**older, **data, "clauses": {**older["clauses"], **data["clauses"]}}
    return data


def _rulebook(data: dict[str, Any]) -> Rulebook:
    clauses = {key: _clause(key, rule) for key, rule in data.pop("clauses").items()}
    forms = MappingProxyType(data.pop("forms"))
    return Rulebook(**data, forms=forms, clauses=MappingProxyType(clauses))


@lru_cache(maxsize=1)
def rulebooks() -> tuple[Rulebook, ...]:
    """Every rulebook, oldest first."""
    found = [_rulebook(_read(path.stem)) for path in RULEBOOK_FILES.glob("*.yaml")]
    return tuple(sorted(found, key=lambda book: book.valid_from))


def rulebook_on(day: date) -> Rulebook:
    """The rulebook in force on a day; on a day before the first one, the first."""
    in_force = [book for book in rulebooks() if book.valid_from <= day]
    return in_force[-1] if in_force else rulebooks()[0]


def rulebook_named(code: str) -> Rulebook:
    """The rulebook that a dossier keeps.

    Raises:
        NoRulebook: there is none with this code.
    """
    for book in rulebooks():
        if book.code == code:
            return book
    raise NoRulebook(code)
