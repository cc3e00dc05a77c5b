"""The generated province is data on which the program itself works: services, screens, sweep, and its own proofs."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from benchmarks.fill import Filling, Size
from offices.models import User
from procedures.models import ProcedureVersion
from sla.models import Clock
from sla.projecting import counted
from workflows import services
from workflows.models import Dossier, LedgerSum, Step, TrailEntry
from workflows.services.summing import sum_ledgers
from workflows.services.sweeping import sweep

DOSSIERS = 200
ORPHANS = """
    SELECT k.conrelid::regclass::text, a.attname, k.confrelid::regclass::text, b.attname
    FROM pg_constraint k
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
    JOIN pg_attribute b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[1]
    WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace
"""


@pytest.fixture
def province(transactional_db: None) -> Iterator[dict[str, int]]:
    """A small province, up to the day before yesterday; how many rows each table has."""
    until = (datetime.now(UTC) - timedelta(days=2)).replace(second=0, microsecond=0)
    yield Filling(Size.of(DOSSIERS), until=until, say=lambda _words, flush: None).run()


def rows(sql: str) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def test_program_works_on_the_generated_province(province: dict[str, int], capsys: pytest.CaptureFixture[str]) -> None:
    assert_sizes(province)
    assert_nothing_points_nowhere()
    assert_indexes_are_awake()
    assert_due_times_are_the_programs_own()
    call_command("verify_trail")
    call_command("verify_ledger")
    assert_sums_need_nothing()
    finish_a_step_on_the_screen_and_by_service()
    sweep()
    assert not Clock.objects.filter(next_rung_at__lte=timezone.now() - timedelta(minutes=1)).exists()
    call_command("verify_trail")
    call_command("verify_ledger")


def assert_sizes(counts: dict[str, int]) -> None:
    assert counts["workflows_dossier"] == DOSSIERS
    assert Dossier.objects.open().count() == DOSSIERS // 10
    assert counts["workflows_trailentry"] >= 9 * DOSSIERS
    late = Dossier.objects.filter(verdict="late").count()
    assert 0 < late < DOSSIERS // 8
    versions = ProcedureVersion.objects.filter(status="published")
    assert versions.count() == Size.of(DOSSIERS).procedures


def assert_nothing_points_nowhere() -> None:
    for table, column, other, key in rows(ORPHANS):
        lost = f'SELECT count(*) FROM {table} x WHERE x."{column}" IS NOT NULL AND NOT EXISTS (SELECT FROM {other} y WHERE y."{key}" = x."{column}")'  # noqa: E501, S608
        assert rows(lost) == [(0,)], (table, column)


def assert_indexes_are_awake() -> None:
    assert rows("SELECT indexrelid::regclass FROM pg_index WHERE NOT (indisready AND indisvalid AND indislive)") == []
    assert rows("SELECT tgname FROM pg_trigger WHERE tgenabled <> 'O' AND NOT tgisinternal") == []


def assert_due_times_are_the_programs_own() -> None:
    for clock in Clock.objects.filter(amount__isnull=False, state="running"):
        found = counted(clock)
        assert found is not None
        assert clock.due_at == (min(found.due_at, clock.not_after) if clock.not_after else found.due_at)


def assert_sums_need_nothing() -> None:
    before = list(LedgerSum.objects.filter(is_final=True).order_by("pk").values_list("pk", "seconds"))
    Dossier.objects.update(summed_acts=0)
    sum_ledgers()
    assert list(LedgerSum.objects.filter(is_final=True).order_by("pk").values_list("pk", "seconds")) == before


def finish_a_step_on_the_screen_and_by_service() -> None:
    step = Step.objects.open().filter(process__legal_status=4, phase="process").select_related("process").earliest("pk")
    holds = Q(memberships__office=step.office_id, memberships__role=step.role)
    person = User.objects.get(pk=step.owner_id) if step.owner_id else User.objects.filter(holds).earliest("pk")
    client = Client()
    client.force_login(person)
    answer = client.get("/desk/work/")
    assert answer.status_code == 200
    assert step.process.code in answer.content.decode()
    acts = step.process.acts

    dossier = services.finish_step(step_id=step.pk, outcome=step.flow_task.main_outcome, by=person)

    assert dossier.acts == acts + 1
    assert TrailEntry.objects.filter(dossier=dossier).count() == acts + 1
    assert client.get(f"/desk/dossiers/{dossier.pk}/").status_code == 200
