"""People come, change, leave and come back; nobody is ever deleted."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from offices.exceptions import NotComplete, NotPossibleNow
from offices.models import User
from offices.services.checks import locked_row, require_administrator, require_another_administrator, save_checked


@transaction.atomic
def add_person(
    *,
    username: str,
    full_name: str,
    password: str | None,
    by: User | None,
    at: datetime,
    title: str = "",
    phone: str = "",
    email: str = "",
    language: str = "vi",
) -> User:
    """Add a person.

    Args:
        password: None for somebody who cannot log in until one is set.

    Raises:
        NotAllowed: `by` is no administrator.
        NotComplete: The user name is taken, a field is missing or the password is too weak.
    """
    require_administrator(by, at=at)
    person = User(
        username=User.normalize_username(username),
        full_name=full_name,
        title=title,
        phone=phone,
        email=email,
        language=language,
    )
    if password is None:
        person.set_unusable_password()
    else:
        _give_password(person, password)
    return save_checked(person)


@transaction.atomic
def change_person(
    *,
    user_id: int,
    full_name: str,
    title: str,
    phone: str,
    email: str,
    language: str,
    by: User | None,
    at: datetime,
) -> User:
    """Change name, position and addresses; the user name stays.

    Raises:
        NotAllowed: `by` is no administrator.
        NotComplete: A field is missing or wrong.
    """
    person = locked_row(User, user_id)
    require_administrator(by, at=at)
    person.full_name, person.title, person.phone = full_name, title, phone
    person.email, person.language = email, language
    return save_checked(person)


@transaction.atomic
def deactivate_person(*, user_id: int, by: User | None, at: datetime) -> User:
    """End a person's access at once; their past acts keep their name.

    Raises:
        NotAllowed: `by` is no administrator.
        NotPossibleNow: It is oneself, or the only administrator.
    """
    person = locked_row(User, user_id)
    require_administrator(by, at=at)
    if by is not None and by.pk == user_id:
        raise NotPossibleNow(_("You cannot end your own access. Ask another administrator."))
    require_another_administrator(user_id, at=at)
    person.is_active = False
    person.save(update_fields=["is_active"])
    return person


@transaction.atomic
def reactivate_person(*, user_id: int, by: User | None, at: datetime) -> User:
    """Let a person log in again.

    Raises:
        NotAllowed: `by` is no administrator.
    """
    person = locked_row(User, user_id)
    require_administrator(by, at=at)
    person.is_active = True
    person.save(update_fields=["is_active"])
    return person


@transaction.atomic
def set_password(*, user_id: int, password: str, by: User | None, at: datetime) -> User:
    """Give a person a new password, for those who forgot theirs.

    Raises:
        NotAllowed: `by` is no administrator.
        NotComplete: The password is too weak.
    """
    person = locked_row(User, user_id)
    require_administrator(by, at=at)
    _give_password(person, password)
    person.save(update_fields=["password"])
    return person


@transaction.atomic
def change_own_password(*, old: str, new: str, by: User, at: datetime) -> User:
    """Change one's own password.

    Raises:
        NotComplete: The old one is wrong or the new one too weak.
    """
    person = locked_row(User, by.pk)
    if not person.check_password(old):
        words = _("This is not your present password. Type it again.")
        raise NotComplete(words, fields={"old": [words]})
    _give_password(person, new)
    person.save(update_fields=["password"])
    return person


def _give_password(person: User, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise NotComplete(" ".join(error.messages), fields={"password": error.messages}) from error
    person.set_password(password)
