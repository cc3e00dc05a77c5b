"""What everybody in the hall may see: numbers and counters, no name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from io import BytesIO

import segno
from django.db.models import Q
from django.utils.safestring import SafeString, mark_safe

from hall.models import Errand, Hall, Ticket, TicketEvent
from offices.capacities import local_day

CALLS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Board:
    """The display: who is called where, newest first, and how many wait.

    Attributes:
        newest: id of the last call; a display that sees another one announces it.
    """

    calls: list[Ticket]
    waiting: int
    newest: int


def board_of(hall: Hall, *, at: datetime) -> Board:
    """The numbers called and served now: three statements."""
    today = Ticket.objects.of_day(hall.pk, local_day(at))
    calls = today.filter(status__in=Ticket.AT_HAND).select_related("errand", "counter").order_by("-called_at", "-pk")
    events = TicketEvent.objects.filter(ticket__in=today, kind__in=TicketEvent.CALLS)
    newest = events.order_by("-pk").values_list("pk", flat=True).first() or 0
    return Board(list(calls[:CALLS_SHOWN]), today.waiting().count(), newest)


@dataclass(frozen=True, slots=True)
class Place:
    """A ticket and how many stand before it."""

    ticket: Ticket
    before: int


def place_of(key: str, *, at: datetime) -> Place | None:
    """The ticket with a key; two statements, one where it does not wait any more."""
    parts = ("errand", "counter", "hall__office", "appointment")
    ticket = Ticket.objects.select_related(*parts).filter(key=key).first()
    if ticket is None:
        return None
    before = people_before(ticket, at=at) if ticket.status == Ticket.Status.WAITING else 0
    return Place(ticket, before)


def people_before(ticket: Ticket, *, at: datetime) -> int:
    """How many are called before a ticket as far as one can know: who goes ahead, then who came earlier."""
    waiting = Ticket.objects.of_day(ticket.hall_id, ticket.day).waiting().filter(errand=ticket.errand)
    if ticket.ahead_from is not None and ticket.ahead_from <= at:
        return waiting.filter(
            Q(ahead_from__lt=ticket.ahead_from) | Q(ahead_from=ticket.ahead_from, pk__lt=ticket.pk)
        ).count()
    return waiting.filter(Q(ahead_from__lte=at) | Q(issued_at__lte=ticket.issued_at, pk__lt=ticket.pk)).count()


def offered(hall: Hall) -> list[Errand]:
    """What people may draw a number for."""
    return list(Errand.objects.filter(hall=hall, is_active=True))


def code_of(address: str) -> SafeString:
    """A QR code as a picture inside the page."""
    buffer = BytesIO()
    segno.make(address, error="m", micro=False).save(
        buffer, kind="svg", border=2, xmldecl=False, svgns=True, omitsize=True, light="#ffffff"
    )
    return mark_safe(buffer.getvalue().decode())  # noqa: S308  # drawn by segno from our own address
