"""What templates ask about files."""

from __future__ import annotations

from django import template

from onestop.desk.reading.incoming import has_picture
from onestop.desk.serving import SHOWN
from workflows.file_types import PDF

register = template.Library()


@register.filter
def is_shown(media_type: str) -> bool:
    """Whether the browser may show the file itself."""
    return media_type in SHOWN


@register.filter
def is_drawn(media_type: str) -> bool:
    """Whether there is a small picture of it."""
    return has_picture(media_type)


@register.filter
def viewer(media_type: str) -> str:
    """How the page shows it: as pages, as a picture, or not at all."""
    if media_type not in SHOWN:
        return ""
    return "pages" if media_type == PDF else "picture"
