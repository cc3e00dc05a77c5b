"""Fills templates with the values of real places, people and moments, and copies the rows into the tables."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from io import StringIO
from random import Random
from typing import Any

from django.db import connection

from benchmarks.province import names
from benchmarks.province.catalogue import Derived
from benchmarks.province.consequences import COLUMNS, Consequences
from benchmarks.province.due_times import DueTimes, WorkingMinutes, instant
from benchmarks.province.moments import iso_local, iso_utc, pg
from benchmarks.province.planning import SPREAD, VARIANTS, Plan, Planner, Way, spread_out
from benchmarks.province.reading import columns_of
from benchmarks.province.staff import Place, Province
from benchmarks.province.template import Template
from offices.capacities import local_day
from procedures.folding import fold
from sla.rulebook import rulebook_on
from workflows.models import Applicant

CHUNK = 2000
FORMS: dict[str, Callable[[int], str]] = {"p": pg, "i": iso_utc, "l": iso_local, "e": lambda at: f"{at}.0"}


@dataclass
class Recipe:
    """Where each kind of value of a template lies."""

    template: Template
    moments: list[tuple[int, int, Callable[[int], str]]] = field(default_factory=list)
    dues: list[tuple[int, int, Callable[[int], str]]] = field(default_factory=list)
    earlier: list[tuple[int, Callable[[int], str]]] = field(default_factory=list)
    people: list[tuple[int, str, str, int]] = field(default_factory=list)
    offices: list[tuple[int, str, int]] = field(default_factory=list)
    hashes: list[int] = field(default_factory=list)
    clocks: list[dict[str, int]] = field(default_factory=list)
    plain: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, template: Template) -> Recipe:
        """Sort the gaps of a template by what fills them."""
        recipe = cls(template, hashes=[-1] * template.acts, clocks=[{} for _clock in template.clocks])
        for name, place in template.gaps.items():
            recipe.note(name, place)
        return recipe

    def note(self, name: str, place: int) -> None:
        """Sort one gap."""
        kind, _colon, detail = name.partition(":")
        if kind in {"office", "office_name"}:
            self.offices.append((place, detail, kind == "office_name"))
        elif kind in {"user", "user_name"}:
            role, _at, where = detail.partition("@")
            self.people.append((place, role, where, kind == "user_name"))
        elif kind == "hash":
            self.hashes[int(detail) - 1] = place
        elif kind in {"verdict", "next_rung", "next_rung_at", "carried", "provisional"}:
            self.clocks[int(detail)][kind] = place
        elif kind[:1] == "t" and kind[2:] == "e":
            self.earlier.append((place, FORMS[kind[1]]))
        elif kind[:1] == "t" and kind[2:].isdigit():
            self.moments.append((place, int(kind[2:]), FORMS[kind[1]]))
        elif kind[:1] == "d" and kind[2:].isdigit():
            self.dues.append((place, int(kind[2:]), FORMS[kind[1]]))
        else:
            self.plain[kind] = place

    def plain_or_office(self, where: str) -> int:
        """Where the id of an office lies."""
        return next(place for place, name, is_name in self.offices if name == where and not is_name)


class Writer:
    """Writes the dossiers of a plan, one stretch of it in each process."""

    def __init__(
        self,
        *,
        plan: Plan,
        planner: Planner,
        province: Province,
        versions: Sequence[Derived],
        due_times: DueTimes,
        minutes: WorkingMinutes,
        columns: dict[str, list[str]],
    ) -> None:
        self.plan, self.planner, self.province = plan, planner, province
        self.versions, self.due_times, self.minutes = versions, due_times, minutes
        self.columns = columns | COLUMNS
        self.recipes: dict[int, Recipe] = {}
        self.consequences = Consequences(due_times.timetable, minutes.starts[planner.now] + 59, minutes)
        self.folded = lru_cache(maxsize=4096)(fold)

    def write(self, first: int, last: int) -> None:
        """Write the dossiers from one place in the plan to another."""
        texts: dict[str, list[str]] = {}
        for number in range(first, last):
            for table, text in self.dossier(number):
                texts.setdefault(table, []).append(text)
            if (number - first) % CHUNK == CHUNK - 1:
                self.flush(texts)
        self.flush(texts)

    def flush(self, texts: dict[str, list[str]]) -> None:
        """Copy what has gathered."""
        with connection.cursor() as cursor:
            for table, rows in texts.items():
                names_of_columns = ", ".join(f'"{column}"' for column in self.columns[table])
                cursor.copy_expert(f'COPY "{table}" ({names_of_columns}) FROM STDIN', StringIO("".join(rows)))
        texts.clear()

    def write_applicants(self, first: int, last: int, communes: Sequence[str]) -> None:
        """Write the applicants of these numbers."""
        rows = []
        for number in range(first, last):
            who = applicant(number, self.planner.seed, communes)
            rows.append(f"{number}\tperson\t{who.identifier}\t{who.name}\t{who.address}\t{who.phone}\t\n")
        self.columns[Applicant._meta.db_table] = columns_of(Applicant)
        self.flush({Applicant._meta.db_table: rows})

    def way(self, number: int) -> Way:
        """The recorded way of a dossier."""
        plan = self.plan
        kind = VARIANTS[plan.variants[number]]
        return self.planner.way(plan.versions[number], plan.arrivals[number], kind)[0]

    def moments(self, number: int, way: Way) -> list[int]:
        """When each act is done, in seconds since 1970, never after the last working minute."""
        plan, starts, now = self.plan, self.minutes.starts, self.planner.now
        arrival, seed = plan.arrivals[number], plan.seeds[number]
        offsets = spread_out(way, Random(seed), late=bool(plan.late[number]))
        done = plan.cuts[number] or len(offsets)
        extra = seed * 7919 % 20
        return [starts[min(arrival + offset, now)] + extra + 2 * place for place, offset in enumerate(offsets[:done])]

    def recipe(self, template: Template) -> Recipe:
        """The recipe of a template, made once."""
        found = self.recipes.get(id(template))
        if found is None:
            found = self.recipes[id(template)] = Recipe.of(template)
        return found

    def dossier(self, number: int) -> Iterator[tuple[str, str]]:
        """All rows of one dossier, by table."""
        way = self.way(number)
        moments = self.moments(number, way)
        template = way.templates[len(moments) - 1]
        recipe = self.recipe(template)
        values = [""] * len(template.gaps)
        dues = self.due_times.run(template.ops, moments)
        self.put_moments(recipe, values, moments, dues)
        self.put_people(recipe, values, number)
        self.put_words(recipe, values, number, moments)
        follow = self.consequences.of(number + 1, recipe, values, moments, dues)
        for text, place in zip(template.trail, recipe.hashes, strict=True):
            values[place] = hashlib.sha256(text.fill(values).encode()).hexdigest()
        for table, rows in template.tables.items():
            yield table, rows.fill(values)
        yield from follow

    @staticmethod
    def put_moments(recipe: Recipe, values: list[str], moments: list[int], dues: list[tuple[int, bool]]) -> None:
        """Fill in when everything happened and is due."""
        for place, act, form in recipe.moments:
            values[place] = form(moments[act])
        for place, op, form in recipe.dues:
            values[place] = form(dues[op][0])

    def put_people(self, recipe: Recipe, values: list[str], number: int) -> None:
        """Fill in offices and the people who did it."""
        chance = self.plan.seeds[number] * SPREAD & 0xFFFFFF
        version = self.versions[self.plan.versions[number]]
        place = self.province.place(self.plan.places[number])
        offices = offices_of(place, version.division)
        for gap, where, is_name in recipe.offices:
            values[gap] = offices[where].name if is_name else str(offices[where].pk)
        for gap, role, where, is_name in recipe.people:
            people = self.province.people[(role, offices[where].pk)]
            pk, name = people[(chance + len(role)) % len(people)]
            values[gap] = name if is_name else str(pk)

    def put_words(self, recipe: Recipe, values: list[str], number: int, moments: list[int]) -> None:
        """Fill in the dossier's own names and numbers."""
        plan, plain = self.plan, recipe.plain
        version = self.versions[plan.versions[number]]
        who = applicant(plan.applicants[number], self.planner.seed, self.communes())
        code = self.code(number)
        known = {
            "did": str(number + 1),
            "code": code,
            "flow": version.flow,
            "version": str(version.version_id),
            "procedure": str(version.procedure_id),
            "applicant": str(plan.applicants[number]),
            "name": who.name,
            "idno": who.identifier,
            "phone": who.phone,
            "address": who.address,
            "object": f"99{plan.applicants[number]:010d}",
            "reappointed": "\\N",
            "uuid": uuid_front(self.minutes.starts[plan.arrivals[number]], plan.seeds[number]),
        }
        known["search"] = self.search(code, who)
        known["name_folded"] = self.folded(who.name)
        earlier = plan.earlier[number]
        if earlier >= 0:
            at = self.moments(earlier, self.way(earlier))[0]
            known |= {"earlier": str(earlier + 1), "earlier_code": self.code(earlier)}
            for place, form in recipe.earlier:
                values[place] = form(at)
        for name, place in plain.items():
            values[place] = known[name]

    @lru_cache(maxsize=1)  # noqa: B019  # one writer per process
    def communes(self) -> tuple[str, ...]:
        """The names of the communes."""
        return tuple(place.parent.name.removeprefix("Ủy ban nhân dân xã ") for place in self.province.communes)

    def code(self, number: int) -> str:
        """The file code of a dossier."""
        desk = self.province.place(self.plan.places[number]).desk.code
        day = local_day(instant(self.minutes.starts[self.plan.arrivals[number]]))
        return rulebook_on(day).file_code(agency=desk, day=day, serial=self.plan.serials[number])

    def search(self, code: str, who: names.Applicant) -> str:
        """The words a dossier is found by, as `search_words.index_for_search` stores them, without answers."""
        serial = code.rsplit("-", 1)[-1]
        words = {code.lower(), serial, serial.lstrip("0"), who.identifier, who.phone}
        words |= {self.folded(word) for word in who.name.split()}
        return " ".join(f"'{word}'" for word in sorted(words))


def offices_of(place: Place, division: int) -> dict[str, Any]:
    """The offices of a dossier by their part in it."""
    asked = place.divisions[(division + 1) % len(place.divisions)]
    return {"desk": place.desk, "division": place.divisions[division], "parent": place.parent, "asked": asked}


def uuid_front(stamp: int, seed: int) -> str:
    """Thirty digits of a UUID in the order of time, before the two that tell a dossier's clocks apart."""
    digits = f"{(seed * 0x9E3779B97F4A7C15F39CC0605CEDC835 + 0x2545F4914F6CDD1D) % (1 << 64):016x}"
    moment = f"{stamp * 1000:012x}"
    return f"{moment[:8]}-{moment[8:]}-7{digits[:3]}-8{digits[3:6]}-{digits[6:16]}"


@lru_cache(maxsize=200_000)
def applicant(number: int, seed: int, communes: Sequence[str]) -> names.Applicant:
    """The applicant of a number: always the same one."""
    return names.applicant(number, Random(seed * 31 + number * SPREAD), communes)
