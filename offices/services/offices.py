"""Opening, changing and closing offices."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from offices.capacities import local_day
from offices.exceptions import NotComplete, NotPossibleNow
from offices.models import Membership, Office, User
from offices.services.checks import locked_row, require_administrator, save_checked


@transaction.atomic
def open_office(
    *,
    name: str,
    short_name: str,
    code: str,
    level: str,
    by: User | None,
    at: datetime,
    parent: Office | None = None,
    calendar_code: str = "default",
    address: str = "",
    phone: str = "",
    is_desk: bool = False,
) -> Office:
    """Open an office.

    Args:
        code: The agency code, groups of capital letters and digits: H41.12.
        parent: The office above; None at the top of the tree.
        is_desk: Whether it receives dossiers.

    Raises:
        NotAllowed: `by` is no administrator.
        NotComplete: The code is taken or not of its form, or a field is missing.
    """
    require_administrator(by, at=at)
    return save_checked(
        Office(
            name=name,
            short_name=short_name,
            code=code,
            level=level,
            parent=parent,
            calendar_code=calendar_code,
            address=address,
            phone=phone,
            is_desk=is_desk,
        )
    )


@transaction.atomic
def change_office(
    *,
    office_id: int,
    name: str,
    short_name: str,
    parent_id: int | None,
    calendar_code: str,
    address: str,
    phone: str,
    is_desk: bool,
    by: User | None,
    at: datetime,
) -> Office:
    """Change what may change of an office; its code and level stay, since file codes carry them.

    Raises:
        NotAllowed: `by` is no administrator.
        NotComplete: A field is missing, or the office would stand below itself.
        NotFound: The office does not exist.
    """
    office = locked_row(Office, office_id)
    require_administrator(by, at=at)
    _refuse_circle(office, parent_id)
    office.name, office.short_name, office.parent_id = name, short_name, parent_id
    office.calendar_code, office.address, office.phone, office.is_desk = calendar_code, address, phone, is_desk
    return save_checked(office)


@transaction.atomic
def close_office(*, office_id: int, by: User | None, at: datetime) -> Office:
    """Close an office in which nobody works any more; its history stays.

    Raises:
        NotAllowed: `by` is no administrator.
        NotPossibleNow: People or open offices still belong to it.
    """
    office = locked_row(Office, office_id)
    require_administrator(by, at=at)
    if office.children.filter(is_active=True).exists():
        raise NotPossibleNow(_("Offices below this one are still open. Close them first."))
    if Membership.objects.on(local_day(at)).filter(office=office, user__is_active=True).exists():
        raise NotPossibleNow(_("People still work in this office. End their roles first."))
    office.is_active = False
    office.save(update_fields=["is_active"])
    return office


@transaction.atomic
def reopen_office(*, office_id: int, by: User | None, at: datetime) -> Office:
    """Open a closed office again.

    Raises:
        NotAllowed: `by` is no administrator.
    """
    office = locked_row(Office, office_id)
    require_administrator(by, at=at)
    office.is_active = True
    office.save(update_fields=["is_active"])
    return office


def _refuse_circle(office: Office, parent_id: int | None) -> None:
    above = parent_id
    while above is not None:
        if above == office.pk:
            words = _("An office cannot stand below itself. Choose another office above it.")
            raise NotComplete(words, fields={"parent": [words]})
        above = Office.objects.values_list("parent_id", flat=True).get(pk=above)
