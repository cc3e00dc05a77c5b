"""The database that is measured: a PostgreSQL of its own with the settings that are shipped, removed afterwards."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onestop.embedded.folders import Folders, folders, make_top_folder
from onestop.embedded.postgres import Postgres
from onestop.embedded.valkey import Valkey

ROOT = Path(__file__).resolve().parents[1]
FILL_MINUTES = 40


class BenchDatabase:
    """Where to measure: addresses of the servers, and how databases on them are made."""

    def __init__(self, database_url: str, redis_url: str, *, is_ours: bool) -> None:
        """Name the servers; on ours, databases are made by name and filled, else the one that is named is used."""
        self.database_url = database_url
        self.redis_url = redis_url
        self.is_ours = is_ours

    def environment(self, database: str = "") -> dict[str, str]:
        """What a process needs to work on the database that is named, or on another one of the same server."""
        url = self.database_url
        if database:
            place, mark, rest = url.partition("?")
            url = f"{place.rpartition('/')[0]}/{database}{mark}{rest}"
        ours = {"DATABASE_URL": url, "REDIS_URL": self.redis_url, "DJANGO_SETTINGS_MODULE": "onestop.settings"}
        return {**os.environ, **ours, "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}

    def run(self, *command: str, database: str = "", minutes: float = 10, loud: bool = False) -> str:
        """Run a Python command on the database; what it printed.

        Raises:
            CalledProcessError, TimeoutExpired
        """
        done = subprocess.run(  # noqa: S603  # our own commands
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment(database),
            text=True,
            stdout=None if loud else subprocess.PIPE,
            timeout=minutes * 60,
            check=True,
        )
        return done.stdout or ""

    def make(self, database: str) -> None:
        """Make an empty database on the server, in the place of one of this name."""
        code = (
            "import django; django.setup()\n"
            "from django.db import connection\n"
            f"connection.cursor().execute('DROP DATABASE IF EXISTS {database} WITH (FORCE)')\n"
            f"connection.cursor().execute('CREATE DATABASE {database}')\n"
        )
        self.run("-c", code, database=self.database_url.partition("?")[0].rpartition("/")[2])

    def prepare(self, *, dossiers: int, still_open: int, database: str = "") -> None:
        """Make a database anew where it is ours, make its tables and fill them."""
        if database:
            self.make(database)
        self.run("manage.py", "migrate", "-v0", database=database)
        self.run("manage.py", "build_static")
        size = ("--dossiers", str(dossiers), "--open", str(still_open))
        self.run("-m", "benchmarks.fill", *size, database=database, minutes=FILL_MINUTES, loud=True)


@contextmanager
def bench_database(*, given: str = "", keep: bool = False) -> Iterator[BenchDatabase]:
    """A server for measuring.

    Args:
        given: address of a database to use instead; it is left as it is afterwards.
        keep: leave the server's folder where it is, so that the next run finds the filled database in it.
    """
    if given:
        yield BenchDatabase(given, os.environ.get("REDIS_URL", ""), is_ours=False)
        return
    places = own_places("bench" if keep else f"bench-{os.getpid()}")
    postgres, valkey = Postgres(places), Valkey(places)
    try:
        postgres.start(die_with_us=True)
        valkey.start()
        yield BenchDatabase(places.database_url, places.redis_url, is_ours=True)
    finally:
        valkey.stop()
        postgres.stop()
        if not keep:
            shutil.rmtree(places.state, ignore_errors=True)
            shutil.rmtree(places.servers, ignore_errors=True)


def own_places(name: str) -> Folders:
    """A folder for measuring alone, beside the program's own."""
    top = folders().servers
    make_top_folder(top)
    os.environ["ONESTOP_VAR"] = str(top / name)
    places = folders()
    places.prepare()
    return places
