"""Write a definition as YAML, or the schema of definitions as JSON Schema."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.capacities import local_day
from procedures.definition import Definition
from procedures.exceptions import ProceduresError
from procedures.exporting.bpmn import as_bpmn
from procedures.exporting.spreadsheet import as_xlsx
from procedures.models import Procedure, ProcedureVersion
from procedures.services import find_procedure
from procedures.writing import SCHEMA_FILE, as_schema, as_yaml

WRITERS: dict[str, Callable[[Definition], bytes]] = {
    ".yaml": lambda spec: as_yaml(spec).encode(),
    ".bpmn": lambda spec: as_bpmn(spec).encode(),
    ".xlsx": as_xlsx,
}


class Command(BaseCommand):
    """export_procedure CODE[@level] [--number N] [--output FILE] | --schema"""

    help = "Prints a procedure's definition as YAML, or writes it as YAML, XLSX or BPMN 2.0."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", nargs="?", metavar="CODE[@level]")
        parser.add_argument("--number", type=int, help="version to print; default: the one in force, else the newest")
        parser.add_argument("--output", type=Path, metavar="FILE", help="write there: .yaml, .xlsx or .bpmn")
        parser.add_argument(
            "--schema", action="store_true", help=f"write the JSON Schema to {SCHEMA_FILE.name} instead"
        )

    def handle(
        self, *, code: str | None, number: int | None, schema: bool, output: Path | None = None, **_options: object
    ) -> None:
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
        if output is None:
            self.stdout.write(as_yaml(version.spec), ending="")
        else:
            self.write_file(output, version.spec)

    def write_file(self, output: Path, spec: Definition) -> None:
        """Write the definition in the form that the file's ending names."""
        write = WRITERS.get(output.suffix.lower())
        if write is None:
            raise CommandError(_("The file must end in one of: %(endings)s.") % {"endings": ", ".join(WRITERS)})
        try:
            output.write_bytes(write(spec))
        except OSError as error:
            raise CommandError(_("The file cannot be written: %(why)s.") % {"why": error.strerror}) from error
        self.stderr.write(_("Written: %(file)s") % {"file": output})


def version_of(procedure: Procedure, number: int | None) -> ProcedureVersion | None:
    """The version with that number; without a number the one in force today, else the newest."""
    if number is not None:
        return procedure.versions.filter(number=number).first()
    return procedure.version_on(local_day(timezone.now())) or procedure.versions.order_by("-number").first()
