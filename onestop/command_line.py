"""Gives a management command the database it needs: the given one, the running embedded one, or one started for it."""

from __future__ import annotations

import contextlib
import hashlib
import os
import sys
from collections.abc import Iterator, Sequence

import django
from django.conf import settings
from django.core.management import call_command, get_commands, load_command_class
from django.db import connections

from onestop.embedded.borrowing import borrowed
from onestop.embedded.folders import CHECKOUT, Folders, folders
from onestop.embedded.postgres import Postgres
from onestop.embedded.processes import locked

# Django's own commands that do without a database; ours say so with `needs_database = False`.
OFFLINE = frozenset(
    {
        *("help", "version", "check", "diffsettings", "makemigrations", "makemessages", "compilemessages"),
        *("startapp", "startproject", "collectstatic", "findstatic", "sendtestemail"),
    }
)
# Commands that bring the tables up to date themselves.
PREPARING = frozenset({"set_up", "migrate", "sqlmigrate", "showmigrations", "dbshell"})
WHAT_TABLES_FOLLOW = ("*/migrations/*.py", "sla/calendar_data/*")


@contextlib.contextmanager
def database_for(argv: Sequence[str]) -> Iterator[None]:
    """Hold a server for the command in `argv`, its tables and calendars ready, for the length of a `with` block.

    Raises:
        EmbeddedError: The embedded server cannot run; the text says why.
    """
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
        if not is_prepared(places):
            call_command("set_up", stdout=sys.stderr)


def is_prepared(places: Folders) -> bool:
    """Whether the embedded database was brought up to date with this very code."""
    marker = places.database / "onestop-prepared"
    return marker.exists() and marker.read_text() == fingerprint()


def mark_prepared(places: Folders) -> None:
    """Remember in the database's own folder that it is up to date with this very code."""
    if not os.environ.get("DATABASE_URL"):
        (places.database / "onestop-prepared").write_text(fingerprint())


def fingerprint() -> str:
    """A text that changes whenever a migration or a calendar does."""
    found = hashlib.sha256(settings.TIME_ZONE.encode())
    for pattern in WHAT_TABLES_FOLLOW:
        for path in sorted(CHECKOUT.glob(pattern)):
            found.update(str(path.relative_to(CHECKOUT)).encode() + path.read_bytes())
    return found.hexdigest()
