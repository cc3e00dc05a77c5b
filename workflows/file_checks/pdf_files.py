"""PDF files: readable, not locked, and nothing in them that acts on its own."""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from time import monotonic
from typing import Any

import pypdf
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject, StreamObject

from workflows.file_checks.refusals import FileRefused, refuse

logging.getLogger("pypdf").setLevel(logging.ERROR)  # what is odd in a file is said to its sender, not in the log

MOST_PAGES = 2000
MOST_OBJECTS = 100_000
LONGEST_CHECK = 8.0  # seconds
DEEPEST = 50
ACTING = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/Movie", "/Sound", "/GoToE"}
ACTING_NAMES = {"/JS", "/JavaScript", "/AA", "/XFA", "/RichMediaContent", "/RichMediaSettings"}
MEDIA = {"/RichMedia", "/3D", "/Screen", "/Movie", "/Sound"}
HOLDING_FILES = {"/EmbeddedFiles", "/EF"}
# Also in what no table points to any more: another reader may find it.
RAW_CODE = re.compile(rb"/S\s*/(JavaScript|Launch)(?=[\s/(<\[>])")


def check_pdf(content: bytes, name: str) -> int:
    """Refuse a PDF file that cannot be trusted.

    Args:
        content: the file.
        name: its name, for the sentence.

    Returns:
        How many pages it has.

    Raises:
        FileRefused: damaged, locked, with code, with other files inside, without pages or with too many.
    """
    if b"%%EOF" not in content[-2048:]:
        refuse("damaged", name)
    try:
        return read_pdf(content, name)
    except FileRefused:
        raise
    except Exception:  # whatever stops a reader, the file cannot be read
        refuse("damaged", name)


def read_pdf(content: bytes, name: str) -> int:
    """Open the file, look at all that is in it, count its pages."""
    reader = pypdf.PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted:
        refuse("locked", name)
    until = monotonic() + LONGEST_CHECK
    for count, found in enumerate(objects_of(reader)):
        if count > MOST_OBJECTS or monotonic() > until:
            refuse("too_complicated", name)
        judge(found, name)
    if RAW_CODE.search(content):
        refuse("script", name)
    return pages_of(reader, name)


def pages_of(reader: pypdf.PdfReader, name: str) -> int:
    """How many pages there are; each is reached, so that a table of pages that lies is found out."""
    pages = len(reader.pages)
    if not pages:
        refuse("no_pages", name)
    if pages > MOST_PAGES:
        refuse("too_many_pages", name, limit=MOST_PAGES)
    for page in reader.pages:
        if page.mediabox.width <= 0 or page.mediabox.height <= 0:
            refuse("damaged", name)
    return pages


def objects_of(reader: pypdf.PdfReader) -> Iterator[DictionaryObject]:
    """Every dictionary of the file, also those that nothing points to."""
    yield from dictionaries(reader.trailer)
    numbers = {number for table in reader.xref.values() for number in table} | set(reader.xref_objStm)
    for number in sorted(numbers):
        yield from dictionaries(reader.get_object(IndirectObject(number, 0, reader)))


def dictionaries(found: Any, depth: int = 0) -> Iterator[DictionaryObject]:
    """A dictionary and those written inside it; what is pointed to comes on its own."""
    if isinstance(found, IndirectObject) or depth > DEEPEST:
        return
    if isinstance(found, DictionaryObject):
        yield found
        inside = list(found.values())
    else:
        inside = list(found) if isinstance(found, ArrayObject) else []
    for value in inside:
        yield from dictionaries(value, depth + 1)


def judge(found: DictionaryObject, name: str) -> None:
    """Refuse what acts on its own or holds other files."""
    names = {str(key) for key in found}
    if ACTING_NAMES & names or str(value_of(found, "/S")) in ACTING or str(value_of(found, "/Subtype")) in MEDIA:
        refuse("script", name)
    is_file = isinstance(found, StreamObject) and str(value_of(found, "/Type")) == "/EmbeddedFile"
    if is_file or HOLDING_FILES & names or str(value_of(found, "/Subtype")) == "/FileAttachment":
        refuse("attachments", name)


def value_of(found: DictionaryObject, key: str) -> Any:
    """The value of a key, also where it is pointed to; None where there is none."""
    value = found.raw_get(key) if key in found else None
    return value.get_object() if isinstance(value, IndirectObject) else value
