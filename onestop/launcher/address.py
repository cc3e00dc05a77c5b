"""Where the pages are: a free port, and whether they answer yet."""

from __future__ import annotations

import http.client
import os
import socket

PORTS_TRIED = 50


def host() -> str:
    """The network address to listen on; this machine only unless `ONESTOP_HOST` says otherwise."""
    return os.environ.get("ONESTOP_HOST", "127.0.0.1")


def free_port() -> int:
    """The port wanted with `ONESTOP_PORT` (8000), or the next one that nobody uses.

    Raises:
        OSError: No port is free.
    """
    wanted = int(os.environ.get("ONESTOP_PORT", "8000"))
    for port in range(wanted, wanted + PORTS_TRIED):
        if is_free(port):
            return port
    raise OSError(f"No port between {wanted} and {wanted + PORTS_TRIED - 1} is free: set ONESTOP_PORT to one that is.")


def is_free(port: int) -> bool:
    """Whether nobody listens on `port`."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host(), port))
        except OSError:
            return False
    return True


def url(port: int) -> str:
    """The address to type into a browser on this machine."""
    return f"http://{'localhost' if host() in {'127.0.0.1', '0.0.0.0'} else host()}:{port}/"  # noqa: S104  a comparison


def answers(port: int) -> bool:
    """Whether the pages are served and both servers behind them answer."""
    connection = http.client.HTTPConnection("127.0.0.1" if host() == "0.0.0.0" else host(), port, timeout=5)  # noqa: S104
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
