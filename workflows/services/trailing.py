"""The hash chain of a dossier's trail."""

import hashlib
import json

from workflows.models import TrailEntry


def chained(entry: TrailEntry) -> str:
    """SHA-256 over an entry and the hash of the one before it.

    Args:
        entry: an entry with all its fields, saved or not; instants are hashed in UTC.

    Returns:
        Hexadecimal digits.
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
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
