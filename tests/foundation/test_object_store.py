"""Papers in an S3-compatible store, spoken to over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages

from onestop.environment import papers_store
from onestop.object_store import ObjectStore


class Bucket(BaseHTTPRequestHandler):
    """As much of S3 as papers need: put, head, get, delete."""

    objects: dict[str, bytes]

    def do_PUT(self) -> None:
        self.objects[self.path] = self.rfile.read(int(self.headers["Content-Length"]))
        assert self.headers["Authorization"].startswith("AWS4-HMAC-SHA256 Credential=key/")
        self.answer(200)

    def do_GET(self) -> None:
        self.answer(200 if self.path in self.objects else 404, self.objects.get(self.path, b""))

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_DELETE(self) -> None:
        self.objects.pop(self.path, None)
        self.answer(204)

    def answer(self, status: int, content: bytes = b"") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"one"')
        self.send_header("Last-Modified", "Sat, 21 Nov 2026 01:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, *words: Any) -> None:
        pass


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, bytes]]:
    Bucket.objects = {}
    with ThreadingHTTPServer(("127.0.0.1", 0), Bucket) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        monkeypatch.setenv("PAPERS_S3_BUCKET", "giay-to")
        monkeypatch.setenv("PAPERS_S3_URL", f"http://127.0.0.1:{server.server_address[1]}")
        monkeypatch.setenv("PAPERS_S3_KEY", "key")
        monkeypatch.setenv("PAPERS_S3_SECRET", "secret")
        yield Bucket.objects
        server.shutdown()


def test_without_a_bucket_papers_lie_in_a_folder(monkeypatch):
    monkeypatch.delenv("PAPERS_S3_BUCKET", raising=False)

    assert papers_store() == {"BACKEND": "django.core.files.storage.FileSystemStorage"}


def test_papers_are_written_read_and_deleted_in_the_bucket(bucket):
    store = storages.create_storage(papers_store())
    assert isinstance(store, ObjectStore)

    name = store.save("7/abc", ContentFile(b"%PDF-1.7"))

    assert bucket == {"/giay-to/7/abc": b"%PDF-1.7"}
    with store.open(name) as file:
        assert file.read() == b"%PDF-1.7"
    store.delete(name)
    assert bucket == {}
    with pytest.raises(FileNotFoundError):
        store.open(name)


def test_what_lies_there_is_never_written_over(bucket):
    store = storages.create_storage(papers_store())

    first, second = (store.save("7/abc", ContentFile(content)) for content in (b"one", b"two"))

    assert first != second
    assert bucket[f"/giay-to/{first}"] == b"one"
