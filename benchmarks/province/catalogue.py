"""Five hundred procedures: the definitions that are shipped, under new codes, imported and published as any other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from benchmarks.province.staff import Province
from onestop.sample.loading import CATALOGUE
from procedures.definition import Definition
from procedures.lint import lint
from procedures.models import Offering, ProcedureVersion
from procedures.reading import definition_files, read_file
from procedures.services import import_definitions, publish_version
from workflows.flows import flow_name

VALID_FROM = date(2025, 7, 1)


@dataclass(frozen=True, slots=True)
class Derived:
    """One published version: from which shipped definition, and in which division of a place it is handled."""

    version_id: int
    procedure_id: int
    flow: str
    base: int
    at_centre: bool
    division: int


def shipped() -> list[Definition]:
    """The definitions that come with the program, by file name."""
    return [read_file(path) for path in definition_files([CATALOGUE])]


def derived(specs: list[Definition], count: int) -> list[Definition]:
    """Definitions under new codes, each shipped one in turn."""
    return [
        specs[number % len(specs)].model_copy(
            update={
                "code": f"9.{number + 1:06d}",
                "name": f"{specs[number % len(specs)].name} ({number // len(specs) + 1})",
                "valid_from": VALID_FROM,
            }
        )
        for number in range(count)
    ]


def build(specs: list[Definition], *, count: int, province: Province, at: datetime) -> list[Derived]:
    """Import, publish and offer `count` procedures derived from the shipped ones."""
    imported = [row.version for row in import_definitions(specs=derived(specs, count), at=at)]
    versions = [publish_version(version=version, at=at, findings=lint(version.spec)) for version in imported]
    centre = province.place(0)
    found = []
    offerings = []
    for number, version in enumerate(versions):
        at_centre = version.spec.level.value != "commune"
        places = [centre] if at_centre else province.communes
        row = described(version, number, len(specs), at_centre, len(centre.divisions) if at_centre else 2)
        offerings += [Offering(procedure_id=row.procedure_id, office=place.divisions[row.division]) for place in places]
        found.append(row)
    Offering.objects.bulk_create(offerings, batch_size=5000)
    return found


def described(version: ProcedureVersion, number: int, bases: int, at_centre: bool, divisions: int) -> Derived:
    """What the writer must know of a version."""
    return Derived(
        version_id=version.pk,
        procedure_id=version.procedure_id,
        flow=flow_name(version),
        base=number % bases,
        at_centre=at_centre,
        division=(number // bases + number) % divisions,
    )
