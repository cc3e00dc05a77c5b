"""Load definitions from YAML files: all of them, or none."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from procedures.exceptions import ProceduresError
from procedures.reading import definition_files, read_drawable
from procedures.services import Change, Imported, import_definitions


class Command(BaseCommand):
    """import_procedures PATH…"""

    help = "Loads definitions of procedures as drafts. One defect anywhere, and nothing is loaded."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH", help="YAML file, or directory of YAML files")

    def handle(self, *, paths: list[str], verbosity: int, **_options: object) -> None:
        try:
            specs = [read_drawable(path) for path in definition_files(paths)]
            imported = import_definitions(specs=specs, at=timezone.now())
        except ProceduresError as error:
            raise CommandError(_("%(why)s\nNothing was loaded.") % {"why": error}) from error
        if verbosity:
            self.report(imported)

    def report(self, imported: list[Imported]) -> None:
        words = {
            Change.NEW: _("new"),
            Change.DRAFT_CHANGED: _("draft changed"),
            Change.NEW_VERSION: _("new draft version"),
            Change.UNCHANGED: _("unchanged"),
        }
        for one in imported:
            self.stdout.write(f"{one.version.procedure.reference} v{one.version.number}: {words[one.change]}")
        changed = sum(one.change is not Change.UNCHANGED for one in imported)
        sentence = _("%(all)d definitions read, %(changed)d loaded as drafts.")
        self.stdout.write(sentence % {"all": len(imported), "changed": changed})
