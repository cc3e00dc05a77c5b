"""Which type a file has, read from its content: those that are kept, and those that are recognised to say why not."""

from __future__ import annotations

import re
import unicodedata

PDF = "application/pdf"
PNG, JPEG, WEBP, TIFF = "image/png", "image/jpeg", "image/webp", "image/tiff"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TEXT_DOCUMENT = "application/vnd.oasis.opendocument.text"
SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
PICTURES = frozenset({PNG, JPEG, WEBP, TIFF})
OFFICE_FILES = frozenset({WORD, EXCEL, TEXT_DOCUMENT, SPREADSHEET})

ENDINGS = {
    PDF: ".pdf",
    PNG: ".png",
    JPEG: ".jpg",
    WEBP: ".webp",
    TIFF: ".tif",
    WORD: ".docx",
    EXCEL: ".xlsx",
    TEXT_DOCUMENT: ".odt",
    SPREADSHEET: ".ods",
}
ACCEPT = ",".join([*ENDINGS.values(), ".jpeg", ".tiff"])
# What a name promises; pictures may be named for one another, as messengers do.
NAMED = {ending: media_type for media_type, ending in ENDINGS.items()} | {".jpeg": JPEG, ".tiff": TIFF}

ZIP, OLE = "zip", "ole"
BEGINNINGS: list[tuple[bytes, str]] = [
    (b"%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"II*\0", TIFF),
    (b"MM\0*", TIFF),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"MZ", "program"),
    (b"\x7fELF", "program"),
    (b"\xca\xfe\xba\xbe", "program"),
    (b"#!", "program"),
    (b"Rar!", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"\x1f\x8b", "archive"),
    (b"BZh", "archive"),
    (b"\xfd7zXZ\0", "archive"),
    (b"GIF8", "other_picture"),
    (b"BM", "other_picture"),
    (b"{\\rtf", "old_office"),
    (b"\x1aE\xdf\xa3", "film"),
    (b"ID3", "film"),
]
PHONE_PICTURES = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1", b"avif", b"avis"}
MARKUP = re.compile(rb"<\s*(!doctype|!--|\?xml|\?php|%|[a-z][a-z0-9:]*[\s/>])", re.IGNORECASE)


def kind_of(content: bytes) -> str:
    """The media type of a file that may be kept, or a word for what it is instead; empty where it is unknown.

    Args:
        content: the file; a zip archive is only called `zip`, what is in it is for its own check.
    """
    for beginning, kind in BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return WEBP
    if content[4:8] == b"ftyp":
        return "phone_picture" if content[8:12] in PHONE_PICTURES else "film"
    return kind_of_text(content)


def kind_of_text(content: bytes) -> str:
    """Markup and plain text, which browsers could run."""
    start = content[:1024].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if MARKUP.match(start):
        return "markup"
    return "" if b"\0" in content[:1024] or not start else ("text" if start.isascii() or is_words(start) else "")


def is_words(start: bytes) -> bool:
    """Whether bytes are text in UTF-8, the last letter perhaps cut."""
    try:
        start[:-4].decode()
    except UnicodeDecodeError:
        return False
    return True


def ending_of(name: str) -> str:
    """The ending of a name in small letters, with its dot."""
    stem, dot, ending = name.rpartition(".")
    return f".{ending.lower()}" if dot and stem else ""


def clean_name(name: str) -> str:
    """The sender's name for a file without folders, control characters and marks that turn the reading direction."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(
        letter for letter in last if unicodedata.category(letter) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    )
    return kept.strip(" .")[-250:]
