"""The trail is only ever added to, and a change made behind its back is found."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from sla.models import ClockInterval
from tests.workflows.test_handling import walk
from workflows.models import DailySeal, TrailEntry
from workflows.services.sealing import breaks, seal_day


@pytest.fixture
def travelled(received, people):
    walk(received, people, "intake", "assign", "appraise")
    return received


@pytest.mark.parametrize(
    "change",
    [
        lambda: TrailEntry.objects.update(act="nothing"),
        lambda: TrailEntry.objects.last().delete(),
        lambda: ClockInterval.objects.update(note="x"),
        lambda: ClockInterval.objects.last().delete(),
    ],
)
def test_the_database_refuses_to_change_trail_and_ledger(travelled, change):
    rows = TrailEntry.objects.count(), ClockInterval.objects.count()

    with pytest.raises(DatabaseError), transaction.atomic():
        change()

    assert (TrailEntry.objects.count(), ClockInterval.objects.count()) == rows


def behind_its_back(sql, *parameters):
    """What somebody with the keys of the database could do: switch the trigger off, change, switch it on."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE workflows_trailentry DISABLE TRIGGER USER")
        cursor.execute(sql, parameters)
        cursor.execute("ALTER TABLE workflows_trailentry ENABLE TRIGGER USER")


def test_an_untouched_trail_holds(travelled):
    assert list(breaks()) == []


@pytest.mark.parametrize(
    ("sql", "place"),
    [
        ("UPDATE workflows_trailentry SET at = at - interval '1 day' WHERE number = 2", "#2"),
        ("UPDATE workflows_trailentry SET data = '{}' WHERE number = 3", "#3"),
        ("DELETE FROM workflows_trailentry WHERE number = 2", "#2"),
    ],
)
def test_a_changed_or_missing_entry_is_named(travelled, sql, place):
    behind_its_back(sql)

    found = list(breaks())

    assert [one.place for one in found] == [travelled.code + place]


def test_a_missing_last_entry_is_noticed(travelled):
    behind_its_back("DELETE FROM workflows_trailentry WHERE number = 4")

    assert [one.place for one in breaks()] == [travelled.code]


def test_the_command_says_what_is_broken_and_fails(travelled):
    behind_its_back("UPDATE workflows_trailentry SET act = 'approve' WHERE number = 2")
    out = StringIO()

    with pytest.raises(CommandError):
        call_command("verify_trail", stdout=out)

    assert f"{travelled.code}#2" in out.getvalue()


def test_a_day_is_sealed_once(travelled):
    tomorrow = timezone.now() + timezone.timedelta(days=1)

    seal = seal_day(at=tomorrow)

    assert seal.dossiers == 1
    assert seal_day(at=tomorrow) is None
    assert list(breaks()) == []


def test_a_rewritten_chain_does_not_fit_its_seal(travelled):
    seal_day(at=timezone.now() + timezone.timedelta(days=1))
    behind_its_back("UPDATE workflows_trailentry SET hash = repeat('0', 64) WHERE number = 4")

    assert f"seal {DailySeal.objects.get().day}" in [one.place for one in breaks()]
