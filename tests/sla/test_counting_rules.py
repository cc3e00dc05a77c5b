"""Counting rules other than the ordinary ones: what they say of themselves, how they are stored, what they refuse."""

from datetime import date

import pytest
from django.utils.translation import gettext, override

from sla.calendars import calendar_files, timetable_from_spec
from sla.exceptions import InvalidRules
from sla.explanations import REMARKS
from sla.terms import CountingRules, DueTime, FirstDay, Stop, deadline, parse_term
from tests.sla.conftest import at

OFFICE = timetable_from_spec(calendar_files()["default"])
SAME_TIME = CountingRules(due_time=DueTime.SAME_TIME)


def counted(received, limit, rules, *stops):
    pauses = [Stop(at(start), at(end)) for start, end in stops]
    return deadline(start=at(received), term=parse_term(limit), timetable=OFFICE, rules=rules, stops=pauses)


def remarks(found):
    return [(one.code, one.at, one.detail) for one in found.remarks]


def days(stretches):
    return [one.start.date().day for one in stretches]


def test_the_last_hour_is_told_with_the_moment_that_counts():
    found = counted("16/11/2026 16:20", "1 working_day", CountingRules(last_hour=60))

    assert found.due_at == at("18/11/2026 17:00")
    assert remarks(found) == [
        ("last_hour", at("17/11/2026 07:30"), "60"),
        ("first_day", at("18/11/2026 00:00"), ""),
    ]
    assert (days(found.counted), days(found.skipped)) == ([18], [])


def test_the_day_of_reception_is_told_as_the_first_one():
    found = counted("20/11/2026 09:00", "3 working_day", CountingRules(first_day=FirstDay.SAME_DAY))

    assert found.due_at == at("25/11/2026 17:00")
    assert remarks(found) == [("same_day", at("20/11/2026 00:00"), "")]
    assert (days(found.counted), days(found.skipped)) == ([20, 23, 25], [21, 22, 24])


def test_the_time_of_day_is_told_with_the_time_of_reception():
    found = counted("16/11/2026 12:10", "2 working_day", SAME_TIME)

    assert found.due_at == at("18/11/2026 13:00")
    assert remarks(found) == [
        ("outside_hours", at("16/11/2026 13:00"), ""),
        ("same_time", at("18/11/2026 13:00"), "13:00"),
        ("first_day", at("17/11/2026 00:00"), ""),
    ]


def test_a_clock_paused_at_the_time_of_day_is_told_to_end_at_the_close():
    found = counted("16/11/2026 09:00", "2 working_day", SAME_TIME, ("18/11/2026 08:00", "18/11/2026 10:00"))

    assert found.due_at == at("18/11/2026 17:00")
    assert remarks(found)[:2] == [
        ("same_time", at("18/11/2026 09:00"), "09:00"),
        ("stopped_at_time", at("18/11/2026 17:00"), ""),
    ]


def test_a_term_that_gives_way_to_another_day_ends_at_its_close():
    found = counted("16/11/2026 09:00", "5 calendar_day", SAME_TIME)

    assert found.due_at == at("23/11/2026 17:00")
    assert [code for code, _at, _detail in remarks(found)] == ["first_day", "ends_on_day_off"]


def test_a_pause_after_the_time_of_day_is_not_told_as_skipping_the_last_day():
    found = counted("16/11/2026 09:00", "2 working_day", SAME_TIME, ("18/11/2026 14:00", "20/11/2026 08:00"))

    assert (found.due_at, days(found.counted), found.skipped) == (at("18/11/2026 09:00"), [17, 18], ())


def test_an_office_that_closes_at_midnight_is_told_no_day_too_many():
    hours = [{"week": dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("18:00-24:00",))}]
    evenings = timetable_from_spec({"code": "evenings", "name": "Evenings", "hours": hours, "years": {2026: {}}})

    for limit, worked in (("1 working_day", [13]), ("6 working_hour", [13]), ("1 calendar_day", [13])):
        found = deadline(start=at("12/11/2026 23:59"), term=parse_term(limit), timetable=evenings)
        assert (limit, days(found.counted)[-1:], found.skipped) == (limit, worked, ())
    last = deadline(start=at("30/12/2026 19:00"), term=parse_term("1 working_day"), timetable=evenings)
    assert (last.due_at.date(), last.provisional) == (date(2027, 1, 1), False)


@pytest.mark.parametrize(
    ("rules", "data"),
    [
        (CountingRules(), {}),
        (CountingRules(last_hour=60), {"last_hour": 60}),
        (CountingRules(FirstDay.SAME_DAY, DueTime.SAME_TIME), {"first_day": "same_day", "due_time": "same_time"}),
    ],
)
def test_only_what_differs_is_stored(rules, data):
    assert rules.as_data() == data
    assert CountingRules.from_data(data) == rules


@pytest.mark.parametrize(
    "data",
    [
        {"first_day": "yesterday"},
        {"due_time": "noon"},
        {"due_time": None},
        {"last_hour": -1},
        {"last_hour": 1441},
        {"last_hour": True},
        {"last_hour": "60"},
        {"last_hour": 1.5},
        {"lunch": 1},
        ["same_day"],
        "same_day",
    ],
)
def test_rules_nobody_knows_are_refused(data):
    with pytest.raises(InvalidRules):
        CountingRules.from_data(data)


def test_every_remark_has_a_sentence_in_vietnamese():
    codes = {"last_hour", "same_day", "same_time", "stopped_at_time", "outside_hours", "cutoff", "first_day"}

    assert codes <= REMARKS.keys()
    with override("vi"):
        assert [code for code in sorted(codes) if gettext(REMARKS[code]) == REMARKS[code]] == []
