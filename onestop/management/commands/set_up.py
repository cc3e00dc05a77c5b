"""Brings an installation up to date: tables, calendars and, on request, static files and sample content."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from onestop.command_line import mark_prepared
from onestop.messages import compile_messages
from onestop.source import write_source_archive


class Command(BaseCommand):
    """Safe to run again at any time."""

    help = "Bring tables and calendars up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--static", action="store_true", help="also compile messages and collect static files")
        parser.add_argument("--sample", action="store_true", help="also load the sample content, once")

    def handle(self, *, static: bool, sample: bool, **options: Any) -> None:
        """Do what was asked, in the order in which one thing needs the other."""
        call_command("migrate", interactive=False, verbosity=0, stdout=self.stdout)
        call_command("load_calendars", stdout=self.stdout)
        mark_prepared(settings.FOLDERS)
        if static:
            compile_messages()
            call_command("collectstatic", interactive=False, verbosity=0, stdout=self.stdout)
            write_source_archive(settings.STATIC_ROOT)
        if sample:
            call_command("load_sample", once=True, stdout=self.stdout)
