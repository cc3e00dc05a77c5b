"""`manage.py build_messages`: compile the Vietnamese words; --check finds gaps; --update adds new messages."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from onestop.desk import messages
from onestop.messages import compile_messages


class Command(BaseCommand):
    """Compile the messages when they changed; needs no database and no GNU gettext."""

    help = "Compile the Vietnamese messages; with --check, fail when one is missing; with --update, renew the .po file."
    requires_system_checks = ()
    needs_database = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="list messages without a Vietnamese text and fail")
        parser.add_argument("--update", action="store_true", help="add new messages to the .po file, drop unused ones")

    def handle(self, *, check: bool, update: bool, **_options: object) -> None:
        root = Path(settings.BASE_DIR)
        po = Path(settings.LOCALE_PATHS[0]) / "vi" / "LC_MESSAGES" / "django.po"
        if update:
            self._update(root, po)
        if check:
            self._check(root, po)
        compile_messages()

    def _update(self, root: Path, po: Path) -> None:
        found = messages.extracted(root)
        messages.save(messages.renewed(found, messages.read_catalogue(po)), po)

    def _check(self, root: Path, po: Path) -> None:
        found = messages.gaps(messages.extracted(root), messages.read_catalogue(po))
        for gap in found:
            self.stderr.write(str(gap))
        if found:
            raise CommandError(f"{len(found)} messages need a Vietnamese text; see above.")
