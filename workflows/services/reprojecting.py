"""Moving open clocks to the newest version of their calendar, in batches that may stop at any point.

    publish ──▶ order (Reprojection) ──▶ batches: lock dossiers (skip locked) · work out · clocks, ledger, copies, flags
    act or alarm meets a clock that is behind ──▶ the same, for its dossier alone, before anything else

Whether a clock has been moved stands in the clock itself: it is behind while its calendar has a newer published
version. So what is left is found by asking, a crash loses nothing, and nothing is moved twice.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from celery import current_app
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from sla.alarms import database_now
from sla.models import CalendarVersion, Clock
from workflows.models import Reprojection
from workflows.services import reprojecting_rows as table
from workflows.services.newest_versions import Newest
from workflows.services.reprojecting_batch import Batcher, write

DOSSIERS = 2_500
SHARES = 2
BLOCK = 4_096
LOCK_SPACE = 0x5EC0  # advisory locks of this program that belong to moves


def bring_up_to_date(dossier_ids: Sequence[int], *, at: datetime | None = None) -> int:
    """Move what is behind on dossiers that the caller has locked; acts and alarms do so before they look at a date.

    Args:
        at: the instant that the ledger keeps; None for now.

    Returns:
        How many clocks were moved.
    """
    moved, left = 0, sorted(dossier_ids)
    while left:
        count, left = move_batch(Batcher(), left, at=at)
        moved += count
    return moved


@transaction.atomic
def move_batch(
    batcher: Batcher, dossier_ids: Sequence[int], *, at: datetime | None = None, order_id: int | None = None
) -> tuple[int, list[int]]:
    """Move the clocks of some dossiers in one transaction, as far as they fit in; what an act holds is left out.

    Args:
        batcher: remembers what was worked out for earlier batches.
        dossier_ids: in ascending order.
        at: the instant that the ledger keeps; None for now.
        order_id: the order whose progress counts these clocks.

    Returns:
        How many clocks were moved, and the dossiers that did not fit in.
    """
    locked = table.lock_dossiers(dossier_ids)
    newest, now = Newest.read(), at or database_now()
    work = batcher.batch(locked, newest, now)
    if work.lines:
        write(work, newest, now)
    if work.lines and order_id:
        Reprojection.objects.filter(pk=order_id).update(moved=F("moved") + len(work.lines))
    left = [] if work.left_from is None else list(dossier_ids[bisect_left(dossier_ids, work.left_from) :])
    return len(work.lines), left


# Orders


def order_move_to(
    version: CalendarVersion, *, preview: dict[str, object], by_id: int | None, at: datetime
) -> Reprojection:
    """Note that all open clocks of a calendar go to this version; a task carries it out after the commit."""
    order = Reprojection.objects.create(
        kind=Reprojection.Kind.CALENDAR,
        version=version,
        reason=version.reason,
        decision=version.decision,
        preview=preview,
        ordered_by_id=by_id,
        ordered_at=at,
    )
    transaction.on_commit(start_moving)
    return order


def start_moving() -> None:
    """Let the workers begin at once; where this process knows no broker, or it is away, the schedule begins soon."""
    if not current_app.conf.broker_url:
        return
    for share in range(SHARES):
        try:
            current_app.send_task("workflows.tasks.move_clocks", args=[share], retry=False)
        except BrokerError:
            return


def unfinished() -> QuerySet[Reprojection]:
    """Orders to move clocks to a calendar version that are not carried out yet."""
    return Reprojection.objects.filter(kind=Reprojection.Kind.CALENDAR, finished_at__isnull=True)


def order_what_nobody_ordered(newest: Newest) -> None:
    """Order moves for versions that were published with the program: their clocks are behind, and nobody asked."""
    ordered = set(unfinished().values_list("version__calendar_id", flat=True))
    for calendar_id, version_id in newest.by_calendar.items():
        old = newest.superseded(calendar_id)
        if (
            calendar_id not in ordered
            and Clock.objects.filter(calendar_version__in=old).exclude(state="ended").exists()
        ):
            order_move_to(newest.versions[version_id], preview={}, by_id=None, at=timezone.now())


def carry_out(*, share: int = 0, shares: int = 1, dossiers: int = DOSSIERS) -> int:
    """Carry out every order, or one of several shares of it; safe to run again, at once and after a crash.

    Args:
        share: which share, counted from 0.
        shares: how many workers divide the dossiers between them.
        dossiers: how many are locked together.

    Returns:
        How many clocks were moved.
    """
    order_what_nobody_ordered(Newest.read())
    moved = 0
    for order in unfinished().order_by("pk"):
        with alone(order.pk, share) as is_alone:
            if is_alone:
                moved += carry_out_share(order, share, shares, dossiers)
    return moved


def carry_out_share(order: Reprojection, share: int, shares: int, dossiers: int) -> int:
    """Go through the dossiers that are behind until none is left but those that acts hold just now."""
    batcher, moved = Batcher(), 0
    while left := dossiers_behind(order, share, shares):
        count = 0
        while left:
            did, rest = move_batch(batcher, left[:dossiers], order_id=order.pk)
            left = rest + left[dossiers:]
            count += did
        moved += count
        if not count:
            break
    if not dossiers_behind(order, 0, 1):
        Reprojection.objects.filter(pk=order.pk, finished_at__isnull=True).update(finished_at=database_now())
    return moved


def dossiers_behind(order: Reprojection, share: int, shares: int) -> list[int]:
    """The dossiers with a clock on an older version of the order's calendar, in ascending order."""
    if order.version is None:
        return []
    old = Newest.read().superseded(order.version.calendar_id)
    wanted = {"old": old, "share": share, "shares": shares, "block": BLOCK}
    return [row[0] for row in table.rows(table.BEHIND, wanted)] if old else []


@contextmanager
def alone(order_id: int, share: int) -> Iterator[bool]:
    """Hold the share of an order; False when another process has it. A process that dies lets go of it."""
    key = [LOCK_SPACE + share, order_id % 2**31]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", key)
        held = bool(cursor.fetchone()[0])
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", key)
