"""A database that lives as long as one replay, beside the one the office works with."""

from __future__ import annotations

import secrets
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.utils import Error as DatabaseError
from django.utils.translation import gettext as _

from workflows.replay.exceptions import ReplayError

PREFIX = "onestop_replay_"
TEMPLATE = "template0"
# Commits lost in a crash do no harm here, the database is dropped anyway. The acts join by primary keys only: looking
# for a better order of their joins takes the planner many times as long as running them.
SETTINGS = {"synchronous_commit": "off", "join_collapse_limit": "1", "jit": "off"}


@contextmanager
def scratch_database(*, keep: bool = False) -> Iterator[str]:
    """Create a migrated database, point the default connection to it, and drop it at the end, whatever happens.

    Args:
        keep: Leave the database behind, to be looked at.

    Yields:
        Its name.

    Raises:
        ReplayError: The database user may not create databases.
    """
    work_name = connection.settings_dict["NAME"]
    name = PREFIX + secrets.token_hex(6)
    try:
        connection.close()
        _create(name)
        _connect_to(name)
        call_command("migrate", verbosity=0, interactive=False)
        yield name
    finally:
        with _undisturbed():
            _connect_to(work_name)
            if not keep:
                _on_server(f"DROP DATABASE IF EXISTS {_quoted(name)} WITH (FORCE)")


def _create(name: str) -> None:
    try:
        _on_server(f"CREATE DATABASE {_quoted(name)} ENCODING 'UTF8' TEMPLATE {_quoted(TEMPLATE)}")
        for setting, value in SETTINGS.items():
            _on_server(f"ALTER DATABASE {_quoted(name)} SET {setting} TO {value}")
    except DatabaseError as error:
        raise ReplayError(
            _("The scratch database cannot be created (%(reason)s). Give the database user the right CREATEDB.")
            % {"reason": str(error).strip()}
        ) from error


def _connect_to(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


def _on_server(statement: str) -> None:
    """Run a statement outside any database of ours."""
    with connection._nodb_cursor() as cursor:  # Django's own test databases are made through it
        cursor.execute(statement)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let nobody break off the cleaning up with Ctrl-C."""
    before: Any = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
