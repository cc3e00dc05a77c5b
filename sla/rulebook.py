"""The law's own numbers, valid from a day; a dossier keeps the rulebook of the day it was received."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from sla.exceptions import NoRulebook
from sla.limits import CountingRules, DueTime, FirstDay, Term
from sla.rulebook_spec import Rule, Rules, TermRule, spec_from

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
class Form:
    """A form of the circular: its number and its name."""

    number: str
    title: str


@dataclass(frozen=True, slots=True)
class Rulebook:
    """All rules in force from a day until the next rulebook.

    `forms` holds the forms by number, `slips` the number of the form by what it is for (a decree may lack one).
    `file_code_format` is a format string with `agency`, `day` (a date) and `serial` (a number); `counting` holds the
    rules by which terms are counted, for `sla.terms.deadline`.
    """

    code: str
    decree: str
    valid_from: date
    forms: Mapping[str, str]
    forms_clause: str
    slips: Mapping[str, str]
    file_code_format: str
    file_code_clause: str
    clauses: Mapping[str, Clause]
    counting: CountingRules

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

    def number(self, key: str) -> int:
        """The number a rule gives: how often, how many minutes.

        Raises:
            NoRulebook: the rule is missing or is not a number.
        """
        value = self.clause(key).value
        if not isinstance(value, int):
            raise NoRulebook(f"{self.code}: {key}")
        return value

    def form_for(self, slip: str) -> Form | None:
        """The form of a kind of slip; None where this decree has none for it."""
        number = self.slips.get(slip)
        return Form(number, self.forms[number]) if number else None

    def file_code(self, *, agency: str, day: date, serial: int) -> str:
        """The code of a dossier: agency, day and the serial of the day, five digits after 9999."""
        return self.file_code_format.format(agency=agency, day=day, serial=serial)


def _clause(key: str, rule: Rule) -> Clause:
    term = Term(rule.amount, rule.unit) if isinstance(rule, TermRule) else None
    return Clause(key, getattr(rule, "value", None), term, rule.clause, rule.unverified)


def _read(name: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((RULEBOOK_FILES / f"{name}.yaml").read_text(encoding="utf-8"))
    base = data.pop("based_on", None)
    if base:
        older = _read(base)
        data = {**older, **data, "clauses": {**older["clauses"], **data["clauses"]}}
    return data


def rulebook_from(data: Any) -> Rulebook:
    """A rulebook from plain data, the way the files are written.

    Raises:
        InvalidRulebook: a key is unknown, missing or wrong; the message names the place.
    """
    spec = spec_from(data)
    clauses = {key: _clause(key, getattr(spec.clauses, key)) for key in type(spec.clauses).model_fields}
    return Rulebook(
        code=spec.code,
        decree=spec.decree,
        valid_from=spec.valid_from,
        forms=MappingProxyType(spec.forms),
        forms_clause=spec.forms_clause,
        slips=MappingProxyType({str(kind): form for kind, form in spec.slips.items()}),
        file_code_format=spec.file_code_format,
        file_code_clause=spec.file_code_clause,
        clauses=MappingProxyType(clauses),
        counting=_counting(spec.clauses),
    )


def _counting(rules: Rules) -> CountingRules:
    return CountingRules(
        first_day=FirstDay(rules.first_day.value),
        due_time=DueTime(rules.due_time.value),
        last_hour=rules.last_hour.value,
    )


@lru_cache(maxsize=1)
def rulebooks() -> tuple[Rulebook, ...]:
    """Every rulebook, oldest first."""
    found = [rulebook_from(_read(path.stem)) for path in RULEBOOK_FILES.glob("*.yaml")]
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
