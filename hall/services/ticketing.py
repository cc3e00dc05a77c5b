"""Numbers are drawn: per hall, day and errand they count from 1 without a gap."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from hall.exceptions import WrongMoment
from hall.models import Appointment, Counter, Errand, HallDay, Ticket, TicketEvent
from hall.services.rights import locked_day, require_clerk
from offices.capacities import local_day
from offices.exceptions import NotFound
from offices.models import User


def note(
    ticket: Ticket, kind: str, *, at: datetime, by: User | None = None, counter: Counter | None = None
) -> TicketEvent:
    """Write down what happened to a ticket."""
    return TicketEvent.objects.create(ticket=ticket, kind=kind, at=at, by=by, counter=counter)


@transaction.atomic
def draw_number(*, hall_id: int, errand_id: int, key: str, by: User | None, at: datetime, priority: str = "") -> Ticket:
    """Give somebody the next number of an errand.

    Args:
        key: names the request; the same one sent twice gives the same ticket.
        by: the clerk who draws it for somebody; None at a kiosk.
        priority: why the person goes ahead of the line; "" where there is no reason.

    Raises:
        NotOfThisHall: `by` is no clerk of the desk.
        NotFound: The errand is not offered in this hall.
    """
    day = locked_day(hall_id, local_day(at))
    if by is not None:
        require_clerk(day.hall, by, at=at)
    before = Ticket.objects.filter(key=key, hall=hall_id).select_related("errand").first()
    if before is not None:
        return before
    errand = Errand.objects.filter(pk=errand_id, hall=hall_id, is_active=True).first()
    if errand is None:
        raise NotFound(_("This errand is not offered any more. Choose another one."))
    known = priority if priority in Ticket.Priority.values else ""
    return numbered(day, Ticket(errand=errand, key=key, priority=known, ahead_from=at if known else None), at=at, by=by)


def numbered(day: HallDay, ticket: Ticket, *, at: datetime, by: User | None) -> Ticket:
    """Store a fresh ticket under the next number; the day is locked."""
    last = Ticket.objects.filter(errand=ticket.errand, day=day.day).aggregate(last=Max("number"))["last"] or 0
    ticket.hall, ticket.day, ticket.number, ticket.issued_at = day.hall, day.day, last + 1, at
    ticket.waits_from = ticket.waits_from or at
    ticket.save()
    note(ticket, TicketEvent.Kind.ISSUED, at=at, by=by)
    return ticket


@transaction.atomic
def check_in(*, hall_id: int, code: str, key: str, by: User | None, at: datetime) -> Ticket:
    """Somebody with an appointment has come: they get a number that goes ahead once their time has come.

    Who comes after the end of the time they were given waits in the line like everybody else.

    Raises:
        NotFound: No appointment at this desk has the code today.
        WrongMoment: It is cancelled, missed or used.
    """
    day = locked_day(hall_id, local_day(at))
    if by is not None:
        require_clerk(day.hall, by, at=at)
    booked = Appointment.objects.select_for_update(of=("self",)).select_related("errand")
    found = booked.filter(hall=hall_id, code=code.strip().upper(), place=Appointment.Place.DESK).first()
    if found is None or local_day(found.starts_at) != day.day:
        raise NotFound(_("No appointment of today has this code. Draw a number instead."))
    before = Ticket.objects.filter(key=key, appointment=found).select_related("errand").first()
    if before is not None:
        return before
    if found.status != Appointment.Status.BOOKED:
        raise WrongMoment(_("This appointment was used or cancelled already. Draw a number instead."))
    found.status = Appointment.Status.ARRIVED
    found.save(update_fields=["status"])
    minutes = (at - found.starts_at).total_seconds() / 60
    in_time = minutes < day.hall.slot_minutes
    ticket = Ticket(errand=found.errand, key=key, appointment=found, waits_from=max(at, found.starts_at))
    ticket.ahead_from = found.starts_at if in_time else None
    return numbered(day, ticket, at=at, by=by)
