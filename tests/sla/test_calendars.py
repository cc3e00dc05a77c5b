"""Calendars: the published years, make-up Saturdays, frozen versions, and files that contradict themselves."""

import csv
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.db import InternalError, connection, transaction

from sla.calendars import (
    calendar_files,
    load_calendars,
    publish_calendar,
    timetable_for,
    timetable_from_spec,
    timetable_of,
)
from sla.exceptions import InvalidCalendar, UnknownCalendar
from sla.holiday_law import computed_days_off
from sla.models import Calendar, CalendarVersion
from sla.rulebook import rulebook_named, rulebook_on, rulebooks
from tests.sla.conftest import at

NOW = datetime(2026, 11, 20, tzinfo=UTC)
OLD_CALENDAR = Path(__file__).parents[3] / "shared" / "data" / "one-stop-yenbai" / "calendar_2012_2015.csv"
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("08:00-12:00", "13:00-17:00"))


def spec(**changes):
    return {"code": "trial", "name": "Trial", "country": "VN", "hours": [{"week": WEEK}], **changes}


def days_of(year):
    return [date(year, 1, 1) + timedelta(days=number) for number in range(365 + (year % 4 == 0))]


@pytest.mark.parametrize(
    ("year", "off"),
    [
        (2024, "1/1 8/2 9/2 12/2 13/2 14/2 18/4 29/4 30/4 1/5 2/9 3/9"),
        (2025, "1/1 27/1 28/1 29/1 30/1 31/1 7/4 30/4 1/5 2/5 1/9 2/9"),
        (2026, "1/1 2/1 16/2 17/2 18/2 19/2 20/2 27/4 30/4 1/5 31/8 1/9 2/9 24/11"),
        (2027, "1/1 4/2 5/2 8/2 9/2 10/2 16/4 30/4 3/5 2/9 3/9 24/11"),
    ],
)
def test_weekdays_off_are_those_of_the_plan(office, year, off):
    found = [day for day in days_of(year) if day.weekday() < 5 and not office.is_working_day(day)]

    assert " ".join(f"{day.day}/{day.month}" for day in found) == off


def test_the_make_up_saturdays_of_the_plans_are_worked(office):
    worked = [day for year in (2024, 2025, 2026, 2027) for day in days_of(year) if day.weekday() == 5]

    assert [day.isoformat() for day in worked if office.is_working_day(day)] == [
        "2024-05-04",
        "2025-04-26",
        "2026-01-10",
        "2026-08-22",
    ]


def test_the_years_2012_to_2015_are_those_of_the_old_system(office):
    if not OLD_CALENDAR.exists():
        pytest.skip("The folder ../shared with the calendar of 2012-2015 is absent.")
    with OLD_CALENDAR.open(encoding="utf-8") as rows:
        off = {date.fromisoformat(row["C_DATE"][:10]): row["C_OFF"] == "1" for row in csv.DictReader(rows)}

    assert [day for day, is_off in off.items() if office.is_working_day(day) is is_off] == []


def test_the_years_2012_to_2015_have_42_weekdays_off_and_10_saturdays_worked(office):
    days = [day for year in range(2012, 2016) for day in days_of(year)]

    assert sum(day.weekday() < 5 and not office.is_working_day(day) for day in days) == 42
    assert sum(day.weekday() >= 5 and office.is_working_day(day) for day in days) == 10


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 11, 23), ""),
        (date(2026, 11, 22), "weekend"),
        (date(2026, 11, 24), "holiday:Vietnamese Culture Day"),
        (date(2026, 4, 27), "lieu:Hung Kings' Commemoration Day"),
        (date(2026, 1, 2), "swap:2026-01-10"),
        (date(2026, 1, 10), ""),
        (date(2028, 1, 3), "lieu:New Year's Day"),
        (date(2028, 1, 26), "holiday:Lunar New Year"),
        (date(2019, 4, 29), "swap:2019-05-04"),
        (date(2019, 5, 4), ""),
    ],
)
def test_a_day_off_says_why(office, day, reason):
    assert office.why_off(day) == reason


def test_years_with_a_plan_are_published_and_others_are_not(office):
    published = [year for year in range(2010, 2041) if office.is_published(date(year, 6, 1))]

    assert published == [2012, 2013, 2014, 2015, 2024, 2025, 2026, 2027]


def test_the_computed_days_off_differ_from_the_plan_of_2026_only_where_the_package_lacks_the_swap(office):
    computed = {day for day in computed_days_off("VN", 2026) if day.weekday() < 5}
    planned = {day for day in days_of(2026) if day.weekday() < 5 and not office.is_working_day(day)}

    assert planned - computed == {date(2026, 1, 2)}
    assert computed - planned == set()


def test_a_saturday_desk_works_on_saturday_mornings_and_whole_make_up_saturdays(saturday_desk):
    hours = {day: saturday_desk.rules.hours_on(day) for day in (date(2026, 11, 21), date(2026, 8, 22))}

    assert hours == {
        date(2026, 11, 21): ((450, 690),),
        date(2026, 8, 22): ((420, 690), (810, 1020)),
    }


def test_hours_may_change_on_a_day():
    early = {"valid_to": date(2026, 6, 30), "week": {**WEEK, "mon": ["07:00-11:00"]}}
    timetable = timetable_from_spec(spec(every_year=True, country="", hours=[early, {"week": WEEK}]))

    assert timetable.closes_on(date(2026, 6, 29)) == at("29/06/2026 11:00")
    assert timetable.closes_on(date(2026, 7, 6)) == at("06/07/2026 17:00")


def test_a_closure_takes_hours_or_a_whole_day():
    closures = [
        {"day": date(2026, 11, 25), "reason": "Storm"},
        {"day": date(2026, 11, 26), "hours": "10:00-14:00", "reason": "Power cut"},
    ]
    timetable = timetable_from_spec(spec(every_year=True, country="", closures=closures))

    assert timetable.why_off(date(2026, 11, 25)) == "closure:Storm"
    assert timetable.rules.hours_on(date(2026, 11, 26)) == ((480, 600), (840, 1020))
    assert timetable.add(at("26/11/2026 09:00"), timedelta(hours=2)) == at("26/11/2026 15:00")


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"colour": "red"}, "colour"),
        ({"zone": "Asia/Nowhere"}, "zone"),
        ({"country": "ZZ"}, "country"),
        ({"hours": []}, "hours"),
        ({"hours": [{"week": {"mon": ["12:00-08:00"]}}]}, "hours.0.week"),
        ({"hours": [{"week": {"mon": ["08:00-12:00", "11:00-17:00"]}}]}, "hours.0.week"),
        ({"hours": [{"week": {"mon": ["8-12"]}}]}, "hours.0.week.mon.0"),
        ({"hours": [{"week": {"monday": ["08:00-12:00"]}}]}, "hours.0.week.monday"),
        ({"hours": [{"week": {"mon": []}}]}, "calendar"),
        ({"years": {"2026": {"swaps": [{"rest": "2026-01-02"}]}}}, "years.2026.swaps.0.work"),
        ({"code": "A b"}, "code"),
    ],
)
def test_a_calendar_that_contradicts_itself_is_refused_with_the_place(changes, place):
    with pytest.raises(InvalidCalendar) as refusal:
        timetable_from_spec(spec(**changes))

    assert str(refusal.value).startswith(f"{place}")


def test_something_that_is_no_calendar_is_refused():
    with pytest.raises(InvalidCalendar):
        timetable_from_spec(["not", "a", "calendar"])


def test_every_shipped_calendar_opens_on_a_working_day(shipped):
    assert sorted(shipped) == ["default", "saturday-desk", "short-day"]
    assert all(timetable.is_working_day(date(2026, 11, 23)) for timetable in shipped.values())


def test_loading_twice_publishes_once(db):
    first, second = load_calendars(), load_calendars()

    assert [version.pk for version in first] == [version.pk for version in second]
    assert CalendarVersion.objects.count() == len(calendar_files()) == 3


def test_a_changed_calendar_becomes_a_new_version(published):
    before = timetable_for("default")
    changed = calendar_files()["default"].model_dump(mode="json")
    changed["closures"] = [{"day": "2026-11-25", "reason": "Storm"}]

    version = publish_calendar(changed, at=NOW)

    after = timetable_for("default")
    assert (version.number, after.version) == (2, version.pk)
    assert not after.is_working_day(date(2026, 11, 25))
    assert timetable_of(before.version).is_working_day(date(2026, 11, 25))


def test_the_current_timetable_costs_one_statement(published, django_assert_num_queries):
    with django_assert_num_queries(1):
        timetable_for("default")
    with django_assert_num_queries(0):
        timetable_of(published.version)


def test_an_unknown_calendar_names_the_known_ones(published):
    with pytest.raises(UnknownCalendar) as refusal:
        timetable_for("nowhere")

    assert (refusal.value.code, refusal.value.known) == ("nowhere", ["default", "saturday-desk", "short-day"])


@pytest.mark.parametrize("statement", ["UPDATE sla_calendarversion SET number = 9", "DELETE FROM sla_calendarversion"])
def test_a_published_version_cannot_be_changed_or_deleted(published, statement):
    before = list(CalendarVersion.objects.order_by("pk").values("pk", "number", "spec"))

    with (
        pytest.raises(InternalError, match="calendar_version_frozen"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)

    assert list(CalendarVersion.objects.order_by("pk").values("pk", "number", "spec")) == before


def test_a_draft_of_a_calendar_may_be_changed(published):
    calendar = Calendar.objects.get(code="default")
    draft = CalendarVersion.objects.create(calendar=calendar, number=2, spec={})

    draft.spec = json.loads("{}") | {"code": "default"}
    draft.save()

    assert timetable_for("default").version == published.version


@pytest.mark.parametrize(
    ("day", "code", "form_05"),
    [
        (date(2012, 1, 1), "nd-61-2018", "Phiếu kiểm soát quá trình giải quyết hồ sơ"),
        (date(2024, 5, 3), "nd-61-2018", "Phiếu kiểm soát quá trình giải quyết hồ sơ"),
        (date(2025, 6, 30), "nd-61-2018", "Phiếu kiểm soát quá trình giải quyết hồ sơ"),
        (date(2025, 7, 1), "nd-118-2025", "Thông báo dừng giải quyết hồ sơ"),
        (date(2026, 8, 4), "nd-118-2025", "Thông báo dừng giải quyết hồ sơ"),
        (date(2026, 8, 5), "nd-309-2026", "Thông báo dừng giải quyết hồ sơ"),
    ],
)
def test_the_rulebook_and_its_forms_follow_the_day_of_reception(day, code, form_05):
    book = rulebook_on(day)

    assert (book.code, book.forms["05"]) == (code, form_05)
    assert rulebook_named(code) is book


def test_every_rulebook_asks_within_three_working_days_and_says_what_was_not_verified():
    for book in rulebooks():
        assert str(book.ask_within) == "3 working_day"
        assert book.clause("due_time").unverified
        assert all(rule.clause or rule.unverified for rule in book.clauses.values())


def test_a_file_code_is_agency_day_and_serial():
    book = rulebook_on(date(2026, 11, 23))

    assert book.file_code(agency="H24.15", day=date(2026, 11, 23), serial=7) == "H24.15-261123-0007"
    assert book.file_code(agency="H24.15", day=date(2026, 11, 23), serial=10001) == "H24.15-261123-10001"
