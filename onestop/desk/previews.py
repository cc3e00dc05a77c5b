"""The first page of a paper in small."""

from __future__ import annotations

import io
import logging
import warnings

import pypdfium2
from PIL import Image, ImageOps

from workflows.file_types import PDF, PICTURES

log = logging.getLogger(__name__)

THUMBNAIL = "image/jpeg"
SIDE = 160  # points: twice what is shown, for sharp screens
QUALITY = 62


def thumbnail(content: bytes, media_type: str) -> bytes | None:
    """A small JPEG of the first page; None for Office files and for what cannot be drawn.

    Args:
        content: a file that was checked when it came in.
        media_type: what it is.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return small(first_page(content, media_type)) if media_type in {PDF, *PICTURES} else None
    except Exception:  # a paper without a picture is still a paper
        log.warning("No picture can be made of a file.", exc_info=True)
        return None


def first_page(content: bytes, media_type: str) -> Image.Image:
    """The first page, not much larger than is needed."""
    if media_type != PDF:
        picture = Image.open(io.BytesIO(content))
        picture.draft("RGB", (SIDE * 2, SIDE * 2))
        return ImageOps.exif_transpose(picture)
    document = pypdfium2.PdfDocument(content)
    try:
        page = document[0]
        scale = SIDE / max(page.get_size())
        drawn: Image.Image = page.render(scale=scale, may_draw_forms=False).to_pil()
        return drawn
    finally:
        document.close()


def small(picture: Image.Image) -> bytes:
    """As a JPEG on white."""
    picture.thumbnail((SIDE, SIDE))
    if picture.mode in {"RGBA", "LA", "PA"} or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture)
    buffer = io.BytesIO()
    picture.convert("RGB").save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return buffer.getvalue()
