"""Office files: an intact archive of a format of today, without macros, objects or parts loaded from elsewhere."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable
from typing import Any

from defusedxml.ElementTree import fromstring

from workflows.file_checks.refusals import FileRefused, refuse
from workflows.file_types import EXCEL, SPREADSHEET, TEXT_DOCUMENT, WORD

MOST_PARTS = 5000
LARGEST_UNPACKED = 200 * 1024 * 1024
SWELLING = 200  # times the packed size
SMALL = 4 * 1024 * 1024  # unpacked; below this a file of blanks may shrink as much as it likes
LARGEST_LIST = 2 * 1024 * 1024
MAIN_PARTS = {
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": WORD,
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": EXCEL,
}
OPEN_FORMATS = {TEXT_DOCUMENT: TEXT_DOCUMENT, SPREADSHEET: SPREADSHEET}
MACROS = ("vbaproject.bin", "vbadata.xml", "/macrosheets/", "/dialogsheets/", "basic/", "scripts/", "/customui/")
OBJECTS = ("/embeddings/", "/activex/", "/ctrlprops/", "objectreplacements/")
HARMLESS_LINKS = ("/hyperlink",)


def check_office_file(content: bytes, name: str) -> str:
    """Refuse an Office file that cannot be trusted.

    Returns:
        Its media type.

    Raises:
        FileRefused: damaged, locked, swelling, with macros, with objects, loading from outside, or of another kind.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return read_archive(archive, len(content), name)
    except FileRefused:
        raise
    except Exception:  # whatever stops a reader, the file cannot be read
        refuse("damaged", name)


def read_archive(archive: zipfile.ZipFile, size: int, name: str) -> str:
    """Look at the list of parts, then at each part."""
    parts = archive.infolist()
    check_size(parts, size, name)
    names = [part.filename.lower() for part in parts]
    media_type = kind_of_archive(archive, {part.filename for part in parts}, name)
    check_names(names, name)
    if archive.testzip() is not None:
        refuse("damaged", name)
    if media_type in OPEN_FORMATS:
        check_open_document(archive, name)
    else:
        check_links(archive, parts, name)
    return media_type


def check_size(parts: list[zipfile.ZipInfo], size: int, name: str) -> None:
    """Refuse archives that are locked or would swell."""
    if any(part.flag_bits & 1 for part in parts):
        refuse("locked", name)
    unpacked, packed = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > LARGEST_UNPACKED or packed > size:
        refuse("bomb", name)
    if any(part.file_size > max(SMALL, SWELLING * part.compress_size) for part in parts):
        refuse("bomb", name)


def check_names(names: Iterable[str], name: str) -> None:
    """Refuse what the names of the parts give away."""
    for part in names:
        if part.startswith("/") or "\\" in part or ".." in part.split("/"):
            refuse("damaged", name)
        if any(part.endswith(sign) or sign in f"/{part}" for sign in MACROS):
            refuse("macros", name)
        if any(sign in f"/{part}" for sign in OBJECTS) or part.endswith((".exe", ".dll", ".js", ".vbs", ".ole")):
            refuse("attachments", name)


def kind_of_archive(archive: zipfile.ZipFile, names: set[str], name: str) -> str:
    """Which Office format the archive is, as its own list says."""
    if "mimetype" in names:
        return OPEN_FORMATS.get(read_part(archive, "mimetype", name).decode("ascii", "replace").strip()) or not_office(
            name
        )
    if "[Content_Types].xml" not in names:
        not_office(name)
    types = [part.get("ContentType", "") for part in fromstring(read_part(archive, "[Content_Types].xml", name))]
    if any("macroEnabled" in found or "vbaProject" in found for found in types):
        refuse("macros", name)
    kind = next((MAIN_PARTS[found] for found in types if found in MAIN_PARTS), "") or not_office(name)
    needed = {WORD: "word/document.xml", EXCEL: "xl/workbook.xml"}[kind]
    if needed not in names:
        refuse("damaged", name)
    fromstring(read_part(archive, needed, name, limit=LARGEST_UNPACKED))
    return kind


def not_office(name: str) -> Any:
    """Say that the archive is only an archive."""
    refuse("archive", name)


def read_part(archive: zipfile.ZipFile, part: str, name: str, limit: int = LARGEST_LIST) -> bytes:
    """One part, unless it is far too large for what it is."""
    if archive.getinfo(part).file_size > limit:
        refuse("bomb", name)
    return archive.read(part)


def check_links(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], name: str) -> None:
    """Refuse templates, pictures and objects that are loaded from elsewhere; a link to be clicked is harmless."""
    for part in parts:
        if not part.filename.lower().endswith(".rels"):
            continue
        for link in fromstring(read_part(archive, part.filename, name)):
            is_outside = link.get("TargetMode", "").lower() == "external"
            if is_outside and not link.get("Type", "").endswith(HARMLESS_LINKS):
                refuse("outside", name)


def check_open_document(archive: zipfile.ZipFile, name: str) -> None:
    """Refuse locked documents and those that run something when they are opened."""
    manifest = read_part(archive, "META-INF/manifest.xml", name)
    fromstring(manifest)
    if b"encryption-data" in manifest:
        refuse("locked", name)
    content = read_part(archive, "content.xml", name, limit=LARGEST_UNPACKED)
    fromstring(content)
    if b"script:event-listener" in content or (b"<office:scripts>" in content and b"<script:" in content):
        refuse("macros", name)
