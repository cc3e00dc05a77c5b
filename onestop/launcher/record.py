"""Who runs the program from this checkout, where it listens, and which processes it has started."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator

import psutil

from onestop.embedded.folders import Folders
from onestop.embedded.processes import Known, end, read_known, write_known

STOPS_WITHIN = 15.0  # seconds for which a second start waits for a first one that is just stopping
LOOKS_EVERY = 0.2


class Record:
    """The notes of the running launcher, in a file that a second one reads."""

    def __init__(self, folders: Folders) -> None:
        """Name the notes kept under `folders`."""
        self.processes = folders.run / "processes.json"
        self.notes = folders.run / "launcher.json"
        self.lock = folders.run / "launcher.lock"

    @contextlib.contextmanager
    def held(self) -> Iterator[bool]:
        """Be the only launcher of this checkout; yields False when another one runs.

        The system frees the lock when we end, however we end.
        """
        with self.lock.open("a") as lock:
            yield self._take(lock.fileno())

    def _take(self, lock: int) -> bool:
        give_up_at = time.monotonic() + STOPS_WITHIN
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if self.state() != "stopping" or time.monotonic() > give_up_at:
                    return False
                time.sleep(LOOKS_EVERY)
            else:
                return True

    def write(self, state: str, address: str = "") -> None:
        """Note that this launcher is `starting`, `listening` at `address`, or `stopping`."""
        fresh = self.notes.with_suffix(".new")
        fresh.write_text(json.dumps({"pid": os.getpid(), "state": state, "address": address}))
        fresh.replace(self.notes)

    def read(self) -> dict[str, str | int]:
        """What the launcher last noted."""
        with contextlib.suppress(FileNotFoundError, ValueError):
            return dict(json.loads(self.notes.read_text()))
        return {}

    def state(self) -> str:
        """What the launcher was last doing."""
        return str(self.read().get("state", ""))

    def words(self) -> str:
        """One sentence about the launcher that runs, for the person who started a second one."""
        notes = self.read()
        if notes.get("address"):
            return f"The program runs already and listens at {notes['address']} (process {notes['pid']})."
        return f"The program is just being started by process {notes.get('pid', '?')}: wait a moment."

    def note_processes(self, pids: dict[str, int]) -> None:
        """Remember the children by name, so that the next launcher can end those that outlive us."""
        known = []
        for name, pid in pids.items():
            with contextlib.suppress(psutil.NoSuchProcess):
                known.append(Known.of(pid, name))
        write_known(self.processes, known)

    def end_orphans(self, *, patience: float) -> list[str]:
        """End what a killed launcher of this checkout left behind.

        Returns:
            The names of the processes that still ran.
        """
        left = read_known(self.processes)
        found = [process for known in left if (process := known.process())]
        families = [member for process in found for member in (process, *children_of(process))]
        end(families, patience=patience)
        self.note_processes({})
        return [known.name for known in left]


def children_of(process: psutil.Process) -> list[psutil.Process]:
    """Every process below `process`; none when it has ended."""
    try:
        return process.children(recursive=True)
    except psutil.NoSuchProcess:
        return []
