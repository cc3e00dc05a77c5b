"""Write a definition as YAML, or the schema of definitions as JSON Schema."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.capacities import local_day
from procedures.exceptions import ProceduresError
from procedures.models import Procedure, ProcedureVersion
from procedures.services import find_procedure
from procedures.writing import SCHEMA_FILE, as_schema, as_yaml


class Command(BaseCommand):
    """export_procedure CODE[@level] [--number N] | --schema"""

    help = "Prints a procedure's definition as YAML; importing it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", nargs="?", metavar="CODE[@level]")
        parser.add_argument("--number", type=int, help="version to print; default: the one in force, else the newest")
        parser.add_argument(
            "--schema", action="store_true", help=f"write the JSON Schema to {SCHEMA_FILE.name} instead"
        )

    def handle(self, *, code: str | None, number: int | None, schema: bool, **_options: object) -> None:
        if schema:
            SCHEMA_FILE.write_text(as_schema(), encoding="utf-8")
            self.stderr.write(_("Written: %(file)s") % {"file": SCHEMA_FILE})
            return
        if code is None:
            raise CommandError(_("Name a procedure: CODE or CODE@level."))
        try:
            version = version_of(find_procedure(code), number)
        except ProceduresError as error:
            raise CommandError(str(error)) from error
        if version is None:
            raise CommandError(_("%(code)s has no such version.") % {"code": code})
        self.stdout.write(as_yaml(version.spec), ending="")


def version_of(procedure: Procedure, number: int | None) -> ProcedureVersion | None:
    """The version with that number; without a number the one in force today, else the newest."""
    if number is not None:
        return procedure.versions.filter(number=number).first()
    return procedure.version_on(local_day(timezone.now())) or procedure.versions.order_by("-number").first()
