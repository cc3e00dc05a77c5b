"""Giving roles and ending them; both are dated, so that the past stays explainable."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from offices.exceptions import NotComplete, NotPossibleNow
from offices.models import Membership, Office, Role, User
from offices.services.checks import locked_row, require_administrator, require_another_administrator, save_checked


@transaction.atomic
def add_membership(
    *,
    user_id: int,
    office_id: int,
    role: str,
    valid_from: date,
    by: User | None,
    at: datetime,
    valid_to: date | None = None,
) -> Membership:
    """Give a person a role in an office.

    Args:
        valid_from: The first day, in the office's calendar.
        valid_to: The last day, included; None until further notice.

    Raises:
        NotAllowed: `by` is no administrator.
        NotComplete: The days are not in order, or the role is held already in these days.
        NotPossibleNow: The person or the office is not active.
    """
    person, office = locked_row(User, user_id), locked_row(Office, office_id)
    require_administrator(by, at=at)
    if not person.is_active or not office.is_active:
        raise NotPossibleNow(_("The person or the office is not active any more. Choose another."))
    fresh = Membership(user=person, office=office, role=role, valid_from=valid_from, valid_to=valid_to)
    _refuse_overlap(fresh)
    return save_checked(fresh)


@transaction.atomic
def end_membership(*, membership_id: int, last_day: date, by: User | None, at: datetime) -> Membership:
    """End a role after `last_day`.

    Raises:
        NotAllowed: `by` is no administrator.
        NotComplete: The last day lies before the first.
        NotPossibleNow: It is the role of the only administrator.
    """
    membership = locked_row(Membership, membership_id)
    require_administrator(by, at=at)
    if membership.role == Role.ADMINISTRATOR:
        require_another_administrator(membership.user_id, at=at)
    membership.valid_to = last_day
    return save_checked(membership)


def _refuse_overlap(fresh: Membership) -> None:
    held = Membership.objects.filter(user=fresh.user, office=fresh.office, role=fresh.role)
    if held.overlapping(fresh.valid_from, fresh.valid_to).exists():
        words = _("The person holds this role in this office already on some of these days.")
        raise NotComplete(words, fields={"valid_from": [words]})
