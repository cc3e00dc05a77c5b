"""What the hall looks like now: who waits, who is called where, who was passed over, who is expected today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db.models import Count, Max, QuerySet

from hall.models import Appointment, Counter, Errand, Hall, Ticket, TicketEvent
from hall.waiting import LONGEST
from offices.capacities import Capacities, local_day
from offices.models import Role, User
from onestop.desk import words

SHOWN = 40  # rows of the waiting list on one screen


@dataclass(frozen=True, slots=True)
class Waiting:
    """One ticket as a row of the console.

    Attributes:
        minutes: how long the person has waited, or did wait.
        goes_ahead: whether a priority or an appointment puts them before the line now.
    """

    ticket: Ticket
    minutes: int
    goes_ahead: bool
    is_long: bool

    @classmethod
    def of(cls, ticket: Ticket, at: datetime) -> Waiting:
        """The row of a ticket at a moment."""
        waited = ticket.waited(at)
        ahead = ticket.ahead_from is not None and ticket.ahead_from <= at
        return cls(ticket, int(waited / timedelta(minutes=1)), ahead, waited > LONGEST)

    @property
    def text(self) -> str:
        """How long, in words."""
        return words.stretch(minutes=self.minutes)

    @property
    def why_ahead(self) -> str:
        """The priority in words, or the time of the appointment."""
        if self.ticket.appointment is not None:
            return words.clock_time(self.ticket.appointment.starts_at)
        return self.ticket.get_priority_display() if self.ticket.priority else ""


@dataclass(frozen=True, slots=True)
class Console:
    """Everything that the page of the hall prints; `seen` marks its state."""

    hall: Hall
    halls: list[Hall]
    counters: list[Counter]
    errands: list[Errand]
    waiting: list[Waiting]
    elsewhere: list[Waiting]
    skipped: list[Waiting]
    at_hand: Waiting | None
    expected: list[Appointment]
    served: int
    user_id: int
    seen: str

    @property
    def counter(self) -> Counter | None:
        """Where the person sits."""
        return next((counter for counter in self.counters if counter.clerk_id == self.user_id), None)

    @property
    def shown(self) -> list[Waiting]:
        """The first rows of the waiting list."""
        return self.waiting[:SHOWN]

    @property
    def hidden(self) -> int:
        """How many wait behind the rows shown."""
        return len(self.waiting) - len(self.shown)


def halls_of(capacities: Capacities, *roles: str) -> QuerySet[Hall]:
    """Halls of the desks in which one of `roles` is held."""
    offices = capacities.offices_as(*(roles or (Role.CLERK,)))
    return Hall.objects.select_related("office").filter(office__in=offices).order_by("office__code")


def console_of(capacities: Capacities, user: User, *, at: datetime, hall_id: int | None = None) -> Console | None:
    """The hall that the clerk works in: the one asked for, the one they sit in, or the first; None without any."""
    halls = list(halls_of(capacities))
    counters = list(
        Counter.objects.filter(hall__in=halls, is_active=True).select_related("clerk").prefetch_related("errands")
    )
    seated = next((counter.hall_id for counter in counters if counter.clerk_id == user.pk), None)
    hall = next(
        (hall for wanted in (hall_id, seated) for hall in halls if hall.pk == wanted), halls[0] if halls else None
    )
    if hall is None:
        return None
    seen = mark_of(hall.pk, at)
    rows = [Waiting.of(ticket, at) for ticket in tickets_of_today(hall, at)]
    mine = [row for row in rows if row.ticket.status in Ticket.AT_HAND and row.ticket.clerk_id == user.pk]
    return Console(
        hall=hall,
        halls=halls,
        counters=[counter for counter in counters if counter.hall_id == hall.pk],
        errands=list(Errand.objects.filter(hall=hall, is_active=True)),
        waiting=in_order([row for row in rows if row.ticket.status == Ticket.Status.WAITING]),
        elsewhere=[row for row in rows if row.ticket.status in Ticket.AT_HAND and row.ticket.clerk_id != user.pk],
        skipped=[row for row in rows if row.ticket.status == Ticket.Status.SKIPPED],
        at_hand=mine[0] if mine else None,
        expected=expected_today(hall, at),
        served=sum(row.ticket.status == Ticket.Status.DONE for row in rows),
        user_id=user.pk,
        seen=seen,
    )


def mark_of(hall_id: int, at: datetime) -> str:
    """A mark of the hall's state in this minute: as long as it is the same, an open page stays as it is.

    Three small statements: every act on a ticket adds an event.
    """
    today = local_day(at)
    events = TicketEvent.objects.filter(ticket__hall=hall_id, ticket__day=today).aggregate(last=Max("pk"))
    seats = Counter.objects.filter(hall=hall_id).order_by("pk").values_list("pk", "clerk_id", "is_active")
    booked = Appointment.objects.filter(hall=hall_id, starts_at__date=today, status=Appointment.Status.BOOKED)
    state = (events["last"], list(seats), booked.aggregate(count=Count("pk"), last=Max("pk")), f"{at:%H%M}")
    return sha256(repr(state).encode()).hexdigest()[:16]


def tickets_of_today(hall: Hall, at: datetime) -> QuerySet[Ticket]:
    """Tickets of a hall on the day of `at`."""
    parts = ("errand", "appointment", "counter", "clerk")
    return Ticket.objects.of_day(hall.pk, local_day(at)).select_related(*parts).order_by("pk")


def in_order(rows: list[Waiting]) -> list[Waiting]:
    """First who goes ahead now, then the line; between the two the rule alternates when numbers are called."""
    return sorted(
        rows, key=lambda row: (not row.goes_ahead, row.ticket.ahead_from or row.ticket.issued_at, row.ticket.pk)
    )


def expected_today(hall: Hall, at: datetime) -> list[Appointment]:
    """Appointments and visits of today that have neither begun nor ended."""
    rows = Appointment.objects.filter(hall=hall, starts_at__date=local_day(at), status=Appointment.Status.BOOKED)
    return list(rows.select_related("errand", "officer"))


def waiting_count(capacities: Capacities, at: datetime) -> int:
    """How many wait now in the halls where one serves."""
    offices = capacities.offices_as(Role.CLERK)
    return Ticket.objects.waiting().filter(hall__office__in=offices, day=local_day(at)).count()


def ticket_at_hand(user: User, at: datetime) -> Ticket | None:
    """What the clerk has called or serves now; one statement."""
    rows = Ticket.objects.at_hand_of(user.pk).filter(day=local_day(at))
    return rows.select_related("errand", "counter").first()
