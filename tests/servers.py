"""Loaded before the settings: where no server is given, the tests get a PostgreSQL and a Valkey of their own.

They stand in a folder of their own, named for this process, and end with it; folders of runs that were killed are
removed. Under several test processes the first one starts the servers and the others inherit the addresses.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from onestop.embedded.folders import Folders, folders, make_top_folder
from onestop.embedded.postgres import Postgres, working_in
from onestop.embedded.processes import Known, end, read_known, write_known
from onestop.embedded.valkey import Valkey
from onestop.messages import compile_messages

OURS = pytest.StashKey[list[Postgres | Valkey]]()
PLACES = pytest.StashKey[Folders]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Start what is missing before Django reads its settings."""
    early_config.stash[OURS] = started = []
    if "PYTEST_XDIST_WORKER" not in os.environ:
        compile_messages()
        early_config.stash[PLACES] = places = own_places()
        start_servers(started, places)
    return (yield)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started, and leave nothing behind."""
    for server in config.stash.get(OURS, []):
        server.stop()
    if places := config.stash.get(PLACES, None):
        shutil.rmtree(places.state, ignore_errors=True)


def own_places() -> Folders:
    """A folder for this run alone, whoever's servers it uses."""
    make_top_folder(folders().servers)
    everything = folders().servers / "tests"
    make_top_folder(everything)
    remove_dead_runs(everything)
    os.environ["ONESTOP_VAR"] = str(everything / str(os.getpid()))
    places = folders()
    places.prepare()
    (places.state / "static").mkdir()
    write_known(places.run / "owner.json", [Known.of(os.getpid())])
    return places


def start_servers(started: list[Postgres | Valkey], places: Folders) -> None:
    """Start the servers that nobody has named, and name them in the environment."""
    if "DATABASE_URL" not in os.environ:
        postgres = Postgres(places, forgetful=True)
        started.append(postgres)
        postgres.start(die_with_us=True)
        os.environ["DATABASE_URL"] = places.database_url
    if "REDIS_URL" not in os.environ:
        valkey = Valkey(places)
        started.append(valkey)
        valkey.start()
        os.environ["REDIS_URL"] = places.redis_url


def remove_dead_runs(everything: Path) -> None:
    """Remove the folders of test runs that were killed."""
    for run in everything.iterdir():
        if not read_known(run / "run" / "owner.json"):
            end(working_in(run / "postgres"), patience=10)
            shutil.rmtree(run, ignore_errors=True)
