"""Everything in the queue is lost, and no message is: what must be sent stands in the database."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
import redis
from celery import current_app
from kombu import Connection

from onestop.embedded.folders import Folders
from onestop.embedded.valkey import Valkey
from onestop.environment import broker_from
from sla.alarms import database_now
from tests.foundation.commands import folder_for_servers
from tests.workflows.racing import ROOT, database_url
from workflows.models import Notice

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

MESSAGES, PATIENCE = 12, 60.0


@pytest.fixture
def broker():
    """A broker of its own, which may be emptied."""
    with folder_for_servers() as place:
        server = Valkey(Folders(place, place))
        server.start()
        try:
            yield server.folders.redis_url
        finally:
            server.stop()


@pytest.fixture
def texts():
    """A service of text messages that keeps the keys it is sent."""
    got: list[str] = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self):
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["idempotency_key"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *arguments):
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Service)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield got, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


@contextlib.contextmanager
def worker(folder, **settings):
    """A real worker with its own beat."""
    env = {**os.environ, "DATABASE_URL": database_url(), "ONESTOP_VAR": str(folder), "SWEEP_EVERY": "1", **settings}
    command = [sys.executable, "-m", "celery", "--app", "onestop.celery", "worker", "--beat", "--pool", "solo"]
    with (folder / "worker.log").open("w") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=log, stderr=log, start_new_session=True)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # beat is a child of the worker, in the group made for both
        process.wait()


def test_emptying_the_broker_while_messages_are_queued_loses_none(received, broker, texts, tmp_path):
    got, address = texts
    for number in range(MESSAGES):
        Notice.objects.create(
            topic="alarm_due",
            channel="hook",
            dossier=received,
            address=f"09123456{number:02}",
            payload={"due_at": database_now().isoformat(), "step": ""},
            created_at=database_now(),
            next_try_at=database_now() - timedelta(minutes=1),
            idempotency_key=f"text-{number}",
        )
    with Connection(broker_from(broker)) as queue, redis.Redis.from_url(broker) as client:
        for _turn in range(5):
            current_app.send_task("workflows.tasks.deliver_notices", connection=queue)
        queued = client.llen("celery")
        client.flushall()
        left = client.dbsize()
    (tmp_path / "run").mkdir()

    with worker(tmp_path, REDIS_URL=broker, NOTICE_HOOK_URL=address, NOTICE_HOOK_SECRET="s"):
        give_up_at = time.monotonic() + PATIENCE
        while Notice.objects.filter(channel="hook", delivered_at=None).exists() and time.monotonic() < give_up_at:
            time.sleep(0.1)

    assert (queued, left) == (5, 0)
    assert sorted(got) == sorted(f"text-{number}" for number in range(MESSAGES)), (tmp_path / "worker.log").read_text()
