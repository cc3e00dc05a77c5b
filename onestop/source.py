"""Packs the program's own source beside the static files, so that every page can offer it (AGPL, section 13)."""

from __future__ import annotations

import tarfile
from pathlib import Path

from onestop.embedded.folders import CHECKOUT

ARCHIVE = "onestop-source.tar.gz"
NOT_SOURCE = frozenset({".git", ".venv", ".hypothesis", "var", "__pycache__", "staticfiles"})
NOT_SOURCE_ENDINGS = (".pyc", ".mo", ".new", "_cache", ".egg-info")


def write_source_archive(folder: Path) -> Path:
    """Write the archive into `folder`, unless no source is newer than it.

    Returns:
        The path of the archive.
    """
    archive = folder / ARCHIVE
    files = [path for path in sorted(source_files(CHECKOUT)) if path.is_file()]
    if archive.exists() and archive.stat().st_mtime > max(path.stat().st_mtime for path in files):
        return archive
    fresh = archive.with_name(f"{ARCHIVE}.new")
    with tarfile.open(fresh, "w:gz") as packed:
        for path in files:
            packed.add(path, arcname=f"onestop/{path.relative_to(CHECKOUT)}")
    return fresh.replace(archive)


def source_files(folder: Path) -> list[Path]:
    """Every file under `folder` that is part of the source; links are left out."""
    found: list[Path] = []
    for path in folder.iterdir():
        if path.name in NOT_SOURCE or path.name.endswith(NOT_SOURCE_ENDINGS) or path.is_symlink():
            continue
        found += source_files(path) if path.is_dir() else [path]
    return found
