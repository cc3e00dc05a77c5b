"""Links that let a phone send pictures to one desk: signed, short-lived, for one phone alone.

What a link is for is kept in the cache under a random name; the address carries that name, signed. The first phone that
sends something takes the link for itself; nobody else can use it then.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID

from django.core.cache import cache
from django.core.signing import BadSignature, TimestampSigner

LASTS = 15 * 60  # seconds
MOST_FILES = 40

_signer = TimestampSigner(salt="workflows.phone-link")


@dataclass(frozen=True, slots=True)
class PhoneLink:
    """What a link is for.

    Attributes:
        name: its random name.
        user_id: on whose desk the pictures appear.
        paper: what is to be photographed, in words; empty where the clerk sorts it out.
        office: the desk, in words.
        document: key of that paper.
        counter: the unfinished file on the counter, or
        dossier_id: the dossier.
    """

    name: str
    user_id: int
    paper: str
    office: str
    document: str = ""
    counter: UUID | None = None
    dossier_id: int | None = None

    @property
    def token(self) -> str:
        """The name as it stands in the address."""
        return _signer.sign(self.name)


def make_link(
    *,
    user_id: int,
    paper: str,
    office: str,
    document: str = "",
    counter: UUID | None = None,
    dossier_id: int | None = None,
) -> PhoneLink:
    """A new link, good for a quarter of an hour."""
    link = PhoneLink(secrets.token_urlsafe(12), user_id, paper, office, document, counter, dossier_id)
    cache.set(_key(link.name), link, LASTS)
    return link


def link_of(token: str) -> PhoneLink | None:
    """What a token is for; None where it is forged, too old or closed."""
    try:
        name = _signer.unsign(token, max_age=LASTS)
    except BadSignature:
        return None
    found = cache.get(_key(name))
    return found if isinstance(found, PhoneLink) else None


def take(link: PhoneLink, phone: str) -> bool:
    """Let a phone use the link: the first one has it for itself.

    Args:
        phone: a secret of that phone.
    """
    key = f"{_key(link.name)}:phone"
    return bool(cache.add(key, phone, LASTS)) or cache.get(key) == phone


def count_file(link: PhoneLink) -> bool:
    """Count a file; False where the link has brought as many as it may."""
    key = f"{_key(link.name)}:files"
    cache.add(key, 0, LASTS)
    return int(cache.incr(key)) <= MOST_FILES


def close_link(token: str, *, user_id: int) -> None:
    """Let a link of this person be good for nothing any more."""
    link = link_of(token)
    if link is not None and link.user_id == user_id:
        cache.delete(_key(link.name))


def _key(name: str) -> str:
    return f"phone-link:{name}"
