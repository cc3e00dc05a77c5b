"""Halls are opened and furnished: errands, counters, kiosks and displays. Administrators do that."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hall.exceptions import UnknownDevice, WrongMoment
from hall.models import Counter, Device, Errand, Hall, Ticket
from hall.services.rights import require_clerk
from offices.capacities import local_day
from offices.exceptions import NotComplete
from offices.models import Office, User
from offices.services.checks import locked_row, require_administrator, save_checked

FIRST_ERRANDS = (("A", "Nộp hồ sơ"), ("B", "Nhận kết quả"), ("C", "Hỏi và được hướng dẫn"))


@transaction.atomic
def open_hall(*, office_id: int, counters: int, by: User | None, at: datetime) -> Hall:
    """Give a desk a waiting hall with the usual errands and some counters.

    Raises:
        NotAllowed: `by` is no administrator.
        NotComplete: The office is no desk or has a hall already.
    """
    require_administrator(by, at=at)
    office = locked_row(Office, office_id)
    if not office.is_desk:
        words = _("This office receives no dossiers, so nobody waits there.")
        raise NotComplete(words, fields={"office": [words]})
    hall = save_checked(Hall(office=office))
    for letter, name in FIRST_ERRANDS:
        save_checked(Errand(hall=hall, letter=letter, name=name))
    for number in range(1, counters + 1):
        save_checked(Counter(hall=hall, name=str(number)))
    return hall


@transaction.atomic
def change_hall(
    *, hall_id: int, slot_minutes: int, places: int, home_places: int, by: User | None, at: datetime
) -> Hall:
    """Change how appointments are given; those given already stay.

    Raises:
        NotAllowed: `by` is no administrator.
        NotComplete: A number is out of its bounds.
    """
    require_administrator(by, at=at)
    hall = locked_row(Hall, hall_id)
    hall.slot_minutes, hall.places, hall.home_places = slot_minutes, places, home_places
    return save_checked(hall)


@transaction.atomic
def set_errand(
    *, hall_id: int, letter: str, name: str, by: User | None, at: datetime, is_active: bool = True
) -> Errand:
    """Add what people come for, or rename, close or offer again the errand with this letter.

    Raises:
        NotAllowed: `by` is no administrator.
        NotComplete: The letter is no capital from A to Z, or the name is missing.
    """
    require_administrator(by, at=at)
    hall = locked_row(Hall, hall_id)
    capital = letter.strip().upper()
    errand = Errand.objects.filter(hall=hall, letter=capital).first() or Errand(hall=hall, letter=capital)
    errand.name, errand.is_active = name.strip(), is_active
    return save_checked(errand)


@transaction.atomic
def set_counter(
    *,
    hall_id: int,
    name: str,
    errand_ids: Iterable[int],
    by: User | None,
    at: datetime,
    is_active: bool = True,
) -> Counter:
    """Add a counter, or change what the one with this name serves; without errands it serves all.

    Raises:
        NotAllowed: `by` is no administrator.
        NotComplete: The name is missing or too long.
    """
    require_administrator(by, at=at)
    hall = locked_row(Hall, hall_id)
    counter = Counter.objects.filter(hall=hall, name=name.strip()).first() or Counter(hall=hall, name=name.strip())
    counter.is_active = is_active
    if not is_active:
        counter.clerk = None
    save_checked(counter)
    counter.errands.set(Errand.objects.filter(hall=hall, pk__in=list(errand_ids)))
    return counter


@transaction.atomic
def sit_down(*, counter_id: int, by: User, at: datetime) -> Counter:
    """Sit down at a counter; the place one had before is free.

    Raises:
        NotOfThisHall: `by` is no clerk of the desk.
        WrongMoment: The counter is closed, or somebody is being called or served there, or by oneself elsewhere.
    """
    counter = locked_row(Counter, counter_id)
    require_clerk(counter.hall, by, at=at)
    if not counter.is_active:
        raise WrongMoment(_("This counter is closed. Choose another one."))
    busy = Ticket.objects.filter(status__in=Ticket.AT_HAND, hall=counter.hall, day=local_day(at))
    if counter.clerk_id != by.pk and busy.filter(clerk=counter.clerk_id, counter=counter).exists():
        raise WrongMoment(
            _("%(clerk)s is serving somebody at this counter. Choose another one.") % {"clerk": counter.clerk}
        )
    if busy.filter(clerk=by).exclude(counter=counter).exists():
        raise WrongMoment(_("You have a number at hand. Finish with it before you change the counter."))
    Counter.objects.filter(clerk=by).exclude(pk=counter.pk).update(clerk=None)
    counter.clerk = by
    counter.save(update_fields=["clerk"])
    return counter


@transaction.atomic
def stand_up(*, by: User, at: datetime) -> None:
    """Leave one's counter.

    Raises:
        WrongMoment: A number is at hand.
    """
    if Ticket.objects.at_hand_of(by.pk).exists():
        raise WrongMoment(_("You have a number at hand. Finish with it before you leave the counter."))
    Counter.objects.filter(clerk=by).update(clerk=None)


@transaction.atomic
def let_device_in(*, hall_id: int, kind: str, name: str, by: User | None, at: datetime) -> tuple[Device, str]:
    """Let a kiosk or display show pages of this hall without a login.

    Returns:
        The device and its secret, which is shown once and kept as a hash only.

    Raises:
        NotAllowed: `by` is no administrator.
        NotComplete: The name is missing.
    """
    require_administrator(by, at=at)
    hall = locked_row(Hall, hall_id)
    secret = secrets.token_urlsafe(32)
    device = Device(hall=hall, kind=kind, name=name.strip(), secret_hash=hash_of(secret), made_by=by, made_at=at)
    return save_checked(device), secret


@transaction.atomic
def turn_device_away(*, device_id: int, by: User | None, at: datetime) -> Device:
    """Take a device's right away, at once.

    Raises:
        NotAllowed: `by` is no administrator.
    """
    require_administrator(by, at=at)
    device = locked_row(Device, device_id)
    device.revoked_at = device.revoked_at or at
    device.save(update_fields=["revoked_at"])
    return device


def device_with(secret: str, *, kind: str = "") -> Device:
    """The device that shows a secret: one statement.

    Raises:
        UnknownDevice: There is none, it was turned away, or it is of another kind.
    """
    rows = Device.objects.select_related("hall__office").filter(revoked_at=None, secret_hash=hash_of(secret))
    found = rows.first()
    if found is None or (kind and found.kind != kind):
        raise UnknownDevice(_("This device is not let in. Ask an administrator for its address."))
    return found


def hash_of(secret: str) -> str:
    """How a secret is kept: it is long and random, so one round is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()
