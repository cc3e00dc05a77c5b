"""Brings an installation up to date: tables, calendars, the key of receipts and, on request, files and a sample."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from onestop.preparation import mark_files, mark_tables
from sla.calendars import load_calendars
from sla.ladder import load_ladders
from workflows.services.receipt_keys import current_key
from workflows.services.slip_numbers import number_older


class Command(BaseCommand):
    """Safe to run again at any time."""

    help = "Bring tables, calendars and ladders of alarms up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--static", action="store_true", help="also prepare the files that browsers ask for")
        parser.add_argument("--sample", action="store_true", help="also load the sample content, once")

    def handle(self, *, static: bool, sample: bool, **options: Any) -> None:
        """Do what was asked, in the order in which one thing needs the other."""
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        load_calendars()
        load_ladders()
        current_key()
        number_older()
        mark_tables(settings.FOLDERS)
        if sample:
            call_command("load_sample", once=True, stdout=self.stdout)
        if static:
            call_command("build_static", stdout=self.stdout)
            mark_files(settings.FOLDERS)
