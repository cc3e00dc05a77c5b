"""A newer open file continues one that ended without a result: linked by an act of its own, after the end.

The end of a file locks only that file. The newer ones are found by asking for what ended lately, so that neither a
crash nor a busy dossier loses a link; each is locked alone and gets an entry in its trail.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from offices.models import User
from sla.alarms import database_now
from sla.exceptions import TimeError
from workflows.exceptions import WorkflowError
from workflows.models import Dossier, TrailEntry
from workflows.models.dossier import BEFORE_DECISION
from workflows.services.attempts import (
    CANDIDATES,
    ENDING_ACTS,
    WITHOUT_RESULT,
    earlier_file,
    is_same_person,
    link,
    same_matter,
)
from workflows.services.locking import lock_dossier

LATELY = timedelta(days=3)
logger = logging.getLogger(__name__)


def continue_attempts(*, at: datetime | None = None) -> int:
    """Link open files to those that ended lately without a result; safe to run twice and after a crash.

    Args:
        at: now (aware); None means the database's clock.

    Returns:
        How many files were linked.
    """
    now, linked = at or database_now(), 0
    ended = Dossier.objects.filter(legal_status__in=WITHOUT_RESULT, closed_at__gt=now - LATELY, closed_at__lte=now)
    for dossier in ended.order_by("pk").defer("search", "data").iterator():
        for later_id in later_files(dossier):
            try:
                linked += continue_one(later_id, dossier, now)
            except (WorkflowError, TimeError) as error:
                logger.warning("Dossier %s is linked at the next turn: %s", later_id, error)
    return linked


def later_files(dossier: Dossier) -> list[int]:
    """Newer open files of the same person about the same matter that belong to no chain yet."""
    newer = same_matter(dossier)
    if newer is None:
        return []
    newer = newer.filter(pk__gt=dossier.pk, first_attempt__isnull=True, legal_status__in=BEFORE_DECISION)
    rows = newer.order_by("pk").values_list("pk", "submitter")[:CANDIDATES]
    return [pk for pk, submitter in rows if is_same_person(dossier.submitter, submitter)]


@transaction.atomic
def continue_one(dossier_id: int, ended: Dossier, at: datetime) -> bool:
    """Link one file, in the name of whoever ended the earlier one; False when there is nothing left to link."""
    ends = TrailEntry.objects.filter(dossier=ended.pk, act__in=ENDING_ACTS).order_by("-number")
    by = User.objects.filter(pk__in=ends.values("by")[:1]).first()
    if by is None:
        return False
    act = lock_dossier(dossier_id=dossier_id, name="continue_attempt", by=by, at=at)
    dossier = act.dossier
    if dossier.first_attempt_id is not None or dossier.legal_status not in BEFORE_DECISION:
        return False
    earlier = earlier_file(dossier, act.at)
    if earlier is None:
        return False
    act.data = {"earlier": ended.code}
    link(act, earlier)
    act.save()
    return True
