"""The life of `make run`: servers, tables, pages, worker and clock, until somebody stops it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from types import FrameType

from onestop.commands import PROCESSES, SET_UP
from onestop.embedded.borrowing import join, leave
from onestop.embedded.exceptions import ServerFailed
from onestop.embedded.folders import CHECKOUT, Folders
from onestop.embedded.postgres import Postgres
from onestop.embedded.processes import dying_with_parent
from onestop.embedded.valkey import Valkey
from onestop.launcher.address import answers, free_port, host, url
from onestop.launcher.children import Child, command_line, stop_all
from onestop.launcher.record import Record
from onestop.preparation import files_fit, tables_fit

PAGES_WITHIN = 60.0
LOOKS_EVERY = 0.2
ORPHANS_END_WITHIN = 10.0
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """Somebody asked the program to stop."""


def say(words: str) -> None:
    """Tell the person at the terminal."""
    with contextlib.suppress(BrokenPipeError, OSError):
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()


def run_until_stopped(folders: Folders) -> int:
    """Run the whole program until Ctrl-C; a second launcher says where the first one listens.

    Returns:
        The exit status.

    Raises:
        EmbeddedError: The program cannot run; the text says why.
    """
    folders.prepare()
    record = Record(folders)
    with record.held() as alone:
        if not alone:
            say(record.words())
            return 0
        _listen_for_signals()
        with contextlib.suppress(Stopped):
            _run(folders, record)
    return 0


def _listen_for_signals() -> None:
    for order in STOP_SIGNALS:
        if order != signal.SIGHUP or signal.getsignal(order) != signal.SIG_IGN:  # nohup means: go on
            signal.signal(order, _stop)


def _stop(_order: int, _frame: FrameType | None) -> None:
    for order in STOP_SIGNALS:
        signal.signal(order, signal.SIG_IGN)  # stopping is under way; nothing shall interrupt it
    raise Stopped


def _run(folders: Folders, record: Record) -> None:
    record.write("starting")
    for name in record.end_orphans(patience=ORPHANS_END_WITHIN):
        say(f"Ended the process {name}, left behind by a start that was killed.")
    children: list[Child] = []
    try:
        with _servers(folders, record):
            if not _is_set_up(folders):
                _set_up()
            port = free_port()
            children += _start_children(folders, port)
            _supervise(children, record, port)
    finally:
        record.write("stopping")


@contextlib.contextmanager
def _servers(folders: Folders, record: Record) -> Iterator[None]:
    """The embedded servers, for whichever address the environment names none."""
    with contextlib.ExitStack() as stack:
        if not os.environ.get("DATABASE_URL"):
            say(f"Starting PostgreSQL under {folders.servers} …")
            postgres = Postgres(folders)
            stack.callback(leave, postgres, stop=True)
            join(postgres, die_with_us=True)
        if not os.environ.get("REDIS_URL"):
            valkey = Valkey(folders)
            stack.callback(valkey.stop)
            valkey.start()
        yield


def _is_set_up(folders: Folders) -> bool:
    return not os.environ.get("DATABASE_URL") and tables_fit(folders) and files_fit(folders)


def _set_up() -> None:
    say("Bringing tables, calendars and sample content up to date …")
    answer = subprocess.run(  # noqa: S603  our own command line
        command_line(f"{SET_UP} --static --sample"),
        cwd=CHECKOUT,
        check=False,
        start_new_session=True,
        preexec_fn=dying_with_parent(signal.SIGTERM),
    )
    if answer.returncode:
        raise ServerFailed("The tables or the sample content could not be brought up to date; see above.")


def _start_children(folders: Folders, port: int) -> list[Child]:
    env = {"ONESTOP_HOST": host(), "ONESTOP_PORT": str(port)}
    return [Child(name, command, logs=folders.logs, env=env) for name, command in PROCESSES.items()]


def _supervise(children: list[Child], record: Record, port: int) -> None:
    try:
        _start(children[0], children, record)
        _await_pages(children[0], port)
        record.write("listening", url(port))
        say(f"\nThe desk is open at {url(port)}\nLogs: {children[0].log.parent}\nStop with Ctrl-C.")
        for child in children[1:]:  # after the pages, so that these come up sooner
            _start(child, children, record)
        while True:
            _restart_ended(children, record)
            time.sleep(LOOKS_EVERY)
    finally:
        record.write("stopping")
        say("Stopping …")
        stop_all(children)
        record.note_processes({})


def _start(child: Child, children: list[Child], record: Record) -> None:
    child.start()
    record.note_processes({child.name: child.process.pid for child in children if child.process})


def _await_pages(web: Child, port: int) -> None:
    give_up_at = time.monotonic() + PAGES_WITHIN
    while not answers(port):
        if web.has_ended():
            raise ServerFailed(f"The pages are not served; {web.log} says why.")
        if time.monotonic() > give_up_at:
            raise ServerFailed(f"The pages do not answer at {url(port)}; {web.log} says why.")
        time.sleep(LOOKS_EVERY)


def _restart_ended(children: list[Child], record: Record) -> None:
    for child in children:
        if child.has_ended():
            say(f"The process {child.name} ended by itself and is started again; {child.log} says why.")
            _start(child, children, record)
