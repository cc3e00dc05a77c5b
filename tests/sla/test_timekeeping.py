"""Clocks: started, paused, resumed, begun anew and ended, with a line in the ledger each time."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.db import InternalError, connection, transaction

from offices.models import Office, User
from sla.calendars import calendar_files, publish_calendar, timetable_for
from sla.exceptions import WrongClockState
from sla.explanations import explain
from sla.models import Clock, ClockInterval
from sla.terms import Cutoff, Term, Unit, parse_term
from sla.timekeeping import Party, Timekeeper
from tests.sla.conftest import at
from tests.sla.moving_clocks import move

FIVE_DAYS = parse_term("5 working_day")
MONDAY = "02/11/2026 09:00"


@pytest.fixture
def people(db):
    office = Office.objects.create(name="Sở", short_name="Sở", code="H24.15", level="province")
    return office, User.objects.create_user("an", full_name="An")


@pytest.fixture
def start(published, people):
    office, user = people

    def begin(term=FIVE_DAYS, moment=MONDAY, kind="statutory", **more):
        keeper = Timekeeper(at=at(moment), by_id=user.pk)
        clock = keeper.start(kind=kind, term=term, timetable=published, party=Party.desk(office.pk), **more)
        keeper.save()
        return Clock.objects.get(pk=clock.pk)

    return begin


def act(clock, moment, name, **more):
    keeper = Timekeeper(at=at(moment), by_id=None)
    outcome = getattr(keeper, name)(clock, **more)
    keeper.save()
    clock.refresh_from_db()
    return outcome


def ledger(clock):
    return [(line.reason, line.state, line.party) for line in clock.intervals.all()]


def test_a_started_clock_knows_its_due_date_and_its_first_alarm(start, people):
    clock = start(clause="Điều 19")

    line = clock.intervals.get()
    assert (clock.state, clock.run, clock.due_at) == ("running", 1, at("09/11/2026 17:00"))
    assert (clock.next_rung, clock.verdict, clock.provisional) == ("half", "", False)
    assert (line.reason, line.party, line.party_office, line.recorded_by) == ("start", "desk", *people)
    assert (line.starts_at, line.due_before, line.due_after) == (at(MONDAY), None, clock.due_at)
    assert line.clause == clock.clause == "Điều 19"


def test_several_clocks_of_one_act_are_written_in_two_statements(published, people, django_assert_num_queries):
    office, user = people
    keeper = Timekeeper(at=at(MONDAY), by_id=user.pk)
    terms = [FIVE_DAYS, parse_term("2 working_hour"), None]
    clocks = [
        keeper.start(kind="step", term=term, timetable=published, party=Party.division(office.pk)) for term in terms
    ]

    with django_assert_num_queries(2):
        keeper.save()

    assert Clock.objects.count() == ClockInterval.objects.count() == 3
    keeper = Timekeeper(at=at("03/11/2026 09:00"), by_id=user.pk)
    keeper.end(clocks[0])
    keeper.stop(clocks[1], party=Party.citizen())
    keeper.start(kind="step", term=None, timetable=published, party=Party.person(user.pk))
    with django_assert_num_queries(2):
        keeper.save()
    assert sorted(Clock.objects.values_list("state", flat=True)) == ["ended", "running", "running", "stopped"]


def test_handing_over_writes_one_line_and_leaves_the_clock_alone(start, people, django_assert_num_queries):
    clock, (office, user) = start(), people
    keeper = Timekeeper(at=at("02/11/2026 10:00"), by_id=user.pk)
    keeper.hand_over(clock, party=Party.person(user.pk, office.pk), note="claimed")

    with django_assert_num_queries(1):
        keeper.save()

    assert ledger(clock) == [("start", "running", "desk"), ("hand_over", "running", "person")]


def test_nothing_collected_writes_nothing(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        Timekeeper(at=at(MONDAY), by_id=None).save()


def test_a_clock_without_a_budget_has_no_due_date_and_no_alarm(start):
    clock = start(term=None, kind="citizen")

    assert (clock.term, clock.due_at, clock.next_rung, clock.next_rung_at) == (None, None, "", None)
    assert act(clock, "03/11/2026 09:00", "end") == ""


def test_a_cut_off_is_kept_with_the_clock(start):
    term = Term(Decimal(0), Unit.WORKING_DAY, Cutoff(time(15), Decimal(1)))

    clock = start(term=term, moment="02/11/2026 15:01")

    assert clock.due_at == at("03/11/2026 17:00")
    assert clock.term == term


def test_a_step_is_never_due_later_than_its_dossier(start):
    clock = start(kind="step", not_after=at("03/11/2026 17:00"))

    assert clock.due_at == at("03/11/2026 17:00")


def test_a_paused_clock_has_no_due_date_and_no_alarm(start):
    clock = start()

    act(clock, "03/11/2026 09:00", "stop", party=Party.citizen(), note="papers", clause="Điều 19")

    assert (clock.state, clock.stopped_at, clock.due_at) == ("stopped", at("03/11/2026 09:00"), None)
    assert (clock.next_rung, clock.next_rung_at) == ("", None)
    last = clock.intervals.last()
    assert (last.due_before, last.due_after, last.party) == (at("09/11/2026 17:00"), None, "citizen")


def test_a_resumed_clock_runs_on_with_its_remainder(start, people):
    clock = start()
    act(clock, "03/11/2026 09:00", "stop", party=Party.payment())

    act(clock, "05/11/2026 09:00", "resume", party=Party.division(people[0].pk))

    assert (clock.state, clock.run, clock.due_at) == ("running", 1, at("11/11/2026 17:00"))
    assert ledger(clock) == [
        ("start", "running", "desk"),
        ("stop", "stopped", "payment"),
        ("resume", "running", "division"),
    ]


def test_two_pauses_are_both_made_up_for(start):
    clock = start()
    act(clock, "03/11/2026 09:00", "stop", party=Party.payment())
    act(clock, "05/11/2026 09:00", "resume", party=Party.citizen())
    act(clock, "06/11/2026 09:00", "stop", party=Party.payment())

    act(clock, "09/11/2026 09:00", "resume", party=Party.citizen())

    assert clock.due_at == at("12/11/2026 17:00")


def test_a_silent_pause_leaves_the_due_date_and_silences_the_alarms(start):
    clock = start()
    planned = clock.next_rung_at

    act(clock, "03/11/2026 09:00", "stop", party=Party.citizen(), silent=True)

    assert (clock.due_at, clock.next_rung_at) == (at("09/11/2026 17:00"), None)
    act(clock, "20/11/2026 09:00", "resume", party=Party.citizen())
    assert (clock.due_at, clock.next_rung, clock.next_rung_at) == (at("09/11/2026 17:00"), "half", planned)


def test_a_restarted_clock_has_its_full_budget_from_the_day_after(start):
    clock = start()
    act(clock, "03/11/2026 09:00", "stop", party=Party.citizen())

    act(clock, "20/11/2026 16:59", "restart", party=Party.citizen(), clause="Điều 19")

    assert (clock.run, clock.started_at, clock.due_at) == (2, at("20/11/2026 16:59"), at("30/11/2026 17:00"))
    assert (clock.carried, clock.next_rung) == ({}, "half")
    assert ledger(clock)[-1] == ("restart", "running", "citizen")


@pytest.mark.parametrize(
    ("ended", "verdict"),
    [
        ("06/11/2026 23:00", "early"),
        ("09/11/2026 07:30", "on_time"),
        ("09/11/2026 17:00", "on_time"),
        ("09/11/2026 17:01", "late"),
        ("10/11/2026 08:00", "late"),
    ],
)
def test_the_verdict_is_early_on_an_earlier_day_and_late_after_the_due_time(start, ended, verdict):
    clock = start()

    assert act(clock, ended, "end") == verdict

    assert (clock.state, clock.ended_at, clock.verdict) == ("ended", at(ended), verdict)
    assert (clock.next_rung_at, clock.due_at) == (None, at("09/11/2026 17:00"))
    assert ledger(clock)[-1] == ("end", "ended", "")


@pytest.mark.parametrize(
    ("paused", "ended", "verdict"),
    [
        ("03/11/2026 09:00", "20/11/2026 09:00", "early"),
        ("09/11/2026 09:00", "20/11/2026 09:00", "on_time"),
        ("10/11/2026 09:00", "20/11/2026 09:00", "late"),
    ],
)
def test_a_clock_that_ends_while_paused_is_judged_as_if_it_had_just_resumed(start, paused, ended, verdict):
    clock = start()
    act(clock, paused, "stop", party=Party.citizen())

    assert act(clock, ended, "end") == verdict


def test_a_clock_refuses_what_its_state_does_not_allow(start):
    clock = start()
    with pytest.raises(WrongClockState):
        act(clock, "03/11/2026 09:00", "resume", party=Party.citizen())
    act(clock, "03/11/2026 09:00", "stop", party=Party.citizen())
    with pytest.raises(WrongClockState):
        act(clock, "03/11/2026 10:00", "stop", party=Party.citizen())
    act(clock, "03/11/2026 11:00", "end")

    for name in ("stop", "resume", "restart", "hand_over"):
        with pytest.raises(WrongClockState):
            act(clock, "03/11/2026 12:00", name, party=Party.citizen())
    with pytest.raises(WrongClockState):
        act(clock, "03/11/2026 12:00", "end")
    assert [line.reason for line in clock.intervals.all()] == ["start", "stop", "end"]


def test_a_new_calendar_moves_an_open_clock_and_says_so(start):
    clock = start()
    data = calendar_files()["default"].model_dump(mode="json")
    data["closures"] = [{"day": "2026-11-05", "reason": "Storm"}]
    publish_calendar(data, at=datetime(2026, 11, 4, tzinfo=UTC))

    move(clock, timetable_for("default"), at=at("04/11/2026 09:00"))

    last = clock.intervals.last()
    assert clock.due_at == at("10/11/2026 17:00")
    assert (last.reason, last.due_before, last.due_after) == ("calendar", at("09/11/2026 17:00"), clock.due_at)


def test_a_provisional_year_marks_the_clock(start):
    assert start(moment="30/12/2027 09:00").provisional is True


@pytest.mark.parametrize(
    "statement", ["UPDATE sla_clockinterval SET note = 'changed'", "DELETE FROM sla_clockinterval"]
)
def test_the_ledger_can_only_be_added_to(start, statement):
    clock = start()

    with (
        pytest.raises(InternalError, match="interval_append_only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert [line.note for line in clock.intervals.all()] == [""]


def test_a_clock_explains_itself_with_the_same_date(start):
    clock = start(moment="20/11/2026 09:00")

    told = explain(clock)

    assert told.due_at == clock.due_at == at("30/11/2026 17:00")
    assert [one.start.date() for one in told.skipped if one.reason == "holiday"] == [date(2026, 11, 24)]


def test_a_paused_clock_explains_that_it_has_no_date(start):
    clock = start()
    act(clock, "03/11/2026 09:00", "stop", party=Party.citizen())

    told = explain(clock)

    assert (told.due_at, len(told.remarks)) == (None, 1)
    assert "09:00 03/11/2026" in told.remarks[0]


def test_a_capped_step_and_a_clock_without_limit_explain_themselves(start):
    capped = explain(start(kind="step", not_after=at("03/11/2026 17:00")))
    free = explain(start(term=None, kind="citizen"))

    assert capped.due_at == at("03/11/2026 17:00")
    assert "17:00 03/11/2026" in capped.remarks[-1]
    assert (free.due_at, len(free.remarks)) == (None, 1)


def test_a_restarted_clock_names_the_rule_behind_it(start):
    clock = start()
    act(clock, "20/11/2026 09:00", "restart", party=Party.citizen())

    told = explain(clock, received_on=date(2024, 5, 3))

    assert "09:00 20/11/2026" in told.remarks[0]
    assert told.rules[-1].clause == "Nghị định 61/2018/NĐ-CP, Điều 19 khoản 4"
    assert told.rules[-1].unverified is False


def test_every_working_second_belongs_to_exactly_one_party(start, people, published):
    (office, user), clock = people, start()
    act(clock, "02/11/2026 10:00", "hand_over", party=Party.person(user.pk, office.pk))
    act(clock, "03/11/2026 09:00", "stop", party=Party.citizen())
    act(clock, "05/11/2026 18:00", "resume", party=Party.division(office.pk))
    act(clock, "06/11/2026 08:30", "end")

    lines = list(clock.intervals.all())
    held = [(line.party, published.between(line.starts_at, after.starts_at)) for line, after in pairwise(lines)]

    assert held == [
        ("desk", timedelta(hours=1)),
        ("person", timedelta(hours=7)),
        ("citizen", timedelta(hours=22, minutes=30)),
        ("division", timedelta(hours=1)),
    ]
    assert sum((worked for _, worked in held), timedelta()) == published.between(clock.started_at, clock.ended_at)
