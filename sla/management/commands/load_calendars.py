"""Publishes the calendars shipped with the program."""

from __future__ import annotations

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from sla.calendars import load_calendars


class Command(BaseCommand):
    """Publish the shipped working calendars where they are missing or have changed."""

    help = "Publish the shipped working calendars where they are missing or have changed. Safe to run again."

    def handle(self, *args: object, **options: object) -> None:
        """Load them and list what is in force."""
        for version in load_calendars():
            self.stdout.write(
                _("Calendar %(code)s, version %(number)s, is in force.")
                % {"code": version.calendar.code, "number": version.number}
            )
