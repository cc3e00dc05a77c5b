"""Read processes that others wrote down, say what is odd in each, and keep them as drafts if asked."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.capacities import local_day
from procedures.exceptions import ProceduresError
from procedures.importing.files import drafts_in
from procedures.importing.report import Draft
from procedures.services import import_definitions, present_definition


class Command(BaseCommand):
    """import_process FILE [--keep] [--json]"""

    help = "Reads processes from XLSX, CSV, JSON, BPMN 2.0 or an older one-stop program's XML and reports on each."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", type=Path)
        parser.add_argument("--keep", action="store_true", help="keep the drafts in the catalogue; all, or none")
        parser.add_argument("--json", action="store_true", help="print drafts and reports as one JSON list")

    def handle(self, *, file: Path, keep: bool, **options: bool) -> None:
        at = timezone.now()
        try:
            content = file.read_bytes()
            drafts = drafts_in(content, name=file.name, on=local_day(at), base_of=present_definition)
            if keep:
                import_definitions(specs=[draft.spec for draft in drafts], at=at)
        except OSError as error:
            raise CommandError(_("The file cannot be opened: %(why)s.") % {"why": error.strerror}) from error
        except ProceduresError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps([draft.as_json() for draft in drafts], ensure_ascii=False))
        else:
            self.report(drafts, kept=keep)

    def report(self, drafts: list[Draft], *, kept: bool) -> None:
        """The report in words."""
        for draft in drafts:
            self.stdout.write(f"{draft.spec.reference} {draft.spec.name} ({draft.source})")
            for remark in draft.remarks:
                self.stdout.write(f"  {remark}")
        over = sum(draft.over > 0 for draft in drafts)
        sentence = _("%(all)d processes read, %(over)d of them plan more time than their limit allows.")
        self.stdout.write(sentence % {"all": len(drafts), "over": over})
        self.stdout.write(_("They are kept as drafts.") if kept else _("Nothing was kept: say --keep for that."))
