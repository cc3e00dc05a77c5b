"""Add up the ledgers that changed, so that working time can be read for any group of dossiers."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from workflows.services.summing import BATCH, sum_ledgers


class Command(BaseCommand):
    """`manage.py sum_ledgers`: what the scheduler does every few minutes, now and to the end. Safe to run again."""

    help = "Add up every ledger that changed, and open ones that were last counted before today."

    def add_arguments(self, parser: CommandParser) -> None:
        """How many dossiers go into one transaction."""
        parser.add_argument("--batch", type=int, default=BATCH, help=f"dossiers in one transaction (default: {BATCH})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Add up, and say how many."""
        done = sum_ledgers(batch=max(options["batch"], 1))
        self.stdout.write(f"{done} ledgers added up.")
