"""Did form 02 leave the office? A stop about which the applicant was never told is no stop the law knows.

The slip has left when somebody of the office opened it to print it, or when the message to the applicant was sent.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import F

from offices.capacities import Capacities
from offices.models import Role
from sla.alarms import database_now
from workflows.models import Dossier, Flag, LegalStatus, Notice, SupplementRequest, TrailEntry
from workflows.querysets import STEP_ROLES
from workflows.services.evidence import own_acts

BATCH = 200
TO_THE_APPLICANT = (Notice.Channel.EMAIL, Notice.Channel.HOOK)


def note_slip(request: SupplementRequest, capacities: Capacities, *, at: datetime) -> None:
    """Note that the desk or the asking office opened the slip to hand it over; a mere reader does not count.

    Only the first time is kept.
    """
    dossier = request.dossier
    offices = capacities.offices_as(Role.CLERK), capacities.offices_as(*STEP_ROLES)
    if dossier.receiving_office_id in offices[0] or dossier.handling_office_id in offices[1]:
        SupplementRequest.objects.filter(pk=request.pk, slip_at__isnull=True).update(slip_at=at)


def watch_slips(*, batch: int = BATCH) -> int:
    """Judge every stop whose slip should have left by now.

    Args:
        batch: dossiers per transaction.

    Returns:
        How many dossiers were flagged.
    """
    flagged = 0
    while (found := watch_batch(batch)) is not None:
        flagged += found
    return flagged


@transaction.atomic
def watch_batch(batch: int) -> int | None:
    """One batch; None when nothing is left to judge, or everything left is locked by acts."""
    at = database_now()
    due = SupplementRequest.objects.filter(slip_wanted_at__lte=at)
    ids = list(due.order_by("slip_wanted_at").values_list("dossier_id", flat=True)[:batch])
    locked = Dossier.objects.filter(pk__in=ids).order_by("pk").select_for_update(skip_locked=True, of=("self",))
    dossiers = {dossier.pk: dossier for dossier in locked.defer("search")}
    if not dossiers:
        return None
    waiting = list(due.filter(dossier__in=dossiers))
    told = noted_messages(waiting)
    missing = [request for request in waiting if is_missing(request, told)]
    flags = raise_flags(missing, dossiers, at)
    SupplementRequest.objects.filter(pk__in=[request.pk for request in waiting]).update(slip_wanted_at=None)
    return flags


def noted_messages(waiting: Iterable[SupplementRequest]) -> set[int]:
    """Note the requests of which the applicant was told by a message that was sent; returns their dossiers."""
    asked = {request.dossier_id: request for request in waiting if request.slip_at is None}
    sent = Notice.objects.filter(
        channel__in=TO_THE_APPLICANT, dossier__in=asked, delivered_at__isnull=False, topic="status_changed"
    )
    rows = sent.filter(payload__status=LegalStatus.AWAITING_SUPPLEMENT).values(
        "dossier_id", "created_at", "delivered_at"
    )
    told = set()
    for row in rows.order_by("delivered_at"):
        request, sent_at = asked[row["dossier_id"] or 0], row["delivered_at"]
        if row["created_at"] == request.requested_at and sent_at is not None:
            SupplementRequest.objects.filter(pk=request.pk, slip_at__isnull=True).update(slip_at=sent_at)
            if request.slip_wanted_at and sent_at <= request.slip_wanted_at:
                told.add(request.pk)
    return told


def is_missing(request: SupplementRequest, told: set[int]) -> bool:
    """Whether the slip did not leave in time while the clock stood still."""
    wanted_at = request.slip_wanted_at
    if wanted_at is None or request.pk in told:
        return False
    ended = request.accepted_at is not None and request.accepted_at <= wanted_at
    left = request.slip_at is not None and request.slip_at <= wanted_at
    return not ended and not left


def raise_flags(missing: list[SupplementRequest], dossiers: dict[int, Dossier], at: datetime) -> int:
    """Flag the stops; an open flag of a pause gives way to one that says both. A stop is flagged for this once."""
    numbers = trail_numbers(missing)
    open_flags = {
        flag.dossier_id: flag
        for flag in Flag.objects.filter(dossier__in=dossiers, kind=Flag.Kind.PAUSE, cleared_at__isnull=True)
    }
    flags = [flag_of(request, dossiers[request.dossier_id], numbers, open_flags, at) for request in missing]
    given_way = [open_flags[flag.dossier_id].pk for flag in flags if flag.dossier_id in open_flags]
    Flag.objects.filter(pk__in=given_way).update(cleared_at=at)
    Flag.objects.bulk_create(flags, ignore_conflicts=True)
    return len(flags)


def trail_numbers(requests: Iterable[SupplementRequest]) -> dict[tuple[int, int], int]:
    """Under which number of the trail each request was made: one statement."""
    entries = TrailEntry.objects.filter(
        act="request_supplement", dossier__in={request.dossier_id for request in requests}
    ).annotate(request_number=F("data__number"))
    rows = entries.values_list("dossier_id", "request_number", "number")
    return {(dossier_id, int(request_number or 0)): number for dossier_id, request_number, number in rows}


def flag_of(
    request: SupplementRequest,
    dossier: Dossier,
    numbers: dict[tuple[int, int], int],
    open_flags: dict[int, Flag],
    at: datetime,
) -> Flag:
    """The flag of a stop whose slip never left."""
    stop = numbers.get((dossier.pk, request.number), dossier.acts)
    wanted_at = request.slip_wanted_at.isoformat() if request.slip_wanted_at else None
    patterns = {"no_slip": {"number": request.number, "wanted_at": wanted_at}}
    evidence = {"patterns": patterns, "stop": stop, "acts": own_acts(dossier, [stop])}
    before = open_flags.get(dossier.pk)
    if before is not None:
        behind = [row["number"] for row in before.evidence.get("acts", []) if row["dossier"] == dossier.pk]
        evidence |= {
            "patterns": {**before.evidence.get("patterns", {}), **patterns},
            "acts": own_acts(dossier, [*behind, stop]),
            "replaces": [before.pk],
        }
    return Flag(dossier=dossier, kind=Flag.Kind.PAUSE, evidence=evidence, raised_at=request.slip_wanted_at or at)
