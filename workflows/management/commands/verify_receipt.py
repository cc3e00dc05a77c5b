"""Says whether a receipt is genuine: for whoever has its QR code and no browser with a safe connection."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from workflows.receipts import SignedReceipt, receipt_in
from workflows.services.receipt_keys import is_genuine

LONGEST = 4096


class Command(BaseCommand):
    """Reads the text of the QR code, checks the signature, prints what was promised; exits 1 where it does not hold."""

    help = "Check the signature of a receipt, given the text of its QR code or a file that holds it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("text", help="text of the QR code, a file that holds it, or - for standard input")
        parser.add_argument("--keys", type=Path, help="published keys (JSON) instead of those of this database")
        parser.add_argument("--json", action="store_true", help="answer as JSON")

    def handle(self, *, text: str, keys: Path | None, **options: Any) -> None:
        """Answer; a receipt that is not genuine is an error."""
        receipt = receipt_in(text_of(text))
        known = json.loads(keys.read_text(encoding="utf-8"))["keys"] if keys else None
        genuine = receipt is not None and is_genuine(receipt, known)
        if options["json"]:
            self.stdout.write(json.dumps(answer(receipt, genuine=genuine)))
        elif receipt is not None and genuine:
            self.stdout.write(
                _("Genuine: %(code)s, received %(received)s, result promised for %(due)s (key %(key)s).")
                % {
                    "code": receipt.code,
                    "received": f"{receipt.received_at:%H:%M %d/%m/%Y}",
                    "due": f"{receipt.due_at:%H:%M %d/%m/%Y}",
                    "key": receipt.key,
                }
            )
        if receipt is None:
            raise CommandError(_("This is not the text of a signed receipt."), returncode=1)
        if not genuine:
            raise CommandError(_("Not genuine: the signature does not fit the code and the dates."), returncode=1)


def answer(receipt: SignedReceipt | None, *, genuine: bool) -> dict[str, Any]:
    """What is known, as plain values."""
    if receipt is None:
        return {"genuine": False}
    moments = {"received": receipt.received_at.isoformat(), "due": receipt.due_at.isoformat()}
    return {"genuine": genuine, "code": receipt.code, **moments, "key": receipt.key}


def text_of(given: str) -> str:
    """The text itself, or what the file of that name holds."""
    if given == "-":
        return sys.stdin.read(LONGEST)
    path = Path(given)
    try:
        return path.read_text(encoding="utf-8")[:LONGEST] if path.is_file() else given
    except OSError:  # a long text is no name of a file
        return given
