"""Handing out files that came from outside: never as anything a browser would run."""

from __future__ import annotations

from django.core.cache import cache
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from onestop.desk.previews import THUMBNAIL, thumbnail
from onestop.desk.views.slips import IN_THE_VIEWER
from workflows.exceptions import NotPossibleNow
from workflows.file_types import ENDINGS, JPEG, PDF, PNG, WEBP
from workflows.models import IncomingFile, Paper, Scan

SHOWN = {PDF, PNG, JPEG, WEBP}
BYTES = "application/octet-stream"
A_DAY = 24 * 60 * 60
NO_PICTURE = b"-"


def serve(found: Paper | IncomingFile, *, show: bool) -> HttpResponse:
    """The file: shown where it is a PDF or a picture and that is asked for, else saved.

    Raises:
        NotPossibleNow: it waits for the malware scanner, or that found something.
    """
    require_open(found)
    kind = found.content_type if found.content_type in ENDINGS else BYTES
    response = HttpResponse(content_of(found.file), content_type=kind)
    is_shown = show and kind in SHOWN
    response["Content-Disposition"] = content_disposition_header(not is_shown, name_of(found.filename, kind))
    response["Content-Security-Policy"] = policy_for(kind)
    return guarded(response)


def serve_thumbnail(found: Paper | IncomingFile) -> HttpResponse:
    """The first page in small, made once a day; 404 where there is no picture of it."""
    require_open(found)
    key = f"thumbnail-{found.sha256}"
    picture = cache.get(key)
    if picture is None:
        picture = thumbnail(content_of(found.file), found.content_type) or NO_PICTURE
        cache.set(key, picture, A_DAY)
    if picture == NO_PICTURE:
        raise Http404(_("There is no such file."))
    response = HttpResponse(picture, content_type=THUMBNAIL)
    response["Content-Security-Policy"] = policy_for(THUMBNAIL)
    response = guarded(response)
    response["Cache-Control"] = f"private, max-age={A_DAY}"
    return response


def guarded(response: HttpResponse) -> HttpResponse:
    """Neither guessed at, nor kept, nor used by other pages."""
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response


def require_open(found: Paper | IncomingFile) -> None:
    """Refuse files nobody may open."""
    if found.scan == Scan.WAITING:
        raise NotPossibleNow(
            _("This file waits for the malware check: the scanner gives no answer. It opens by itself once checked.")
        )
    if found.scan == Scan.INFECTED:
        raise NotPossibleNow(_("This file carries malware and is not handed out. Ask the sender for a clean one."))


def content_of(file: FieldFile) -> bytes:
    """The whole file: uploads are small, and nothing stays open behind a broken connection."""
    try:
        with file.open("rb") as stored:
            content: bytes = stored.read()
    except FileNotFoundError:
        raise Http404(_("The file is not in the store. Ask the administrator to restore it.")) from None
    return content


def name_of(filename: str, kind: str) -> str:
    """The sender's name for the file, with the ending of what it really is."""
    stem = filename.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0].strip(". ") or "file"
    return stem[:150] + ENDINGS.get(kind, ".bin")


def policy_for(kind: str) -> str:
    """What the file may do in the browser: nothing. Chromium draws no PDF in a sandbox; its viewer is one itself."""
    return IN_THE_VIEWER if kind == PDF else f"{IN_THE_VIEWER}; sandbox"
