"""Pictures: decoded to the last point, so that one that is cut off or blown up is found out."""

from __future__ import annotations

import io
import warnings

from PIL import Image

from workflows.file_checks.refusals import FileRefused, refuse
from workflows.file_types import JPEG, PNG, TIFF, WEBP

MOST_POINTS = 64_000_000
MOST_PAGES = 500
FORMATS = {PNG: "PNG", JPEG: "JPEG", WEBP: "WEBP", TIFF: "TIFF"}


def check_picture(content: bytes, name: str, media_type: str) -> int:
    """Refuse a picture that cannot be shown.

    Returns:
        How many pages it has: more than one only for TIFF.

    Raises:
        FileRefused: damaged, moving, or with too many points or pages.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return read_picture(content, name, FORMATS[media_type])
    except FileRefused:
        raise
    except Image.DecompressionBombError:
        refuse("too_many_points", name, limit=MOST_POINTS // 1_000_000)
    except Exception:  # whatever stops a decoder, the picture cannot be shown
        refuse("damaged", name)


def read_picture(content: bytes, name: str, form: str) -> int:
    """Decode every page."""
    with Image.open(io.BytesIO(content), formats=[form]) as picture:
        pages = getattr(picture, "n_frames", 1)
        if pages > 1 and form != "TIFF" and getattr(picture, "is_animated", False):
            refuse("moving", name)
        pages = pages if form == "TIFF" else 1
        if pages > MOST_PAGES:
            refuse("too_many_pages", name, limit=MOST_PAGES)
        points = 0
        for page in range(pages):
            if page:
                picture.seek(page)
            points += picture.width * picture.height
            if points > MOST_POINTS * (4 if pages > 1 else 1) or picture.width * picture.height > MOST_POINTS:
                refuse("too_many_points", name, limit=MOST_POINTS // 1_000_000)
            picture.load()
    return pages
