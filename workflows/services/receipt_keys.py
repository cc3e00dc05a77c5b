"""Signing receipts, so that anybody can prove which dates the office promised, and nobody can make one up.

The private half of the key lies in the database, encrypted with the program's secret key; where that was changed, a
new key takes over. The public halves stay published, so that older receipts go on verifying.
"""

from __future__ import annotations

import hashlib
import logging
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature, encode_dss_signature
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from workflows.models import SigningKey
from workflows.receipts import SignedReceipt, unsigned_receipt

log = logging.getLogger(__name__)

NAME_LENGTH = 8
HALF = 32  # bytes of each half of a signature, and of each coordinate
LOCK = 0x5245_4350  # of the advisory lock under which a key is made


def sign_receipt(*, code: str, received_at: datetime, due_at: datetime) -> SignedReceipt:
    """Sign the code and the two moments of a receipt; the same values give the same signature."""
    receipt = unsigned_receipt(code=code, received_at=received_at, due_at=due_at)
    name, key = current_key()
    made = key.sign(receipt.signed_text.encode(), ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
    first, second = decode_dss_signature(made)
    raw = first.to_bytes(HALF, "big") + second.to_bytes(HALF, "big")
    return replace(receipt, key=name, signature=in_base64(raw))


def is_genuine(receipt: SignedReceipt, keys: Sequence[Mapping[str, Any]] | None = None) -> bool:
    """Whether the signature of a receipt holds.

    Args:
        receipt: what was read.
        keys: JSON Web Keys to look among; the published ones where left out.
    """
    known = published_keys()["keys"] if keys is None else keys
    found = next((key for key in known if key["kid"] == receipt.key), None)
    if found is None:
        return False
    x, y = (int.from_bytes(from_base64(found[name]), "big") for name in ("x", "y"))
    raw = from_base64(receipt.signature)
    if len(raw) != 2 * HALF or in_base64(raw) != receipt.signature:  # the last letter has bits to spare
        return False
    signature = encode_dss_signature(int.from_bytes(raw[:HALF], "big"), int.from_bytes(raw[HALF:], "big"))
    try:
        key = ec.EllipticCurvePublicNumbers(x, y, ec.SECP256R1()).public_key()
        key.verify(signature, receipt.signed_text.encode(), ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, ValueError):
        return False
    return True


def published_keys() -> dict[str, list[dict[str, str]]]:
    """Every public key as a JSON Web Key Set (RFC 7517), the newest first."""
    rows = SigningKey.objects.values_list("name", "public_x", "public_y")
    common = {"kty": "EC", "crv": "P-256", "use": "sig", "alg": "ES256"}
    return {"keys": [{**common, "kid": name, "x": x, "y": y} for name, x, y in rows]}


def current_key() -> tuple[str, ec.EllipticCurvePrivateKey]:
    """The key that signs now; made where there is none, or none that can be opened."""
    row = SigningKey.objects.filter(retired_at__isnull=True).first() or make_key()
    try:
        return row.name, opened(row.private_key, settings.SECRET_KEY)
    except ValueError:
        log.warning("The key %s for receipts was locked with another SECRET_KEY; a new one takes over.", row.name)
        row = make_key(instead_of=row.name)
        return row.name, opened(row.private_key, settings.SECRET_KEY)


@transaction.atomic
def make_key(*, instead_of: str = "") -> SigningKey:
    """Make a key pair, once, however many ask at the same time; `instead_of` retires the one before."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    SigningKey.objects.filter(name=instead_of, retired_at__isnull=True).update(retired_at=timezone.now())
    existing = SigningKey.objects.filter(retired_at__isnull=True).first()
    if existing is not None:
        return existing
    key = ec.generate_private_key(ec.SECP256R1())
    numbers = key.public_key().public_numbers()
    x, y = numbers.x.to_bytes(HALF, "big"), numbers.y.to_bytes(HALF, "big")
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(password_from(settings.SECRET_KEY)),
    )
    return SigningKey.objects.create(
        name=hashlib.sha256(x + y).hexdigest()[:NAME_LENGTH],
        public_x=in_base64(x),
        public_y=in_base64(y),
        private_key=locked.decode(),
    )


@lru_cache(maxsize=4)
def opened(pem: str, secret: str) -> ec.EllipticCurvePrivateKey:
    """A private key, opened with the program's secret key.

    Raises:
        ValueError: it was locked with another one.
    """
    key = serialization.load_pem_private_key(pem.encode(), password_from(secret))
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise ValueError("not a key on a curve")
    return key


def password_from(secret: str) -> bytes:
    """The password of the private key."""
    return hashlib.sha256(f"receipt key of {secret}".encode()).hexdigest().encode()


def in_base64(content: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(content).rstrip(b"=").decode()


def from_base64(text: str) -> bytes:
    """The bytes of base64url without padding.

    Raises:
        ValueError: it is none.
    """
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
