"""Scanner folders: what a desk's scanner writes into its folder appears on that desk.

One folder for each desk, named by its code, under the folder of the setting. A file is taken once nobody has written to
it for a few seconds; what is not kept is moved to `refused` beside it, and the desk reads why.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from offices.models import Office
from workflows.file_checks import FileRefused, check_content
from workflows.models import IncomingFile
from workflows.services.incoming_files import note_refused, take_in_file

log = logging.getLogger(__name__)

QUIET_FOR = 3.0  # seconds since somebody last wrote to a file
AT_ONCE = 50  # files of one desk in one round
REFUSED = "refused"
ONE_ROUND = 60  # seconds for which a desk's folder is left to whoever looks into it


def collect(*, at: datetime, now: float | None = None) -> int:
    """Take in what lies in the scanner folders.

    Args:
        at: now (aware).
        now: now as files count it; None asks the machine's clock.

    Returns:
        How many files were kept.
    """
    if not settings.SCANNER_FOLDER:
        return 0
    root, moment, kept = Path(settings.SCANNER_FOLDER), time.time() if now is None else now, 0
    for office in Office.objects.filter(is_desk=True, is_active=True).order_by("code"):
        if (folder := root / office.code).is_dir():
            kept += collect_desk(folder, office, at, moment)
    return kept


def collect_desk(folder: Path, office: Office, at: datetime, now: float) -> int:
    """Take in what lies in one desk's folder, unless somebody else is doing that."""
    turn = f"scanner-folder:{office.pk}"
    if not cache.add(turn, 1, ONE_ROUND):
        return 0
    try:
        return sum(take(path, office, at) for path in finished(folder, now))
    finally:
        cache.delete(turn)


def finished(folder: Path, now: float) -> Iterator[Path]:
    """Files that are written to the end, the oldest first; links and hidden files are left alone."""
    found = []
    for path in folder.iterdir():
        if path.name.startswith(".") or path.is_symlink() or not path.is_file():
            continue
        written = path.stat().st_mtime
        if now - written >= QUIET_FOR:
            found.append((written, path.name, path))
    for _written, _name, path in sorted(found)[:AT_ONCE]:
        yield path


def take(path: Path, office: Office, at: datetime) -> bool:
    """Take in one file; it leaves the folder only once it is stored."""
    try:
        with path.open("rb") as file:
            content = file.read(settings.LARGEST_PAPER + 1)
        with transaction.atomic():
            take_in_file(
                file=check_content(content, path.name),
                source=IncomingFile.Source.SCANNER,
                office_id=office.pk,
                at=at,
            )
    except FileRefused as error:
        set_aside(path, office, error, at)
        return False
    except OSError:
        log.warning("A file of the scanner of %s cannot be read.", office.code, exc_info=True)
        return False
    path.unlink(missing_ok=True)
    return True


def set_aside(path: Path, office: Office, error: FileRefused, at: datetime) -> None:
    """Move a file that is not kept out of the way, and say so at the desk."""
    aside = path.parent / REFUSED
    aside.mkdir(exist_ok=True)
    path.replace(aside / f"{at:%Y%m%d-%H%M%S}-{path.name}")
    note_refused(name=path.name, error=error, office_id=office.pk, at=at)
