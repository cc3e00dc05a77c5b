"""Numbers are called, served, passed over and come back.

The order is fair by rule: people with a priority and appointments whose time has come go ahead of the line, in the
order in which they may; but after two of them in a row somebody of the line is called, if anybody stands there.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from hall.exceptions import NobodyWaits, OneIsCalled, WrongMoment
from hall.models import Appointment, Counter, HallDay, Ticket, TicketEvent
from hall.services.rights import counter_of, locked_day, require_clerk
from hall.services.ticketing import note
from offices.capacities import local_day
from offices.exceptions import NotFound
from offices.models import User

MOST_AHEAD_IN_A_ROW = 2


@transaction.atomic
def call_next(*, hall_id: int, by: User, at: datetime) -> Ticket:
    """Call whoever is next to the clerk's counter; the ticket being served until now is done.

    Two clerks who call at once wait for each other and get two tickets.

    Raises:
        NotOfThisHall: `by` is no clerk of the desk.
        NoCounter: `by` sits at no counter.
        OneIsCalled: The number called before has neither come nor been passed over.
        NobodyWaits: There is nobody to call; nothing is changed.
    """
    day = locked_day(hall_id, local_day(at))
    require_clerk(day.hall, by, at=at)
    counter = counter_of(by, hall_id)
    _end_what_is_served(by, at=at)
    ticket = next_ticket(day, counter, at=at)
    if ticket is None:
        raise NobodyWaits(_("Nobody is waiting for this counter now."))
    ticket.status, ticket.called_at = Ticket.Status.CALLED, at
    ticket.clerk, ticket.counter = by, counter
    ticket.save(update_fields=["status", "called_at", "clerk", "counter"])
    note(ticket, TicketEvent.Kind.CALLED, at=at, by=by, counter=counter)
    return ticket


def next_ticket(day: HallDay, counter: Counter, *, at: datetime) -> Ticket | None:
    """Whoever is next for a counter, by the rule above; the locked day counts who went ahead."""
    waiting = Ticket.objects.of_day(day.hall_id, day.day).waiting().select_related("errand")
    errands = list(counter.errands.values_list("pk", flat=True))
    if errands:
        waiting = waiting.filter(errand__in=errands)
    ahead, in_line = waiting.ahead_of_the_line(at).first(), waiting.in_line(at).first()
    goes_ahead = ahead is not None and (in_line is None or day.ahead_in_a_row < MOST_AHEAD_IN_A_ROW)
    chosen = ahead if goes_ahead else in_line
    if chosen is not None:
        day.ahead_in_a_row = day.ahead_in_a_row + 1 if goes_ahead and in_line is not None else 0
        day.save(update_fields=["ahead_in_a_row"])
    return chosen


def _end_what_is_served(by: User, *, at: datetime) -> None:
    before = Ticket.objects.at_hand_of(by.pk).select_related("errand", "appointment").first()
    if before is None:
        return
    if before.status == Ticket.Status.SERVING:
        _end(before, by, at=at)
    elif before.day != local_day(at):
        _pass_over(before, by, at=at)
    else:
        raise OneIsCalled(
            _("Number %(number)s is called. Begin to serve it or pass it over before you call the next one.")
            % {"number": before.label}
        )


def _end(ticket: Ticket, by: User, *, at: datetime) -> None:
    ticket.status, ticket.ended_at = Ticket.Status.DONE, at
    ticket.save(update_fields=["status", "ended_at"])
    note(ticket, TicketEvent.Kind.DONE, at=at, by=by, counter=ticket.counter)
    booked = ticket.appointment
    if booked is not None:
        booked.status, booked.ended_at, booked.ended_by = Appointment.Status.DONE, at, by
        booked.save(update_fields=["status", "ended_at", "ended_by"])


def locked_ticket(ticket_id: int, by: User, *, at: datetime, status: str) -> Ticket:
    """A ticket of today under lock, in the state that an act needs.

    Raises:
        NotFound: There is no such ticket.
        NotOfThisHall: `by` is no clerk of the desk.
        WrongMoment: Somebody was faster, or the day is over.
    """
    rows = Ticket.objects.select_for_update(of=("self",), no_key=True)
    ticket = rows.select_related("hall", "errand", "appointment", "counter", "clerk").filter(pk=ticket_id).first()
    if ticket is None:
        raise NotFound(_("There is no such number. Go back to the hall."))
    require_clerk(ticket.hall, by, at=at)
    if ticket.day != local_day(at):
        raise WrongMoment(_("Number %(number)s is of another day.") % {"number": ticket.label})
    if ticket.status != status or (status in Ticket.AT_HAND and ticket.clerk_id != by.pk):
        raise WrongMoment(_describe(ticket))
    return ticket


def _describe(ticket: Ticket) -> str:
    values = {"number": ticket.label, "status": ticket.get_status_display(), "clerk": ticket.clerk or ""}
    if ticket.clerk is not None and ticket.status in Ticket.AT_HAND:
        return _("Number %(number)s is at hand of %(clerk)s: %(status)s.") % values
    return _("Number %(number)s: %(status)s. Somebody was faster; look at the hall again.") % values


@transaction.atomic
def call_again(*, ticket_id: int, by: User, at: datetime) -> Ticket:
    """Call a number once more; the wait goes on until it is served.

    Raises:
        WrongMoment: It is not called by `by` now.
    """
    ticket = locked_ticket(ticket_id, by, at=at, status=Ticket.Status.CALLED)
    ticket.called_at = at
    ticket.save(update_fields=["called_at"])
    note(ticket, TicketEvent.Kind.CALLED_AGAIN, at=at, by=by, counter=ticket.counter)
    return ticket


@transaction.atomic
def serve(*, ticket_id: int, by: User, at: datetime) -> Ticket:
    """The person has come to the counter: the wait ends here.

    Raises:
        WrongMoment: It is not called by `by` now.
    """
    ticket = locked_ticket(ticket_id, by, at=at, status=Ticket.Status.CALLED)
    ticket.status, ticket.served_at = Ticket.Status.SERVING, at
    ticket.save(update_fields=["status", "served_at"])
    note(ticket, TicketEvent.Kind.SERVED, at=at, by=by, counter=ticket.counter)
    return ticket


@transaction.atomic
def finish(*, ticket_id: int, by: User, at: datetime) -> Ticket:
    """The person has what they came for; nobody is called yet.

    Raises:
        WrongMoment: `by` does not serve it now.
    """
    ticket = locked_ticket(ticket_id, by, at=at, status=Ticket.Status.SERVING)
    _end(ticket, by, at=at)
    return ticket


@transaction.atomic
def skip(*, ticket_id: int, by: User, at: datetime) -> Ticket:
    """Pass over a number that did not come; it may come back the same day.

    Raises:
        WrongMoment: It is not called by `by` now.
    """
    ticket = locked_ticket(ticket_id, by, at=at, status=Ticket.Status.CALLED)
    _pass_over(ticket, by, at=at)
    return ticket


def _pass_over(ticket: Ticket, by: User, *, at: datetime) -> None:
    ticket.status, ticket.skipped_at = Ticket.Status.SKIPPED, at
    ticket.save(update_fields=["status", "skipped_at"])
    note(ticket, TicketEvent.Kind.SKIPPED, at=at, by=by, counter=ticket.counter)


@transaction.atomic
def bring_back(*, ticket_id: int, by: User, at: datetime) -> Ticket:
    """Somebody passed over has come after all: back to the old place in the line; the time away is not waited.

    Raises:
        WrongMoment: It was not passed over, or is of another day.
    """
    ticket = locked_ticket(ticket_id, by, at=at, status=Ticket.Status.SKIPPED)
    if ticket.skipped_at is not None:
        ticket.waits_from += at - ticket.skipped_at
    ticket.status, ticket.skipped_at, ticket.clerk, ticket.counter = Ticket.Status.WAITING, None, None, None
    ticket.save(update_fields=["status", "skipped_at", "clerk", "counter", "waits_from"])
    note(ticket, TicketEvent.Kind.BACK, at=at, by=by)
    return ticket


@transaction.atomic
def note_received(*, dossier_id: int, dossier_code: str, by: User, at: datetime) -> Ticket | None:
    """A dossier was taken in by somebody who serves a number: remember which; the wait ends where it had not.

    Returns:
        The ticket, None where the clerk serves nobody: a desk works without numbers too.
    """
    rows = Ticket.objects.at_hand_of(by.pk).filter(day=local_day(at))
    ticket = rows.select_for_update(of=("self",), no_key=True).select_related("errand", "counter").first()
    if ticket is None:
        return None
    if ticket.status == Ticket.Status.CALLED:
        ticket = serve(ticket_id=ticket.pk, by=by, at=at)
    event = note(ticket, TicketEvent.Kind.RECEIVED, at=at, by=by, counter=ticket.counter)
    event.dossier_id, event.dossier_code = dossier_id, dossier_code
    event.save(update_fields=["dossier_id", "dossier_code"])
    return ticket
