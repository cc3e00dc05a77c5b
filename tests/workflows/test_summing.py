"""Ledgers added up: what is kept is exactly what the ledger says, and only what changed is counted again."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection

from sla.calendars import timetable_for
from sla.timekeeping import Party
from tests.workflows.conftest import MONDAY, moment
from tests.workflows.situations import Situations
from workflows.models import Dossier, HeldTime, LedgerSum
from workflows.services import decline_to_receive, withdraw
from workflows.services.summing import held_by_party, sum_ledgers

WEDNESDAY = moment(4, 9)


@pytest.fixture
def situations(people, intake, offices):
    return Situations(people, intake, offices)


def kept(dossier):
    rows = (
        HeldTime.objects.filter(dossier=dossier).order_by("id").values_list("party", "office__code", "user__username")
    )
    seconds = HeldTime.objects.filter(dossier=dossier).order_by("id").values_list("seconds", flat=True)
    return dict(zip(rows, seconds, strict=True))


def test_the_parts_are_kept_by_party_and_make_the_whole(situations):
    dossier = situations.awaiting_supplement()

    assert sum_ledgers(at=WEDNESDAY) == 1

    # received Monday 8:00, forwarded 8:10, assigned 8:20; papers asked for Tuesday 9:00
    assert kept(dossier) == {
        ("desk", "H40.01", None): 600,
        ("division", "H40.15", None): 9 * 3600 - 600,
        ("citizen", None, None): 8 * 3600,
    }
    row = LedgerSum.objects.get()
    assert (row.seconds, row.counted_to, row.is_final) == (17 * 3600, WEDNESDAY, False)
    assert row.calendar_version_id == dossier.citizen_clock.calendar_version_id
    assert row.seconds == timetable_for().between(MONDAY, WEDNESDAY).total_seconds()


def test_only_what_changed_is_added_up_again_and_open_ones_once_a_day(situations, people):
    open_one, other = situations.received(), situations.received()
    assert sum_ledgers(at=moment(2, 15)) == 2

    assert sum_ledgers(at=moment(2, 16)) == 0
    withdraw(dossier_id=other.pk, reason="Xin rút", by=people.lan, at=moment(2, 16))
    assert sum_ledgers(at=moment(2, 17)) == 1
    assert LedgerSum.objects.get(dossier=other).is_final
    assert LedgerSum.objects.get(dossier=open_one).counted_to == moment(2, 15)

    assert sum_ledgers(at=moment(3, 8)) == 1
    assert LedgerSum.objects.get(dossier=open_one).counted_to == moment(3, 8)
    assert LedgerSum.objects.get(dossier=other).counted_to == moment(2, 16)


def test_adding_up_twice_and_in_small_batches_gives_the_same(situations):
    for _ in range(3):
        situations.returned()
    sum_ledgers(at=WEDNESDAY)
    once = list(
        HeldTime.objects.order_by("dossier_id", "party", "user_id").values_list("dossier_id", "party", "seconds")
    )

    Dossier.objects.update(summed_acts=0)

    assert sum_ledgers(at=WEDNESDAY, batch=2) == 3
    again = list(
        HeldTime.objects.order_by("dossier_id", "party", "user_id").values_list("dossier_id", "party", "seconds")
    )
    assert again == once


def test_a_file_that_was_never_taken_in_has_no_time_and_is_not_counted_again(people, intake):
    decline_to_receive(intake=intake(), reason="Sai thẩm quyền", by=people.lan, at=MONDAY)

    assert sum_ledgers(at=WEDNESDAY) == 1
    assert sum_ledgers(at=WEDNESDAY + timedelta(days=3)) == 0
    assert LedgerSum.objects.values_list("seconds", "is_final").get() == (0, True)


def test_the_time_of_a_group_is_one_statement_and_adds_up(situations, offices, django_assert_num_queries):
    first, second = situations.returned(), situations.awaiting_supplement()
    situations.received()
    sum_ledgers(at=WEDNESDAY)
    group = Dossier.objects.filter(pk__in=[first.pk, second.pk])

    with django_assert_num_queries(1):
        found = held_by_party(group)

    assert sum(row[3] for row in found) == sum(
        LedgerSum.objects.filter(dossier__in=group).values_list("seconds", flat=True)
    )
    parties = {Party(*row[:3]) for row in found}
    assert {Party.citizen(), Party.desk(offices.desk.pk), Party.division(offices.department.pk)} <= parties
    assert held_by_party(Dossier.objects.none()) == []


def test_what_changed_is_found_by_an_index(situations):
    situations.received()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    asked = Dossier.objects.exclude(acts=0).filter(pk__gt=0)  # any other condition has no index of its own
    from django.db.models import F, Q

    plan = Dossier.objects.filter(~Q(acts=F("summed_acts")), pk__gt=0).order_by("pk").values("pk").explain()
    assert "dossier_to_sum" in plan
    assert "dossier_to_sum" not in asked.order_by("pk").values("pk").explain()


def test_the_command_adds_up_everything(situations, capsys):
    situations.returned()

    call_command("sum_ledgers")
    call_command("sum_ledgers")

    assert capsys.readouterr().out.splitlines() == ["1 ledgers added up.", "0 ledgers added up."]
