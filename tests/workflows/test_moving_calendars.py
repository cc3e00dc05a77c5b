"""A new version of a calendar: every open clock moves to it once, each with a line that says why."""

from copy import deepcopy
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone

from sla.alarms import plan_next_rung
from sla.calendars import calendar_files, publish_calendar, timetable_of
from sla.models import CalendarVersion, Clock, ClockInterval
from sla.projecting import project
from sla.terms import Term, Unit
from tests.workflows.conftest import MONDAY, moment, open_step
from tests.workflows.racing import in_threads
from tests.workflows.test_crashes import kill_in_the_middle
from tests.workflows.test_handling import walk
from workflows import services
from workflows.exceptions import DossierBusy
from workflows.models import Dossier, Flag, Notice, Reprojection, Step
from workflows.services.alarming import Holder
from workflows.services.reprojecting import bring_up_to_date, carry_out, order_move_to
from workflows.services.sweeping import sweep, up_to_date

HOLIDAY = {"day": "2026-03-10", "name": "Ngày lễ của tỉnh"}


def published_with(*days, code="default", **changes):
    """The shipped calendar with more holidays in 2026, published now."""
    spec = deepcopy(calendar_files()[code].model_dump(mode="json"))
    spec["years"]["2026"]["holidays"] += [{**HOLIDAY, "day": day} for day in days or (HOLIDAY["day"],)]
    version = publish_calendar(spec | changes, at=timezone.now())
    return version


def published_by(administrator, *days):
    """The same by a person, with a decision, and ordered to be moved to."""
    spec = deepcopy(calendar_files()["default"].model_dump(mode="json"))
    spec["years"]["2026"]["holidays"] += [{**HOLIDAY, "day": day} for day in days or (HOLIDAY["day"],)]
    newest = CalendarVersion.objects.filter(calendar__code="default").order_by("-number").first()
    version = CalendarVersion.objects.create(
        calendar=newest.calendar,
        number=newest.number + 1,
        spec=spec,
        decision="15/QĐ-UBND",
        reason="Lễ kỷ niệm của tỉnh",
        published_at=timezone.now(),
        published_by=administrator,
    )
    order_move_to(version, preview={}, by_id=administrator.pk, at=timezone.now())
    return version


def lines(clock, **wanted):
    return list(ClockInterval.objects.filter(clock=clock, reason="calendar", **wanted))


def versions_of_open_clocks():
    return set(Clock.objects.exclude(state="ended").values_list("calendar_version__number", flat=True))


def test_every_open_clock_of_a_dossier_moves_with_one_line_that_says_why(received, people):
    version = published_by(people.administrator)

    assert carry_out() == 3

    received.refresh_from_db()
    statutory, step = received.statutory_clock, open_step(received)
    assert (received.due_at, statutory.due_at) == (moment(17, 17), moment(17, 17))
    assert (step.clock.not_after, step.due_at) == (moment(17, 17), moment(2, 10))
    for clock, before, after in (
        (statutory, moment(16, 17), moment(17, 17)),
        (step.clock, moment(2, 10), moment(2, 10)),
        (received.citizen_clock, None, None),
    ):
        (line,) = lines(clock)
        assert (line.due_before, line.due_after, line.note) == (before, after, "15/QĐ-UBND: Lễ kỷ niệm của tỉnh")
        assert (line.party, line.recorded_by, line.state) == ("", people.administrator, "running")
        assert clock.calendar_version == version
    order = Reprojection.objects.get()
    assert (order.moved, order.finished_at is None) == (3, False)


def test_carrying_out_again_and_publishing_the_same_again_change_nothing(received, people):
    first = published_with()
    carry_out()
    before = ClockInterval.objects.count(), list(Clock.objects.order_by("pk").values())

    assert published_with() == first
    assert carry_out() == 0
    assert (ClockInterval.objects.count(), list(Clock.objects.order_by("pk").values())) == before
    assert Reprojection.objects.filter(finished_at__isnull=True).count() == 0


def test_stopped_silent_ended_and_consulted_clocks_each_do_what_they_must(people, intake, offices):
    waiting, asked, closed = (services.receive(intake=intake(), by=people.lan, at=MONDAY) for _number in range(3))
    services.withdraw(dossier_id=closed.pk, reason="Xin rút", by=people.lan, at=moment(2, 9))
    services.request_supplement(dossier_id=waiting.pk, items=["Giấy"], reason="Thiếu", by=people.lan, at=moment(3, 9))
    walk(asked, people, "intake", "assign")
    services.consult(
        step_id=open_step(asked).pk,
        office_ids=[offices.police.pk],
        question="Ý kiến?",
        term=Term(Decimal(10), Unit.WORKING_DAY),
        by=people.minh,
        at=moment(3, 9),
    )
    ended = Clock.objects.filter(state="ended").order_by("pk")
    before = list(ended.values())
    published_with()

    carry_out()

    waiting.refresh_from_db()
    stopped = Clock.objects.get(pk=waiting.statutory_clock_id)
    assert (stopped.due_at, stopped.next_rung_at, waiting.due_at) == (None, None, None)
    assert stopped.calendar_version.number == 2
    assert list(ended.values()) == before
    consultation = asked.consultations.get()
    assert consultation.term_ends_at == moment(18, 17)
    if consultation.clock:
        assert consultation.clock.due_at == moment(18, 17)
    assert versions_of_open_clocks() == {2}
    services.accept_supplement(dossier_id=waiting.pk, by=people.lan, at=moment(4, 9))
    waiting.refresh_from_db()
    assert waiting.due_at == moment(19, 17)


def project_alone(clock, timetable, not_after):
    """One clock on a version of its calendar, by the functions that every other clock's times come from."""
    clock.calendar_version_id, clock.not_after = timetable.version, not_after
    project(clock, timetable)
    plan_next_rung(clock, timetable)


def test_a_batch_says_the_same_of_every_clock_as_one_clock_at_a_time(people, intake, offices):
    for number in range(6):
        dossier = services.receive(intake=intake(), by=people.lan, at=MONDAY + timedelta(minutes=13 * number))
        if number % 2:
            walk(dossier, people, "intake", "assign", *(["appraise"] if number == 3 else []))
    version = published_with("2026-03-03", "2026-03-09")
    expected, timetable = {}, timetable_of(version.pk)
    for dossier in Dossier.objects.select_related("statutory_clock"):
        limit = dossier.statutory_clock
        project_alone(limit, timetable, limit.not_after)
        for step in Step.objects.open().filter(process=dossier).select_related("clock"):
            project_alone(step.clock, timetable, limit.due_at)
            expected[step.clock_id] = step.clock
        expected[limit.pk] = limit

    carry_out(dossiers=2)

    fields = ("due_at", "not_after", "provisional", "next_rung", "next_rung_at", "calendar_version_id")
    for clock in Clock.objects.filter(pk__in=expected):
        assert [getattr(clock, name) for name in fields] == [getattr(expected[clock.pk], name) for name in fields]


def test_an_act_that_meets_a_clock_not_yet_moved_moves_it_first(received, people):
    walk(received, people, "intake", "assign")
    published_with()

    services.finish_step(step_id=open_step(received).pk, outcome="forward", by=people.minh, at=moment(3, 9))

    received.refresh_from_db()
    step = open_step(received)
    assert (received.due_at, step.key, step.clock.not_after) == (moment(17, 17), "review", moment(17, 17))
    assert [line.due_after for line in lines(received.statutory_clock)] == [moment(17, 17)]
    assert versions_of_open_clocks() == {2}


def test_an_alarm_of_a_clock_not_yet_moved_does_not_ring_before_its_new_time(people, intake):
    now = timezone.now()
    dossier = services.receive(intake=intake(), by=people.lan, at=now)
    due_at = dossier.due_at
    Clock.objects.filter(pk=dossier.statutory_clock_id).update(next_rung="half", next_rung_at=now - timedelta(hours=1))
    published_with("2026-12-02", "2026-12-03")

    sweep()

    dossier.refresh_from_db()
    clock = Clock.objects.get(pk=dossier.statutory_clock_id)
    assert not clock.alarms.exists()
    assert (clock.next_rung, clock.next_rung_at > now, dossier.due_at >= due_at) == ("half", True, True)


def test_a_date_that_moves_past_now_clears_the_flag_and_says_why(people, intake):
    days = [timezone.localdate() - timedelta(days=number) for number in range(40)]
    dossier = services.receive(intake=intake(), by=people.lan, at=timezone.now() - timedelta(days=21))
    sweep()
    flag = Flag.objects.get(dossier=dossier, kind="overdue")
    assert flag.cleared_at is None
    published_with(*(str(day) for day in days if day.year == 2026))

    carry_out()

    flag.refresh_from_db()
    dossier.refresh_from_db()
    assert dossier.due_at > timezone.now()
    assert flag.cleared_at is not None
    assert flag.evidence["date_moved"]["due_at"][:10] == dossier.due_at.isoformat()[:10]
    assert Flag.objects.filter(dossier=dossier, kind="due_soon", cleared_at__isnull=True).count() == 1
    assert dossier.statutory_clock.alarms.filter(rung="due").count() == 1


def test_a_dossier_that_is_late_again_after_a_move_is_flagged_again_and_told_once(people, intake):
    days = [timezone.localdate() - timedelta(days=number) for number in range(40)]
    dossier = services.receive(intake=intake(), by=people.lan, at=timezone.now() - timedelta(days=21))
    sweep()
    told = set(Notice.objects.filter(topic__startswith="alarm").values_list("pk", flat=True))
    published_with(*(str(day) for day in days if day.year == 2026))
    carry_out()
    clock = Clock.objects.get(pk=dossier.statutory_clock_id)
    assert "due" not in clock.carried["fired"]
    assert clock.next_rung_at > timezone.now()
    assert not Flag.objects.filter(dossier=dossier, kind="overdue", cleared_at=None).exists()

    past = timezone.now() - timedelta(days=4)
    Clock.objects.filter(pk=clock.pk).update(due_at=past, next_rung_at=past)
    Dossier.objects.filter(pk=dossier.pk).update(due_at=past)
    sweep()

    assert Flag.objects.filter(dossier=dossier, kind="overdue", cleared_at=None).count() == 1
    assert clock.alarms.filter(rung="due").count() == 1
    again = Notice.objects.filter(topic__startswith="alarm", payload__clock=str(clock.pk)).exclude(pk__in=told)
    assert not again.exists()


def test_a_sweep_that_moves_clocks_goes_on_with_the_new_dates(people, intake):
    dossier = services.receive(intake=intake(), by=people.lan, at=timezone.now())
    holder = Holder(Dossier.objects.get(pk=dossier.pk))
    clock = Clock.objects.get(pk=dossier.statutory_clock_id)
    published_with(*(str(timezone.localdate() + timedelta(days=number)) for number in range(1, 4)))

    with transaction.atomic():
        (moved,) = up_to_date([clock], {clock.pk: holder})

    assert (holder.dossier.due_at == moved.due_at, moved.due_at > clock.due_at) == (True, True)


def test_dossiers_that_do_not_fit_into_a_batch_come_in_the_next(people, intake, monkeypatch):
    monkeypatch.setattr("workflows.services.reprojecting_batch.BATCH", 4)
    for _number in range(3):
        services.receive(intake=intake(), by=people.lan, at=MONDAY)
    published_with()

    assert carry_out() == 9
    assert ClockInterval.objects.filter(reason="calendar").count() == 9
    assert versions_of_open_clocks() == {2}


MOVING = """
import sys, time
import django
django.setup()
from workflows.services import reprojecting
real, batches = reprojecting.write, 0
def write(*arguments):
    global batches
    real(*arguments)
    batches += 1
    if batches == 3:
        print("in the middle", flush=True)
        time.sleep(120)
reprojecting.write = write
reprojecting.carry_out(dossiers=2)
"""


@pytest.mark.django_db(transaction=True)
def test_a_move_that_is_killed_goes_on_and_every_clock_has_one_line(people, intake):
    for _number in range(10):
        services.receive(intake=intake(), by=people.lan, at=MONDAY)
    published_by(people.administrator)

    kill_in_the_middle(MOVING)
    assert Clock.objects.filter(calendar_version__number=2).count() == 12

    assert carry_out() == 18
    assert ClockInterval.objects.filter(reason="calendar").count() == 30
    assert ClockInterval.objects.filter(reason="calendar").values("clock").distinct().count() == 30
    assert set(Dossier.objects.values_list("due_at", flat=True)) == {moment(17, 17)}
    order = Reprojection.objects.get()
    assert (order.moved, order.finished_at is None) == (30, False)


@pytest.mark.django_db(transaction=True)
def test_acts_and_two_movers_at_once_move_every_clock_once(people, intake):
    dossiers = [services.receive(intake=intake(), by=people.lan, at=MONDAY) for _number in range(8)]
    steps = [open_step(dossier).pk for dossier in dossiers[:4]]
    published_by(people.administrator)

    def act(step_id):
        return lambda: services.finish_step(step_id=step_id, outcome="forward", by=people.lan)

    results = in_threads(
        *(act(step_id) for step_id in steps), lambda: carry_out(dossiers=1), lambda: carry_out(dossiers=2)
    )

    assert not [result for result in results if isinstance(result, Exception)]
    carry_out()
    moved = ClockInterval.objects.filter(reason="calendar")
    assert moved.count() == moved.values("clock").distinct().count()
    assert moved.filter(clock__kind="statutory").count() == 8
    assert set(Dossier.objects.values_list("due_at", flat=True)) == {moment(17, 17)}
    assert versions_of_open_clocks() == {2}


@pytest.mark.django_db(transaction=True)
def test_an_act_waits_two_seconds_for_a_dossier_that_is_held_and_then_says_so(received, people, monkeypatch):
    monkeypatch.setattr("workflows.services.locking.LONGEST_WAIT", "50")
    published_by(people.administrator)
    step = open_step(received)
    before = ClockInterval.objects.count()

    def act():
        with pytest.raises(DossierBusy) as refusal:
            services.finish_step(step_id=step.pk, outcome="forward", by=people.lan)
        return str(refusal.value)

    with transaction.atomic():
        bring_up_to_date([received.pk])
        (sentence,) = in_threads(act)
        transaction.set_rollback(True)

    assert "calendar" in sentence or "lịch" in sentence
    assert ClockInterval.objects.count() == before
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == ("0",)
    assert services.finish_step(step_id=step.pk, outcome="forward", by=people.lan).due_at == moment(17, 17)
