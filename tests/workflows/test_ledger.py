"""The ledger: whatever happens to a dossier, every working second belongs to exactly one party."""

import json
from collections import Counter
from copy import deepcopy
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils.translation import override

from sla.calendars import calendar_files, publish_calendar, timetable_of
from sla.ledger import SECOND, Line, seconds_by_party, stretches
from sla.models import Clock, ClockInterval
from sla.timekeeping import Party
from tests.workflows.conftest import MONDAY, definition_of, moment, published
from tests.workflows.random_acts import EVERYTHING, Chance
from tests.workflows.situations import Situations
from workflows.models import HeldTime, LedgerSum
from workflows.services.reprojecting import carry_out
from workflows.services.summing import sum_ledgers
from workflows.services.verifying_ledgers import verify_ledgers

SEEDS = range(12)
NEXT_YEAR = moment(4, 9, year=2026, month=9)


@pytest.fixture
def situations(people, intake, offices):
    return Situations(people, intake, offices)


def ledger(dossier, until):
    clock = dossier.citizen_clock
    lines = [Line.of(row) for row in clock.intervals.order_by("pk")]
    return list(stretches(lines, timetable_of(clock.calendar_version_id), until=until))


def one_more_day_off(*days):
    """The calendar of the office as it would be with more days off."""
    spec = deepcopy(calendar_files()["default"].model_dump(mode="json"))
    spec["years"]["2026"]["holidays"] += [{"day": day, "name": "Ngày nghỉ của tỉnh"} for day in days]
    return spec


def while_asked(rows, clock, asked, answered, until):
    timetable = timetable_of(clock.calendar_version_id)
    ends = [(getattr(row, asked), getattr(row, answered) or clock.ended_at or until) for row in rows]
    begun = clock.started_at
    return sum(
        timetable.between(begun, end) // SECOND - timetable.between(begun, start) // SECOND for start, end in ends
    )


def paused_seconds(clock, until):
    """How long the legal clock stood still; each boundary may be cut to the second from another beginning."""
    if clock is None:
        return 0
    lines = [Line.of(row) for row in clock.intervals.order_by("pk")]
    timetable = timetable_of(clock.calendar_version_id)
    found = stretches(lines, timetable, until=clock.ended_at or until)
    return sum(one.seconds for one in found if one.line.state == "stopped")


@pytest.fixture
def driven(people, intake, offices):
    """A dozen dossiers with all kinds of acts, in the order in which chance wanted them."""
    version = published(definition_of(steps=EVERYTHING), offices.department, offices.police)
    chances = [Chance(seed, people, offices) for seed in SEEDS]
    dossiers = [chance.begin(intake, version.pk) for chance in chances]
    for calendar in (one_more_day_off("2026-03-10"), one_more_day_off("2026-03-12", "2026-03-19"), None):
        for chance, dossier in zip(chances, dossiers, strict=True):
            chance.go_on(dossier, 14)
        if calendar is not None:
            publish_calendar(calendar, at=MONDAY)
    carry_out()
    for dossier in dossiers:
        dossier.refresh_from_db()
    return dossiers, sum((chance.done for chance in chances), Counter())


def test_whatever_happens_every_second_belongs_to_one_party(driven):
    dossiers, done = driven
    assert min(done[name] for name in ("send_back", "consult", "answer_consultation", "request_payment")) >= 2, done
    assert min(done[name] for name in ("request_supplement", "accept_supplement", "register_online")) >= 2, done

    for dossier in dossiers:
        clock = dossier.citizen_clock
        until = clock.ended_at or NEXT_YEAR
        found = ledger(dossier, until)
        # one after another without a gap, from the beginning to the end
        assert found[0].starts_at == clock.started_at
        assert all(one.ends_at == two.starts_at for one, two in pairwise(found))
        assert found[-1].ends_at == until
        total = timetable_of(clock.calendar_version_id).between(clock.started_at, until) // SECOND
        assert sum(one.seconds for one in found) == total
        assert all(one.seconds >= 0 for one in found)
        # the applicant's part is exactly the time in which papers or a payment were awaited
        parts = seconds_by_party(found)
        papers, payments = dossier.supplements.all(), dossier.payments.all()
        assert parts.get(Party.citizen(), 0) == while_asked(papers, clock, "requested_at", "accepted_at", until)
        assert parts.get(Party.payment(), 0) == while_asked(payments, clock, "requested_at", "confirmed_at", until)
        waited = paused_seconds(dossier.statutory_clock, until)
        assert waited <= parts.get(Party.citizen(), 0) + parts.get(Party.payment(), 0) + len(found)

    assert ClockInterval.objects.filter(reason="calendar").exists()
    assert sum_ledgers() == len(dossiers)
    verified = verify_ledgers(batch=7)
    assert (verified.dossiers, verified.bad, verified.faults) == (len(dossiers), 0, [])
    assert sum(LedgerSum.objects.values_list("seconds", flat=True)) == sum(
        HeldTime.objects.values_list("seconds", flat=True)
    )


def commanded(*options, capsys):
    with override("en"):
        try:
            call_command("verify_ledger", *options)
        except CommandError as error:
            return capsys.readouterr().out, str(error), error.returncode
    return capsys.readouterr().out, "", 0


def test_the_command_says_what_it_looked_at(situations, capsys):
    situations.returned()
    sum_ledgers()

    said = commanded(capsys=capsys)

    clocks, lines = Clock.objects.count(), ClockInterval.objects.count()
    assert said == (f"1 dossiers, {clocks} clocks, {lines} lines of the ledger: everything holds.\n", "", 0)
    data = json.loads(commanded("--json", capsys=capsys)[0])
    assert data == {"dossiers": 1, "clocks": clocks, "lines": lines, "bad": 0, "faults": []}
    assert commanded("--code", "khong-co", capsys=capsys) == ("", "There is no dossier with the code khong-co.", 1)


PLANTED = {
    "a later due time": (
        "UPDATE sla_clock SET due_at = due_at + interval '1 day' WHERE kind = 'statutory'",
        {"due_at", "copy"},
        "The clock is due at 17:00:00 17/03/2026, the rules give 17:00:00 16/03/2026.",
    ),
    "a copy of the date": (
        "UPDATE workflows_dossier SET due_at = due_at + interval '1 hour'",
        {"copy"},
        "The dossier is due at 18:00:00 16/03/2026, its clock at 17:00:00 16/03/2026.",
    ),
    "a step's copy": (
        "UPDATE workflows_step SET due_at = NULL WHERE key = 'appraise'",
        {"copy"},
        "Step “appraise” is due at –, its clock at 10:20:00 11/03/2026.",
    ),
    "a better verdict": (
        "UPDATE sla_clock SET verdict = 'late' WHERE kind = 'step' AND state = 'ended'",
        {"verdict"},
        "The verdict is “late”, the rules give “on_time”.",
    ),
    "a clock that stands still": (
        "UPDATE sla_clock SET state = 'stopped', stopped_at = started_at, next_rung_at = NULL, next_rung = ''"
        " WHERE kind = 'statutory'",
        {"state", "due_at"},
        "The clock is stopped, its last line says running.",
    ),
    "a line moved back in time": (
        "UPDATE sla_clockinterval SET starts_at = starts_at - interval '3 hours' WHERE id = (SELECT max(i.id)"
        " FROM sla_clockinterval i JOIN sla_clock c ON c.id = i.clock_id WHERE c.kind = 'citizen')",
        {"order", "sum"},
        None,
    ),
    "a beginning left out": (
        "DELETE FROM sla_clockinterval WHERE id = (SELECT min(i.id) FROM sla_clockinterval i"
        " JOIN sla_clock c ON c.id = i.clock_id WHERE c.kind = 'citizen')",
        {"order", "total", "sum"},
        None,
    ),
    "time given to another": (
        "UPDATE workflows_heldtime SET seconds = seconds + 60 WHERE party = 'desk'",
        {"sum"},
        "The kept parts make 61260 seconds, the kept sum is 61200.",
    ),
    "time moved from one to the other": (
        "UPDATE workflows_heldtime SET seconds = seconds + CASE party WHEN 'desk' THEN 60 ELSE -60 END",
        {"sum"},
        "The time kept by party is not what the ledger gives.",
    ),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_fault_is_found_and_named(situations, capsys, planted):
    statement, checks, words = PLANTED[planted]
    dossier = situations.in_process()
    sum_ledgers(at=moment(4, 9))
    assert verify_ledgers().bad == 0
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("SET LOCAL session_replication_role = origin")
    situations.received()

    out, error, status = commanded("--json", capsys=capsys)

    data = json.loads(out)
    assert (data["dossiers"], data["bad"], status) == (2, 1, 1)
    assert error == "1 of 2 dossiers do not hold."
    assert {fault["check"] for fault in data["faults"]} == checks
    assert {fault["code"] for fault in data["faults"]} == {dossier.code}
    assert words is None or words in {fault["words"] for fault in data["faults"]}
