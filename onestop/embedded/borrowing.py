"""Lending the embedded PostgreSQL: whoever needs it starts it when nobody has, the last to leave stops it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from onestop.embedded.folders import Folders
from onestop.embedded.postgres import Postgres
from onestop.embedded.processes import Known, locked, read_known, write_known


def _users(folders: Folders) -> Path:
    return folders.run / "users.json"


@contextlib.contextmanager
def changing_users(folders: Folders) -> Iterator[list[Known]]:
    """Read, let change and write the list of processes that use the server, one process at a time."""
    folders.prepare()
    with locked(folders.run / "users.lock"):
        users = read_known(_users(folders))
        try:
            yield users
        finally:
            write_known(_users(folders), users)


def join(postgres: Postgres, *, die_with_us: bool = False) -> None:
    """Count this process among the users of the server, started when it does not run.

    Args:
        die_with_us: For a server started here, whether it ends when this process is killed.
    """
    with changing_users(postgres.folders) as users:
        if die_with_us and not users:
            postgres.stop()  # an orphan of a killed process may be about to end; ours shall not
        postgres.start(die_with_us=die_with_us)
        users.append(Known.of(os.getpid()))


def leave(postgres: Postgres, *, stop: bool = False) -> None:
    """Take this process off the list; the last to leave, or whoever insists with `stop`, stops the server."""
    with changing_users(postgres.folders) as users:
        users[:] = [known for known in users if known.pid != os.getpid()]
        if stop or not users:
            postgres.stop()


@contextlib.contextmanager
def borrowed(postgres: Postgres) -> Iterator[Postgres]:
    """Use the server for the length of a `with` block."""
    join(postgres)
    try:
        yield postgres
    finally:
        leave(postgres)
