"""Ladders of alarms as data: what a rung may say, which version a clock climbs, when messages wait."""

from datetime import timedelta

import pytest
from django.db import InternalError, transaction

from offices.models import Office
from sla.alarms import claim_rungs, database_now, planned_rungs
from sla.calendars import publish_calendar, timetable_for, timetable_of
from sla.exceptions import InvalidLadder
from sla.ladder import ladder_of, load_ladders, publish_ladder, shipped_ladders
from sla.ladder_spec import Quiet, spec_from
from sla.models import CalendarVersion, Clock, Ladder
from sla.terms import parse_term
from sla.timekeeping import Party, Timekeeper
from tests.sla.conftest import at
from tests.sla.moving_clocks import move

DEFAULT = shipped_ladders()["default"].model_dump(mode="json")
EVENING = {
    "key": "evening",
    "when": {"before": {"amount": 4, "unit": "working_hour"}},
    "whom": {"dossier": ["leader"]},
    "through": ["email"],
}


def ladder(*rungs, **changes):
    return DEFAULT | {"rungs": [*DEFAULT["rungs"], *rungs]} | changes


def changed(name, /, **changes):
    return DEFAULT | {"rungs": [rung | changes if rung["key"] == name else rung for rung in DEFAULT["rungs"]]}


@pytest.fixture
def start(published):
    office = Office.objects.create(name="Sở", short_name="Sở", code="H24.15", level="province")

    def begin(ladder_id, limit="10 working_day", moment="02/11/2026 09:00"):
        keeper = Timekeeper(at=at(moment), by_id=None, ladder_id=ladder_id)
        term = parse_term(limit)
        clock = keeper.start(kind="statutory", term=term, timetable=published, party=Party.desk(office.pk))
        keeper.save()
        return Clock.objects.get(pk=clock.pk)

    return begin


def planned(clock, timetable):
    return {key: f"{moment:%d/%m %H:%M}" for key, moment in planned_rungs(clock, timetable).items()}


def fire(clock, moment):
    return [one.rung for one in claim_rungs([Clock.objects.get(pk=clock.pk)], at=at(moment)) if one.is_new]


@pytest.mark.parametrize(
    ("spec", "place"),
    [
        (changed("due", acts_as=""), "rungs"),
        (changed("half", key="due"), "rungs"),
        (changed("due", when={"percent": 99}), "rungs.3"),
        (changed("eighty", when={"at": "due"}), "rungs.1"),
        (changed("apology", when={"before": {"amount": 8, "unit": "working_hour"}}), "rungs.2"),
        (changed("half", when={"percent": 50, "at": "due"}), "rungs.0.when"),
        (changed("half", whom={"dossier": ["mayor"]}), "rungs.0.whom"),
        (DEFAULT | {"quiet": {"begins": "20:00"}}, "quiet"),
        (DEFAULT | {"siren": True}, "siren"),
    ],
)
def test_a_ladder_that_cannot_be_climbed_is_refused_with_the_place(spec, place):
    with pytest.raises(InvalidLadder) as refusal:
        spec_from(spec)

    assert str(refusal.value).startswith(place)


def test_a_ladder_that_calls_for_the_apology_later_than_the_law_is_not_published(published):
    with pytest.raises(InvalidLadder, match="2 working days"):
        publish_ladder(
            changed("apology", when={"before": {"amount": 1, "unit": "working_day"}}), at=at("01/11/2026 09:00")
        )

    assert not Ladder.objects.exists()


def test_a_clock_climbs_the_version_it_began_with_until_it_starts_anew(start, published):
    first = publish_ladder(ladder(EVENING), at=at("01/11/2026 09:00"))
    clock = start(first.pk)
    second = publish_ladder(changed("eighty", when={"percent": 60}), at=at("03/11/2026 09:00"))

    assert (first.number, second.number) == (1, 2)
    assert planned(clock, published) == {
        "half": "09/11 13:45",
        "eighty": "12/11 15:42",
        "apology": "12/11 17:00",
        "evening": "16/11 13:00",
        "due": "16/11 17:00",
        "after": "17/11 17:00",
    }
    keeper = Timekeeper(at=at("04/11/2026 09:00"), by_id=None, ladder_id=second.pk)
    keeper.restart(clock, party=Party.citizen())
    keeper.save()

    clock.refresh_from_db()
    assert (clock.ladder, clock.run) == (second, 2)
    assert "evening" not in planned(clock, published)
    assert planned(clock, published)["eighty"] == "12/11 14:24"


def test_a_rung_of_ones_own_fires_once_and_again_after_a_restart(start):
    version = publish_ladder(ladder(EVENING), at=at("01/11/2026 09:00"))
    clock = start(version.pk)

    assert fire(clock, "16/11/2026 13:00") == ["half", "eighty", "apology", "evening"]
    assert fire(clock, "16/11/2026 13:00") == []
    clock.refresh_from_db()
    keeper = Timekeeper(at=at("16/11/2026 14:00"), by_id=None, ladder_id=version.pk)
    keeper.restart(clock, party=Party.citizen())
    keeper.save()
    assert fire(clock, "16/11/2026 16:00") == []
    assert fire(clock, "01/12/2026 15:00") == ["half", "eighty", "apology", "evening"]


def test_a_pause_moves_a_rung_of_ones_own_that_has_not_fired(start, published):
    version = publish_ladder(ladder(EVENING), at=at("01/11/2026 09:00"))
    clock = start(version.pk)
    keeper = Timekeeper(at=at("10/11/2026 09:00"), by_id=None)
    keeper.stop(clock, party=Party.payment())
    keeper.save()
    assert Clock.objects.get(pk=clock.pk).next_rung_at is None

    keeper = Timekeeper(at=at("12/11/2026 09:00"), by_id=None)
    keeper.resume(clock, party=Party.citizen())
    keeper.save()

    clock.refresh_from_db()
    assert clock.ladder == version
    assert planned(clock, published)["evening"] == "18/11 13:00"


def test_a_new_calendar_moves_what_has_not_fired_and_fires_nothing_again(start, published):
    version = publish_ladder(ladder(EVENING), at=at("01/11/2026 09:00"))
    clock = start(version.pk)
    assert fire(clock, "12/11/2026 16:00") == ["half", "eighty"]
    clock.refresh_from_db()

    spec = CalendarVersion.objects.get(pk=published.version).spec
    spec["years"]["2026"]["holidays"].append({"day": "2026-11-13", "name": "Nghỉ bão"})
    moved = timetable_of(publish_calendar(spec, at=at("12/11/2026 16:20")).pk)
    move(clock, moved, at=at("12/11/2026 16:30"))

    assert clock.due_at == at("17/11/2026 17:00")
    assert fire(clock, "12/11/2026 16:59") == []
    assert fire(clock, "16/11/2026 17:00") == ["apology"]
    assert fire(clock, "17/11/2026 13:00") == ["evening"]


@pytest.mark.django_db
def test_a_published_ladder_is_frozen():
    version = publish_ladder(DEFAULT, at=database_now())

    for change in (lambda: Ladder.objects.update(name="x"), lambda: Ladder.objects.all().delete()):
        with pytest.raises(InternalError, match="ladder_frozen"), transaction.atomic():
            change()

    assert publish_ladder(DEFAULT, at=database_now()) == version
    assert Ladder.objects.get() == version


@pytest.mark.django_db
def test_the_shipped_ladder_is_published_once_and_yields_to_the_office_s_own(django_user_model):
    (shipped,) = load_ladders()
    assert load_ladders() == [shipped]
    assert ladder_of(shipped.pk) == ladder_of(None)
    editor = django_user_model.objects.create_user("quang")

    own = publish_ladder(ladder(EVENING), at=database_now(), by_id=editor.pk)

    assert load_ladders() == [own]


@pytest.mark.parametrize(
    ("quiet", "moment", "until"),
    [
        ({}, "14/11/2026 23:00", "14/11/2026 23:00"),
        ({"begins": "20:00", "ends": "06:30"}, "12/11/2026 19:59", "12/11/2026 19:59"),
        ({"begins": "20:00", "ends": "06:30"}, "12/11/2026 20:00", "13/11/2026 06:30"),
        ({"begins": "20:00", "ends": "06:30"}, "13/11/2026 02:00", "13/11/2026 06:30"),
        ({"begins": "12:00", "ends": "14:00"}, "13/11/2026 12:30", "13/11/2026 14:00"),
        ({"outside_office_hours": True}, "13/11/2026 09:00", "13/11/2026 09:00"),
        ({"outside_office_hours": True}, "13/11/2026 17:30", "16/11/2026 07:30"),
        ({"outside_office_hours": True, "begins": "07:00", "ends": "08:00"}, "14/11/2026 10:00", "16/11/2026 08:00"),
    ],
)
def test_messages_wait_for_the_end_of_quiet_hours(published, quiet, moment, until):
    assert Quiet(**quiet).until(at(moment), published) == at(until)
    assert timetable_for().zone == published.zone


def test_quiet_hours_that_never_end_do_not_hang(published):
    quiet = Quiet(begins="00:00", ends="23:59", outside_office_hours=True)

    assert quiet.until(at("13/11/2026 09:00"), published) < at("13/11/2026 09:00") + timedelta(days=30)
