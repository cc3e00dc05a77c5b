"""Deliver what lies in the outbox: e-mails and text messages, retried for ever with growing pauses.

    take (short transaction: lock, gather floods, lend) ──▶ send, no transaction open ──▶ note (one statement each)

A row is lent for a while before it is sent, so that two workers never send it at once. A worker that dies after
sending and before noting leaves a row that is sent again when the loan ends: at least once, with the same key.
Nothing of this is kept in the broker; a queue that is emptied only means that the next turn does it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from sla.alarms import database_now
from sla.calendars import timetable_of
from sla.ladder import ladder_of
from workflows.models import Notice
from workflows.models.notices import OUTSIDE
from workflows.querysets import NoticeQuerySet
from workflows.services.texting import NotTakenError, send_text
from workflows.services.wording import DIGEST, LINES, Words, words_of

BATCH = 20
LOAN = timedelta(minutes=10)
SHORTEST_PAUSE = timedelta(seconds=30)
LONGEST_PAUSE = timedelta(hours=6)
GATHERED = 1000


class WayClosedError(Exception):
    """Nothing can be sent this way now: the mail server or the service of text messages cannot be reached."""


def waiting() -> NoticeQuerySet:
    """Messages on their way out of the house; what went into a digest waits with the digest."""
    rows: NoticeQuerySet = Notice.objects.filter(channel__in=OUTSIDE, delivered_at__isnull=True, digest__isnull=True)
    return rows


def deliver_notices(*, limit: int = 500) -> int:
    """Send what is due; a failure is noted on the row and tried again later.

    Args:
        limit: at most so many tries.

    Returns:
        How many messages were sent.
    """
    post, sent, tried = Post(), 0, 0
    try:
        while tried < limit and (batch := take_batch(min(BATCH, limit - tried), closed=post.closed)):
            tried += len(batch)
            sent += sum(post.deliver(notice) for notice in batch)
    finally:
        post.close()
    return sent


@transaction.atomic
def take_batch(size: int, *, closed: Collection[str] = ()) -> list[Notice]:
    """Lend the oldest due messages to this process; floods become digests first."""
    at = database_now()
    due = waiting().filter(next_try_at__lte=Now()).exclude(channel__in=list(closed)).order_by("next_try_at", "pk")
    rows = list(due.select_for_update(skip_locked=True, of=("self",))[:size])
    rows = [row for row in rows if not wait_out(row, at)]
    digests = [digest for group in groups_of(rows).values() if (digest := gather(group[0], at)) is not None]
    single = [row.pk for row in rows if (row.channel, row.address) not in {(d.channel, d.address) for d in digests}]
    taken = [*single, *(digest.pk for digest in digests)]
    Notice.objects.filter(pk__in=taken).update(next_try_at=at + LOAN, attempts=F("attempts") + 1)
    found = Notice.objects.filter(pk__in=taken).select_related("dossier", "user").defer("dossier__search")
    return list(found.order_by("pk"))


def wait_out(notice: Notice, at: datetime) -> bool:
    """Put a message off to the end of the quiet hours; whether there are any now."""
    loud_at = loud_from(notice, at)
    if loud_at <= at:
        return False
    Notice.objects.filter(pk=notice.pk).update(next_try_at=loud_at)
    return True


def loud_from(notice: Notice, at: datetime) -> datetime:
    """The first moment from some time on that its ladder does not call quiet."""
    calendar_id = notice.payload.get("calendar")
    if calendar_id is None:
        return at
    return ladder_of(notice.payload.get("ladder")).quiet.until(at, timetable_of(calendar_id))


def groups_of(rows: list[Notice]) -> dict[tuple[str, str], list[Notice]]:
    """Messages by way and address; digests stay out of it."""
    found: dict[tuple[str, str], list[Notice]] = defaultdict(list)
    for row in rows:
        if row.topic != DIGEST:
            found[row.channel, row.address].append(row)
    return found


def gather(first: Notice, at: datetime) -> Notice | None:
    """Put everything that waits for one address into one message, where it is more than the ladder allows."""
    allowed = ladder_of(first.payload.get("ladder")).digest.more_than
    flood = waiting().filter(channel=first.channel, address=first.address, next_try_at__lte=Now())
    flood = flood.exclude(topic=DIGEST).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    rows = list(flood[:GATHERED])
    if len(rows) <= allowed:
        return None
    digest = Notice.objects.create(
        topic=DIGEST,
        channel=first.channel,
        address=first.address,
        user_id=first.user_id,
        office_id=first.office_id,
        payload={"count": len(rows), "ladder": first.payload.get("ladder"), "calendar": first.payload.get("calendar")},
        idempotency_key=f"digest-{rows[0].pk}",
        created_at=at,
        next_try_at=at,
    )
    Notice.objects.filter(pk__in=[row.pk for row in rows]).update(digest=digest, next_try_at=None)
    return digest


class Post:
    """The ways out of the house during one turn; a way on which nobody answers is closed for the rest of it."""

    def __init__(self) -> None:
        self.closed: dict[str, str] = {}
        self._mail: BaseEmailBackend | None = None

    def deliver(self, notice: Notice) -> bool:
        """Send one message and note how it went; whether it was sent."""
        try:
            self.send(notice)
        except WayClosedError as error:
            self.closed[notice.channel] = str(error)
            put_back(notice, error)
        except Exception as error:  # whatever one message does wrong must not stop the others
            put_back(notice, error)
        else:
            mark_delivered(notice)
            return True
        return False

    def send(self, notice: Notice) -> None:
        """Put one message on its way."""
        if notice.channel in self.closed:
            raise WayClosedError(self.closed[notice.channel])
        gathered = notice.gathered.select_related("dossier").order_by("pk")[:LINES] if notice.topic == DIGEST else ()
        words = words_of(notice, list(gathered))
        ways: dict[str, Callable[[Notice, Words], None]] = {"email": self.send_email, "hook": self.send_hook}
        ways[notice.channel](notice, words)

    def send_email(self, notice: Notice, words: Words) -> None:
        """Send an e-mail over the connection of this turn; its key is its Message-ID, so that doubles can be told."""
        try:
            connection = self._mail or get_connection()
            connection.open()
        except (OSError, SMTPException) as error:
            raise WayClosedError(str(error)) from error
        self._mail = connection
        message = message_of(notice, words)
        message.connection = connection
        try:
            message.send()
        except (OSError, SMTPException):
            self.close()
            raise

    def send_hook(self, notice: Notice, words: Words) -> None:
        """Hand a text message to the service that sends it."""
        try:
            send_text(notice, words)
        except NotTakenError:
            raise
        except OSError as error:
            raise WayClosedError(str(error)) from error

    def close(self) -> None:
        """Hang up."""
        connection, self._mail = self._mail, None
        if connection is not None:
            connection.close()


def message_of(notice: Notice, words: Words) -> EmailMessage:
    """The e-mail with its key."""
    headers = {
        "Message-ID": f"<{notice.idempotency_key}@one-stop-desk>",
        "X-Idempotency-Key": notice.idempotency_key,
        "Auto-Submitted": "auto-generated",
    }
    return EmailMessage(words.subject, words.text, to=[notice.address], headers=headers)


def mark_delivered(notice: Notice) -> None:
    """Note that a message went out, and with a digest all that it gathered."""
    Notice.objects.filter(pk=notice.pk).update(delivered_at=Now(), next_try_at=None, error="")
    if notice.topic == DIGEST:
        notice.gathered.update(delivered_at=Now(), next_try_at=None, error="")


def put_back(notice: Notice, error: Exception) -> None:
    """Note why a message did not go out, and when it is tried again: ever later, never in quiet hours."""
    at = database_now()
    next_try_at = at + min(SHORTEST_PAUSE * 2 ** min(notice.attempts, 12), LONGEST_PAUSE)
    next_try_at = loud_from(notice, next_try_at)
    why = str(error) or type(error).__name__
    Notice.objects.filter(pk=notice.pk).update(next_try_at=next_try_at, error=why[:2000])
