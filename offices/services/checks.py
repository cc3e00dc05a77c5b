"""What every change asks first: does the row exist, may the person do it, is what was typed complete?"""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from offices.capacities import capacities_of, local_day
from offices.exceptions import NotAllowed, NotComplete, NotFound, NotPossibleNow
from offices.models import Membership, Role, User

Row = TypeVar("Row", bound=Model)


def locked_row(model: type[Row], pk: int) -> Row:
    """Fetch a row under lock, so that what is checked stays true until the change is written.

    Raises:
        NotFound: It does not exist.
    """
    row = model._default_manager.select_for_update(no_key=True).filter(pk=pk).first()
    if row is None:
        raise NotFound(_("This entry does not exist any more. Go back to the list."))
    return row


def can_administer(by: User | None, *, at: datetime) -> bool:
    """Administrators may change offices, people and roles; so may the command line."""
    return by is None or capacities_of(by, at).has(Role.ADMINISTRATOR)


def require_administrator(by: User | None, *, at: datetime) -> None:
    """Refuse whoever may not administer.

    Raises:
        NotAllowed: The person is no administrator at `at`.
    """
    if not can_administer(by, at=at):
        raise NotAllowed(_("Only an administrator may change people and offices. Ask one to do it."))


def save_checked(row: Row) -> Row:
    """Save a row that keeps every rule of its model.

    Raises:
        NotComplete: With a sentence for each field in question.
    """
    try:
        row.full_clean()
    except ValidationError as error:
        words = " ".join(error.messages)
        raise NotComplete(words, fields=error.message_dict) from error
    row.save()
    return row


def require_another_administrator(user_id: int, *, at: datetime) -> None:
    """Refuse a change after which nobody could administer.

    Raises:
        NotPossibleNow: The person is the only administrator.
    """
    administrators = Membership.objects.on(local_day(at)).filter(role=Role.ADMINISTRATOR, user__is_active=True)
    held = set(administrators.values_list("user_id", flat=True))
    if held == {user_id}:
        raise NotPossibleNow(_("This is the only administrator. Appoint another one first."))
