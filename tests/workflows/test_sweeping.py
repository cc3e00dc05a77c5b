"""Time makes itself heard: flags and notices, each once."""

from datetime import datetime

import pytest
from django.utils import timezone

from sla.models import AlarmClaim, Clock
from tests.workflows.conftest import MONDAY, moment, open_step
from tests.workflows.test_handling import walk
from workflows import services
from workflows.models import Flag, Notice
from workflows.services.sweeping import sweep


def kinds(dossier):
    """Open flags of a dossier."""
    return sorted(Flag.objects.filter(dossier=dossier, cleared_at=None).values_list("kind", flat=True))


def test_a_dossier_received_long_ago_is_overdue_its_step_too_and_it_is_stuck(received):
    sweep()

    assert kinds(received) == ["no_apology", "overdue", "step_overdue", "stuck"]
    overdue = Flag.objects.get(kind="overdue")
    assert datetime.fromisoformat(overdue.evidence["due_at"]) == received.due_at
    assert overdue.raised_at == received.due_at


def test_a_second_sweep_finds_nothing_more(received):
    first = sweep()
    flags, claims, notices = Flag.objects.count(), AlarmClaim.objects.count(), Notice.objects.count()

    second = sweep()

    assert first.rungs > 0
    assert (second.rungs, second.stuck) == (0, 0)
    assert (Flag.objects.count(), AlarmClaim.objects.count(), Notice.objects.count()) == (flags, claims, notices)


def test_every_rung_of_a_clock_fires_once_and_tells_the_supervisors(received, offices):
    sweep()

    claims = AlarmClaim.objects.filter(clock=received.statutory_clock).order_by("planned_at", "id")
    assert [claim.rung for claim in claims] == ["half", "eighty", "apology", "due", "after"]
    told = Notice.objects.filter(dossier=received, topic="alarm_due", role="supervisor")
    assert [notice.office for notice in told] == [offices.province]


def test_a_file_received_just_now_raises_nothing(people, intake):
    services.receive(intake=intake(), by=people.lan, at=timezone.now())

    sweep()

    assert not Flag.objects.exists()


def test_a_dossier_waiting_for_the_citizen_is_neither_stuck_nor_overdue(received, people):
    walk(received, people, "intake", "assign")
    services.request_supplement(
        dossier_id=received.pk, items=["Giấy xác nhận"], reason="Thiếu", by=people.minh, at=moment(3, 9)
    )

    sweep()

    assert kinds(received) == []


def test_an_act_clears_the_flag_of_standing_still(received, people):
    sweep()

    services.finish_step(step_id=open_step(received).pk, outcome="forward", by=people.lan)

    assert kinds(received) == ["no_apology", "overdue"]
    assert Flag.objects.filter(kind="stuck").get().cleared_at is not None


def test_the_end_of_a_dossier_clears_what_warned_of_it(received, people):
    sweep()

    services.withdraw(dossier_id=received.pk, reason="Xin rút", by=people.lan)

    assert kinds(received) == []
    received.refresh_from_db()
    assert received.verdict == "late"


def test_a_restart_lets_every_rung_fire_again(received, people):
    walk(received, people, "intake", "assign")
    sweep()
    services.request_supplement(dossier_id=received.pk, items=["Giấy xác nhận"], reason="Thiếu", by=people.minh)
    services.accept_supplement(dossier_id=received.pk, by=people.lan)
    assert kinds(received) == ["pause"]

    clock = Clock.objects.get(pk=received.statutory_clock_id)

    assert clock.run == 2
    assert clock.next_rung == "half"


def test_an_online_file_left_lying_is_overdue_and_the_clerks_hear_of_it(people, intake, offices):
    dossier = services.register_online(intake=intake(channel="online"), by=people.lan, at=MONDAY)

    sweep()

    assert "overdue" in kinds(dossier)
    assert Notice.objects.filter(dossier=dossier, role="clerk", office=offices.desk, topic="alarm_due").count() == 1


def test_more_dossiers_than_a_batch_are_swept_in_one_go(people, intake):
    for _number in range(5):
        services.receive(intake=intake(), by=people.lan, at=MONDAY)

    sweep(batch=2)

    assert Flag.objects.filter(kind="overdue").count() == 5
    assert Flag.objects.filter(kind="stuck").count() == 5


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_fire_every_rung_once(people, intake):
    from tests.workflows.racing import in_threads, losers

    for _number in range(12):
        services.receive(intake=intake(), by=people.lan, at=MONDAY)

    results = in_threads(lambda: sweep(batch=3), lambda: sweep(batch=3), lambda: sweep(batch=3))

    assert losers(results) == []
    sweep()
    assert Flag.objects.filter(kind="overdue").count() == 12
    assert AlarmClaim.objects.filter(rung="due").count() == 24
    keys = list(Notice.objects.values_list("idempotency_key", flat=True))
    assert len(keys) == len(set(keys))


@pytest.mark.django_db(transaction=True)
def test_a_dossier_held_by_an_act_is_swept_later(received):
    from django.db import connection, transaction

    from tests.workflows.racing import in_threads
    from workflows.models import Dossier

    with transaction.atomic():
        Dossier.objects.select_for_update().get(pk=received.pk)
        (result,) = in_threads(sweep)
        assert (result.rungs, result.stuck) == (0, 0)
    assert connection.in_atomic_block is False

    assert sweep().rungs > 0


@pytest.mark.django_db(transaction=True)
def test_an_act_does_not_wait_for_the_batch_of_a_sweep_that_passed_its_dossier_by(people, intake, monkeypatch):
    from threading import Event, Thread

    from django.db import connections, transaction

    from workflows.models import Dossier
    from workflows.services import sweeping

    held, free = (services.receive(intake=intake(), by=people.lan, at=MONDAY) for _ in range(2))
    in_the_middle, go_on, real = Event(), Event(), sweeping.apply_rungs

    def apply_rungs(*arguments):
        in_the_middle.set()
        assert go_on.wait(timeout=30)
        real(*arguments)

    def sweep_and_close():
        sweep()
        connections.close_all()

    monkeypatch.setattr(sweeping, "apply_rungs", apply_rungs)
    sweeper = Thread(target=sweep_and_close)
    with transaction.atomic():
        Dossier.objects.select_for_update().get(pk=held.pk)
        sweeper.start()
        assert in_the_middle.wait(timeout=30)
        Clock.objects.select_for_update(nowait=True).get(pk=held.statutory_clock_id)
        go_on.set()
    sweeper.join(timeout=60)

    sweep()
    assert kinds(held) == kinds(free)
    assert "overdue" in kinds(held)
