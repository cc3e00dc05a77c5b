"""Prove that no trail was changed afterwards: the chain of each dossier, and a daily seal over all chain heads."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.capacities import OFFICE_ZONE, local_day
from workflows.models import DailySeal, Dossier, TrailEntry
from workflows.services.trailing import chained


@dataclass(frozen=True, slots=True)
class Break:
    """One place where the trail does not hold."""

    place: str
    sentence: str


@transaction.atomic
def seal_day(*, at: datetime) -> DailySeal | None:
    """Seal the day before `at`: one hash over the chain heads of all dossiers; None when it is sealed already.

    Args:
        at: now (aware); the day is counted in the offices' zone.
    """
    day = local_day(at) - timedelta(days=1)
    if DailySeal.objects.filter(day__gte=day).exists():
        return None
    until = datetime.combine(day + timedelta(days=1), time.min, OFFICE_ZONE)
    previous = DailySeal.objects.order_by("-day").first()
    previous_hash = previous.hash if previous else ""
    dossiers, digest = sealed_hash(until, previous_hash)
    return DailySeal.objects.create(day=day, until=until, dossiers=dossiers, previous_hash=previous_hash, hash=digest)


def sealed_hash(until: datetime, previous_hash: str) -> tuple[int, str]:
    """How many dossiers had a trail before an instant, and the hash over their chain heads."""
    heads = TrailEntry.objects.filter(recorded_at__lt=until).order_by("dossier_id", "-number").distinct("dossier_id")
    digest, count = hashlib.sha256(previous_hash.encode()), 0
    for dossier_id, head in heads.values_list("dossier_id", "hash").iterator(chunk_size=5000):
        digest.update(f"{dossier_id}:{head}\n".encode())
        count += 1
    return count, digest.hexdigest()


def breaks() -> Iterator[Break]:
    """Every place where a dossier's chain, its head, or a daily seal does not hold; nothing when all is well."""
    yield from broken_chains()
    yield from broken_heads()
    yield from broken_seals()


def broken_chains() -> Iterator[Break]:
    """Entries that are missing, or whose content no longer gives their hash: the first of each dossier."""
    number, previous, dossier_id, reported = 0, "", 0, 0
    entries = TrailEntry.objects.select_related("dossier").order_by("dossier_id", "number")
    for entry in entries.iterator(chunk_size=2000):
        if entry.dossier_id != dossier_id:
            dossier_id, number, previous = entry.dossier_id, 0, ""
        number += 1
        holds = entry.number == number and entry.previous_hash == previous and entry.hash == chained(entry)
        if not holds and reported != dossier_id:
            reported = dossier_id
            yield Break(
                f"{entry.dossier.code}#{number}",
                _("Entry %(number)d (%(act)s, %(at)s) was changed, or an entry before it is missing.")
                % {"number": entry.number, "act": entry.act, "at": timezone.localtime(entry.at).isoformat()},
            )
        previous = entry.hash


def broken_heads() -> Iterator[Break]:
    """Dossiers that say they have more or other acts than their trail holds."""
    last = TrailEntry.objects.order_by("dossier_id", "-number").distinct("dossier_id")
    heads = {row[0]: row[1:] for row in last.values_list("dossier_id", "number", "hash").iterator(chunk_size=5000)}
    for pk, code, acts, head in Dossier.objects.values_list("pk", "code", "acts", "chain_head").iterator(
        chunk_size=5000
    ):
        if heads.get(pk, (0, "")) != (acts, head):
            yield Break(
                code, _("The trail does not end where the dossier says: entries at its end are missing or added.")
            )


def broken_seals() -> Iterator[Break]:
    """Daily seals that no longer fit the trail."""
    previous = ""
    for seal in DailySeal.objects.order_by("day"):
        expected = sealed_hash(seal.until, previous)
        if seal.previous_hash != previous or (seal.dossiers, seal.hash) != expected:
            yield Break(seal_name(seal.day), _("The trail is not what was sealed at the end of this day."))
        previous = seal.hash


def seal_name(day: date) -> str:
    """How a seal is named in reports."""
    return f"seal {day.isoformat()}"
