"""Move open clocks to the newest version of their calendars, as the workers do by themselves."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from workflows.services.reprojecting import SHARES, carry_out, unfinished


class Command(BaseCommand):
    help = "Move open clocks to the newest version of their calendars; safe to run again, at once and after a crash."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which share, where several of these run at once."""
        parser.add_argument("--share", type=int, choices=range(SHARES), help="one of several shares, run side by side")

    def handle(self, *args: Any, **options: Any) -> None:
        """Carry out and say how many clocks were moved."""
        share = options["share"]
        moved = carry_out() if share is None else carry_out(share=share, shares=SHARES)
        self.stdout.write(_("%(count)d clocks moved.") % {"count": moved})
        left = unfinished().count()
        if left:
            self.stdout.write(
                _("%(count)d moves are not finished: acts hold some dossiers just now.") % {"count": left}
            )
