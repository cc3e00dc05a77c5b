"""What has not gone out yet: who may look at it, what counts as stuck, and trying again at once."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.capacities import Capacities, capacities_of
from offices.models import Role, User
from offices.tree import office_ids_below
from workflows.exceptions import NotAllowed, NotFound
from workflows.models import Notice
from workflows.querysets import NoticeQuerySet
from workflows.services.delivering import waiting

STUCK_AFTER = 3


def outbox(capacities: Capacities) -> NoticeQuerySet:
    """Messages on their way out that the person may see: an administrator all, a supervisor those of their offices."""
    rows = waiting()
    if capacities.has(Role.ADMINISTRATOR):
        return rows
    below = office_ids_below(capacities.offices_as(Role.SUPERVISOR))
    of_dossier = Q(dossier__receiving_office__in=below) | Q(dossier__handling_office__in=below)
    return rows.filter(Q(office__in=below) | of_dossier)


def stuck(rows: NoticeQuerySet) -> NoticeQuerySet:
    """Those of them that were tried more than three times in vain."""
    return rows.filter(attempts__gt=STUCK_AFTER)


@transaction.atomic
def try_now(*, notice_id: int, by: User) -> Notice:
    """Let the next turn of the post try a message again, without waiting for its pause to end.

    Raises:
        NotAllowed: the person is neither administrator nor supervisor.
        NotFound: it has gone out, or belongs to offices of others.
    """
    capacities = capacities_of(by, timezone.now())
    if not capacities.has(Role.ADMINISTRATOR, Role.SUPERVISOR):
        raise NotAllowed(_("Only administrators and supervisors look after messages."))
    if not outbox(capacities).filter(pk=notice_id).exists():
        raise NotFound(_("This message is gone, or it is not yours to look after."))
    notice = Notice.objects.select_for_update().get(pk=notice_id)
    if notice.delivered_at is None and notice.digest_id is None:
        Notice.objects.filter(pk=notice_id).update(next_try_at=Now())
    return notice
