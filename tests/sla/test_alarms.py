"""Alarms: when rungs fall, that each fires once in a run, and what a pause or a new calendar does to them."""

from datetime import timedelta

import pytest
from django.db import InternalError, connection, transaction

from offices.models import Office
from sla.alarms import claim_rungs, database_now, planned_rungs, take_due_clocks
from sla.models import AlarmClaim, Clock
from sla.terms import parse_term
from sla.timekeeping import Party, Timekeeper
from tests.sla.conftest import at

MONDAY = "02/11/2026 09:00"


@pytest.fixture
def start(published):
    office = Office.objects.create(name="Sở", short_name="Sở", code="H24.15", level="province")

    def begin(limit="5 working_day", moment=MONDAY, kind="statutory"):
        keeper = Timekeeper(at=at(moment), by_id=None)
        clock = keeper.start(kind=kind, term=parse_term(limit), timetable=published, party=Party.desk(office.pk))
        keeper.save()
        return Clock.objects.get(pk=clock.pk)

    return begin


def act(clock, moment, name, **more):
    keeper = Timekeeper(at=at(moment), by_id=None)
    getattr(keeper, name)(clock, **more)
    keeper.save()


def planned(clock, timetable):
    return {rung: f"{moment:%d/%m %H:%M}" for rung, moment in planned_rungs(clock, timetable).items()}


def fire(clock, moment):
    return [fired.rung for fired in claim_rungs([Clock.objects.get(pk=clock.pk)], at=at(moment)) if fired.is_new]


def due(limit):
    return [clock.pk for clock in take_due_clocks(limit=limit)]


def test_rungs_fall_at_shares_of_the_working_time_and_at_working_days(start, published):
    assert planned(start("10 working_day"), published) == {
        "half": "09/11 13:45",
        "eighty": "12/11 15:42",
        "apology": "12/11 17:00",
        "due": "16/11 17:00",
        "after": "17/11 17:00",
    }


def test_the_rungs_of_a_step_in_hours(start, published):
    clock = start("10 working_hour", kind="step")

    assert planned(clock, published) == {
        "half": "02/11 15:30",
        "eighty": "03/11 09:00",
        "due": "03/11 11:00",
        "after": "04/11 11:00",
    }


def test_an_apology_rung_at_or_before_the_start_is_dropped_and_eighty_takes_its_duty(start, published):
    clock = start("1 working_day")

    assert list(planned(clock, published)) == ["half", "eighty", "due", "after"]
    fired = claim_rungs([clock], at=at("03/11/2026 17:00"))
    assert [(one.rung, one.opens_apology) for one in fired] == [("half", False), ("eighty", True), ("due", False)]


def test_with_an_apology_rung_eighty_is_only_a_warning(start):
    clock = start("10 working_day")

    fired = claim_rungs([clock], at=at("12/11/2026 17:00"))

    assert [(one.rung, one.opens_apology) for one in fired] == [
        ("half", False),
        ("eighty", False),
        ("apology", True),
    ]


def test_a_short_limit_may_owe_the_apology_before_half_time(start, published):
    assert planned(start("3 working_day"), published) == {
        "apology": "03/11 17:00",
        "half": "04/11 08:15",
        "eighty": "05/11 09:24",
        "due": "05/11 17:00",
        "after": "06/11 17:00",
    }


def test_a_step_owes_no_apology(start):
    clock = start("1 working_day", kind="step")

    assert not any(fired.opens_apology for fired in claim_rungs([clock], at=at("03/11/2026 17:00")))


def test_each_rung_fires_once_in_its_time(start):
    clock = start("10 working_day")

    assert fire(clock, "09/11/2026 13:44") == []
    assert fire(clock, "09/11/2026 13:45") == ["half"]
    assert fire(clock, "09/11/2026 13:45") == []
    assert fire(clock, "16/11/2026 16:59") == ["eighty", "apology"]
    assert fire(clock, "20/11/2026 09:00") == ["due", "after"]
    assert fire(clock, "30/11/2026 09:00") == []
    rung = clock.alarms.order_by("id").values_list("rung", flat=True)
    assert list(rung) == [
        "half",
        "eighty",
        "apology",
        "due",
        "after",
    ]
    clock.refresh_from_db()
    assert (clock.next_rung, clock.next_rung_at) == ("", None)


def test_a_rung_claimed_by_another_process_does_not_fire_again(start):
    clock = start("10 working_day")
    moment = at("09/11/2026 13:45")
    AlarmClaim.objects.create(clock=clock, run=1, rung="half", planned_at=moment, fired_at=moment)

    assert fire(clock, "09/11/2026 15:00") == []
    assert AlarmClaim.objects.count() == 1
    clock.refresh_from_db()
    assert clock.next_rung == "eighty"


def test_only_clocks_with_a_due_rung_are_found_oldest_first(start):
    past, older = start("1 working_day", moment="03/02/2026 09:00"), start("1 working_day", moment="02/02/2026 09:00")
    future = start("5 working_day", moment="02/11/2026 09:00")
    Clock.objects.filter(pk=future.pk).update(next_rung_at=database_now() + timedelta(days=1))

    assert due(10) == [older.pk, past.pk]
    assert due(1) == [older.pk]


def test_due_clocks_are_found_by_the_index(start):
    start("1 working_day", moment="02/02/2026 09:00")

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT id FROM sla_clock WHERE next_rung_at <= now() ORDER BY next_rung_at LIMIT 50")
        plan = "\n".join(row[0] for row in cursor.fetchall())

    assert "clock_next_rung" in plan


def test_a_paused_clock_fires_nothing(start):
    clock = start("1 working_day", moment="02/02/2026 09:00")
    act(clock, "02/02/2026 10:00", "stop", party=Party.citizen())

    assert due(10) == []
    assert fire(clock, "09/02/2026 09:00") == []


def test_a_resumption_moves_only_rungs_that_have_not_fired(start):
    clock = start("10 working_day")
    assert fire(clock, "09/11/2026 15:00") == ["half"]
    clock.refresh_from_db()
    act(clock, "10/11/2026 09:00", "stop", party=Party.payment())

    act(clock, "17/11/2026 09:00", "resume", party=Party.citizen())

    clock.refresh_from_db()
    assert (clock.due_at, clock.next_rung) == (at("23/11/2026 17:00"), "eighty")
    assert fire(clock, "25/11/2026 17:00") == ["eighty", "apology", "due", "after"]


def test_a_restart_lets_every_rung_fire_again(start):
    clock = start("10 working_day")
    assert fire(clock, "09/11/2026 15:00") == ["half"]
    clock.refresh_from_db()

    act(clock, "10/11/2026 09:00", "restart", party=Party.citizen())

    clock.refresh_from_db()
    assert clock.next_rung == "half"
    assert fire(clock, "27/11/2026 09:00") == ["half", "eighty", "apology", "due", "after"]
    assert sorted(AlarmClaim.objects.values_list("run", "rung")) == [
        (1, "half"),
        (2, "after"),
        (2, "apology"),
        (2, "due"),
        (2, "eighty"),
        (2, "half"),
    ]


def test_shares_do_not_count_the_time_of_a_pause(start, published):
    clock = start("10 working_day")
    act(clock, "03/11/2026 09:00", "stop", party=Party.payment())

    act(clock, "27/11/2026 09:00", "resume", party=Party.citizen())

    clock.refresh_from_db()
    assert clock.next_rung_at > at("27/11/2026 09:00")
    assert published.between(at("27/11/2026 09:00"), clock.next_rung_at) > timedelta(hours=20)


def test_an_ended_clock_fires_nothing(start):
    clock = start("1 working_day", moment="02/02/2026 09:00")

    act(clock, "20/02/2026 10:00", "end")

    assert due(10) == []


def test_firing_costs_two_statements_however_many_clocks(start, django_assert_num_queries):
    clocks = [start("10 working_day") for _ in range(5)]

    with django_assert_num_queries(2):
        fired = claim_rungs(clocks, at=at("16/11/2026 17:00"))

    assert len(fired) == 20
    assert [one.at_planned for one in fired] == sorted(one.at_planned for one in fired)


def test_alarms_that_fired_cannot_be_taken_back(start):
    clock = start("10 working_day")
    fire(clock, "09/11/2026 15:00")

    with pytest.raises(InternalError, match="alarm_append_only"), transaction.atomic():
        AlarmClaim.objects.all().delete()

    assert AlarmClaim.objects.count() == 1
