"""Runs the program's own commands as somebody at a terminal would, in a folder of their own."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
from django.conf import settings

PATIENCE = 120.0
LOOKS_EVERY = 0.05
GIVEN = ("DATABASE_URL", "REDIS_URL")


@contextlib.contextmanager
def folder_for_servers() -> Iterator[Path]:
    """A folder that servers of any account can reach, removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="onestop-test-", dir="/var/tmp"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The environment of somebody who has named no server."""
    kept = {name: value for name, value in os.environ.items() if name not in GIVEN}
    return kept | {"ONESTOP_VAR": str(folder)} | more


def manage(*arguments: str, env: dict[str, str], **more: str) -> subprocess.CompletedProcess[str]:
    """Run a management command, in which warnings are errors as in the tests."""
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=settings.BASE_DIR,
        env=env | {"PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        **more,
    )


def wait_until(question: Callable[[], object], *, what: str) -> None:
    """Look again and again until the answer is yes."""
    give_up_at = time.monotonic() + PATIENCE
    while not question():
        assert time.monotonic() < give_up_at, f"Waited in vain for {what}."
        time.sleep(LOOKS_EVERY)


def processes_of(folder: Path) -> list[psutil.Process]:
    """Every running process that was started for `folder`."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            about = [*process.cmdline(), process.environ().get("ONESTOP_VAR", ""), process.cwd()]
            if process.status() != psutil.STATUS_ZOMBIE and any(str(folder) in words for words in about):
                found.append(process)
    return found
