"""What an approval is bound to: a fingerprint of what was answered, handed in and drafted, as the approver saw it."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from workflows.exceptions import StaleScreen
from workflows.models import Dossier, Paper

if TYPE_CHECKING:
    from workflows.services.act import Act

OF_PAPERS = ("dossier_id", "kind", "key", "name", "originals", "copies", "sha256")


def fingerprints(dossier_ids: Iterable[int]) -> dict[int, str]:
    """The fingerprints of dossiers as they are now: two statements, however many."""
    ids = list(dossier_ids)
    papers = papers_of(ids)
    rows = Dossier.objects.filter(pk__in=ids).values_list("pk", "data", "submitter")
    return {pk: fingerprint(data, submitter, papers[pk]) for pk, data, submitter in rows}


def papers_of(dossier_ids: Iterable[int]) -> dict[int, list[tuple[Any, ...]]]:
    """What lies in dossiers, superseded papers left out: one statement."""
    found: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
    papers = Paper.objects.filter(dossier__in=list(dossier_ids), superseded_at__isnull=True).order_by("pk")
    for dossier_id, *paper in papers.values_list(*OF_PAPERS):
        found[dossier_id].append(tuple(paper))
    return found


def fingerprint(data: Any, submitter: Any, papers: Iterable[tuple[Any, ...]]) -> str:
    """SHA-256 over the answers, the applicant's details and the papers with the draft result, in hexadecimal digits."""
    content = {"data": data, "submitter": submitter, "papers": [list(paper) for paper in papers]}
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def require_content(act: Act, expected: str, seen: int | None) -> str:
    """The fingerprint of the locked dossier; refuse where it is not the one that was seen.

    Args:
        act: the approval.
        expected: the fingerprint of what was on the screen; empty where none was kept.
        seen: the version that was on the screen, from which on changes are told.

    Raises:
        StaleScreen: data, papers or draft are others now.
    """
    dossier = act.dossier
    found = fingerprint(dossier.data, dossier.submitter, papers_of([dossier.pk])[dossier.pk])
    if expected and expected != found:
        changes = dossier.trail.filter(number__gt=seen or 0).select_related("by", "on_behalf_of", "step")
        raise StaleScreen(dossier, list(changes))
    return found
