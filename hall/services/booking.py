"""Appointments at the desk and visits at home, in the office's own working time.

Source: the plan of an education department, task 19: handling "at home or by appointment, on request".
"""

from __future__ import annotations

import secrets
from collections import Counter as Tally
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from hall.exceptions import SlotTaken, WrongMoment
from hall.models import Appointment, Errand, Hall
from hall.services.rights import locked_day, require_clerk
from offices.capacities import capacities_of, local_day
from offices.exceptions import NotComplete, NotFound
from offices.models import Role, User
from offices.services.checks import save_checked
from sla.calendars import timetable_for

LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # none that is read as another
DAYS_AHEAD = 30


@dataclass(frozen=True, slots=True)
class Slot:
    """A time that may be given, and how many places are left."""

    starts_at: datetime
    free: int


def slots_on(hall: Hall, day: date, *, place: str, at: datetime) -> list[Slot]:
    """The times of a day that lie ahead, in the working time of the hall's office; none on a day off."""
    length = timedelta(minutes=hall.slot_minutes)
    most = hall.places if place == Appointment.Place.DESK else hall.home_places
    taken = taken_on(hall, day, place=place)
    found = []
    for window in timetable_for(hall.office.calendar_code).windows_on(day):
        start = window.start
        while start + length <= window.end:
            if start > at:
                found.append(Slot(start, max(most - taken[start], 0)))
            start += length
    return found


def taken_on(hall: Hall, day: date, *, place: str) -> Tally[datetime]:
    """How many appointments stand at each time of a day."""
    rows = Appointment.objects.filter(hall=hall, starts_at__date=day, place=place)
    return Tally(rows.exclude(status=Appointment.Status.CANCELLED).values_list("starts_at", flat=True))


@transaction.atomic
def book(
    *,
    hall_id: int,
    errand_id: int,
    starts_at: datetime,
    person: str,
    phone: str,
    by: User | None,
    at: datetime,
    place: str = Appointment.Place.DESK,
    address: str = "",
    wish: str = "",
    officer_id: int | None = None,
) -> Appointment:
    """Expect somebody at a time.

    Args:
        starts_at: one of `slots_on`.
        by: the clerk; None where the person books in the portal.
        officer_id: who goes there, for a visit at home; a clerk of the desk.

    Raises:
        NotOfThisHall: `by` is no clerk of the desk.
        SlotTaken: The time is not offered, or all its places are given.
        NotComplete: A name, phone or address is missing.
    """
    day = locked_day(hall_id, local_day(starts_at))
    hall = Hall.objects.select_related("office").get(pk=hall_id)
    if by is not None:
        require_clerk(hall, by, at=at)
    errand = Errand.objects.filter(pk=errand_id, hall=hall, is_active=True).first()
    if errand is None:
        raise NotFound(_("This errand is not offered any more. Choose another one."))
    offered = slots_on(hall, day.day, place=place, at=at) if (day.day - local_day(at)).days <= DAYS_AHEAD else []
    if not any(slot.starts_at == starts_at and slot.free for slot in offered):
        words = _("This time is not free any more. Choose another one.")
        raise SlotTaken(words, fields={"starts_at": [words]})
    fresh = Appointment(
        hall=hall,
        errand=errand,
        code="".join(secrets.choice(LETTERS) for _place in range(6)),
        place=place,
        starts_at=starts_at,
        person=person.strip(),
        phone=phone.strip(),
        address=address.strip(),
        wish=wish.strip(),
        officer=_officer(hall, officer_id, at=at),
        booked_by=by,
        booked_at=at,
    )
    return save_checked(fresh)


def _officer(hall: Hall, officer_id: int | None, *, at: datetime) -> User | None:
    if officer_id is None:
        return None
    officer = User.objects.filter(pk=officer_id, is_active=True).first()
    if officer is None or capacities_of(officer, at).find(role=Role.CLERK, office_id=hall.office_id) is None:
        words = _("Only a clerk of this desk can go there. Choose another person.")
        raise NotComplete(words, fields={"officer": [words]})
    return officer


@transaction.atomic
def end_appointment(*, appointment_id: int, status: str, by: User, at: datetime) -> Appointment:
    """Say how an appointment ended: done (a visit at home), missed once its time has come, or cancelled.

    Raises:
        NotOfThisHall: `by` is no clerk of the desk.
        WrongMoment: It has ended already, or has not begun.
    """
    rows = Appointment.objects.select_for_update(of=("self",), no_key=True).select_related("hall")
    found = rows.filter(pk=appointment_id).first()
    if found is None:
        raise NotFound(_("There is no such appointment. Go back to the list."))
    require_clerk(found.hall, by, at=at)
    if found.status != Appointment.Status.BOOKED:
        raise WrongMoment(_("This appointment: %(status)s.") % {"status": found.get_status_display()})
    if not may_end(found, status, at=at):
        raise WrongMoment(_("This cannot be said of the appointment before its time has come."))
    found.status, found.ended_by, found.ended_at = status, by, at
    found.save(update_fields=["status", "ended_by", "ended_at"])
    return found


def may_end(found: Appointment, status: str, *, at: datetime) -> bool:
    """Cancelled at any time; missed, and a visit at home done, once its time has come."""
    if status == Appointment.Status.CANCELLED:
        return True
    has_come = at > found.starts_at
    is_visit = found.place == Appointment.Place.HOME
    return has_come and (status == Appointment.Status.MISSED or (is_visit and status == Appointment.Status.DONE))
