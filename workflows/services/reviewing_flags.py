"""A supervisor looks into one flag: what was found stands beside the flag, which stays as it was raised."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from offices.models import Role, User
from offices.tree import offices_above
from workflows.exceptions import NotAllowed, NotComplete, NotFound, NotPossibleNow
from workflows.models import Dossier, Flag, FlagReview, TrailEntry
from workflows.services.locking import lock_dossier

if TYPE_CHECKING:
    from workflows.services.act import Act

# What the dates say stays up until the dates say otherwise, whatever a review finds.
CLEARED_AS_MISTAKEN = (Flag.Kind.PAUSE, Flag.Kind.RESUBMITTED, Flag.Kind.EXTRA_PAPER, Flag.Kind.STUCK)


@transaction.atomic
def review_flag(
    *, flag_id: int, finding: str, words: str, by: User, at: datetime | None = None, seen: int | None = None
) -> FlagReview:
    """Say what looking into a flag has shown.

    A doubt that was raised by mistake is cleared; the others, and whatever follows from a date that was missed, stay
    up as reviewed until what they warn of is over.

    Args:
        finding: one of `FlagReview.Finding`.
        words: what was found; needed.

    Raises:
        NotFound: there is no such flag.
        NotAllowed: the person supervises neither office, or did one of the acts behind the flag.
        NotComplete: the finding or its words are missing.
        NotPossibleNow: it was reviewed before.
    """
    dossier_id = Flag.objects.filter(pk=flag_id).values_list("dossier_id", flat=True).first()
    if dossier_id is None:
        raise NotFound(_("There is no such flag. Look at the dossier."))
    act = lock_dossier(dossier_id=dossier_id, name="review_flag", by=by, at=at)
    flag = Flag.objects.select_related("review__reviewed_by").get(pk=flag_id)
    take_right_to_review(act, flag)
    act.require_status()
    if hasattr(flag, "review"):
        raise NotPossibleNow(_("%(who)s has reviewed this flag already.") % {"who": flag.review.reviewed_by.full_name})
    act.require_seen(seen)
    require_finding(finding, words)
    review = FlagReview.objects.create(
        flag=flag, finding=finding, words=words.strip(), reviewed_by=by, reviewed_at=act.at
    )
    is_cleared = finding == FlagReview.Finding.MISTAKEN and flag.kind in CLEARED_AS_MISTAKEN
    if is_cleared and flag.cleared_at is None:
        act.flags.cleared.add(flag.pk)
    act.data = {"flag": flag.pk, "kind": flag.kind, "finding": finding, "reason": words.strip()}
    act.save()
    return review


def require_finding(finding: str, words: str) -> None:
    """Refuse a review that says nothing."""
    fields = {}
    if finding not in FlagReview.Finding.values:
        fields["finding"] = _("Choose what was found.")
    if not words.strip():
        fields["words"] = _("Write what you found.")
    if fields:
        raise NotComplete(_("A review says what was found and why."), fields=fields)


def take_right_to_review(act: Act, flag: Flag) -> None:
    """Take up the role of a supervisor over one of the two offices who did none of the acts behind the flag."""
    doers = doers_of(flag)
    if act.by.pk in doers:
        raise NotAllowed(_("You did one of the acts behind this flag, so somebody else must review it."))
    for office_id in offices_over(act.dossier):
        if act.capacities.find(role=Role.SUPERVISOR, office_id=office_id, except_users=doers):
            return act.act_as(Role.SUPERVISOR, office_id, except_users=doers)
    raise NotAllowed(_("Only a supervisor of the receiving or the handling office, or of an office above, reviews it."))


def offices_over(dossier: Dossier) -> list[int]:
    """Receiving and handling office and every office above them."""
    lines = [*offices_above(dossier.receiving_office_id), *offices_above(dossier.handling_office_id)]
    return list(dict.fromkeys(lines))


def doers_of(flag: Flag) -> set[int]:
    """Who did the acts behind a flag, in their own name or for another: one statement, none without acts."""
    behind = entries_behind(flag)
    rows = behind.values_list("by_id", "on_behalf_of_id") if behind is not None else []
    return {user_id for row in rows for user_id in row if user_id is not None}


def entries_behind(flag: Flag) -> QuerySet[TrailEntry] | None:
    """The acts that the evidence names, oldest first; None where it names none."""
    wanted = Q(pk__in=[])
    acts = flag.evidence.get("acts", [])
    for row in acts:
        wanted |= Q(dossier=row["dossier"], number=row["number"])
    return TrailEntry.objects.filter(wanted).order_by("at", "dossier", "number") if acts else None
