"""Hand a text message to the service that sends it as an SMS or through Zalo.

The service is somebody else's; this is all it has to do:

    POST <NOTICE_HOOK_URL>
    Content-Type: application/json; charset=utf-8
    X-Idempotency-Key: <key>                       the same for every try of the same message
    X-Signature: sha256=<hex>                      HMAC-SHA256 over the body, key NOTICE_HOOK_SECRET

    {"to": "0912345678",                           telephone number as it stands with the person
     "text": "Hồ sơ … đến hạn 17:00 24/11/2026.",  what the person reads
     "topic": "alarm_due",                         what it is about; "digest" where one message stands for many
     "code": "H40.01-260302-0001",                 the dossier; empty for a digest
     "idempotency_key": "…"}                       the same as in the header

An answer 2xx within 10 seconds means: taken over. Anything else, or none, means: try again later. A message can come
twice (a crash between sending and noting it); the service sends one key once. Redirects are not followed.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from http.client import HTTPMessage
from typing import IO
from urllib.error import HTTPError
from urllib.request import HTTPRedirectHandler, Request, build_opener

from django.conf import settings

from workflows.models import Notice
from workflows.services.wording import Words

PATIENCE = 10  # seconds


class NotTakenError(Exception):
    """The service answered, but did not take the message over."""


class NoRedirect(HTTPRedirectHandler):
    """A signed message goes to the address of the settings and nowhere else."""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        """Follow nothing."""


def body_of(notice: Notice, words: Words) -> bytes:
    """What the service is sent."""
    content = {
        "to": notice.address,
        "text": words.text,
        "topic": notice.topic,
        "code": notice.dossier.code if notice.dossier else "",
        "idempotency_key": notice.idempotency_key,
    }
    return json.dumps(content, ensure_ascii=False).encode()


def signature_of(body: bytes) -> str:
    """Proof that the message comes from here and was not changed."""
    return "sha256=" + hmac.new(settings.NOTICE_HOOK_SECRET.encode(), body, hashlib.sha256).hexdigest()


def send_text(notice: Notice, words: Words) -> None:
    """Hand one message over.

    Raises:
        NotTakenError: the service refused it.
        OSError: the service cannot be reached.
        ValueError: the address of the service is no web address, or there is nothing to sign with.
    """
    if not settings.NOTICE_HOOK_URL.startswith(("http://", "https://")):
        raise ValueError("NOTICE_HOOK_URL")
    if not settings.NOTICE_HOOK_SECRET:
        raise ValueError("NOTICE_HOOK_SECRET")
    body = body_of(notice, words)
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "X-Idempotency-Key": notice.idempotency_key,
        "X-Signature": signature_of(body),
    }
    request = Request(settings.NOTICE_HOOK_URL, data=body, headers=headers, method="POST")  # noqa: S310  # checked above
    try:
        with build_opener(NoRedirect).open(request, timeout=PATIENCE) as answer:
            status = answer.status
    except HTTPError as error:
        raise NotTakenError(f"{error.code}") from error
    if not 200 <= status < 300:
        raise NotTakenError(f"{status}")
