"""Files that come in: checked by content, with one clear sentence for each that is not kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy

from workflows.file_checks.office_files import check_office_file
from workflows.file_checks.pdf_files import check_pdf
from workflows.file_checks.pictures import check_picture
from workflows.file_checks.refusals import SENTENCES, FileRefused, refuse
from workflows.file_types import NAMED, OLE, PDF, PICTURES, ZIP, clean_name, ending_of, kind_of

__all__ = ["CheckedFile", "FileRefused", "check", "check_content"]

KINDS_IN_WORDS = {PDF: gettext_lazy("a PDF file"), "picture": gettext_lazy("a picture")}
OFFICE_IN_WORDS = gettext_lazy("an Office file")


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """A file that may be kept, with what its content says of it.

    Attributes:
        pages: how many it has; None where that is not known (Office files).
    """

    name: str
    content: bytes
    media_type: str
    pages: int | None

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.content)

    @property
    def sha256(self) -> str:
        """Its fingerprint."""
        return hashlib.sha256(self.content).hexdigest()


def check(file: UploadedFile) -> CheckedFile:
    """Read and check an upload.

    Args:
        file: what was sent; neither its name nor the type the sender gave it is believed.

    Raises:
        FileRefused: it is not kept; the sentence says why and what to do now.
    """
    name = clean_name(file.name or "")
    if file.size is not None and file.size > settings.LARGEST_PAPER:
        too_large(name)
    return check_content(file.read(settings.LARGEST_PAPER + 1), name)


def check_content(content: bytes, name: str) -> CheckedFile:
    """Check a file that was read.

    Raises:
        FileRefused: see `check`.
    """
    if not content:
        refuse("empty", name)
    if len(content) > settings.LARGEST_PAPER:
        too_large(name)
    media_type, pages = typed(content, name)
    require_honest(media_type, name)
    return CheckedFile(name=name, content=content, media_type=media_type, pages=pages)


def too_large(name: str) -> None:
    """Refuse a file for its size."""
    refuse("too_large", name, limit=settings.LARGEST_PAPER // 1024 // 1024)


def typed(content: bytes, name: str) -> tuple[str, int | None]:
    """The media type and the pages of a file that its own check found good."""
    kind = kind_of(content)
    if kind == PDF:
        return kind, check_pdf(content, name)
    if kind in PICTURES:
        return kind, check_picture(content, name, kind)
    if kind == ZIP:
        return check_office_file(content, name), None
    if kind == OLE:
        refuse("locked" if "EncryptedPackage".encode("utf-16-le") in content else "old_office", name)
    refuse(kind if kind in SENTENCES else "unknown", name)


def require_honest(media_type: str, name: str) -> None:
    """Refuse a file whose name promises something else; pictures may be named for one another, as messengers do."""
    promised = NAMED.get(ending_of(name))
    if promised is None or promised == media_type or {promised, media_type} <= PICTURES:
        return
    kind = KINDS_IN_WORDS.get("picture" if media_type in PICTURES else media_type, OFFICE_IN_WORDS)
    refuse("lying", name, kind=kind)
