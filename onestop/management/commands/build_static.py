"""Prepares the files that browsers ask for: static files and the archive of the source."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from onestop.source import write_source_archive

NOT_SERVED = ["viewflow"]  # the stock screens of the engine are not used


class Command(BaseCommand):
    """Needs no database, so that an image can be built without one."""

    help = "Collect static files and pack the source."
    needs_database = False

    def handle(self, **options: Any) -> None:
        """Do both; what is up to date stays."""
        call_command("collectstatic", interactive=False, verbosity=0, ignore_patterns=NOT_SERVED, stdout=self.stdout)
        write_source_archive(settings.STATIC_ROOT)
