"""The checker names what a calendar lacks; iCalendar files carry a calendar out and in."""

from copy import deepcopy
from datetime import date

import pytest
from django.utils import translation

from sla.calendar_edits import content_of, with_closures, with_day_off
from sla.calendar_spec import spec_from
from sla.calendars import calendar_files
from sla.checking import Problem, check_calendar
from sla.exceptions import InvalidCalendar
from sla.findings_in_words import in_words
from sla.ical import exported, imported

LATELY = [2024, 2025, 2026, 2027]


def shipped(code="default"):
    return content_of(calendar_files()[code])


def missing(content, *years):
    found = check_calendar(spec_from(content), list(years))
    return {(f"{one.day:%d/%m/%Y}", one.problem.value) for one in found if not one.is_hint}


def without(content, *days):
    changed = deepcopy(content)
    for plan in changed["years"].values():
        plan["holidays"] = [one for one in plan["holidays"] if one["day"] not in days]
        plan["swaps"] = [one for one in plan["swaps"] if not {one["rest"], one["work"]} & set(days)]
    return changed


@pytest.mark.parametrize("code", ["default", "saturday-desk", "short-day"])
def test_the_shipped_calendars_lack_nothing(code):
    assert missing(shipped(code), *LATELY) == set()


def test_a_day_off_in_lieu_that_is_missing_is_named_in_one_sentence():
    content = without(shipped(), "2027-05-03")

    (finding,) = [one for one in check_calendar(spec_from(content), [2027]) if not one.is_hint]

    with translation.override("en"):
        assert in_words(finding) == (
            "01/05/2027 (International Labour Day) is a Saturday: the day off in lieu on 03/05/2027 is missing."
        )


def test_a_calendar_with_the_usual_mistakes_is_told_all_of_them():
    content = without(shipped(), "2026-08-31", "2026-11-24", "2027-11-24", "2027-05-03")
    content = with_day_off(content, day=date(2026, 3, 7), name="Nghỉ cuối tuần")

    assert missing(content, 2026, 2027) == {
        ("07/03/2026", "rest_day_as_holiday"),
        ("22/08/2026", "make_up_missing"),
        ("31/08/2026", "swap_missing"),
        ("24/11/2026", "holiday_missing"),
        ("03/05/2027", "lieu_missing"),
        ("24/11/2027", "holiday_missing"),
    }


@pytest.mark.parametrize(
    ("first", "last", "lacking"),
    [("2027-02-05", "2027-02-09", {"04/02/2027", "10/02/2027"}), ("2027-02-12", "2027-02-13", {"04/02/2027"})],
)
def test_a_lunar_new_year_on_other_days_is_told(first, last, lacking):
    content = without(shipped(), "2027-02-04")
    content["years"]["2027"]["holidays"].append({"day": first, "until": last, "name": "Lunar New Year"})

    days = {day for day, problem in missing(content, 2027) if problem == Problem.HOLIDAY_MISSING}

    assert lacking <= days


def test_a_year_without_a_plan_is_told_and_a_bridge_is_only_a_hint():
    assert missing(shipped(), 2028) == {("01/01/2028", "no_plan")}
    hints = [one for one in check_calendar(calendar_files()["default"], [2026]) if one.is_hint]
    assert [(one.day, one.problem) for one in hints] == [(date(2026, 11, 23), Problem.BRIDGE)]


def test_a_calendar_that_is_exported_and_imported_says_the_same():
    content = with_closures(
        shipped(),
        [{"day": "2026-10-05", "hours": "13:00-17:00", "reason": "Bão"}, {"day": "2026-10-06", "reason": "Bão"}],
    )
    for plan in content["years"].values():
        plan["decision"] = ""

    back = imported(without(shipped(), "2026-11-24"), exported(spec_from(content), version=3))

    assert back.unused == []
    assert back.content["closures"] == content["closures"]
    for year, plan in content["years"].items():
        for name in ("holidays", "swaps", "make_up"):
            given = sorted(back.content["years"][year][name], key=str)
            assert given == sorted(plan[name], key=str), (year, name)


FOREIGN = b"""BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//x//y//EN
BEGIN:VEVENT
UID:1
SUMMARY:Local day
DTSTART;VALUE=DATE:20280310
DTEND;VALUE=DATE:20280312
END:VEVENT
BEGIN:VEVENT
UID:2
SUMMARY:Every year
DTSTART;VALUE=DATE:20280401
RRULE:FREQ=YEARLY
END:VEVENT
BEGIN:VEVENT
UID:3
SUMMARY:Power cut
DTSTART;TZID=Asia/Ho_Chi_Minh:20280405T130000
DTEND;TZID=Asia/Ho_Chi_Minh:20280405T150000
END:VEVENT
BEGIN:VEVENT
UID:4
SUMMARY:No day
END:VEVENT
END:VCALENDAR
"""


def test_a_file_of_another_program_is_used_as_far_as_it_goes_and_says_what_it_could_not_use():
    done = imported(shipped(), FOREIGN)

    assert done.used == 2
    assert done.unused == [("Every year", "repeats"), ("No day", "no_day")]
    assert done.content["years"]["2028"]["holidays"] == [
        {"day": "2028-03-10", "until": "2028-03-11", "name": "Local day", "lieu": False}
    ]
    assert done.content["closures"] == [{"day": "2028-04-05", "hours": "13:00-15:00", "reason": "Power cut"}]


def file_with(*events: str) -> bytes:
    """An iCalendar file with these events."""
    bodies = "".join(f"BEGIN:VEVENT\nUID:1\n{event}\nEND:VEVENT\n" for event in events)
    return f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:x\n{bodies}END:VCALENDAR\n".encode()


@pytest.mark.parametrize(
    "event",
    [
        "DTSTART;VALUE=DATE:20280310\nDTEND;VALUE=DATE:00010101",
        "DTSTART;VALUE=DATE:20280310\nDURATION:P99999999D",
        "DTSTART:20280310T080000Z\nDURATION:P9999999W",
    ],
)
def test_an_event_that_ends_outside_of_all_time_is_named_and_left_out(event):
    done = imported(shipped(), file_with(f"SUMMARY:Far away\n{event}"))

    assert (done.used, done.unused) == (0, [("Far away", "out_of_range")])


def test_what_cannot_be_stored_in_a_title_is_left_out():
    done = imported(shipped(), file_with("SUMMARY:L\x00ễ\x1b lớn\nDTSTART;VALUE=DATE:20280310"))

    assert [one["name"] for one in done.content["years"]["2028"]["holidays"]] == ["L ễ  lớn"]


def test_a_file_cannot_make_a_calendar_grow_without_end():
    year = "SUMMARY:{}\nX-ONESTOP-KIND:closure\nDTSTART;VALUE=DATE:20270101\nDTEND;VALUE=DATE:20271231"

    done = imported(shipped(), file_with(*[year.format(number) for number in range(5)]))

    assert (done.used, done.unused) == (2, [(str(number), "too_long") for number in (2, 3, 4)])
    with pytest.raises(InvalidCalendar, match="too many events"):
        imported(shipped(), file_with(*["DTSTART;VALUE=DATE:20270101"] * 501))
    with pytest.raises(InvalidCalendar, match="larger"):
        imported(shipped(), file_with("SUMMARY:" + "x" * 300_000))


@pytest.mark.parametrize(
    "file", [b"", b"hello", b"\xff\xfe\x00", b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", b"BEGIN:VCALENDAR\nBEGIN:VEVENT\n"]
)
def test_a_file_that_is_no_calendar_gives_one_error(file):
    with pytest.raises(InvalidCalendar):
        imported(shipped(), file)
