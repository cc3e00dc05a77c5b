"""Correct what was typed, with a reason; the old value stays in the trail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from offices.models import Role, User
from workflows.exceptions import NotComplete
from workflows.form_answers import checked_answers
from workflows.models import Dossier
from workflows.services.attempts import link_corrected
from workflows.services.locking import lock_dossier
from workflows.services.search_words import index_for_search

SUBMITTER_FIELDS = {
    "full_name",
    "address",
    "phone",
    "email",
    "representative",
    "representative_identifier",
    "power_of_attorney",
}


@transaction.atomic
def correct_data(
    *,
    dossier_id: int,
    reason: str,
    by: User,
    at: datetime | None = None,
    seen: int | None = None,
    answers: Mapping[str, Any] | None = None,
    submitter: Mapping[str, str] | None = None,
) -> Dossier:
    """Correct answers of the e-form or the applicant's details.

    Args:
        answers: new answers by field key; fields left out stay.
        submitter: new details of the applicant; an identification number is never changed here.
        reason: why; kept with old and new values.

    Raises:
        NotAllowed: neither a clerk of the receiving office nor the holder of an open step.
        NotComplete: no reason, nothing changed, or an answer does not fit.
        NotPossibleNow: the dossier has ended.
    """
    act = lock_dossier(dossier_id=dossier_id, name="correct_data", by=by, at=at)
    dossier = act.dossier
    holders = [(step.role, step.office_id) for step in act.others]
    act.act_as_one_of(*holders, (Role.CLERK, dossier.receiving_office_id))
    act.require_status()
    act.require_seen(seen)
    if not reason.strip():
        raise NotComplete(_("Say why the data are corrected."), fields={"reason": _("Write a reason.")})
    require_email((submitter or {}).get("email", ""))
    new_data = checked_answers(act.definition, {**dossier.data, **(answers or {})})
    details = {name: value.strip() for name, value in (submitter or {}).items() if name in SUBMITTER_FIELDS}
    new_submitter = {**dossier.submitter, **details}
    if not new_submitter.get("full_name"):
        raise NotComplete(
            _("The name of the applicant is missing."), fields={"full_name": _("Type the name of the applicant.")}
        )
    changes = differences(dossier.data, new_data) | differences(dossier.submitter, new_submitter)
    if not changes:
        raise NotComplete(_("Nothing was changed. Change a value, or close the form."))
    dossier.data, dossier.submitter, dossier.applicant_name = new_data, new_submitter, new_submitter["full_name"]
    act.changed |= {"data", "submitter", "applicant_name"}
    act.data = {"reason": reason.strip(), "changes": changes}
    link_corrected(act)
    index_for_search(dossier)
    return act.save()


def require_email(address: str) -> None:
    """Refuse an e-mail address that no message could be sent to."""
    try:
        if address.strip():
            validate_email(address.strip())
    except ValidationError:
        sentence = _("Type an e-mail address, for example lan@example.vn.")
        raise NotComplete(sentence, fields={"email": sentence}) from None


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, list[Any]]:
    """Old and new value of everything that differs."""
    names = sorted({*old, *new})
    return {name: [old.get(name), new.get(name)] for name in names if old.get(name) != new.get(name)}
