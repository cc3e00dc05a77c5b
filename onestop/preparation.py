"""Whether what is kept beside the program still fits this very code; answered without loading the program."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from onestop.embedded.folders import CHECKOUT, Folders
from onestop.source import source_files

TABLES_FOLLOW = ("*/migrations/*.py", "sla/calendar_data/*", "sla/ladders/*")


def tables_fit(folders: Folders) -> bool:
    """Whether the embedded database was brought up to date with these migrations and calendars."""
    return _fits(_tables_marker(folders), tables_fingerprint())


def mark_tables(folders: Folders) -> None:
    """Remember, in the embedded database's own folder, that it is up to date."""
    if not os.environ.get("DATABASE_URL"):
        _tables_marker(folders).write_text(tables_fingerprint())


def files_fit(folders: Folders) -> bool:
    """Whether the files for browsers were prepared from these sources."""
    return _fits(_files_marker(folders), files_fingerprint())


def mark_files(folders: Folders) -> None:
    """Remember that the files for browsers are up to date."""
    folders.prepare()
    _files_marker(folders).write_text(files_fingerprint())


def tables_fingerprint() -> str:
    """A text that changes whenever a migration or a calendar does."""
    found = hashlib.sha256()
    for path in sorted(path for pattern in TABLES_FOLLOW for path in CHECKOUT.glob(pattern) if path.is_file()):
        found.update(str(path.relative_to(CHECKOUT)).encode() + path.read_bytes())
    return found.hexdigest()


def files_fingerprint() -> str:
    """A text that changes whenever a source file does: by name, size and time, since there are many."""
    found = hashlib.sha256()
    for path in source_files():
        about = path.stat()
        found.update(f"{path.relative_to(CHECKOUT)} {about.st_size} {about.st_mtime_ns}".encode())
    return found.hexdigest()


def _tables_marker(folders: Folders) -> Path:
    return folders.database / "onestop-prepared"


def _files_marker(folders: Folders) -> Path:
    return folders.run / "files-prepared"


def _fits(marker: Path, wanted: str) -> bool:
    return marker.exists() and marker.read_text() == wanted
