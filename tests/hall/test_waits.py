"""Waits are measured per ticket: mean, 95th percentile, share over 30 minutes, by hour."""

from datetime import timedelta

import pytest

from hall import services
from hall.exceptions import SlotTaken, WrongMoment
from hall.models import Appointment, Ticket
from hall.services.booking import slots_on
from hall.waiting import tickets_between, waits
from offices.exceptions import NotComplete
from tests.workflows.conftest import moment

DAY = moment(2, 8).date()


@pytest.fixture
def twenty(draw, hall):
    """Twenty people served after 2, 4, … 40 minutes, ten drawn from eight, ten from nine; one is never served."""
    for place in range(20):
        ticket = draw(8 if place < 10 else 9, place % 10)
        served = ticket.issued_at + timedelta(minutes=2 * (place + 1))
        Ticket.objects.filter(pk=ticket.pk).update(status="done", served_at=served, ended_at=served)
    return draw(9, 30, letter="B")


def test_mean_percentile_and_share_are_exact(twenty, hall):
    (total,) = waits(tickets_between([hall.id], DAY, DAY))

    assert (total.drawn, total.served, total.not_served) == (21, 20, 1)
    assert (total.mean, total.p95, total.longest) == (21 * 60, round(38.1 * 60), 40 * 60)
    assert (total.over, total.share_over) == (5, 0.25)


def test_waits_by_hour_day_and_errand(twenty, hall, django_assert_num_queries):
    tickets = tickets_between([hall.id], DAY, DAY)

    with django_assert_num_queries(1):
        hours = waits(tickets, "hour")

    assert [(row.group, row.drawn, row.mean, row.over) for row in hours] == [(8, 10, 11 * 60, 0), (9, 11, 31 * 60, 5)]
    assert [(row.group, row.served) for row in waits(tickets, "day")] == [(DAY, 20)]
    assert [(row.group, row.served, row.mean) for row in waits(tickets, "errand")] == [
        (hall.errands["A"].pk, 20, 21 * 60),
        (hall.errands["B"].pk, 0, None),
    ]


def test_appointments_are_given_in_working_time_only_and_never_beyond_the_places(hall):
    def times(day):
        return [slot.starts_at for slot in slots_on(hall.hall, moment(day, 8).date(), place="desk", at=moment(2, 7))]

    def book(**more):
        values = {"errand_id": hall.errands["A"].pk, "person": "Mai", "phone": "09", "by": None, "at": moment(2, 7)}
        return services.book(hall_id=hall.id, **values | {"starts_at": times(3)[0]} | more)

    assert (times(3)[0], len(times(3))) == (moment(3, 7, 30), 16)
    assert times(8) == []  # a Sunday
    book(), book()

    with pytest.raises(SlotTaken):
        book()
    with pytest.raises(SlotTaken):
        book(starts_at=moment(3, 12))
    assert Appointment.objects.count() == 2
    with pytest.raises(NotComplete):
        book(place="home", starts_at=times(3)[3])


def test_an_appointment_goes_ahead_once_its_time_has_come_and_waits_from_then(hall, draw, call):
    made = services.book(
        hall_id=hall.id,
        errand_id=hall.errands["A"].pk,
        starts_at=moment(2, 9),
        person="Mai",
        phone="09",
        by=hall.people.lan,
        at=moment(2, 7),
    )
    draw(8, 30), draw(8, 31)
    ticket = services.check_in(hall_id=hall.id, code=made.code.lower(), key="come", by=None, at=moment(2, 8, 40))

    assert services.check_in(hall_id=hall.id, code=made.code, key="come", by=None, at=moment(2, 8, 41)) == ticket
    with pytest.raises(WrongMoment):
        services.check_in(hall_id=hall.id, code=made.code, key="again", by=None, at=moment(2, 8, 42))
    assert [call(8, 50), call(9, 5), call(9, 6)] == ["A001", "A003", "A002"]
    ticket.refresh_from_db()
    made.refresh_from_db()
    assert (ticket.waited(moment(2, 10)), made.status) == (timedelta(minutes=5), "done")


def test_a_late_appointment_waits_in_the_line(hall, draw, call):
    made = services.book(
        hall_id=hall.id,
        errand_id=hall.errands["A"].pk,
        starts_at=moment(2, 9),
        person="Mai",
        phone="09",
        by=None,
        at=moment(2, 7),
    )
    draw(9, 20)
    services.check_in(hall_id=hall.id, code=made.code, key="late", by=None, at=moment(2, 9, 30))

    assert [call(9, 31), call(9, 32)] == ["A001", "A002"]


def test_a_dossier_taken_in_ends_the_wait_and_is_remembered_with_the_ticket(hall, draw):
    ticket = draw(8)
    services.call_next(hall_id=hall.id, by=hall.people.lan, at=moment(2, 8, 10))

    services.note_received(dossier_id=7, dossier_code="H40.01-260302-0001", by=hall.people.lan, at=moment(2, 8, 12))

    ticket.refresh_from_db()
    assert (ticket.status, ticket.waited(moment(2, 9))) == ("serving", timedelta(minutes=12))
    assert ticket.events.get(dossier_id=7).dossier_code == "H40.01-260302-0001"
    assert services.note_received(dossier_id=8, dossier_code="x", by=hall.people.hoa, at=moment(2, 9)) is None


def test_a_visit_at_home_is_done_or_missed_only_after_its_time_and_cancelled_before(hall):
    def visit(hour):
        return services.book(
            hall_id=hall.id,
            errand_id=hall.errands["A"].pk,
            starts_at=moment(3, hour),
            person="Mai",
            phone="09",
            address="12 Lê Lợi",
            place="home",
            officer_id=hall.people.hoa.pk,
            by=hall.people.lan,
            at=moment(2, 8),
        )

    first, second = visit(8), visit(9)

    def end(made, status, hour):
        return services.end_appointment(
            appointment_id=made.pk, status=status, by=hall.people.hoa, at=moment(3, hour)
        ).status

    for status in ("done", "missed", "arrived", "nonsense"):
        with pytest.raises(WrongMoment):
            end(first, status, 7)
    assert (end(first, "done", 9), end(second, "cancelled", 8)) == ("done", "cancelled")
    with pytest.raises(WrongMoment):
        end(first, "cancelled", 10)
    with pytest.raises(NotComplete):
        services.book(
            hall_id=hall.id,
            errand_id=hall.errands["A"].pk,
            starts_at=moment(3, 10),
            person="Mai",
            phone="09",
            address="12 Lê Lợi",
            place="home",
            officer_id=hall.people.minh.pk,
            by=hall.people.lan,
            at=moment(2, 8),
        )
