"""Starting processes that do not outlive us, and knowing them again later."""

from __future__ import annotations

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from onestop.embedded.folders import Account

PR_SET_PDEATHSIG = 1
SAME_START = 1.0  # seconds by which two readings of one start time may differ


@dataclass(frozen=True)
class Known:
    """A process named so that a later process with the same number is not taken for it."""

    pid: int
    started: float
    name: str = ""

    @classmethod
    def of(cls, pid: int, name: str = "") -> Known:
        """Name the running process `pid`."""
        return cls(pid, psutil.Process(pid).create_time(), name)

    def process(self) -> psutil.Process | None:
        """The process itself, or None when it has ended."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) < SAME_START
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


def read_known(path: Path) -> list[Known]:
    """The processes recorded in `path`, ended ones left out."""
    try:
        rows = json.loads(path.read_text())
    except (FileNotFoundError, ValueError):
        return []
    return [known for known in (Known(**row) for row in rows) if known.process()]


def write_known(path: Path, known: Sequence[Known]) -> None:
    """Record `known` in `path`, in one move, so that a reader never sees half of it."""
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps([asdict(row) for row in known]))
    fresh.replace(path)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold the lock file `path`; waits for whoever holds it, and is freed by the system should we be killed."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def dying_with_parent(order: signal.Signals) -> Callable[[], None] | None:
    """What a child must do first so that it gets the signal `order` when its parent dies; None where impossible."""
    if sys.platform != "linux":
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_for_signal() -> None:
        prctl(PR_SET_PDEATHSIG, int(order))
        if os.getppid() != parent:
            os._exit(1)

    return ask_for_signal


def die_with_parent(order: signal.Signals = signal.SIGTERM) -> None:
    """Ask the system to send this very process `order` when its parent dies."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(order))


def identity_of(run_as: Account | None) -> dict[str, Any]:
    """The arguments of `subprocess` that run a child as `run_as`; None leaves it to us."""
    if run_as is None:
        return {}
    return {"user": run_as.user_id, "group": run_as.group_id, "extra_groups": []}


def spawn(
    command: Sequence[str | os.PathLike[str]],
    *,
    log: Path,
    order: signal.Signals | None = None,
    run_as: Account | None = None,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, its words going to `log`.

    Args:
        order: The signal it gets when we die; None lets it live on.
        run_as: The account that runs it; None means ours.
    """
    with log.open("ab") as words:
        return subprocess.Popen(  # noqa: S603  our own command lines only
            command,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=dying_with_parent(order) if order else None,
            env=env,
            cwd=cwd,
            **identity_of(run_as),
        )


def end(processes: Sequence[psutil.Process], *, patience: float) -> None:
    """Ask `processes` to end; after `patience` seconds end them."""
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.terminate()
    _, left = psutil.wait_procs(processes, timeout=patience)
    for process in left:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(left, timeout=patience)
