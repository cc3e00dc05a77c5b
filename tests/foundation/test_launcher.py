"""`make run` from the first start to Ctrl-C, with a killed parent between, as one long day."""

import json
import signal
import subprocess
import sys
import urllib.request

import psutil
import pytest
from django.conf import settings

from onestop.embedded.folders import Folders
from onestop.launcher import address
from tests.foundation.commands import environment, folder_for_servers, manage, processes_of, wait_until
from tests.foundation.launching import Launched

pytestmark = pytest.mark.processes

COUNT_PEOPLE = "from offices.models import User; print(User.objects.count())"
TO_TRY = {
    "ONESTOP_PORT": "18300",
    "ONESTOP_SAMPLE_PASSWORD": "for-this-test-only",
    "WEB_WORKERS": "1",
    "WORKER_CONCURRENCY": "1",
}


@pytest.fixture
def folder():
    with folder_for_servers() as place:
        yield place
        for process in processes_of(place):
            process.kill()


@pytest.fixture
def env(folder):
    return environment(folder, **TO_TRY)


@pytest.fixture
def launch(folder, env):
    """Starts launchers; those still running in the end are killed."""
    launched = []

    def start():
        launched.append(Launched(folder, env))
        return launched[-1]

    yield start
    for each in launched:
        each.process.kill()
        each.process.wait()


def page(address):
    """The status and the text of a page."""
    with urllib.request.urlopen(address, timeout=30) as answer:  # noqa: S310  an address of our own
        return answer.status, answer.read().decode()


def logs_of(folder, name, words):
    """Whether the log of a process has these words."""
    return words in (Folders(folder, folder).logs / f"{name}.log").read_text()


def test_one_command_runs_everything_recovers_from_a_kill_and_leaves_nothing_behind(folder, env, launch):
    first = launch()
    assert "for-this-test-only" in first.said()
    assert page(f"{first.address}healthz") == (200, '{"database": true, "redis": true}')
    assert page(first.address)[0] == 200

    second = subprocess.run(
        [sys.executable, "-m", "onestop.launcher"],
        cwd=settings.BASE_DIR,
        env=env,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert first.address in second.stdout

    wait_until(lambda: logs_of(folder, "worker", "ready."), what="the worker")
    people = manage("shell", "--no-imports", "--command", COUNT_PEOPLE, env=env)
    assert (people.returncode, people.stderr) == (0, "")

    first.process.send_signal(signal.SIGKILL)
    first.process.wait()
    third = launch()
    assert "for-this-test-only" not in third.said()
    again = manage("shell", "--no-imports", "--command", COUNT_PEOPLE, env=env)
    assert (again.stdout, int(again.stdout) > 8) == (people.stdout, True)

    children = psutil.Process(third.process.pid).children(recursive=True)
    assert len(children) > 3
    third.process.send_signal(signal.SIGINT)
    assert third.process.wait(timeout=60) == 0
    assert processes_of(folder) == []
    assert json.loads((folder / "run" / "users.json").read_text()) == []


def test_port_that_is_taken_is_passed_over(monkeypatch):
    monkeypatch.setenv("ONESTOP_PORT", "18400")
    with address.socket.socket() as taken:
        taken.bind(("127.0.0.1", 18400))
        taken.listen()

        assert address.free_port() == 18401
