"""Appointments of a day in a hall, and the times still free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from hall.models import Appointment, Hall
from hall.services.booking import DAYS_AHEAD, Slot, slots_on
from offices.capacities import local_day
from offices.models import Membership, Role, User
from onestop.desk.reading.hall_waits import day_in


@dataclass(frozen=True, slots=True)
class Agenda:
    """One day of a hall as the page prints it."""

    hall: Hall
    day: date
    place: str
    slots: list[Slot]
    rows: list[Appointment]
    today: date
    at: datetime

    @property
    def at_home(self) -> bool:
        """Whether visits at home are being given."""
        return self.place == Appointment.Place.HOME

    @property
    def previous(self) -> date:
        """The day before."""
        return self.day - timedelta(days=1)

    @property
    def next(self) -> date:
        """The day after."""
        return self.day + timedelta(days=1)

    @property
    def last(self) -> date:
        """The last day on which times are given."""
        return self.today + timedelta(days=DAYS_AHEAD)


def agenda(hall: Hall, *, day: str, place: str, at: datetime) -> Agenda:
    """The day that the address asks for, today where it asks for none."""
    wanted = day_in(day) or local_day(at)
    chosen = place if place in Appointment.Place.values else str(Appointment.Place.DESK)
    rows = Appointment.objects.filter(hall=hall, starts_at__date=wanted).select_related("errand", "officer", "ticket")
    slots = slots_on(hall, wanted, place=chosen, at=at)
    return Agenda(hall, wanted, chosen, slots, list(rows), local_day(at), at)


def clerks_of(hall: Hall, *, on: date) -> QuerySet[User]:
    """Who may be sent to somebody's home."""
    held = Membership.objects.on(on).filter(office=hall.office_id, role=Role.CLERK)
    return User.objects.filter(pk__in=held.values("user"), is_active=True).order_by("full_name")
