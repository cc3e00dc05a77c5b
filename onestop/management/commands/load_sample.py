"""Loads sample offices, people and procedures, and prints once how to log in."""

import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.translation import override

from onestop.passwords import readable_password
from onestop.sample.loading import Login, load_sample, sample_is_loaded


class Command(BaseCommand):
    """Made for trying the program; a real office opens its own offices instead."""

    help = "Load sample offices, people and procedures; ONESTOP_SAMPLE_PASSWORD sets their password, else it is random."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--once", action="store_true", help="do nothing when somebody can log in already")

    def handle(self, *, once: bool, **options: Any) -> None:
        """Load, then print the logins."""
        if sample_is_loaded():
            if once:
                return
            raise CommandError("People exist already: the sample is only loaded into an empty database.")
        password = os.environ.get("ONESTOP_SAMPLE_PASSWORD") or readable_password()
        with override("vi"):
            logins = load_sample(password=password, at=timezone.now())
        self.print_logins(logins, password)

    def print_logins(self, logins: list[Login], password: str) -> None:
        """Print who can log in, and the password, which is not kept anywhere."""
        self.stdout.write(f"\nSample people, all with the password  {password}  (shown only now):\n")
        for login in logins:
            roles = ", ".join(login.roles)
            self.stdout.write(f"  {login.username:8} {login.full_name:20} {roles} ({login.office})")
        self.stdout.write("A forgotten password is set anew with: manage.py changepassword NAME")
