"""What is signed on a receipt, and how it stands in the QR code.

    {look-up}?code=H40.01-260302-0001&r=202603020800&d=202603161700&k=<key>&s=<signature>
    H40.01-260302-0001|202603020800|202603161700|<key>|<signature>         where there is no address

`r` and `d` are the moment of reception and the promised one, to the minute, in the offices' zone. The signature is
ECDSA on P-256 with SHA-256 over `signed_text`, 64 bytes (r and s one after the other), base64url without padding.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs, urlencode, urlsplit

from offices.capacities import OFFICE_ZONE

VERSION = "onestop-receipt-1"
MINUTES = "%Y%m%d%H%M"
SEPARATOR = "|"
CODE = "code"  # the name of the code in the address of the look-up
WELL_FORMED = re.compile(r"^[A-Z0-9.\-]{5,50}\|\d{12}\|\d{12}\|[0-9a-f]{1,16}\|[A-Za-z0-9_\-]{86}$")


@dataclass(frozen=True, slots=True)
class SignedReceipt:
    """The signed values of a receipt; `received` and `due` are written as minutes of the offices' zone."""

    code: str
    received: str
    due: str
    key: str = ""
    signature: str = ""

    @property
    def signed_text(self) -> str:
        """What the signature is over."""
        return SEPARATOR.join([VERSION, self.code, self.received, self.due])

    @property
    def received_at(self) -> datetime:
        """The moment of reception."""
        return at_minute(self.received)

    @property
    def due_at(self) -> datetime:
        """The promised moment."""
        return at_minute(self.due)

    def as_text(self, look_up: str = "") -> str:
        """What the QR code says: an address that a phone opens, else plain values."""
        values = {CODE: self.code, "r": self.received, "d": self.due, "k": self.key, "s": self.signature}
        return f"{look_up}?{urlencode(values)}" if look_up else SEPARATOR.join(values.values())


def unsigned_receipt(*, code: str, received_at: datetime, due_at: datetime) -> SignedReceipt:
    """The values of a receipt before they are signed."""
    return SignedReceipt(code, minute_of(received_at), minute_of(due_at))


def minute_of(at: datetime) -> str:
    """A moment to the minute, in the offices' zone."""
    return at.astimezone(OFFICE_ZONE).strftime(MINUTES)


def at_minute(text: str) -> datetime:
    """The moment that such a text stands for.

    Raises:
        ValueError: there is no such minute.
    """
    return datetime.strptime(text, MINUTES).replace(tzinfo=OFFICE_ZONE)


def receipt_in(text: str) -> SignedReceipt | None:
    """The signed values in what a scanner read; None where the text is no signed receipt."""
    text = text.strip()
    if "?" in text:
        given = parse_qs(urlsplit(text).query)
        text = SEPARATOR.join(given.get(name, [""])[0] for name in (CODE, "r", "d", "k", "s"))
    if not WELL_FORMED.match(text):
        return None
    found = SignedReceipt(*text.split(SEPARATOR))
    try:
        _ = found.received_at, found.due_at
    except ValueError:
        return None
    return found
