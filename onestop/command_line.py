"""Gives a management command the database it needs: the given one, the running embedded one, or one started for it."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator, Sequence

import django
from django.core.management import call_command, get_commands, load_command_class
from django.db import connections

from onestop.embedded.borrowing import borrowed
from onestop.embedded.folders import Folders, folders
from onestop.embedded.postgres import Postgres
from onestop.embedded.processes import locked
from onestop.messages import compile_messages
from onestop.preparation import tables_fit

# Django's own commands that do without a database; ours say so with `needs_database = False`.
OFFLINE = frozenset(
    {
        *("help", "version", "check", "diffsettings", "makemigrations", "makemessages", "compilemessages"),
        *("startapp", "startproject", "collectstatic", "findstatic", "sendtestemail"),
    }
)
# Commands that bring the tables up to date themselves.
PREPARING = frozenset({"set_up", "migrate", "sqlmigrate", "showmigrations", "dbshell"})


@contextlib.contextmanager
def database_for(argv: Sequence[str]) -> Iterator[None]:
    """Hold a server for the command in `argv`, its tables and calendars ready, for the length of a `with` block.

    Raises:
        EmbeddedError: The embedded server cannot run; the text says why.
    """
    compile_messages()
    name = argv[1] if len(argv) > 1 else "help"
    if os.environ.get("DATABASE_URL") or {"--help", "-h", "--version"} & set(argv) or not needs_database(name):
        yield
        return
    with borrowed(Postgres(folders())):
        if name not in PREPARING:
            prepare_tables(folders())
        try:
            yield
        finally:
            connections.close_all()


def needs_database(name: str) -> bool:
    """Whether the management command `name` exists and talks to the database."""
    if name in OFFLINE:
        return False
    django.setup()
    app = get_commands().get(name)
    if app is None:
        return False
    command = load_command_class(app, name) if isinstance(app, str) else app
    return bool(getattr(command, "needs_database", True))


def prepare_tables(places: Folders) -> None:
    """On first use, and after every change of tables or calendars, bring the embedded database up to date."""
    with locked(places.run / "prepare.lock"):
        if not tables_fit(places):
            call_command("set_up", stdout=sys.stderr)
