"""The hash chain of a dossier's trail."""

import hashlib
import json

from workflows.models import TrailEntry


def text_to_hash(entry: TrailEntry) -> str:
    """An entry and the hash of the one before it as one text.

    Args:
        entry: an entry with all its fields, saved or not; instants are written in UTC.
    """
    content = {
        "dossier": entry.dossier_id,
        "number": entry.number,
        "act": entry.act,
        "step": entry.step_id,
        "by": entry.by_id,
        "on_behalf_of": entry.on_behalf_of_id,
        "at": entry.at.timestamp(),
        "before": entry.status_before,
        "after": entry.status_after,
        "data": entry.data,
        "previous": entry.previous_hash,
    }
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def digest_of(text: str) -> str:
    """SHA-256 in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def chained(entry: TrailEntry) -> str:
    """SHA-256 over an entry and the hash of the one before it, in hexadecimal digits."""
    return digest_of(text_to_hash(entry))
