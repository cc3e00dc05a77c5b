"""Why a file is not kept: one sentence for each reason, with what to do now."""

from __future__ import annotations

from typing import NoReturn

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.exceptions import NotComplete

SENTENCES = {
    "empty": gettext_lazy("“%(name)s” is empty. Scan it again."),
    "too_large": gettext_lazy("“%(name)s” is larger than %(limit)d MB. Scan it with a lower resolution, or split it."),
    "unknown": gettext_lazy(
        "“%(name)s” is neither PDF, a picture nor an Office file, whatever its name says. Save it as PDF."
    ),
    "lying": gettext_lazy(
        "“%(name)s” is not what its name says: its content is %(kind)s. Ask the sender for the right file."
    ),
    "markup": gettext_lazy("“%(name)s” is a web page or a drawing with code in it. Print it as PDF."),
    "program": gettext_lazy("“%(name)s” is a program, not a paper. Do not open it; ask the sender for the right file."),
    "archive": gettext_lazy("“%(name)s” is a packed archive. Unpack it and add its files one by one."),
    "other_picture": gettext_lazy("“%(name)s” is a kind of picture that is not kept. Save it as PNG or JPEG."),
    "phone_picture": gettext_lazy(
        "“%(name)s” is a phone's own kind of picture (HEIC). Set the camera to “most compatible”, or save it as JPEG."
    ),
    "old_office": gettext_lazy("“%(name)s” has an old Office format. Save it as DOCX, XLSX or PDF."),
    "film": gettext_lazy("“%(name)s” is a film or a sound, not a paper."),
    "text": gettext_lazy("“%(name)s” is plain text. Save it as PDF or DOCX."),
    "damaged": gettext_lazy("“%(name)s” is damaged and cannot be opened. Scan it or save it again."),
    "locked": gettext_lazy("“%(name)s” is locked by a password. Save it without one."),
    "script": gettext_lazy("“%(name)s” contains code that would run when it is opened. Print it as a new PDF."),
    "macros": gettext_lazy("“%(name)s” contains macros. Save it without them, or as PDF."),
    "attachments": gettext_lazy("“%(name)s” has other files inside it. Take them out and add them on their own."),
    "outside": gettext_lazy("“%(name)s” loads parts from another place when it is opened. Save it as PDF."),
    "no_pages": gettext_lazy("“%(name)s” has no pages. Save it again."),
    "too_many_pages": gettext_lazy("“%(name)s” has more than %(limit)d pages. Split it."),
    "too_complicated": gettext_lazy("“%(name)s” is built too intricately to be checked. Print it as a new PDF."),
    "bomb": gettext_lazy("“%(name)s” would swell to many times its size when opened. It is not kept."),
    "too_many_points": gettext_lazy(
        "“%(name)s” has more than %(limit)d million points. Scan it with a lower resolution."
    ),
    "moving": gettext_lazy("“%(name)s” is a moving picture. Save one picture of it."),
    "infected": gettext_lazy("“%(name)s” carries malware (%(found)s). It is not kept; tell the sender."),
}


class FileRefused(NotComplete):
    """A file that is not kept; `code` says why."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence, fields={"file": sentence})
        self.code = code


def refuse(code: str, name: str, **values: object) -> NoReturn:
    """Refuse a file.

    Raises:
        FileRefused: always.
    """
    raise FileRefused(code, SENTENCES[code] % ({"name": name or _("The file")} | values))
