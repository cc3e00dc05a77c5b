"""Sweepers are killed while alarms fall due: every rung fires once, with its flag and its notice once."""

from datetime import timedelta

import pytest

from benchmarks.province.cloning import copy_dossier, let_fall_due
from sla.alarms import database_now
from sla.models import AlarmClaim
from tests.workflows.racing import start
from tests.workflows.storm import brew, doubles, found, rage, settle
from workflows.models import Dossier, Notice
from workflows.services.sweeping import sweep

pytestmark = pytest.mark.django_db(transaction=True)

# A process whose own clock is wrong by some seconds: whatever it asks Python for the time, it is told a lie.
WRONG_CLOCK = """
import sys, time
wrong = float(sys.argv[1])
real = time.time
time.time = lambda: real() + wrong
import django
django.setup()
from datetime import timedelta
from django.utils import timezone
truth = timezone.now
timezone.now = lambda: truth() + timedelta(seconds=wrong)
from workflows.services.sweeping import sweep
print("ready", flush=True)
sys.stdin.readline()
print(sweep(batch=5).rungs, flush=True)
"""


def test_sweepers_killed_at_random_fire_every_alarm_once(received):
    storm = brew(received, 320, seconds=2)
    until = database_now() + timedelta(seconds=2)

    assert rage(storm, kills=6, batch=7, say=lambda _line: None) == 6
    settle(until)

    seen = found()
    assert (seen.alarms, seen.flags, seen.notices) == (storm.alarms, storm.flags, storm.notices)
    assert doubles() == {"alarms": 0, "flags": 0, "notices": 0}


def test_a_worker_whose_clock_is_wrong_by_an_hour_fires_nothing_early_and_nothing_twice(received):
    storm = brew(received, 160, seconds=0)
    later = database_now() + timedelta(minutes=30)
    waiting = brew_later(received, later)
    workers = [start(WRONG_CLOCK, wrong) for wrong in ("-3600", "3600", "0")]
    for worker in workers:
        assert worker.stdout.readline().strip() == "ready", worker.communicate()

    for worker in workers:
        worker.stdin.write("go\n")
        worker.stdin.flush()
    fired = [int(worker.communicate(timeout=60)[0]) for worker in workers]
    sweep()

    seen = found()
    assert sum(fired) <= storm.total
    assert (seen.alarms, seen.flags, seen.notices) == (storm.alarms, storm.flags, storm.notices)
    assert doubles() == {"alarms": 0, "flags": 0, "notices": 0}
    assert not AlarmClaim.objects.filter(clock__in=waiting).exists()
    assert not Notice.objects.filter(created_at__gt=database_now()).exists()


def brew_later(dossier, at):
    """Clocks with an alarm half an hour from now."""
    copy_dossier(dossier, 5, code="LATER-")
    clocks = list(Dossier.objects.filter(code__startswith="LATER-").values_list("statutory_clock", flat=True))
    now = database_now()
    let_fall_due(clocks, started_at=now - timedelta(days=60), due_at=now - timedelta(days=30), at=at)
    return clocks
