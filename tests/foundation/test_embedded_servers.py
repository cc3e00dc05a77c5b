"""The PostgreSQL that a command starts for itself when nobody has named or started one."""

import json
import os
import stat
from pathlib import Path

import pytest

from onestop.embedded.exceptions import FolderRefused
from onestop.embedded.folders import LONGEST_SOCKET_PATH, Folders, own_folder, refuse_private_parents
from onestop.embedded.postgres import Postgres, sized
from onestop.embedded.processes import Known, read_known, write_known
from tests.foundation.commands import environment, folder_for_servers, manage, processes_of

pytestmark = pytest.mark.processes

DEADLINE = ("deadline", "--received", "2026-03-02T09:00+07:00", "--limit", "10 working_day", "--json")

# Runs another command inside, and then still has its database.
NESTED = f"""
import subprocess, sys
from django.db import connection
print(subprocess.check_output([sys.executable, "manage.py", *{DEADLINE!r}], text=True))
connection.cursor().execute("SELECT 1")
print("still answers")
"""


@pytest.fixture(scope="module")
def folder():
    with folder_for_servers() as place:
        yield place


def modes_above(folder):
    """The access modes of every folder above."""
    return {parent: stat.S_IMODE(parent.stat().st_mode) for parent in folder.parents}


def test_first_command_starts_the_server_prepares_it_and_stops_it_again(folder):
    above = modes_above(folder)

    answer = manage(*DEADLINE, env=environment(folder))

    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout)["due_at"] == "2026-03-16T17:00:00+07:00"
    assert processes_of(folder) == []
    assert modes_above(folder) == above


def test_two_commands_share_one_server_and_the_last_one_stops_it(folder):
    first = manage("shell", "--no-imports", "--command", NESTED, env=environment(folder))

    assert first.returncode == 0, first.stderr
    assert '"due_at"' in first.stdout
    assert first.stdout.rstrip().endswith("still answers")
    assert processes_of(folder) == []


def test_orphan_of_a_killed_process_is_taken_over_with_its_tables(folder):
    env = environment(folder)
    marker = folder / "postgres" / "onestop-prepared"
    prepared_at = marker.stat().st_mtime_ns
    killed = manage(
        "shell", "--no-imports", "--command", "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", env=env
    )
    assert killed.returncode == -9
    assert processes_of(folder) != []

    answer = manage(*DEADLINE, env=env)

    assert (answer.returncode, answer.stderr) == (0, "")
    assert marker.stat().st_mtime_ns == prepared_at
    assert processes_of(folder) == []


def test_command_without_database_starts_nothing(tmp_path):
    answer = manage("check", env=environment(tmp_path / "unused"))

    assert answer.returncode == 0, answer.stderr
    assert not (tmp_path / "unused" / "postgres").exists()


def test_private_folder_is_refused_where_it_would_have_to_be_opened(tmp_path):
    private = tmp_path / "private"
    private.mkdir(mode=0o700)

    answer = manage(*DEADLINE, env=environment(private / "var"))

    if os.geteuid() == 0:  # PostgreSQL then runs as somebody else
        assert answer.returncode == 1
        assert "who cannot pass through" in answer.stderr
        assert len(answer.stderr.strip().splitlines()) == 1
    else:
        assert answer.returncode == 0
    assert stat.S_IMODE(private.stat().st_mode) == 0o700


def test_private_parents_are_named(tmp_path):
    (tmp_path / "private").mkdir(mode=0o700)

    with pytest.raises(FolderRefused, match="private"):
        refuse_private_parents(tmp_path / "private")


def test_folder_that_is_a_link_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(FolderRefused, match="belongs to somebody else"):
        own_folder(tmp_path / "link", mode=0o700)


@pytest.mark.parametrize("length", [5, 90, 400])
def test_socket_paths_are_short_enough_for_any_checkout(length):
    places = Folders(Path("/", "x" * length), Path("/", "x" * length))

    assert len(os.fsencode(places.sockets / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH


def test_process_that_has_another_start_time_is_another_process(tmp_path):
    mine = Known.of(os.getpid())
    write_known(tmp_path / "known.json", [mine, Known(mine.pid, mine.started - 60)])

    assert read_known(tmp_path / "known.json") == [mine]


def test_server_that_cannot_start_says_where_it_is_written(folder):
    server = Postgres(Folders(folder, folder))
    server._prepare_folders()
    (folder / "postgres" / "postgresql.conf").rename(folder / "conf")
    try:
        answer = manage(*DEADLINE, env=environment(folder))
    finally:
        (folder / "conf").rename(folder / "postgres" / "postgresql.conf")

    assert answer.returncode == 1
    assert answer.stderr.startswith("PostgreSQL did not start")
    assert str(folder / "logs" / "postgres.log") in answer.stderr


@pytest.mark.parametrize(
    ("gigabytes", "buffers", "building"),
    [(0.5, "128MB", "64MB"), (8, "1024MB", "128MB"), (24, "3072MB", "384MB"), (256, "4096MB", "512MB")],
)
def test_server_takes_an_eighth_of_the_memory_within_bounds(gigabytes, buffers, building):
    settings = sized(int(gigabytes * 1024**3))

    assert (settings["shared_buffers"], settings["maintenance_work_mem"]) == (buffers, building)
