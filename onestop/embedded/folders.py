"""Where the program keeps what it writes: one folder for the program, one for its database server.

They are the same folder, `var/` in the checkout, unless the program runs as root. PostgreSQL refuses to run as root and
is then run as `nobody`, who cannot pass through a private checkout; opening the folders above it would expose what lies
there. So as root the database lives under `/var/tmp`, and no folder above it is ever changed.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from onestop.embedded.exceptions import FolderRefused

CHECKOUT = Path(__file__).resolve().parent.parent.parent
DATABASE = "onestop"
SUPERUSER = "postgres"
LONGEST_SOCKET_PATH = 107
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432"


@dataclass(frozen=True)
class Account:
    """The system account that runs PostgreSQL."""

    name: str
    user_id: int
    group_id: int


@dataclass(frozen=True)
class Folders:
    """The places of one installation.

    `state` holds logs, papers, static files and the secret key; `servers` holds the database and the sockets.
    """

    state: Path
    servers: Path

    @property
    def logs(self) -> Path:
        """Where each process writes what it says."""
        return self.state / "logs"

    @property
    def run(self) -> Path:
        """Locks and the records of running processes."""
        return self.state / "run"

    @property
    def database(self) -> Path:
        """The data folder of PostgreSQL."""
        return self.servers / "postgres"

    @property
    def sockets(self) -> Path:
        """Where both servers listen: a short path, since sockets allow 107 characters at most."""
        wanted = self.servers / "sockets"
        if len(os.fsencode(wanted)) + len(LONGEST_SOCKET_NAME) <= LONGEST_SOCKET_PATH:
            return wanted
        return Path(tempfile.gettempdir()) / f"onestop-{short_hash(wanted)}"

    @property
    def valkey_socket(self) -> Path:
        """The address of Valkey."""
        return self.sockets / "valkey.sock"

    @property
    def database_url(self) -> str:
        """The value of `DATABASE_URL` that leads to the embedded PostgreSQL."""
        return f"postgres://{SUPERUSER}@/{DATABASE}?host={self.sockets}"

    @property
    def redis_url(self) -> str:
        """The value of `REDIS_URL` that leads to the embedded Valkey."""
        return f"unix://{self.valkey_socket}?db=0"

    def prepare(self) -> None:
        """Make the folders that the program itself writes to.

        Raises:
            FolderRefused: One of them belongs to somebody else.
        """
        make_top_folder(self.state)
        for folder in (self.run, self.logs):
            own_folder(folder, mode=0o700)


def short_hash(path: Path) -> str:
    """A short name that stands for `path`."""
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]


def folders() -> Folders:
    """The places of this checkout: `ONESTOP_VAR`, else `var/`; as root the servers' part stands under `/var/tmp`."""
    chosen = os.environ.get("ONESTOP_VAR")
    if chosen:
        return Folders(Path(chosen).absolute(), Path(chosen).absolute())
    state = CHECKOUT / "var"
    if os.geteuid() != 0:
        return Folders(state, state)
    return Folders(state, Path("/var/tmp") / f"onestop-{short_hash(CHECKOUT)}")  # noqa: S108  owner and mode are checked


def account() -> Account | None:
    """The account that runs PostgreSQL when the program runs as root; None: the program's own.

    Raises:
        FolderRefused: The machine has no account `nobody`.
    """
    if os.geteuid() != 0:
        return None
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise FolderRefused(
            "PostgreSQL does not run as root, and there is no account nobody: start the program as an ordinary user."
        ) from None
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)


def make_top_folder(folder: Path) -> None:
    """Make the folder that holds everything; one that exists keeps its mode, since the user chose it.

    Raises:
        FolderRefused: It is a link, or belongs to somebody else.
    """
    mode = 0o700 if account() is None else 0o711
    own_folder(folder, mode=stat.S_IMODE(folder.stat().st_mode) if folder.is_dir() else mode)


def own_folder(folder: Path, *, mode: int, owner: Account | None = None) -> None:
    """Make `folder`, with exactly `mode`, owned by `owner` or by whoever runs the program.

    Raises:
        FolderRefused: It exists and is a link, or belongs to somebody else.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = folder.lstat()
    allowed = {os.geteuid()} | ({owner.user_id} if owner else set())
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in allowed:
        raise FolderRefused(f"{folder} belongs to somebody else: remove it or choose another folder with ONESTOP_VAR.")
    if owner and found.st_uid != owner.user_id:
        os.chown(folder, owner.user_id, owner.group_id)
    if stat.S_IMODE(found.st_mode) != mode:
        folder.chmod(mode)


def refuse_private_parents(folder: Path) -> None:
    """Refuse a folder that another account cannot reach, rather than open the private folder above it.

    Raises:
        FolderRefused: A folder above is closed to others.
    """
    for parent in (folder, *folder.parents):
        if not parent.stat().st_mode & stat.S_IXOTH:
            raise FolderRefused(
                f"PostgreSQL does not run as root but as nobody, who cannot pass through {parent}: "
                "choose another folder with ONESTOP_VAR, or start the program as an ordinary user."
            )
