"""Asking for papers a second time, as the screens offer it: first the word of a head, then the request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from offices.capacities import Capacities
from workflows.acts import ALLOWED_IN
from workflows.consent_rights import may_consent, needs_consent, usable_among
from workflows.models import Dossier, SupplementConsent

if TYPE_CHECKING:
    from workflows.possible_acts import PossibleAct


def with_consent(
    found: Sequence[PossibleAct],
    dossier: Dossier,
    *,
    made: int,
    consents: Iterable[SupplementConsent],
) -> Iterator[PossibleAct]:
    """The acts with what a further request for papers needs.

    Args:
        found: the acts, as if every request were the first.
        made: how many requests were made.
        consents: what heads were asked, read with the requests that used their word.
    """
    rows = list(consents)
    pending = next((row for row in rows if row.granted is None), None)
    for act in found:
        if act.name != "request_supplement" or not needs_consent(dossier, made):
            yield act
        elif pending is not None:
            yield replace(act, hindrance=_("The head of the division has been asked and has not answered yet."))
        else:
            if usable_among(rows) is not None:
                yield act
            yield replace(act, name="ask_consent")


def consent_to_decide(
    dossier: Dossier, capacities: Capacities, consents: Iterable[SupplementConsent], *, at: datetime
) -> SupplementConsent | None:
    """The question that the person may decide now."""
    pending = next((row for row in consents if row.granted is None), None)
    allowed = dossier.legal_status in ALLOWED_IN["decide_consent"]
    if pending is None or not allowed or not may_consent(pending, dossier, capacities, at=at):
        return None
    return pending
