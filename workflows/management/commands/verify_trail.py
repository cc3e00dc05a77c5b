"""Verify that no trail was changed afterwards."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from workflows.models import TrailEntry
from workflows.services.sealing import breaks


class Command(BaseCommand):
    """`manage.py verify_trail`: names every broken chain and seal; exit status 1 when there is one."""

    help = "Recompute the hash chain of every dossier and every daily seal, and name what does not hold."

    def handle(self, *args: Any, **options: Any) -> None:
        found = 0
        for one in breaks():
            found += 1
            self.stdout.write(f"{one.place}: {one.sentence}")
        if found:
            raise CommandError(f"{found} places do not hold.", returncode=1)
        self.stdout.write(f"{TrailEntry.objects.count()} entries, all chained and sealed as recorded.")
