"""Who may propose and who may approve an apology, and whether another new date is allowed: for services and screens."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext as _

from offices.capacities import Capacities, Capacity
from offices.models import Role
from sla.rulebook import Clause, rulebook_named
from workflows.models import Dossier, LegalStatus

Places = tuple[tuple[str, int], ...]


def proposing_places(dossier: Dossier) -> Places:
    """A specialist or the division head of the handling office proposes, at the desk also its clerks."""
    handling = dossier.handling_office_id
    places: Places = ((Role.SPECIALIST, handling), (Role.DIVISION_HEAD, handling))
    if dossier.legal_status == LegalStatus.RECEIVED:
        places = (*places, (Role.CLERK, dossier.receiving_office_id))
    return places


def approving_places(dossier: Dossier) -> Places:
    """A leader of the handling office approves, while the file is still at the desk also one of the desk's."""
    places: Places = ((Role.LEADER, dossier.handling_office_id),)
    if dossier.legal_status == LegalStatus.RECEIVED:
        places = (*places, (Role.LEADER, dossier.receiving_office_id))
    return places


def may_propose(dossier: Dossier, capacities: Capacities) -> bool:
    """Whether the person holds one of the places, in their own name or as a stand-in."""
    return any(capacities.find(role=role, office_id=office_id) for role, office_id in proposing_places(dossier))


def approver(dossier: Dossier, capacities: Capacities, proposers: Collection[int]) -> Capacity | None:
    """In which capacity the person may approve; never a proposer, nor in the place of one.

    Args:
        proposers: whoever proposed, and in whose place.
    """
    if capacities.user_id in proposers:
        return None
    for role, office_id in approving_places(dossier):
        found = capacities.find(role=role, office_id=office_id, except_users=proposers)
        if found is not None:
            return found
    return None


def used_up_words(dossier: Dossier, used: int) -> str:
    """Why no further new date may be set, with the clause; empty while one may (R17)."""
    book = rulebook_named(dossier.rulebook)
    rule = book.clause("reappointments_allowed")
    if used < book.number("reappointments_allowed"):
        return ""
    return _(
        "A new date was set already; the law allows it %(times)s time (%(clause)s). Finish the file as soon as you can."
    ) % {"times": rule.value, "clause": clause_in_words(rule)}


def clause_in_words(rule: Clause) -> str:
    """The clause behind a rule, and whether its text was read."""
    if not rule.clause:
        return _("clause not verified")
    return _("%(clause)s, not verified") % {"clause": rule.clause} if rule.unverified else rule.clause
