"""Working time: lunch, weekends, Tết, make-up Saturdays, years nobody has planned, clocks that change in spring."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.calendars import calendar_files, timetable_from_spec
from sla.exceptions import DayOffHasNoClose, OutsideHorizon
from tests.sla.conftest import HANOI, at

OFFICE = timetable_from_spec(calendar_files()["default"])
MINUTE = timedelta(minutes=1)

FIRST = datetime(2012, 1, 1, tzinfo=HANOI)
moments = st.timedeltas(timedelta(0), timedelta(days=5840)).map(lambda passed: FIRST + passed)
spans = st.timedeltas(timedelta(0), timedelta(hours=900))


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("23/11/2026 09:00", 2, "23/11/2026 11:00"),
        ("23/11/2026 09:00", 2.5, "23/11/2026 11:30"),
        ("23/11/2026 09:00", 3, "23/11/2026 13:30"),
        ("23/11/2026 09:00", 6.5, "23/11/2026 17:00"),
        ("23/11/2026 09:00", 7, "25/11/2026 08:00"),
        ("23/11/2026 12:00", 1, "23/11/2026 14:00"),
        ("23/11/2026 11:30", 1, "23/11/2026 14:00"),
        ("23/11/2026 06:00", 4, "23/11/2026 11:30"),
        ("23/11/2026 23:59", 1, "25/11/2026 08:30"),
        ("21/11/2026 10:00", 8, "23/11/2026 17:00"),
        ("13/02/2026 16:00", 2, "23/02/2026 08:30"),
        ("21/08/2026 16:00", 2, "22/08/2026 08:30"),
        ("22/08/2026 16:00", 2, "24/08/2026 08:30"),
        ("31/12/2025 16:00", 2, "05/01/2026 08:30"),
        ("09/01/2026 16:00", 2, "10/01/2026 08:30"),
        ("03/05/2013 16:00", 2, "04/05/2013 08:30"),
    ],
)
def test_working_hours_pass_over_lunch_nights_and_days_off(start, hours, end):
    worked = timedelta(hours=hours)

    assert OFFICE.add(at(start), worked) == at(end)
    assert OFFICE.between(at(start), at(end)) == worked


@pytest.mark.parametrize(
    ("end", "hours", "start"),
    [
        ("23/11/2026 11:00", 2, "23/11/2026 09:00"),
        ("23/11/2026 13:30", 3, "23/11/2026 09:00"),
        ("23/11/2026 14:00", 1, "23/11/2026 13:00"),
        ("25/11/2026 08:00", 7, "23/11/2026 09:00"),
        ("24/11/2026 10:00", 1, "23/11/2026 16:00"),
    ],
)
def test_working_hours_are_counted_backwards(end, hours, start):
    assert OFFICE.subtract(at(end), timedelta(hours=hours)) == at(start)


def test_no_time_at_all_leaves_the_moment_where_it_is():
    night = at("23/11/2026 23:00")

    assert OFFICE.add(night, timedelta()) == night
    assert OFFICE.subtract(night, timedelta()) == night


def test_a_negative_time_is_taken_away():
    assert OFFICE.add(at("23/11/2026 11:00"), timedelta(hours=-2)) == at("23/11/2026 09:00")
    assert OFFICE.subtract(at("23/11/2026 09:00"), timedelta(hours=-2)) == at("23/11/2026 11:00")


def test_time_between_is_negative_backwards():
    assert OFFICE.between(at("23/11/2026 11:00"), at("23/11/2026 09:00")) == timedelta(hours=-2)


def test_a_window_ends_before_its_last_moment():
    assert OFFICE.is_working(at("23/11/2026 07:30"))
    assert not OFFICE.is_working(at("23/11/2026 11:30"))
    assert not OFFICE.is_working(at("23/11/2026 07:29"))


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("23/11/2026 09:00", "23/11/2026 09:00"),
        ("23/11/2026 11:30", "23/11/2026 13:00"),
        ("23/11/2026 17:00", "25/11/2026 07:30"),
        ("14/02/2026 10:00", "23/02/2026 07:30"),
        ("22/08/2026 05:00", "22/08/2026 07:30"),
    ],
)
def test_the_next_opening_is_now_when_the_office_works(moment, opening):
    assert OFFICE.next_opening(at(moment)) == at(opening)


def test_the_windows_of_a_day_are_its_morning_and_afternoon():
    windows = OFFICE.windows_on(date(2026, 11, 23))

    assert [(window.start, window.end) for window in windows] == [
        (at("23/11/2026 07:30"), at("23/11/2026 11:30")),
        (at("23/11/2026 13:00"), at("23/11/2026 17:00")),
    ]
    assert OFFICE.windows_on(date(2026, 11, 24)) == ()


def test_a_day_off_has_no_close_of_office():
    assert OFFICE.closes_on(date(2026, 11, 23)) == at("23/11/2026 17:00")
    with pytest.raises(DayOffHasNoClose):
        OFFICE.closes_on(date(2026, 11, 24))


@pytest.mark.parametrize(
    ("day", "count", "found"),
    [
        (date(2026, 11, 23), 1, date(2026, 11, 25)),
        (date(2026, 11, 24), 0, date(2026, 11, 25)),
        (date(2026, 11, 23), 0, date(2026, 11, 23)),
        (date(2026, 11, 25), -1, date(2026, 11, 23)),
        (date(2026, 11, 24), -1, date(2026, 11, 23)),
        (date(2025, 12, 31), 1, date(2026, 1, 5)),
        (date(2026, 1, 5), -1, date(2025, 12, 31)),
    ],
)
def test_working_days_are_counted_from_the_next_one(day, count, found):
    assert OFFICE.working_day(day, count) == found


def test_answers_are_in_the_zone_of_the_calendar_whatever_zone_was_asked_in():
    asked = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)

    found = OFFICE.add(asked, timedelta(hours=1))

    assert found.isoformat() == "2026-11-23T10:00:00+07:00"


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(TypeError):
        OFFICE.add(datetime(2026, 11, 23, 9, 0), timedelta(hours=1))  # noqa: DTZ001  # the refusal is the point


@pytest.mark.parametrize("year", [2010, 2016, 2023, 2028, 2040, 2098])
def test_years_without_a_plan_are_computed(year):
    opening = OFFICE.next_opening(datetime(year, 3, 1, tzinfo=HANOI))

    assert OFFICE.between(opening, OFFICE.add(opening, timedelta(hours=500))) == timedelta(hours=500)
    assert not OFFICE.is_published(opening.date())


def test_time_beyond_the_horizon_is_refused():
    with pytest.raises(OutsideHorizon):
        OFFICE.add(at("23/11/2026 09:00"), timedelta(hours=1_000_000))
    with pytest.raises(OutsideHorizon):
        OFFICE.subtract(at("23/11/2026 09:00"), timedelta(hours=1_000_000))
    with pytest.raises(OutsideHorizon):
        OFFICE.is_working(datetime(1, 1, 1, tzinfo=UTC))
    with pytest.raises(OutsideHorizon):
        OFFICE.next_opening(datetime(9999, 12, 31, tzinfo=UTC))


def test_a_day_with_a_changed_clock_keeps_its_real_hours():
    hours = [{"week": {"sun": ["00:00-24:00"]}}]
    spec = {"code": "sunday", "name": "Sunday", "zone": "Europe/Amsterdam", "every_year": True, "hours": hours}
    sunday, zone = timetable_from_spec(spec), ZoneInfo("Europe/Amsterdam")

    spring = sunday.between(datetime(2026, 3, 29, tzinfo=zone), datetime(2026, 3, 30, tzinfo=zone))
    autumn = sunday.between(datetime(2026, 10, 25, tzinfo=zone), datetime(2026, 10, 26, tzinfo=zone))

    assert (spring, autumn) == (timedelta(hours=23), timedelta(hours=25))


def test_amsterdam_opens_at_nine_in_summer_and_in_winter(amsterdam):
    summer = amsterdam.next_opening(datetime(2026, 7, 1, 3, 0, tzinfo=UTC))
    winter = amsterdam.next_opening(datetime(2026, 12, 1, 3, 0, tzinfo=UTC))

    assert (summer.isoformat(), winter.isoformat()) == ("2026-07-01T09:00:00+02:00", "2026-12-01T09:00:00+01:00")


@settings(max_examples=150, deadline=None)
@given(moments, spans)
def test_what_is_added_lies_between(start, worked):
    end = OFFICE.add(start, worked)

    assert OFFICE.between(start, end) == worked
    assert not worked or OFFICE.is_working(end - timedelta(microseconds=1))


@settings(max_examples=150, deadline=None)
@given(moments, spans)
def test_what_is_subtracted_lies_between(end, worked):
    start = OFFICE.subtract(end, worked)

    assert OFFICE.between(start, end) == worked
    assert not worked or OFFICE.is_working(start)


@settings(max_examples=150, deadline=None)
@given(moments, moments, spans)
def test_a_later_start_never_ends_earlier(one, other, worked):
    first, second = sorted((one, other))

    assert OFFICE.add(first, worked) <= OFFICE.add(second, worked)
    assert OFFICE.next_opening(first) <= OFFICE.next_opening(second)


@settings(max_examples=100, deadline=None)
@given(moments, moments, moments)
def test_times_between_add_up(one, two, three):
    assert OFFICE.between(one, two) + OFFICE.between(two, three) == OFFICE.between(one, three)


def minute_by_minute(timetable, start, minutes):
    """A second, simple-minded implementation: walk over the wall clock minute by minute."""
    day, minute = start.date(), start.hour * 60 + start.minute
    while True:
        worked = {number for opens, shuts in timetable.rules.hours_on(day) for number in range(opens, shuts)}
        while minute < 24 * 60:
            minutes -= minute in worked
            minute += 1
            if not minutes:
                return timetable.midnight(day) + MINUTE * minute
        day, minute = day + timedelta(days=1), 0


@pytest.mark.parametrize("code", ["default", "saturday-desk", "short-day"])
def test_the_binary_search_agrees_with_looking_at_every_minute(shipped, code):
    chance = random.Random(20261124)  # seeded cases, not secrets
    timetable = shipped[code]
    for _ in range(150):
        year = chance.choice([2012, 2014, 2016, 2025, 2026, 2027, 2031])
        start = datetime(year, 1, 1, tzinfo=HANOI) + MINUTE * chance.randrange(525_600)
        minutes = chance.randrange(1, 4_000)

        assert timetable.add(start, MINUTE * minutes) == minute_by_minute(timetable, start, minutes)


def test_the_simple_minded_count_agrees_where_clocks_change(amsterdam):
    chance = random.Random(7)  # seeded cases, not secrets
    for _ in range(150):
        start = datetime(2026, 1, 1, tzinfo=amsterdam.zone) + MINUTE * chance.randrange(525_600)
        minutes = chance.randrange(1, 4_000)

        assert amsterdam.add(start, MINUTE * minutes) == minute_by_minute(amsterdam, start, minutes)


def test_a_day_whose_close_falls_into_a_closure_counts_in_hours_and_not_in_days(shipped):
    spec = shipped["default"].rules.spec.model_dump(mode="json")
    spec["closures"] = [
        {"day": "2026-11-26", "hours": "09:00-10:00", "reason": "Mất điện"},
        {"day": "2026-11-26", "hours": "14:00-17:00", "reason": "Bão số 13"},
    ]
    storm, day = timetable_from_spec(spec), date(2026, 11, 26)

    assert storm.is_working_day(day) is False
    assert storm.why_off(day) == "early_close:Bão số 13"
    assert storm.working_day(date(2026, 11, 25), 1) == date(2026, 11, 27)
    assert [f"{one.start:%H:%M}-{one.end:%H:%M}" for one in storm.windows_on(day)] == [
        "07:30-09:00",
        "10:00-11:30",
        "13:00-14:00",
    ]
    assert storm.add(at("26/11/2026 07:30"), timedelta(hours=5)) == at("27/11/2026 08:30")
    with pytest.raises(DayOffHasNoClose):
        storm.closes_on(day)
