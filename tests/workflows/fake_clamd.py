"""A daemon that speaks as much of ClamAV's protocol as the program uses, and finds one word suspicious."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

SUSPICIOUS = b"X5O!P%@AP-EVIL"


class Answering(socketserver.BaseRequestHandler):
    """One file: the command, chunks with their lengths, an empty chunk, one line back."""

    def handle(self) -> None:
        assert self.exactly(10) == b"zINSTREAM\0"
        content = b""
        while length := struct.unpack("!L", self.exactly(4))[0]:
            content += self.exactly(length)
        self.server.seen.append(content)  # type: ignore[attr-defined]
        found = b"Eicar-Test-Signature FOUND" if SUSPICIOUS in content else b"OK"
        self.request.sendall(b"stream: " + (self.server.says or found) + b"\0")  # type: ignore[attr-defined]

    def exactly(self, size: int) -> bytes:
        read = b""
        while len(read) < size:
            more = self.request.recv(size - len(read))
            assert more
            read += more
        return read


@contextmanager
def clamd(says: bytes = b"") -> Iterator[socketserver.TCPServer]:
    """Let it answer at a free port; `says` replaces every answer."""
    with socketserver.TCPServer(("127.0.0.1", 0), Answering) as server:
        server.seen, server.says = [], says  # type: ignore[attr-defined]
        server.url = f"tcp://127.0.0.1:{server.server_address[1]}"  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
