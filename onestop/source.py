"""Packs the program's own source beside the static files, so that every page can offer it (AGPL, section 13)."""

from __future__ import annotations

import tarfile
from pathlib import Path

from onestop.embedded.folders import CHECKOUT

ARCHIVE = "onestop-source.tar.gz"
# Named one by one: whatever else lies in the checkout (secrets, dumps, papers) is nobody's business.
FOLDERS = (".ci", "benchmarks", "docs", "hall", "offices", "onestop", "procedures", "sla", "tests", "workflows")
FILES = (
    *(".dockerignore", ".gitignore", ".pre-commit-config.yaml", "CHANGELOG.md", "Dockerfile", "LICENSE", "Makefile"),
    *("README.md", "docker-compose.yml", "manage.py", "pyproject.toml"),
    *("requirements.in", "requirements.txt", "requirements-dev.in", "requirements-dev.txt"),
)
NOT_SOURCE_ENDINGS = (".pyc", ".mo", ".new")


def write_source_archive(folder: Path) -> Path:
    """Write the archive into `folder`, unless no source is newer than it.

    Returns:
        The path of the archive.
    """
    archive = folder / ARCHIVE
    files = source_files()
    if archive.exists() and archive.stat().st_mtime > max(path.stat().st_mtime for path in files):
        return archive
    fresh = archive.with_name(f"{ARCHIVE}.new")
    with tarfile.open(fresh, "w:gz") as packed:
        for path in files:
            packed.add(path, arcname=f"onestop/{path.relative_to(CHECKOUT)}")
    return fresh.replace(archive)


def source_files() -> list[Path]:
    """Every file of the source, in a steady order; links and what Python makes of the source are left out."""
    inside = (path for name in FOLDERS for path in (CHECKOUT / name).rglob("*"))
    found = [path for path in inside if not path.name.endswith(NOT_SOURCE_ENDINGS)]
    found += [CHECKOUT / name for name in FILES]
    return sorted(path for path in found if path.is_file() and not path.is_symlink())
