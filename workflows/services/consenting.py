"""A second request for papers needs what is new, a reason, and the word of the division head (R3).

    ask_consent ──▶ pending ──▶ decide_consent ──▶ granted ──▶ request_supplement, with exactly these papers, once
                                             └──▶ refused

The clock runs on while the word is awaited. Only the newest word counts: asking again takes an unused one away.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from offices.models import Role, User
from workflows.consent_rights import (
    needs_consent,
    places_to_consent,
    refusal_of_request,
    requests_in_chain,
    usable_among,
)
from workflows.exceptions import NotAllowed, NotComplete, NotFound, NotPossibleNow
from workflows.models import Dossier, NewPaperReason, SupplementConsent
from workflows.services.asked_papers import asked_before, without_repeats
from workflows.services.locking import lock_dossier
from workflows.services.rights_to_ask import take_right_to_ask

if TYPE_CHECKING:
    from workflows.services.act import Act


@transaction.atomic
def ask_consent(
    *,
    dossier_id: int,
    items: Sequence[str],
    reason: str,
    new_because: str,
    reason_code: str,
    repeated: Sequence[str] = (),
    by: User,
    at: datetime | None = None,
    seen: int | None = None,
) -> SupplementConsent:
    """Ask the division head to agree to a request for papers beyond the number the law allows.

    Args:
        items: names of all papers that would be asked for.
        reason: what would stand on form 02.
        new_because: what is new since the last request.
        reason_code: one of `NewPaperReason`.
        repeated: those of `items` that were asked for before; they must be said to be.

    Raises:
        NotAllowed: the person may not ask for papers now.
        NotComplete: something is missing, or a paper was asked for before and is not said to be.
        NotPossibleNow: no consent is needed, or one is awaited already.

    Source: R3 (once, fully), P5.
    """
    act = lock_dossier(dossier_id=dossier_id, name="ask_consent", by=by, at=at)
    take_right_to_ask(act)
    act.require_status()
    act.require_seen(seen)
    earlier = earlier_requests(act.dossier)
    made = len(earlier) + requests_in_chain(act.dossier)
    require_need(act.dossier, made)
    wanted = without_repeats(items)
    require_words(wanted, reason, new_because, reason_code)
    again = asked_before(wanted, [item for _number, items in earlier for item in items])
    require_repeats_said(wanted, again, repeated)
    consent = SupplementConsent.objects.create(
        dossier=act.dossier,
        step=act.step,
        items=wanted,
        reason=reason.strip(),
        new_because=new_because.strip(),
        reason_code=reason_code,
        asked_by=act.by,
        asked_for_id=act.behalf_id,
        asked_at=act.at,
    )
    act.data = {
        "items": wanted,
        "repeated": again,
        "reason": reason.strip(),
        "new_because": new_because.strip(),
        "reason_code": reason_code,
        "number": made + 1,
    }
    for role, office_id in places_to_consent(act.dossier, besides=consent.askers, at=act.at):
        act.notices.tell("consent_asked", office_id=office_id, role=role, number=made + 1)
    act.save()
    return consent


def require_need(dossier: Dossier, made: int) -> None:
    """Refuse a question that nobody needs to ask, or that was asked already."""
    if not needs_consent(dossier, made):
        raise NotPossibleNow(_("No consent is needed for this request. Ask for the papers at once."))
    if dossier.supplement_consents.filter(granted__isnull=True).exists():
        raise NotPossibleNow(_("The division head has been asked already and has not answered yet."))


def require_words(items: list[str], reason: str, new_because: str, reason_code: str) -> None:
    """Refuse a question without papers, reason, or what is new."""
    missing = {
        "items": (not items, _("Choose or write the missing papers.")),
        "reason": (not reason.strip(), _("Write the reason; it is printed on form 02.")),
        "new_because": (not new_because.strip(), _("Say what is new since the last request.")),
        "reason_code": (reason_code not in NewPaperReason.values, _("Choose why it was not asked for the first time.")),
    }
    fields = {name: sentence for name, (is_missing, sentence) in missing.items() if is_missing}
    if fields:
        raise NotComplete(_("A second request must say what is new and why."), fields=fields)


def require_repeats_said(wanted: list[str], again: list[str], repeated: Sequence[str]) -> None:
    """Refuse papers that were asked for before, under whatever spelling, without being said to be."""
    said = set(asked_before(wanted, repeated))
    silent = [item for item in again if item not in said]
    if silent:
        sentence = _("Asked for before: %(items)s. Say that it is asked for again, or leave it out.")
        words = sentence % {"items": "; ".join(silent)}
        raise NotComplete(words, fields={"repeated": words})


@transaction.atomic
def decide_consent(
    *, consent_id: int, granted: bool, words: str = "", by: User, at: datetime | None = None, seen: int | None = None
) -> SupplementConsent:
    """Agree to a further request for papers, or refuse it.

    Args:
        granted: whether it is agreed to.
        words: why; needed for a refusal.

    Raises:
        NotFound: there is no such question.
        NotAllowed: the person heads neither division nor office, or asked for it.
        NotComplete: a refusal without words.
        NotPossibleNow: it was decided before, or the dossier cannot be asked for papers now.
    """
    dossier_id = SupplementConsent.objects.filter(pk=consent_id).values_list("dossier_id", flat=True).first()
    if dossier_id is None:
        raise NotFound(_("There is no such question. Look at the dossier."))
    act = lock_dossier(dossier_id=dossier_id, name="decide_consent", by=by, at=at)
    consent = SupplementConsent.objects.select_related("asked_by", "decided_by").get(pk=consent_id)
    take_right_to_consent(act, consent)
    if consent.granted is not None:
        raise NotPossibleNow(
            _("%(who)s has decided this already. Look at the dossier.")
            % {"who": consent.decided_by.full_name if consent.decided_by else ""}
        )
    act.require_status()
    act.require_seen(seen)
    if not granted and not words.strip():
        raise NotComplete(_("Say why you do not agree."), fields={"words": _("Write a reason.")})
    consent.granted, consent.words = granted, words.strip()
    consent.decided_by, consent.decided_at = by, act.at
    consent.save(update_fields=["granted", "words", "decided_by", "decided_at"])
    act.data = {"consent": consent.pk, "granted": granted, "items": consent.items, "reason": words.strip()}
    act.notices.tell(
        "consent_granted" if granted else "consent_refused", user_id=consent.asked_by_id, reason=words.strip()
    )
    act.save()
    return consent


def take_right_to_consent(act: Act, consent: SupplementConsent) -> None:
    """Take up the role of whoever may agree; never for one's own question, nor in the place of whoever asked."""
    askers = consent.askers
    if act.by.pk in askers:
        raise NotAllowed(_("Whoever asks cannot consent. Another head of the division or a leader must decide."))
    for role, office_id in places_to_consent(act.dossier, besides=askers, at=act.at):
        if act.capacities.find(role=role, office_id=office_id, except_users=askers):
            return act.act_as(role, office_id, except_users=askers)
    return act.act_as(Role.DIVISION_HEAD, act.dossier.handling_office_id, except_users=askers)


# What a request for papers must show


def earlier_requests(dossier: Dossier) -> list[tuple[int, list[str]]]:
    """Number and papers of every request made so far."""
    return list(dossier.supplements.order_by("number").values_list("number", "items"))


def require_consent(dossier: Dossier, items: Sequence[str], made: int) -> SupplementConsent | None:
    """The consent that a request uses up; none where none is needed.

    Raises:
        NotPossibleNow: it is needed and not there.
        NotComplete: other papers were agreed to.
    """
    if not needs_consent(dossier, made):
        return None
    consent = usable_among(dossier.supplement_consents.select_related("request", "decided_by"))
    if consent is None:
        raise NotPossibleNow(refusal_of_request(dossier, made + 1))
    if sorted(consent.items) != sorted(items):
        sentence = _("The head of the division agreed to these papers and no others: %(items)s.")
        words = sentence % {"items": "; ".join(consent.items)}
        raise NotComplete(words, fields={"items": words})
    return consent
