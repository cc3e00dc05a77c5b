"""A log is driven through the services in a database of its own, and the outcome is held against the log."""

import json
from datetime import UTC, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from offices.models import User
from tests.workflows.replay.logs import REAL_LOGS, case, course, event, log, written
from workflows import services
from workflows.models import Dossier, Flag, LegalStatus, Step, TrailEntry
from workflows.replay import runner, scratch
from workflows.replay.exceptions import LogError, ReplayError, ReplayMismatchError
from workflows.replay.replaying import replay
from workflows.replay.scratch import PREFIX

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("migrated_template")]
NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
PLANNED = {"enddate_planned": "2012-03-05T10:30:00+01:00"}
MIXED = log(
    course("on time", "Apply", "Decide", **PLANNED),
    course("late and repeated", "Apply", "Check", "Apply", "Apply", "Decide", **PLANNED),
    case("skipped", event(at=None)),
    course("begins elsewhere", "Check", "Decide", **PLANNED),
    course("one event", "Apply", **PLANNED),
)


def replayed(path, *, look=lambda: None, **options):
    return replay(path, now=NOW, on_skip=lambda skip: None, on_progress=lambda tally, survey: look(), **options)


def databases():
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE %s", [PREFIX + "%"])
        return {name for (name,) in cursor.fetchall()}


def test_a_log_with_everything_in_it_is_replayed_whole(tmp_path):
    seen = {}

    def look():
        seen["name"] = connection.settings_dict["NAME"]
        seen["statuses"] = set(Dossier.objects.values_list("legal_status", "statutory_clock__state"))
        open_flags = Flag.objects.filter(cleared_at__isnull=True)
        seen["flags"] = list(open_flags.values_list("kind", "dossier__applicant_name"))
        rows = TrailEntry.objects.filter(dossier__applicant_name="late and repeated").order_by("number")
        seen["trail"] = [(row.step.key if row.step else row.act, row.by.full_name, row.at.hour) for row in rows]

    report = replayed(written(tmp_path, MIXED, packed=True), look=look)

    assert json.loads(report.as_json()) == {
        "dossiers": 4, "steps": 10, "people": 1, "late": 1, "resubmitted": 1,
        "steps_per_second": report.tally.steps_per_second, "skipped": 1,
    }  # fmt: skip
    assert seen["statuses"] == {(LegalStatus.DECIDED, "ended")}
    assert seen["flags"] == [("resubmitted", "late and repeated")]
    assert seen["trail"] == [
        ("receive", "Anna", 8), ("apply", "Anna", 8), ("check", "Anna", 9), ("apply", "Anna", 10),
        ("apply", "Anna", 11), ("decide", "Anna", 12),
    ]  # fmt: skip
    assert report.database == seen["name"] != connection.settings_dict["NAME"]
    assert report.database not in databases()


def test_people_who_differ_in_case_alone_are_two_users(tmp_path):
    people = []
    text = log(case("c", event("A", person="TEST"), event("B", person="test"), event("C", person="")))

    report = replayed(
        written(tmp_path, text), look=lambda: people.extend(User.objects.values_list("full_name", flat=True))
    )

    assert len(report.tally.people) == 3
    assert {"TEST", "test"} < set(people)


def test_times_are_kept_to_the_millisecond(tmp_path):
    times = []
    path = written(tmp_path, log(case("c", event(at="2012-03-05T09:00:30.123+01:00"))))

    replayed(path, look=lambda: times.extend(Step.objects.human().values_list("finished", flat=True)))

    assert times == [datetime(2012, 3, 5, 8, 0, 30, 123_000, tzinfo=UTC)]


@pytest.mark.parametrize(("limit_days", "late"), [(None, None), (1, 1), (400, 0)])
def test_a_limit_in_days_judges_a_log_that_plans_no_end(tmp_path, limit_days, late):
    slow = case("slow", event("A"), event("B", "2012-03-09T09:00:00+01:00"))

    report = replayed(written(tmp_path, log(slow, course("quick", "A", "B"))), limit_days=limit_days)

    assert report.tally.late == late


def test_the_planned_end_of_the_log_goes_before_a_limit_in_days(tmp_path):
    path = written(tmp_path, log(course("c", "A", "B", enddate_planned="2012-03-05T09:30:00+01:00")))

    assert replayed(path, limit_days=400).tally.late == 1


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_the_scratch_database_goes_whatever_happens(tmp_path, failure):
    names = []

    def fail():
        names.append(connection.settings_dict["NAME"])
        raise failure

    with pytest.raises(failure):
        replayed(written(tmp_path, MIXED), look=fail)

    assert names
    assert names[0] not in databases()
    assert connection.settings_dict["NAME"] not in names


def test_the_scratch_database_can_be_kept(tmp_path):
    name = replayed(written(tmp_path, MIXED), keep=True).database

    assert name in databases()
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE "{name}"')


def test_a_step_finished_by_somebody_else_than_the_log_says_is_found(tmp_path, monkeypatch):
    finish = services.finish_step

    def finish_as_another(*, by, **rest):
        return finish(by=User.objects.exclude(pk=by.pk).get(), **rest)

    monkeypatch.setattr(runner.services, "finish_step", finish_as_another)

    with pytest.raises(ReplayMismatchError, match=r"Case 1 \(c\)"):
        replayed(written(tmp_path, log(case("c", event("A", person="Anna"), event("B", person="Bert")))))


def test_a_case_that_the_services_refuse_is_named_and_not_half_loaded(tmp_path, monkeypatch):
    left = []
    monkeypatch.setattr(runner.Player, "_intake", spoiled(runner.Player._intake, "second"))
    monkeypatch.setattr(runner.Player, "_timed", counting(runner.Player._timed, left))

    with pytest.raises(ReplayError, match=r"Case 2 \(second\) cannot be replayed: "):
        replayed(written(tmp_path, log(course("first", "A"), course("second", "A", "B"))))

    assert left == [1]


def spoiled(make_intake, name):
    """The intake of one case names no applicant."""

    def make(player, found):
        intake = make_intake(player, found)
        if found.name != name:
            return intake
        details = services.ApplicantDetails(full_name=" ")
        return services.Intake(
            version_id=intake.version_id, receiving_office_id=intake.receiving_office_id,
            handling_office_id=intake.handling_office_id, applicant=details,
        )  # fmt: skip

    return make


def counting(play, left):
    """After a refusal, count what is in the database."""

    def play_and_count(player, found):
        try:
            return play(player, found)
        except ReplayError:
            left.append(Dossier.objects.count())
            raise

    return play_and_count


def test_the_last_line_of_the_command_is_the_report_as_json(tmp_path, capsys):
    call_command("replay_log", str(written(tmp_path, MIXED)))

    lines = capsys.readouterr()
    assert json.loads(lines.out.splitlines()[-1])["dossiers"] == 4
    assert "Skipped case 3 (skipped): Event 1 has no timestamp." in lines.err


def test_with_json_nothing_else_stands_on_standard_output(tmp_path, capsys):
    call_command("replay_log", str(written(tmp_path, MIXED)), "--json")

    (line,) = capsys.readouterr().out.splitlines()
    assert list(json.loads(line))[:6] == ["dossiers", "steps", "people", "late", "resubmitted", "steps_per_second"]
    assert " " not in line


@pytest.mark.parametrize(
    ("text", "cut"), [(MIXED, 40), (log(), 0), (log(case("c", event(at=None))), 0), ("<log><!DOCTYPE a></log>", 0)]
)
def test_a_log_that_cannot_be_replayed_is_refused_before_anything_is_created(tmp_path, monkeypatch, text, cut):
    monkeypatch.setattr("workflows.replay.replaying.scratch_database", None)

    with pytest.raises(CommandError) as refusal:
        call_command("replay_log", str(written(tmp_path, text, cut=cut)))

    assert isinstance(refusal.value.__cause__, LogError)
    assert refusal.value.returncode == 1


@pytest.mark.parametrize("days", ["-1", "1.5", "many", "20001"])
def test_a_limit_that_is_no_number_of_days_is_refused(tmp_path, days):
    with pytest.raises(CommandError):
        call_command("replay_log", str(written(tmp_path, MIXED)), "--limit-days", days)


def test_a_replay_broken_off_leaves_nothing_and_says_so(tmp_path, monkeypatch):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("workflows.management.commands.replay_log.replay", interrupted)

    with pytest.raises(CommandError) as stopped:
        call_command("replay_log", str(written(tmp_path, MIXED)))

    assert stopped.value.returncode == 130


def test_a_real_log_is_replayed(capsys):
    if not REAL_LOGS.is_dir():
        pytest.skip("The folder with the real event logs (../shared/data/event-logs) is not there.")
    call_command("replay_log", str(REAL_LOGS / "running-example.xes"), "--json")

    found = json.loads(capsys.readouterr().out)
    assert (found["dossiers"], found["steps"], found["people"]) == (6, 42, 6)
    assert (found["late"], found["resubmitted"], found["skipped"]) == (None, 2, 0)


def test_a_scratch_database_is_migrated_where_none_is_copied(monkeypatch):
    asked = []
    monkeypatch.setattr(scratch, "TEMPLATE", "template0")
    monkeypatch.setattr(scratch, "call_command", lambda name, **_options: asked.append((name, databases())))

    with scratch.scratch_database() as name:
        assert connection.introspection.table_names() == []

    assert asked[0][0] == "migrate"
    assert name in asked[0][1]
