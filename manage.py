#!/usr/bin/env python3
"""Entry point of the management commands."""

import os
import sys

from django.core.management import execute_from_command_line

from onestop.command_line import database_for
from onestop.embedded.exceptions import EmbeddedError

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
    try:
        with database_for(sys.argv):
            execute_from_command_line(sys.argv)
    except EmbeddedError as error:
        sys.exit(str(error))
