"""Which type a file has, read from its content."""

import io
import zipfile

PDF = "application/pdf"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

BEGINNINGS = [
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
]


def type_of(content: bytes) -> str:
    """The media type of a file the program keeps; empty for every other."""
    for beginning, media_type in BEGINNINGS:
        if content.startswith(beginning):
            return media_type
    return type_of_office_file(content) if content.startswith(b"PK\x03\x04") else ""


def type_of_office_file(content: bytes) -> str:
    """Word or Excel of today's format, without macros; empty for every other archive."""
    try:
        names = set(zipfile.ZipFile(io.BytesIO(content)).namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    if any(name.endswith("vbaProject.bin") for name in names):
        return ""
    if "word/document.xml" in names:
        return WORD
    return EXCEL if "xl/workbook.xml" in names else ""
