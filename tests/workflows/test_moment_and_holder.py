"""When an act happened is said by the database; who held the file before it, by the ledger."""

from datetime import timedelta

from django.utils import timezone

from sla.models import ClockInterval
from tests.workflows.conftest import moment, open_step
from workflows.models import TrailEntry
from workflows.services import act as acts
from workflows.services import claim, finish_step


def test_a_worker_whose_clock_is_slow_dates_no_act_back(people, received, monkeypatch):
    finish_step(step_id=open_step(received).pk, outcome="forward", by=people.lan, at=moment(2, 9))
    before = timezone.now()
    monkeypatch.setattr(acts.timezone, "now", lambda: before - timedelta(hours=2))

    claim(step_id=open_step(received).pk, by=people.head)

    assert TrailEntry.objects.get(act="claim").at >= before


def test_the_next_act_names_the_holder_whom_a_moved_date_brought_forward(people, offices, received):
    ClockInterval.objects.create(
        clock=received.citizen_clock,
        starts_at=moment(2, 8, 30),
        state="running",
        party="consulted",
        party_office=offices.police,
        reason="hand_over",
    )

    finish_step(step_id=open_step(received).pk, outcome="forward", by=people.lan, at=moment(2, 9))

    last = received.citizen_clock.intervals.last()
    assert (last.party, last.party_office, last.starts_at) == ("division", offices.department, moment(2, 9))
