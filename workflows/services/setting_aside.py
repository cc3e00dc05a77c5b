"""Setting aside the review of a limit that was missed by a date which was moved meanwhile, and is missed no longer.

The review stays, with its evidence and with what moved the date. If the limit is missed after all, another one opens.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from offices.models import User
from sla.models import Clock, Verdict
from workflows.exceptions import NotPossibleNow
from workflows.models import BreachReview
from workflows.services.breaching import lock_review, require_state, require_words, take_right_to_conclude


@transaction.atomic
def set_aside_breach(*, review_id: int, words: str, by: User, at: datetime | None = None) -> BreachReview:
    """Set a review aside because a calendar or a rulebook moved its date ahead; nobody is blamed.

    Args:
        review_id: which.
        words: what was found.

    Raises:
        NotFound: there is no such review.
        NotAllowed: the person does not supervise the unit, or held a step of the dossier.
        NotComplete: nothing was written.
        NotPossibleNow: its date was not moved, is missed again, or the review was concluded before.
    """
    act, review = lock_review(review_id, "set_aside_breach", by, at)
    take_right_to_conclude(act, review)
    require_state(review, review.mark_moot)
    if review.moved is None or is_missed(review, act.at):
        raise NotPossibleNow(_("The limit is missed: no calendar and no rulebook moved its date ahead. Conclude it."))
    require_words(words, "words", _("Write what you found."))
    review.mark_moot()
    review.conclusion, review.concluded_by, review.concluded_at = words.strip(), by, act.at
    review.save(update_fields=["state", "conclusion", "concluded_by", "concluded_at"])
    if told := review.explained_by_id or review.party_user_id:
        act.notices.tell("breach_set_aside", user_id=told, review=review.pk)
    act.data = {"reason": review.conclusion, "review": review.pk, "moved": review.moved["why"]}
    act.save()
    return review


def is_missed(review: BreachReview, at: datetime) -> bool:
    """Whether the clock missed its date by the present calendar; the sweep may not have found it yet."""
    clock = Clock.objects.get(pk=review.clock_id)
    if clock.run != review.run:
        return False
    return clock.verdict == Verdict.LATE if clock.ended_at else bool(clock.due_at and clock.due_at <= at)
