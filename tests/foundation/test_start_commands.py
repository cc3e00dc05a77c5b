"""The start commands of the containers, run as they stand against servers given by their addresses."""

import contextlib
import os
import urllib.error
import urllib.request
import uuid
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import pytest
from django.conf import settings
from psycopg2 import sql

from onestop.commands import PROCESSES, SET_UP
from onestop.environment import database_from
from onestop.launcher.children import Child, command_line, stop_all
from tests.foundation.commands import PATIENCE, wait_until

pytestmark = pytest.mark.processes

PORT = "18350"
PRODUCTION = {
    "ONESTOP_PROFILE": "production",
    "SECRET_KEY": "k" * 60,
    "ALLOWED_HOSTS": "onestop.example.vn",
    "BEHIND_PROXY": "1",
    "ONESTOP_PORT": PORT,
    "SWEEP_EVERY": "1",
    "WEB_WORKERS": "1",
    "WORKER_CONCURRENCY": "1",
}


@contextlib.contextmanager
def administration(given):
    """A connection that may create databases on the server of the tests."""
    connection = psycopg2.connect(
        dbname="postgres", user=given["USER"], password=given["PASSWORD"], host=given["HOST"], port=given["PORT"]
    )
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


@pytest.fixture
def scratch():
    """The address of an empty database on the server of the tests."""
    url, name = os.environ["DATABASE_URL"], f"onestop_e2e_{uuid.uuid4().hex[:8]}"
    given = database_from(url)
    with administration(given) as cursor:
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    with administration(given) as cursor:
        cursor.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def running(scratch, tmp_path):
    """Everything that docker-compose.yml starts of ours, as it starts it."""
    env = PRODUCTION | {"DATABASE_URL": scratch, "ONESTOP_VAR": str(tmp_path)}
    children = [Child(name, command, logs=tmp_path, env=env) for name, command in PROCESSES.items()]
    set_up = Child("set-up", f"{SET_UP} --static", logs=tmp_path, env=env)
    set_up.start()
    assert set_up.process.wait(timeout=PATIENCE) == 0, (tmp_path / "set-up.log").read_text()
    try:
        for child in children:
            child.start()
        yield tmp_path
    finally:
        stop_all(children)


def answer(path):
    """Status, headers and text of a page, asked for as the proxy in front would."""
    request = urllib.request.Request(
        f"http://127.0.0.1:{PORT}{path}",
        headers={"Host": "onestop.example.vn", "X-Forwarded-Proto": "https"},
    )
    with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(request, timeout=30) as page:  # noqa: S310
        return page.status, page.headers, page.read().decode()
    return 0, {}, ""


def test_containers_commands_serve_pages_and_sweep(running):
    wait_until(lambda: answer("/healthz")[0] == 200, what="the pages")

    status, headers, text = answer("/login/")
    assert status == 200
    assert "max-age=31536000" in headers["Strict-Transport-Security"]
    assert "Secure" in headers["Set-Cookie"]
    assert "/static/" in text

    log = running / "worker.log"
    wait_until(lambda: is_done(log, "sweep"), what="a sweep ordered by beat and done by the worker")
    wait_until(lambda: is_done(log, "deliver_notices"), what="a delivery")


def is_done(log, task):
    """Whether the worker has finished such a task."""
    lines = log.read_text().splitlines()
    return any(f"workflows.tasks.{task}[" in line and "succeeded" in line for line in lines)


def test_start_command_is_run_by_the_python_that_runs_us():
    assert command_line("python -m gunicorn x")[1:] == ["-m", "gunicorn", "x"]
    assert command_line(SET_UP)[1:] == ["manage.py", "set_up"]
    assert (settings.BASE_DIR / "manage.py").exists()
