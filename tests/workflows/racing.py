"""Real threads and real processes that start together."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.db import connection, connections

ROOT = Path(__file__).resolve().parents[2]


def in_threads(*attempts: Callable[[], Any]) -> list[Any]:
    """Run attempts at the same moment; each gives its result or the exception it ended with."""
    barrier = threading.Barrier(len(attempts))
    results: list[Any] = [None] * len(attempts)

    def run(place: int, attempt: Callable[[], Any]) -> None:
        try:
            barrier.wait(timeout=20)
            results[place] = attempt()
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(attempts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


PROGRAM = """
import json, sys
import django
django.setup()
from django.utils import timezone
from offices.models import User
from workflows import services
from workflows.exceptions import WorkflowError
name, arguments, who = json.loads(sys.argv[1])
by = User.objects.get(pk=who)
print("ready", flush=True)
sys.stdin.readline()
try:
    getattr(services, name)(**arguments, by=by)
    print(json.dumps({"done": True}))
except WorkflowError as error:
    print(json.dumps({"refused": type(error).__name__, "sentence": str(error)}))
"""


def database_url() -> str:
    """Address of the test's own database."""
    settings = connection.settings_dict
    login = f"{quote(settings['USER'])}:{quote(settings['PASSWORD'])}@" if settings["USER"] else ""
    port = f":{settings['PORT']}" if settings["PORT"] else ""
    return f"postgres://{login}{quote(settings['HOST'], safe='')}{port}/{quote(settings['NAME'])}"


def start(program: str, *arguments: str, **extra: str) -> subprocess.Popen[str]:
    """Start a Python program of this project on the test's database."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "DJANGO_SETTINGS_MODULE": "onestop.settings", **extra}
    return subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        cwd=ROOT,
        env=environment,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def in_processes(*calls: tuple[str, dict[str, Any], int]) -> list[dict[str, Any]]:
    """Call services in processes of their own, all let go at the same moment."""
    running = [start(PROGRAM, json.dumps(call)) for call in calls]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "ready", process.stderr.read() if process.stderr else ""
    for process in running:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    answers = [process.communicate(timeout=60) for process in running]
    return [json.loads(out.strip().splitlines()[-1]) for out, _errors in answers]


def winners(results: Sequence[Any]) -> list[Any]:
    """Results that are no exception."""
    return [result for result in results if not isinstance(result, Exception)]


def losers(results: Sequence[Any]) -> list[Exception]:
    """Exceptions among the results."""
    return [result for result in results if isinstance(result, Exception)]
