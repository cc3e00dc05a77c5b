"""Several scans of one paper become one PDF file."""

from __future__ import annotations

import io
from collections.abc import Sequence

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, ImageSequence
from pypdf import PdfReader, PdfWriter

from workflows.exceptions import NotComplete
from workflows.file_checks import CheckedFile, check_content
from workflows.file_types import PDF, PICTURES

QUALITY = 88
POINTS_PER_INCH = 150.0


def joined(files: Sequence[CheckedFile]) -> CheckedFile:
    """Put PDF files and pictures one behind the other.

    Raises:
        NotComplete: one of them is neither.
    """
    other = next((file for file in files if file.media_type not in {PDF, *PICTURES}), None)
    if other is not None:
        sentence = _("“%(name)s” cannot be put together with other files. Keep it alone, or save it as PDF.")
        raise NotComplete(sentence % {"name": other.name})
    writer = PdfWriter()
    for file in files:
        writer.append(PdfReader(io.BytesIO(file.content if file.media_type == PDF else as_pdf(file.content))))
    buffer = io.BytesIO()
    writer.write(buffer)
    name = files[0].name.rpartition(".")[0] or files[0].name
    return check_content(buffer.getvalue(), f"{name[:200]}.pdf")


def as_pdf(content: bytes) -> bytes:
    """A picture as PDF, upright, one page for each of its pages."""
    buffer = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        pages = [upright(page) for page in ImageSequence.Iterator(picture)]
    pages[0].save(buffer, "PDF", save_all=True, append_images=pages[1:], quality=QUALITY, resolution=POINTS_PER_INCH)
    return buffer.getvalue()


def upright(page: Image.Image) -> Image.Image:
    """Turned as the camera was held, in a form PDF knows."""
    turned = ImageOps.exif_transpose(page)
    return turned.copy() if turned.mode in {"1", "L", "RGB"} else turned.convert("RGB")
