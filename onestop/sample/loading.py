"""Loads the sample: offices, people, procedures, all or nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth.hashers import make_password
from django.db import transaction

from hall.services import open_hall
from offices.capacities import local_day
from offices.models import Office, Role, User
from offices.services import add_membership, add_person, open_office
from onestop.embedded.folders import CHECKOUT
from procedures.lint import lint
from procedures.models import ProcedureVersion
from procedures.reading import definition_files, read_file
from procedures.services import import_definitions, offer, publish_version
from workflows.lint_context import lint_context

SAMPLE = Path(__file__).with_name("offices.yaml")
CATALOGUE = CHECKOUT / "procedures" / "catalogue"


@dataclass(frozen=True, slots=True)
class Login:
    """One person of the sample, as printed for whoever tries the program."""

    username: str
    full_name: str
    roles: tuple[str, ...]
    office: str


def sample_is_loaded() -> bool:
    """Whether anybody can log in."""
    return User.objects.exists()


@transaction.atomic
def load_sample(*, password: str, at: datetime) -> list[Login]:
    """Open the sample's offices, add its people and publish its catalogue.

    Args:
        password: the one password of all people of the sample.
        at: now, aware.

    Returns:
        The people who can log in now, in the order of the file.
    """
    sample = yaml.safe_load(SAMPLE.read_text(encoding="utf-8"))
    offices = open_offices(sample["offices"], at=at)
    logins = [add_to_staff(row, offices, at=at) for row in sample["people"]]
    User.objects.update(password=make_password(password))  # hashed once: one password, and hashing is slow on purpose
    publish_catalogue(sample["offers"], offices, at=at)
    for code, counters in sample["halls"].items():
        open_hall(office_id=offices[code].pk, counters=counters, by=None, at=at)
    return logins


def open_offices(rows: list[dict[str, Any]], *, at: datetime) -> dict[str, Office]:
    """Open offices, those above before those below."""
    offices: dict[str, Office] = {}
    for row in rows:
        parent = offices.get(row.pop("parent", ""))
        offices[row["code"]] = open_office(**row, parent=parent, by=None, at=at)
    return offices


def add_to_staff(row: dict[str, Any], offices: dict[str, Office], *, at: datetime) -> Login:
    """Add one person with all roles."""
    roles: dict[str, list[str]] = row.pop("roles")
    person = add_person(**row, password=None, by=None, at=at)
    since = first_day_of_year(local_day(at))
    for role, codes in roles.items():
        for code in codes:
            add_membership(user_id=person.pk, office_id=offices[code].pk, role=role, valid_from=since, by=None, at=at)
    home = offices[next(iter(roles.values()))[0]]
    return Login(person.username, person.full_name, tuple(str(Role(role).label) for role in roles), home.short_name)


def first_day_of_year(day: date) -> date:
    """The sample's people have worked since the beginning of the year before."""
    return day.replace(year=day.year - 1, month=1, day=1)


def publish_catalogue(offers: dict[str, Any], offices: dict[str, Office], *, at: datetime) -> list[ProcedureVersion]:
    """Import and publish every definition of the catalogue, offered at the offices of its level."""
    specs = [read_file(path) for path in definition_files([CATALOGUE])]
    imported = [row.version for row in import_definitions(specs=specs, at=at)]
    for version in imported:
        for code in offers.get(version.procedure.reference) or offers.get(version.procedure.level, ()):
            offer(version.procedure, offices[code])
    context = lint_context(at=at)
    return [
        publish_version(version=version, at=at, findings=lint(version.spec, context=context)) for version in imported
    ]
