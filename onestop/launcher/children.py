"""The long-running processes of the program as children of the launcher."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path

import psutil

from onestop.embedded.exceptions import ServerFailed
from onestop.embedded.folders import CHECKOUT
from onestop.embedded.processes import end, spawn
from onestop.launcher.record import children_of

STOPS_WITHIN = 10.0
RESTARTS_ALLOWED = 5  # within a minute; more means that it cannot run at all
MINUTE = 60.0


def command_line(command: str) -> list[str]:
    """The words of a start command, run by the very Python that runs us."""
    program, *arguments = shlex.split(command)
    return [sys.executable if program == "python" else program, *arguments]


class Child:
    """One process that is started again when it ends by itself."""

    def __init__(self, name: str, command: str, *, logs: Path, env: Mapping[str, str]) -> None:
        """Describe the process; nothing is started yet."""
        self.name = name
        self.command = command
        self.log = logs / f"{name}.log"
        self.env = {**os.environ, **env}
        self.process: subprocess.Popen[bytes] | None = None
        self.starts: deque[float] = deque(maxlen=RESTARTS_ALLOWED)

    def start(self) -> None:
        """Start the process.

        Raises:
            ServerFailed: It ended again and again.
        """
        now = time.monotonic()
        if len(self.starts) == RESTARTS_ALLOWED and now - self.starts[0] < MINUTE:
            raise ServerFailed(f"The process {self.name} ends again and again; {self.log} says why.")
        self.starts.append(now)
        self.process = spawn(command_line(self.command), log=self.log, order=signal.SIGTERM, env=self.env, cwd=CHECKOUT)

    def has_ended(self) -> bool:
        """Whether the process has ended."""
        return self.process is None or self.process.poll() is not None


def stop_all(children: list[Child]) -> None:
    """Stop the children and everything below them; who does not listen is ended."""
    running = [psutil.Process(child.process.pid) for child in children if child.process and not child.has_ended()]
    below = [process for parent in running for process in children_of(parent)]
    end(running, patience=STOPS_WITHIN)
    end(below, patience=1.0)
    for child in children:
        if child.process:
            child.process.wait()
