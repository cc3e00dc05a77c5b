"""Who may do what in a hall."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from hall.exceptions import NoCounter, NotOfThisHall
from hall.models import Counter, Hall, HallDay
from offices.capacities import capacities_of
from offices.exceptions import NotFound
from offices.models import Role, User


def can_serve_in(hall: Hall, by: User, *, at: datetime) -> bool:
    """A clerk of the desk, or who stands in for one, serves in its hall."""
    return capacities_of(by, at).find(role=Role.CLERK, office_id=hall.office_id) is not None


def require_clerk(hall: Hall, by: User, *, at: datetime) -> None:
    """Refuse whoever does not receive at this desk.

    Raises:
        NotOfThisHall: The person is no clerk of the hall's office at `at`.
    """
    if not can_serve_in(hall, by, at=at):
        raise NotOfThisHall(_("Only clerks of this desk serve in its hall. Ask an administrator for the role."))


def locked_day(hall_id: int, day: date) -> HallDay:
    """The day of a hall under lock: who gives or calls numbers waits for whoever does it now.

    Raises:
        NotFound: There is no such hall.
    """
    if not Hall.objects.filter(pk=hall_id).exists():
        raise NotFound(_("This office has no waiting hall. Ask an administrator to open one."))
    HallDay.objects.bulk_create([HallDay(hall_id=hall_id, day=day)], ignore_conflicts=True)
    return HallDay.objects.select_for_update(no_key=True).select_related("hall").get(hall=hall_id, day=day)


def counter_of(by: User, hall_id: int) -> Counter:
    """Where the clerk sits.

    Raises:
        NoCounter: At no counter of this hall.
    """
    counter = Counter.objects.filter(clerk=by, hall=hall_id, is_active=True).first()
    if counter is None:
        raise NoCounter(_("Choose the counter you sit at, so that people know where to go."))
    return counter
