"""Numbers are drawn without gaps and called in a fair order."""

import pytest

from hall import services
from hall.exceptions import NobodyWaits, NoCounter, NotOfThisHall, OneIsCalled, WrongMoment
from hall.models import Counter, HallDay, Ticket, TicketEvent
from offices.exceptions import NotFound
from tests.workflows.conftest import moment
from tests.workflows.racing import in_threads, losers, winners


def test_numbers_count_per_errand_and_begin_anew_each_day(draw):
    labels = [draw(8).label, draw(8, 1).label, draw(8, 2, letter="B").label, draw(8, 3).label, draw(8, day=3).label]

    assert labels == ["A001", "A002", "B001", "A003", "A001"]


def test_one_request_sent_twice_draws_one_number(draw):
    assert draw(8, key="same").pk == draw(8, 1, key="same").pk
    assert Ticket.objects.count() == 1


def test_an_errand_that_is_closed_gives_no_number(draw, hall):
    services.set_errand(
        hall_id=hall.id, letter="C", name="Hỏi", is_active=False, by=hall.people.administrator, at=moment(2, 7)
    )

    with pytest.raises(NotFound):
        draw(8, letter="C")

    assert not Ticket.objects.exists()


def test_people_with_a_priority_go_first_but_after_two_of_them_comes_the_line(draw, call):
    for minute in range(2):
        draw(8, minute)
    for minute, why in enumerate(["elderly", "disabled", "pregnant", "elderly"]):
        draw(8, 10 + minute, letter="B", priority=why)

    assert [call(9, minute) for minute in range(6)] == ["B001", "B002", "A001", "B003", "B004", "A002"]


def test_priorities_among_themselves_keep_their_order_when_the_line_is_empty(draw, call):
    for minute in range(3):
        draw(8, minute, priority="elderly")

    assert [call(9, minute) for minute in range(3)] == ["A001", "A002", "A003"]
    assert HallDay.objects.get().ahead_in_a_row == 0


def test_a_counter_with_errands_of_its_own_calls_no_other(draw, hall):
    services.set_counter(
        hall_id=hall.id,
        name="2",
        errand_ids=[hall.errands["B"].pk],
        by=hall.people.administrator,
        at=moment(2, 7),
    )
    draw(8)

    with pytest.raises(NobodyWaits):
        services.call_next(hall_id=hall.id, by=hall.people.hoa, at=moment(2, 8, 1))

    assert draw(8, 2, letter="B").label == "B001"
    assert services.call_next(hall_id=hall.id, by=hall.people.hoa, at=moment(2, 8, 3)).label == "B001"


def test_who_calls_must_be_a_clerk_of_the_desk_at_a_counter(draw, hall):
    draw(8)
    services.stand_up(by=hall.people.lan, at=moment(2, 8))

    with pytest.raises(NoCounter):
        services.call_next(hall_id=hall.id, by=hall.people.lan, at=moment(2, 8, 1))
    with pytest.raises(NotOfThisHall):
        services.call_next(hall_id=hall.id, by=hall.people.minh, at=moment(2, 8, 1))

    assert Ticket.objects.get().status == "waiting"


def test_a_called_number_must_come_or_be_passed_over_before_the_next(draw, hall):
    first = draw(8)
    draw(8, 1)
    services.call_next(hall_id=hall.id, by=hall.people.lan, at=moment(2, 8, 5))

    with pytest.raises(OneIsCalled) as refusal:
        services.call_next(hall_id=hall.id, by=hall.people.lan, at=moment(2, 8, 6))

    assert "A001" in str(refusal.value)
    assert list(Ticket.objects.order_by("pk").values_list("status", flat=True)) == ["called", "waiting"]
    services.call_again(ticket_id=first.pk, by=hall.people.lan, at=moment(2, 8, 6))
    services.skip(ticket_id=first.pk, by=hall.people.lan, at=moment(2, 8, 8))
    assert services.call_next(hall_id=hall.id, by=hall.people.lan, at=moment(2, 8, 9)).label == "A002"
    kinds = list(TicketEvent.objects.filter(ticket=first).values_list("kind", flat=True))
    assert kinds == ["issued", "called", "called_again", "skipped"]


def test_who_was_passed_over_comes_back_to_the_old_place_and_time_away_is_not_waited(draw, hall, call):
    first = draw(8)
    draw(8, 1)
    services.call_next(hall_id=hall.id, by=hall.people.lan, at=moment(2, 8, 10))
    services.skip(ticket_id=first.pk, by=hall.people.lan, at=moment(2, 8, 12))

    services.bring_back(ticket_id=first.pk, by=hall.people.hoa, at=moment(2, 8, 42))

    assert call(8, 45) == "A001"
    first.refresh_from_db()
    assert first.waited(moment(2, 9)).total_seconds() == 15 * 60
    with pytest.raises(WrongMoment):
        services.bring_back(ticket_id=first.pk, by=hall.people.hoa, at=moment(2, 8, 46))


def test_only_who_called_a_number_serves_it(draw, hall):
    ticket = draw(8)
    services.call_next(hall_id=hall.id, by=hall.people.lan, at=moment(2, 8, 1))

    with pytest.raises(WrongMoment) as refusal:
        services.serve(ticket_id=ticket.pk, by=hall.people.hoa, at=moment(2, 8, 2))

    assert "Lan" in str(refusal.value)
    ticket.refresh_from_db()
    assert (ticket.status, ticket.served_at) == ("called", None)


def test_a_number_forgotten_in_the_evening_does_not_stop_the_next_morning(draw, hall):
    forgotten = draw(16)
    services.call_next(hall_id=hall.id, by=hall.people.lan, at=moment(2, 16, 30))
    draw(8, day=3)

    assert services.call_next(hall_id=hall.id, by=hall.people.lan, at=moment(3, 8, 1)).day == moment(3, 8).date()

    forgotten.refresh_from_db()
    assert forgotten.status == "skipped"


def test_a_counter_where_somebody_is_served_is_not_taken_over(draw, hall):
    draw(8)
    services.call_next(hall_id=hall.id, by=hall.people.lan, at=moment(2, 8, 1))
    first, second = Counter.objects.order_by("name")

    with pytest.raises(WrongMoment):
        services.sit_down(counter_id=first.pk, by=hall.people.hoa, at=moment(2, 8, 2))
    with pytest.raises(WrongMoment):
        services.sit_down(counter_id=second.pk, by=hall.people.lan, at=moment(2, 8, 2))

    first.refresh_from_db()
    assert first.clerk == hall.people.lan


@pytest.mark.django_db(transaction=True)
def test_two_clerks_who_call_at_once_get_two_numbers_and_ten_kiosks_leave_no_gap(draw, hall):
    def taps(number):
        return lambda: draw(8, key=f"tap-{number}")

    drawn = in_threads(*[taps(number) for number in range(10)])
    assert sorted(ticket.number for ticket in drawn) == list(range(1, 11))

    results = in_threads(
        *[
            lambda by=by: services.call_next(hall_id=hall.id, by=by, at=moment(2, 8, 30))
            for by in (hall.people.lan, hall.people.hoa, hall.people.lan)
        ]
    )

    assert sorted(ticket.number for ticket in winners(results)) == [1, 2]
    assert [type(error) for error in losers(results)] == [OneIsCalled]
    assert Ticket.objects.filter(status="called").count() == 2
