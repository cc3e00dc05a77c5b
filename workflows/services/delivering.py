"""Deliver what lies in the outbox: one message per transaction, retried for ever with growing pauses."""

from __future__ import annotations

from datetime import timedelta

from django.core.mail import EmailMessage
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from sla.alarms import database_now
from workflows.models import LegalStatus, Notice

LONGEST_PAUSE = timedelta(hours=6)


def deliver_notices(*, limit: int = 500) -> int:
    """Send due e-mails; a failure is noted on the row and tried again later.

    Returns:
        How many were sent.
    """
    sent = 0
    for _turn in range(limit):
        outcome = deliver_one()
        if outcome is None:
            break
        sent += outcome
    return sent


@transaction.atomic
def deliver_one() -> bool | None:
    """Send the oldest due e-mail; None when none is due, False when it failed."""
    at = database_now()
    due = Notice.objects.filter(channel=Notice.Channel.EMAIL, delivered_at__isnull=True, next_try_at__lte=at)
    notice = (
        due.order_by("next_try_at").select_related("dossier").select_for_update(skip_locked=True, of=("self",)).first()
    )
    if notice is None:
        return None
    notice.attempts += 1
    try:
        message_of(notice).send()
    except (OSError, ValueError) as error:
        notice.error = str(error)
        notice.next_try_at = at + min(timedelta(seconds=30) * 2 ** min(notice.attempts, 12), LONGEST_PAUSE)
    else:
        notice.delivered_at, notice.next_try_at, notice.error = at, None, ""
    notice.save(update_fields=["attempts", "error", "next_try_at", "delivered_at"])
    return notice.delivered_at is not None


def message_of(notice: Notice) -> EmailMessage:
    """The e-mail to an applicant, in Vietnamese; the idempotency key travels as its Message-ID."""
    dossier = notice.dossier
    if dossier is None:
        raise ValueError(notice.idempotency_key)
    with override("vi"):
        status = LegalStatus(notice.payload["status"]).label
        subject = _("Dossier %(code)s: %(status)s") % {"code": dossier.code, "status": status}
        body = _("Dear %(name)s,\n\nThe status of your dossier %(code)s is now: %(status)s.") % {
            "name": dossier.applicant_name,
            "code": dossier.code,
            "status": status,
        }
    return EmailMessage(subject, body, to=[notice.address], headers={"X-Idempotency-Key": notice.idempotency_key})
