"""What every request and every answer passes through."""

from __future__ import annotations

import logging
from collections.abc import Callable

import redis
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.translation import gettext as _

log = logging.getLogger(__name__)

LARGEST_BODY = 200 * 1024 * 1024
LARGEST_OF_STRANGERS = 64 * 1024
BESIDE_THE_FILE = 64 * 1024

# What is text although its type does not begin with "text/".
COMPRESSED = frozenset({"application/json", "application/yaml", "application/xml", "image/svg+xml"})

# The name in the session of a phone that a desk has let in to send pictures.
PHONE = "phone"

Handler = Callable[[HttpRequest], HttpResponse]

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'self'",
        "img-src 'self' data:",
        "style-src 'self'",
        "script-src 'self'",
        "object-src 'self'",
        "frame-ancestors 'self'",
        "base-uri 'self'",
        "form-action 'self'",
    ]
)


class HealthMiddleware:
    """Answers `/healthz` before anything looks at the host name: the probe of a container knows none."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path != "/healthz":
            return self.get_response(request)
        state = {"database": database_answers(), "redis": redis_answers()}
        return JsonResponse(state, status=200 if all(state.values()) else 503)


class BodySizeMiddleware:
    """Refuses bodies that are too large before anything reads them; strangers send forms, phones one file at a time.

    It stands after the session's middleware: a session that holds nobody is a stranger's.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.META.get("CONTENT_LENGTH") or "0"
        size = int(given) if given.isdecimal() else 0
        if size > LARGEST_OF_STRANGERS and size > largest_of(request):
            return HttpResponse(_("What was sent is too large."), status=413, content_type="text/plain; charset=utf-8")
        return self.get_response(request)


def largest_of(request: HttpRequest) -> int:
    """The largest body that the sender may send."""
    if SESSION_KEY in request.session:
        return LARGEST_BODY
    return settings.LARGEST_PAPER + BESIDE_THE_FILE if PHONE in request.session else LARGEST_OF_STRANGERS


class ContentSecurityMiddleware:
    """Lets pages load from this server only: offices have no internet, and foreign scripts no business here."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(self), geolocation=(), microphone=()")
        return response


class CompressionMiddleware(GZipMiddleware):
    """Sends pages and tables compressed; what is compressed by its nature (PDF, pictures, XLSX) goes as it is.

    Every compressed answer is padded by a random length, so that its length does not tell what stands in it.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress the answer where it is text."""
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip()
        is_text = kind.startswith("text/") or kind in COMPRESSED
        return super().process_response(request, response) if is_text else response


def database_answers() -> bool:
    """Whether the database answers now."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        log.exception("The database does not answer.")
        return False
    finally:
        connection.close_if_unusable_or_obsolete()
    return True


def redis_answers() -> bool:
    """Whether Redis answers now."""
    try:
        with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        log.exception("Redis does not answer.")
        return False
