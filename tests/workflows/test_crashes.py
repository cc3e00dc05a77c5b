"""A process is killed in the middle of its work: nothing is lost, nothing happens twice."""

import signal

import pytest

from sla.models import AlarmClaim, ClockInterval
from tests.workflows.conftest import MONDAY, open_step
from tests.workflows.racing import start
from tests.workflows.test_concurrency import unbroken
from tests.workflows.test_handling import walk
from workflows import services
from workflows.models import Flag, Notice, Step, TrailEntry
from workflows.services.sweeping import sweep

pytestmark = pytest.mark.django_db(transaction=True)

# Both programs stop for ever at a chosen line of the real code and say so; the test kills them there.
SWEEPING = """
import sys, time
import django
django.setup()
from workflows.services import sweeping
real, batches = sweeping.apply_rungs, 0
def apply_rungs(*arguments):
    global batches
    real(*arguments)
    batches += 1
    if batches == 3:
        print("in the middle", flush=True)
        time.sleep(120)
sweeping.apply_rungs = apply_rungs
sweeping.sweep(batch=4)
"""

ACTING = """
import sys, time
import django
django.setup()
from offices.models import User
from workflows import services
from workflows.services.notifying import NoticeBook
def save(self):
    print("in the middle", flush=True)
    time.sleep(120)
NoticeBook.save = save
services.finish_step(step_id=int(sys.argv[1]), outcome="forward", by=User.objects.get(pk=int(sys.argv[2])))
"""


def kill_in_the_middle(program, *arguments):
    process = start(program, *arguments)
    assert process.stdout is not None
    assert process.stdout.readline().strip() == "in the middle", process.communicate()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL


def test_a_sweep_that_is_killed_loses_nothing_and_doubles_nothing(people, intake):
    for _number in range(20):
        services.receive(intake=intake(), by=people.lan, at=MONDAY)

    kill_in_the_middle(SWEEPING)
    done = Flag.objects.filter(kind="overdue").count() + Flag.objects.filter(kind="step_overdue").count()
    assert 0 < done < 40

    sweep()

    assert Flag.objects.filter(kind="overdue").count() == 20
    assert Flag.objects.filter(kind="step_overdue").count() == 20
    assert AlarmClaim.objects.filter(rung="due").count() == 40
    assert Notice.objects.filter(topic="alarm_due", role="supervisor").count() == 20
    assert Notice.objects.filter(topic="alarm_due", user=people.lan).count() == 20


def test_an_act_that_is_killed_leaves_the_dossier_as_it_was(received, people):
    walk(received, people, "intake", "assign")
    step = open_step(received)
    before = TrailEntry.objects.count(), ClockInterval.objects.count(), Step.objects.count(), Notice.objects.count()

    kill_in_the_middle(ACTING, str(step.pk), str(people.minh.pk))

    assert (
        TrailEntry.objects.count(),
        ClockInterval.objects.count(),
        Step.objects.count(),
        Notice.objects.count(),
    ) == before
    services.finish_step(step_id=step.pk, outcome="forward", by=people.binh)
    assert open_step(received).key == "review"
    assert unbroken(received)
