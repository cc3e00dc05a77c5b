"""Which ladder a dossier climbs: its procedure's, its office's, that of an office above, else the general one."""

from datetime import timedelta

import pytest
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from offices.capacities import local_day
from offices.models import Membership, Office, Role
from sla.alarms import database_now
from sla.ladder import publish_ladder, shipped_ladders
from sla.models import Clock, Ladder
from tests.workflows.conftest import MONDAY, moment, open_step
from tests.workflows.test_handling import walk
from tests.workflows.test_statements import statements
from workflows import services
from workflows.exceptions import NotAllowed, NotComplete, NotFound
from workflows.models import Flag, LadderChoice, Notice
from workflows.services.alarming import ASKED
from workflows.services.laddering import choose_ladder, ladder_for, publish_version, withdraw_choice
from workflows.services.recipients import Directory
from workflows.services.sweeping import sweep

DEFAULT = shipped_ladders()["default"].model_dump(mode="json")


def ladder(code, *rungs, **changes):
    spec = DEFAULT | {"code": code, "name": code, "rungs": [*DEFAULT["rungs"], *rungs]} | changes
    return publish_ladder(spec, at=MONDAY)


def choose(code, people, **where):
    return choose_ladder(ladder_code=code, by=people.administrator, at=database_now(), **where)


def test_the_procedure_wins_then_the_office_then_the_nearest_above_then_the_general_one(people, offices, version):
    where = {"procedure_id": version.procedure_id, "office_id": offices.department.pk}
    rows = {code: ladder(code) for code in ("default", "for-province", "for-department", "for-procedure", "for-both")}
    found = [ladder_for(**where)]
    for code, place in (
        ("for-province", {"office_id": offices.province.pk}),
        ("for-department", {"office_id": offices.department.pk}),
        ("for-procedure", {"procedure_id": version.procedure_id}),
        ("for-both", where),
    ):
        choose(code, people, **place)
        found.append(ladder_for(**where))

    assert found == [rows[code].pk for code in rows]


def test_without_any_version_the_shipped_ladder_holds(offices, version):
    assert ladder_for(procedure_id=version.procedure_id, office_id=offices.department.pk) is None


def test_all_clocks_of_a_new_dossier_climb_the_chosen_ladder_and_running_ones_keep_theirs(people, offices, intake):
    ladder("own")
    choose("own", people, office_id=offices.department.pk)
    dossier = services.receive(intake=intake(), by=people.lan, at=MONDAY)
    newer = ladder("own", digest={"more_than": 9})
    services.finish_step(step_id=open_step(dossier).pk, outcome="forward", by=people.lan, at=moment(2, 9))

    numbers = [dossier.statutory_clock.ladder.number, open_step(dossier).clock.ladder.number]

    assert numbers == [1, 2]
    assert Ladder.objects.filter(code="own").order_by("-number").first() == newer


def test_a_restart_takes_the_newest_version_of_the_chosen_ladder(received, people, offices):
    walk(received, people, "intake", "assign")
    newest = ladder("own")
    choose("own", people, office_id=offices.department.pk)
    services.request_supplement(dossier_id=received.pk, items=["Giấy"], reason="Thiếu", by=people.minh, at=moment(3, 9))

    services.accept_supplement(dossier_id=received.pk, by=people.lan, at=moment(4, 9))

    clock = Clock.objects.get(pk=received.statutory_clock_id)
    assert (clock.run, clock.ladder) == (2, newest)


def test_an_ordinary_step_costs_no_statement_more_where_ladders_are_chosen(received, people, offices):
    ladder("own")
    choose("own", people, office_id=offices.province.pk)
    walk(received, people, "intake")
    step = open_step(received)

    with CaptureQueriesContext(connection) as captured:
        services.finish_step(step_id=step.pk, outcome="forward", by=people.head, at=moment(2, 15))

    assert len(statements(captured)) == 9
    assert open_step(received).clock.ladder.code == "own"


def test_a_rung_of_ones_own_tells_the_office_above_and_raises_no_flag(people, offices, intake):
    boss = Office.objects.create(name="Bộ", short_name="Bộ", code="G01", level="ministry")
    Office.objects.filter(pk=offices.province.pk).update(parent=boss)
    Membership.objects.create(
        user=people.editor, office=boss, role="supervisor", valid_from=local_day(MONDAY) - timedelta(days=1)
    )
    rung = {
        "key": "far",
        "when": {"after": {"amount": 3, "unit": "working_day"}},
        "whom": {"dossier": ["office_above"]},
    }
    ladder("own", rung)
    choose("own", people, office_id=offices.department.pk)
    dossier = services.receive(intake=intake(), by=people.lan, at=MONDAY)

    sweep()

    told = Notice.objects.get(topic="alarm_later", dossier=dossier)
    assert (told.office, told.role) == (boss, "supervisor")
    assert told.payload["amount"] == 3
    assert Flag.objects.filter(dossier=dossier, kind="overdue").count() == 1


def test_the_holders_of_a_dossier_hear_of_it_where_the_ladder_says_so(people, offices, intake):
    rungs = [r | {"whom": {"dossier": ["holder"]}} if r["key"] == "due" else r for r in DEFAULT["rungs"]]
    ladder("own", rungs=rungs)
    choose("own", people, office_id=offices.department.pk)
    dossier = services.receive(intake=intake(), by=people.lan, at=MONDAY)

    sweep()

    assert [n.user for n in Notice.objects.filter(topic="alarm_due", dossier=dossier)] == [people.lan]


def test_a_supervisor_chooses_for_the_offices_below_only(people, offices, version):
    ladder("own")
    given = {"ladder_code": "own", "by": people.supervisor, "at": database_now()}
    Membership.objects.filter(user=people.supervisor).update(office=offices.department)

    choice = choose_ladder(office_id=offices.department.pk, **given)
    for place in ({"office_id": offices.police.pk}, {"procedure_id": version.procedure_id}):
        with pytest.raises(NotAllowed):
            choose_ladder(**place, **given)

    assert list(LadderChoice.objects.all()) == [choice]
    withdraw_choice(choice_id=choice.pk, by=people.supervisor, at=database_now())
    assert not LadderChoice.objects.filter(ended_at=None).exists()


def test_a_choice_that_is_replaced_or_withdrawn_stays_with_its_end_and_holds_no_more(people, offices, version):
    for code in ("first", "second"):
        ladder(code)
    first = choose("first", people, office_id=offices.department.pk)
    again = choose("first", people, office_id=offices.department.pk)
    second = choose("second", people, office_id=offices.department.pk)
    where = {"procedure_id": version.procedure_id, "office_id": offices.department.pk}
    held = Ladder.objects.get(pk=ladder_for(**where)).code
    at = database_now()
    withdraw_choice(choice_id=second.pk, by=people.administrator, at=at)

    assert (again, held, ladder_for(**where)) == (first, "second", None)
    rows = LadderChoice.objects.order_by("pk").values_list("ladder_code", "chosen_at", "ended_at", "ended_by")
    assert list(rows) == [
        ("first", first.chosen_at, second.chosen_at, people.administrator.pk),
        ("second", second.chosen_at, at, people.administrator.pk),
    ]
    with pytest.raises(NotFound):
        withdraw_choice(choice_id=second.pk, by=people.administrator, at=database_now())
    with pytest.raises(InternalError, match="Cannot delete rows"), transaction.atomic():
        LadderChoice.objects.all().delete()
    choose("first", people, procedure_id=version.procedure_id)
    withdraw_choice(choice_id=LadderChoice.objects.last().pk, by=people.administrator, at=database_now())
    assert ladder_for(**where) is None


def test_only_an_administrator_publishes_and_nonsense_is_refused(people):
    with pytest.raises(NotAllowed):
        publish_version(spec=DEFAULT, by=people.supervisor, at=database_now())
    with pytest.raises(NotComplete):
        publish_version(spec=DEFAULT | {"rungs": []}, by=people.administrator, at=database_now())
    assert not Ladder.objects.exists()

    assert publish_version(spec=DEFAULT, by=people.administrator, at=database_now()).number == 1


def test_a_late_opinion_is_told_to_a_role_that_somebody_holds(people, offices):
    directory = Directory(database_now())
    Membership.objects.filter(office=offices.department, role=Role.DIVISION_HEAD).delete()

    place = directory.first_held(offices.department.pk, ASKED)

    assert place.role != Role.DIVISION_HEAD
    assert directory.members(place)
