"""Who may agree to a further request for papers: asked by the service, and by the screens before they offer it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db.models import Q, QuerySet

from offices.capacities import Capacities, local_day
from offices.models import Membership, Office, Role
from workflows.models import Dossier, SupplementConsent
from workflows.models.dossier import LegalStatus

HEADS = (Role.DIVISION_HEAD, Role.LEADER)
STILL_ASKED = (LegalStatus.REGISTERED, LegalStatus.RECEIVED, LegalStatus.IN_PROCESS)


def places_to_consent(dossier: Dossier, *, besides: Collection[int], at: datetime) -> list[tuple[str, int]]:
    """Role and office of those who may agree: heads of the handling office, else the supervisors over the desk.

    Args:
        dossier: for which papers would be asked again.
        besides: people who do not count, because they ask.
        at: the moment; memberships must hold on its day.
    """
    heads = Membership.objects.on(local_day(at)).filter(role__in=HEADS, user__is_active=True)
    heads = heads.filter(office=dossier.handling_office_id).exclude(user__in=besides)
    held = set(heads.values_list("role", flat=True))
    if held:
        return [(role, dossier.handling_office_id) for role in HEADS if role in held]
    return [(Role.SUPERVISOR, office_id) for office_id in offices_above(dossier.receiving_office_id)]


def offices_above(office_id: int) -> list[int]:
    """The office and those above it, the nearest first."""
    parents = dict(Office.objects.order_by().values_list("pk", "parent_id"))
    line: list[int] = []
    place: int | None = office_id
    while place is not None and place not in line:
        line.append(place)
        place = parents.get(place)
    return line


def may_consent(consent: SupplementConsent, dossier: Dossier, capacities: Capacities, *, at: datetime) -> bool:
    """Whether the person may decide on this question; no statement for a head of the handling office."""
    besides = {consent.asked_by_id}
    if capacities.user_id in besides:
        return False
    places = [(role, dossier.handling_office_id) for role in HEADS]
    if any(capacities.find(role=role, office_id=office, except_users=besides) for role, office in places):
        return True
    if not capacities.has(Role.SUPERVISOR):
        return False
    places = places_to_consent(dossier, besides=besides, at=at)
    return any(capacities.find(role=role, office_id=office, except_users=besides) for role, office in places)


def waiting_consents(capacities: Capacities) -> QuerySet[SupplementConsent]:
    """Questions that wait for the person as a head of the handling office."""
    asked = SupplementConsent.objects.filter(granted__isnull=True, dossier__legal_status__in=STILL_ASKED)
    mine = Q(pk__in=[])
    for capacity in capacities:
        if capacity.role in HEADS:
            mine |= Q(dossier__handling_office=capacity.office_id) & ~Q(asked_by=capacity.user_id)
    return asked.filter(mine).exclude(asked_by=capacities.user_id)
