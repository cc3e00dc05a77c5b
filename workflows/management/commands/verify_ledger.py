"""Verify that every second belongs to one party, and that every date follows from the rules."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from workflows.models import Dossier
from workflows.services.verifying_ledgers import BATCH, Verified, verify_ledgers


class Command(BaseCommand):
    """`manage.py verify_ledger`: names the first dossiers that do not hold; exit status 1 when there is one."""

    help = "Recompute every ledger, due time and verdict, and name what does not hold."

    def add_arguments(self, parser: CommandParser) -> None:
        """Which dossiers, how many faults are named, and how."""
        parser.add_argument("--code", help="only the dossier with this code")
        parser.add_argument("--json", action="store_true", help="answer in JSON")
        parser.add_argument("--most", type=int, default=20, help="how many faults to name (default: 20)")
        parser.add_argument("--batch", type=int, default=BATCH, help=f"dossiers read at once (default: {BATCH})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look at all, and say what was found."""
        dossiers = Dossier.objects.all()
        if options["code"]:
            dossiers = dossiers.filter(code=options["code"].strip().upper())
            if not dossiers.exists():
                raise CommandError(_("There is no dossier with the code %(code)s.") % {"code": options["code"]})
        found = verify_ledgers(dossiers, most=options["most"], batch=max(options["batch"], 1), progress=self._progress)
        if options["json"]:
            self._write_json(found)
        else:
            for fault in found.faults:
                self.stdout.write(
                    " ".join(filter(None, [f"{fault.code}:", fault.clock and f"[{fault.clock}]", fault.words]))
                )
        if found.bad:
            raise CommandError(
                _("%(bad)d of %(all)d dossiers do not hold.") % {"bad": found.bad, "all": found.dossiers}, returncode=1
            )
        if not options["json"]:
            words = _("%(dossiers)d dossiers, %(clocks)d clocks, %(lines)d lines of the ledger: everything holds.")
            counts = {"dossiers": found.dossiers, "clocks": found.clocks, "lines": found.lines}
            self.stdout.write(words % counts)

    def _progress(self, dossiers: int) -> None:
        if dossiers % 50_000 == 0:
            self.stderr.write(_("%(dossiers)d dossiers looked at.") % {"dossiers": dossiers})

    def _write_json(self, found: Verified) -> None:
        data = {
            "dossiers": found.dossiers,
            "clocks": found.clocks,
            "lines": found.lines,
            "bad": found.bad,
            "faults": [fault.as_data() for fault in found.faults],
        }
        self.stdout.write(json.dumps(data, ensure_ascii=False))
