"""The long crash test, `make crash`: 20,000 alarms, sweepers killed at random at least 50 times.

Not collected by `make test`; its short form is in tests/workflows/test_storm.py.
"""

import os
import sys
from datetime import timedelta

import pytest

from sla.alarms import database_now
from tests.workflows.conftest import *  # noqa: F403  # the office, its people and a dossier
from tests.workflows.storm import brew, doubles, found, rage, settle

ALARMS = int(os.environ.get("CRASH_ALARMS", "20000"))
KILLS = int(os.environ.get("CRASH_KILLS", "60"))
SECONDS = 15.0


def say(line):
    """Write a line of the log."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@pytest.mark.django_db(transaction=True)
def test_every_alarm_fires_exactly_once_however_often_its_sweeper_is_killed(received):
    storm = brew(received, ALARMS, seconds=SECONDS)
    until = database_now() + timedelta(seconds=SECONDS)
    say(f"\n{storm.total} alarms fall due within {SECONDS:.0f} s; two sweepers, {KILLS} of them killed (SIGKILL)")

    killed = rage(storm, kills=KILLS, say=say)
    settle(until)

    seen, twice = found(), doubles()
    say(f"{killed} kills; fired {seen.total} of {storm.total}; flags {sum(seen.flags.values())}")
    say(f"notices {sum(seen.notices.values())}; more than once: {twice}")
    say("every alarm exactly once" if seen.alarms == storm.alarms else "NOT every alarm exactly once")
    assert (seen.alarms, seen.flags, seen.notices) == (storm.alarms, storm.flags, storm.notices)
    assert twice == {"alarms": 0, "flags": 0, "notices": 0}
