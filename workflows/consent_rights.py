"""Who may agree to a further request for papers: asked by the service, and by the screens before they offer it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from offices.capacities import Capacities, local_day
from offices.models import Membership, Role
from offices.tree import office_ids_below, offices_above
from sla.rulebook import Rulebook, rulebook_named
from workflows.models import Dossier, SupplementConsent, SupplementRequest
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


def may_consent(consent: SupplementConsent, dossier: Dossier, capacities: Capacities, *, at: datetime) -> bool:
    """Whether the person may decide on this question; no statement for a head of the handling office."""
    besides = consent.askers
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
            mine |= Q(dossier__handling_office=capacity.office_id) & not_asked_by(capacity.user_id)
    return asked.filter(mine).filter(not_asked_by(capacities.user_id))


def consents_over_desks(capacities: Capacities, *, at: datetime) -> QuerySet[SupplementConsent]:
    """Questions that wait for the person as a supervisor, because no head but those who ask could answer.

    The same as `may_consent`, asked of all questions at once.
    """
    asked = SupplementConsent.objects.filter(granted__isnull=True, dossier__legal_status__in=STILL_ASKED)
    mine = Q(pk__in=[])
    for capacity in capacities:
        if capacity.role == Role.SUPERVISOR:
            desks = office_ids_below([capacity.office_id])
            mine |= Q(dossier__receiving_office__in=desks) & not_asked_by(capacity.user_id)
    heads = Membership.objects.on(local_day(at)).filter(role__in=HEADS, user__is_active=True)
    heads = heads.filter(~Q(user=OuterRef("asked_by")), ~Q(user=Coalesce(OuterRef("asked_for"), 0)))
    heads = heads.filter(office=OuterRef("dossier__handling_office"))
    return asked.filter(mine).filter(not_asked_by(capacities.user_id)).filter(~Exists(heads))


def not_asked_by(user_id: int) -> Q:
    """Questions that the person did not ask, nor anybody in the person's place."""
    return ~Q(asked_by=user_id) & (Q(asked_for__isnull=True) | ~Q(asked_for=user_id))


# What a further request needs


def needs_consent(dossier: Dossier, made: int) -> bool:
    """Whether one more request goes beyond what the rulebook of the dossier allows."""
    return made >= rulebook_named(dossier.rulebook).number("supplements_allowed")


def requests_in_chain(dossier: Dossier) -> int:
    """How often papers were asked for on the earlier files that this one continues; no statement for a first one."""
    first = dossier.first_attempt_id
    if first is None:
        return 0
    chain = Q(dossier=first) | Q(dossier__first_attempt=first)
    return SupplementRequest.objects.filter(chain, dossier__lt=dossier.pk).count()


def refusal_of_request(dossier: Dossier, number: int) -> str:
    """Why a further request is refused, with the clause of the dossier's own rulebook."""
    return _(
        "Papers cannot be asked for a time no. %(number)d (%(clause)s): a reason and the consent of the head of the "
        "division are needed."
    ) % {"number": number, "clause": clause_of_request(rulebook_named(dossier.rulebook))}


def clause_of_request(book: Rulebook) -> str:
    """Where it is written how often papers may be asked for; the decree where the clause was not read."""
    clause = book.clause("supplements_allowed").clause
    return clause or _("%(decree)s, clause not verified") % {"decree": book.decree}


def usable_among(consents: Iterable[SupplementConsent]) -> SupplementConsent | None:
    """The newest word of a head, if it agrees and was not used yet; the rows are read with their requests."""
    newest = max(consents, key=lambda row: row.pk, default=None)
    if newest is None or not newest.granted or hasattr(newest, "request"):
        return None
    return newest
