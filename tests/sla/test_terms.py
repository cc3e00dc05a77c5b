"""Terms: the vectors of the law, cut-offs, months, stops, and what is left."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.calendars import calendar_files, timetable_from_spec
from sla.exceptions import ClockStillStopped, InvalidTerm, OutsideHorizon
from sla.terms import Cutoff, Stop, Term, TimeLeft, Unit, deadline, parse_term, time_left
from tests.sla.conftest import HANOI, at

OFFICE = timetable_from_spec(calendar_files()["default"])
SAME_DAY = Term(Decimal(0), Unit.WORKING_DAY, Cutoff(time(15), Decimal(1)))


def due(received, limit, stops=(), timetable=OFFICE):
    term = parse_term(limit) if isinstance(limit, str) else limit
    pauses = [Stop(at(start), at(end)) for start, end in stops]
    found = deadline(start=at(received), term=term, timetable=timetable, stops=pauses, explain=False)
    return f"{found.due_at:%d/%m/%Y %H:%M}"


@pytest.mark.parametrize(
    ("received", "days", "expected"),
    [
        ("23/11/2026", 1, "25/11/2026"),
        ("20/11/2026", 10, "07/12/2026"),
        ("21/08/2026", 3, "25/08/2026"),
        ("27/08/2026", 3, "04/09/2026"),
        ("25/04/2025", 5, "06/05/2025"),
        ("03/05/2024", 3, "07/05/2024"),
        ("12/02/2026", 5, "26/02/2026"),
        ("28/01/2027", 10, "18/02/2027"),
        ("24/04/2026", 2, "29/04/2026"),
        ("29/04/2027", 2, "05/05/2027"),
        ("31/12/2025", 1, "05/01/2026"),
    ],
)
@pytest.mark.parametrize("hour", ["00:00", "09:00", "16:59", "23:59"])
def test_working_days_end_at_the_close_of_the_last_one(received, days, expected, hour):
    assert due(f"{received} {hour}", f"{days} working_day") == f"{expected} 17:00"


@pytest.mark.parametrize(
    ("received", "limit", "expected"),
    [
        ("23/11/2026 09:00", "2 working_hour", "23/11/2026 11:00"),
        ("23/11/2026 09:00", "2.5 working_hour", "23/11/2026 11:30"),
        ("23/11/2026 07:30", "8 working_hour", "23/11/2026 17:00"),
        ("23/11/2026 17:00", "8 working_hour", "25/11/2026 17:00"),
        ("23/11/2026 23:59", "1 working_hour", "25/11/2026 08:30"),
        ("21/11/2026 08:00", "0.5 working_hour", "23/11/2026 08:00"),
        ("23/11/2026 12:10", "1 working_hour", "23/11/2026 14:00"),
        ("13/02/2026 16:30", "1 working_hour", "23/02/2026 08:00"),
    ],
)
def test_hours_run_from_reception_or_from_the_next_opening(received, limit, expected):
    assert due(received, limit) == expected


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        ("23/11/2026 09:00", "23/11/2026"),
        ("23/11/2026 15:00", "23/11/2026"),
        ("23/11/2026 15:01", "25/11/2026"),
        ("23/11/2026 18:00", "25/11/2026"),
        ("23/11/2026 23:59", "25/11/2026"),
        ("21/11/2026 16:00", "23/11/2026"),
        ("21/08/2026 15:01", "22/08/2026"),
        ("22/08/2026 15:00", "22/08/2026"),
        ("23/11/2026 12:00", "23/11/2026"),
    ],
)
def test_the_second_amount_applies_strictly_after_the_cut_off(received, expected):
    assert due(received, SAME_DAY) == f"{expected} 17:00"


def test_seconds_do_not_carry_a_file_past_the_cut_off():
    received = datetime(2026, 11, 23, 15, 0, 59, tzinfo=HANOI)

    found = deadline(start=received, term=SAME_DAY, timetable=OFFICE)

    assert found.due_at == at("23/11/2026 17:00")


def test_reception_is_cut_to_the_whole_minute():
    received = datetime(2026, 11, 23, 9, 0, 59, 999999, tzinfo=HANOI)

    found = deadline(start=received, term=parse_term("2 working_hour"), timetable=OFFICE)

    assert found.due_at == at("23/11/2026 11:00")


@pytest.mark.parametrize(
    ("received", "limit", "expected"),
    [
        ("23/11/2026 09:00", "1 calendar_day", "25/11/2026"),
        ("20/11/2026 09:00", "1 calendar_day", "23/11/2026"),
        ("23/11/2026 09:00", "30 calendar_day", "23/12/2026"),
        ("21/08/2026 09:00", "1 calendar_day", "22/08/2026"),
        ("31/12/2025 20:00", "1 calendar_day", "05/01/2026"),
        ("10/02/2026 09:00", "7 calendar_day", "23/02/2026"),
        ("31/01/2026 09:00", "1 month", "02/03/2026"),
        ("30/01/2026 09:00", "1 month", "02/03/2026"),
        ("29/02/2024 09:00", "12 month", "28/02/2025"),
        ("23/11/2026 09:00", "1 month", "23/12/2026"),
        ("24/10/2026 09:00", "1 month", "25/11/2026"),
        ("31/08/2026 09:00", "6 month", "01/03/2027"),
        ("15/12/2026 09:00", "1 month", "15/01/2027"),
        ("20/11/2026 09:00", "0 working_day", "20/11/2026"),
        ("20/11/2026 17:30", "0 working_day", "23/11/2026"),
        ("21/11/2026 09:00", "0 calendar_day", "23/11/2026"),
    ],
)
def test_calendar_days_and_months_give_way_to_days_off_at_their_end(received, limit, expected):
    assert due(received, limit) == f"{expected} 17:00"


def test_a_saturday_desk_closes_its_term_at_noon(saturday_desk):
    assert due("20/11/2026 09:00", "1 working_day", timetable=saturday_desk) == "21/11/2026 11:30"
    assert due("21/08/2026 09:00", "1 working_day", timetable=saturday_desk) == "22/08/2026 17:00"


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        (("03/11/2026 09:00", "03/11/2026 16:00"), "09/11/2026"),
        (("03/11/2026 09:00", "03/11/2026 18:00"), "10/11/2026"),
        (("03/11/2026 09:00", "05/11/2026 08:00"), "11/11/2026"),
        (("03/11/2026 17:00", "04/11/2026 09:00"), "10/11/2026"),
        (("03/11/2026 17:01", "04/11/2026 09:00"), "09/11/2026"),
        (("02/11/2026 10:00", "03/11/2026 09:00"), "09/11/2026"),
        (("07/11/2026 09:00", "08/11/2026 09:00"), "09/11/2026"),
        (("09/11/2026 16:00", "20/11/2026 10:00"), "20/11/2026"),
        (("09/11/2026 17:01", "20/11/2026 10:00"), "09/11/2026"),
        (("23/11/2026 08:00", "25/11/2026 18:00"), "09/11/2026"),
    ],
)
def test_a_working_day_counts_if_the_clock_runs_at_its_close(stop, expected):
    assert due("02/11/2026 09:00", "5 working_day", [stop]) == f"{expected} 17:00"


@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        (("03/11/2026 09:00", "03/11/2026 23:59"), "12/11/2026"),
        (("03/11/2026 09:00", "04/11/2026 00:00"), "12/11/2026"),
        (("03/11/2026 09:00", "04/11/2026 00:01"), "13/11/2026"),
        (("03/11/2026 00:00", "04/11/2026 00:00"), "12/11/2026"),
        (("03/11/2026 09:00", "05/11/2026 08:00"), "16/11/2026"),
        (("02/11/2026 22:00", "03/11/2026 08:00"), "12/11/2026"),
    ],
)
def test_a_calendar_day_counts_if_the_clock_runs_at_midnight(stop, expected):
    assert due("02/11/2026 09:00", "10 calendar_day", [stop]) == f"{expected} 17:00"


def test_a_day_rolled_to_must_not_be_slept_through():
    stop = ("09/11/2026 08:00", "10/11/2026 09:00")

    assert due("02/11/2026 09:00", "5 calendar_day", [stop]) == "10/11/2026 17:00"


def test_months_shift_by_the_stopped_days():
    assert due("02/11/2026 09:00", "1 month", [("05/11/2026 09:00", "09/11/2026 09:00")]) == "07/12/2026 17:00"


def test_hours_resume_to_the_second():
    stops = [Stop(datetime(2026, 11, 23, 9, 0, 20, tzinfo=HANOI), datetime(2026, 11, 23, 10, 0, 50, tzinfo=HANOI))]

    found = deadline(start=at("23/11/2026 08:00"), term=parse_term("2 working_hour"), timetable=OFFICE, stops=stops)

    assert found.due_at == datetime(2026, 11, 23, 11, 0, 30, tzinfo=HANOI)


@pytest.mark.parametrize(
    ("stops", "expected"),
    [
        ([("23/11/2026 10:00", "23/11/2026 11:00")], "25/11/2026 08:00"),
        ([("23/11/2026 10:00", "23/11/2026 10:30")], "23/11/2026 17:00"),
        ([("23/11/2026 10:00", "23/11/2026 11:30")], "25/11/2026 08:30"),
        ([("23/11/2026 12:00", "23/11/2026 12:30")], "23/11/2026 16:30"),
        ([("23/11/2026 16:30", "23/11/2026 16:40")], "23/11/2026 16:30"),
        ([("23/11/2026 10:00", "26/11/2026 10:00")], "26/11/2026 16:30"),
        ([("23/11/2026 09:00", "23/11/2026 09:10"), ("23/11/2026 09:05", "23/11/2026 09:30")], "23/11/2026 17:00"),
    ],
)
def test_hours_that_a_stop_takes_are_made_up_for(stops, expected):
    assert due("23/11/2026 08:00", "7 working_hour", stops) == expected


def test_a_clock_that_is_still_stopped_has_no_due_date():
    stops = [Stop(at("23/11/2026 10:00"), None)]

    with pytest.raises(ClockStillStopped):
        deadline(start=at("23/11/2026 08:00"), term=parse_term("3 working_day"), timetable=OFFICE, stops=stops)


@pytest.mark.parametrize(
    ("received", "limit", "provisional"),
    [
        ("20/11/2026 09:00", "10 working_day", False),
        ("20/12/2027 09:00", "5 working_day", False),
        ("20/12/2027 09:00", "15 working_day", True),
        ("20/06/2016 09:00", "5 working_day", True),
        ("31/12/2015 09:00", "1 working_hour", False),
        ("31/12/2015 09:00", "1 working_day", True),
    ],
)
def test_a_term_that_leaves_the_published_years_is_provisional(received, limit, provisional):
    found = deadline(start=at(received), term=parse_term(limit), timetable=OFFICE)

    assert found.provisional is provisional


def test_the_explanation_lists_every_day_of_the_term():
    found = deadline(start=at("20/11/2026 09:00"), term=parse_term("3 working_day"), timetable=OFFICE)

    assert [one.start.date() for one in found.counted] == [date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 26)]
    assert [(one.start.date(), one.reason) for one in found.skipped] == [
        (date(2026, 11, 21), "weekend"),
        (date(2026, 11, 22), "weekend"),
        (date(2026, 11, 24), "holiday"),
    ]
    assert [remark.code for remark in found.remarks] == ["first_day"]


def test_the_explanation_of_hours_lists_the_windows_and_the_days_off():
    stops = [Stop(at("23/11/2026 14:00"), at("23/11/2026 15:00"))]

    found = deadline(start=at("23/11/2026 09:00"), term=parse_term("6 working_hour"), timetable=OFFICE, stops=stops)

    assert [(one.start, one.end, one.amount) for one in found.counted] == [
        (at("23/11/2026 09:00"), at("23/11/2026 11:30"), Decimal("2.5")),
        (at("23/11/2026 13:00"), at("23/11/2026 14:00"), Decimal(1)),
        (at("23/11/2026 15:00"), at("23/11/2026 17:00"), Decimal(2)),
        (at("25/11/2026 07:30"), at("25/11/2026 08:00"), Decimal("0.5")),
    ]
    assert [(one.start, one.reason) for one in found.skipped] == [
        (at("23/11/2026 14:00"), "stopped"),
        (at("24/11/2026 00:00"), "holiday"),
    ]


def test_the_explanation_says_when_a_cut_off_or_the_opening_moved_the_start():
    found = deadline(start=at("21/11/2026 09:00"), term=SAME_DAY, timetable=OFFICE)
    late = deadline(start=at("23/11/2026 15:30"), term=SAME_DAY, timetable=OFFICE)

    assert [(one.code, one.at) for one in found.remarks] == [("outside_hours", at("23/11/2026 07:30"))]
    assert [(one.code, one.detail) for one in late.remarks] == [("cutoff", "15:00"), ("first_day", "")]


def test_the_explanation_of_a_month_says_on_which_days_it_could_not_end():
    found = deadline(start=at("31/01/2026 09:00"), term=parse_term("1 month"), timetable=OFFICE)

    assert [(one.start, one.end) for one in found.counted] == [(at("01/02/2026 00:00"), at("01/03/2026 00:00"))]
    assert [one.start.date() for one in found.skipped] == [date(2026, 2, 28), date(2026, 3, 1)]
    assert [one.code for one in found.remarks] == ["first_day", "ends_on_day_off"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10",
        "ten working_day",
        "10 days",
        "-1 working_day",
        "1.5 working_day",
        "0.5 month",
        "NaN working_hour",
        "Infinity working_hour",
        "1e400 working_hour",
        "10 working_day twice",
        "100001 month",
    ],
)
def test_a_wrong_term_is_refused(text):
    with pytest.raises(InvalidTerm):
        parse_term(text)


def test_a_truth_value_is_not_an_amount():
    with pytest.raises(InvalidTerm):
        Term(True, Unit.WORKING_DAY)


@pytest.mark.parametrize("limit", ["100000 month", "100000 calendar_day", "100000 working_day"])
def test_a_term_beyond_the_horizon_is_refused(limit):
    with pytest.raises(OutsideHorizon):
        due("23/11/2026 09:00", limit)


@pytest.mark.parametrize(
    ("now", "due_at", "left"),
    [
        ("23/11/2026 10:00", "26/11/2026 17:00", TimeLeft(False, 2, 330)),
        ("23/11/2026 10:00", "23/11/2026 11:00", TimeLeft(False, 0, 60)),
        ("23/11/2026 10:00", "25/11/2026 09:00", TimeLeft(False, 0, 420)),
        ("23/11/2026 18:00", "25/11/2026 17:00", TimeLeft(False, 1, 0)),
        ("22/11/2026 18:00", "25/11/2026 17:00", TimeLeft(False, 2, 0)),
        ("25/11/2026 17:00", "25/11/2026 17:00", TimeLeft(False, 0, 0)),
        ("25/11/2026 17:01", "25/11/2026 17:00", TimeLeft(True, 0, 0)),
        ("26/11/2026 08:30", "25/11/2026 17:00", TimeLeft(True, 0, 60)),
        ("30/11/2026 08:00", "25/11/2026 17:00", TimeLeft(True, 2, 30)),
        ("25/11/2026 09:00", "23/11/2026 16:00", TimeLeft(True, 0, 150)),
    ],
)
def test_time_left_is_whole_days_after_today_and_hours_today(now, due_at, left):
    assert time_left(at=at(now), due_at=at(due_at), timetable=OFFICE) == left


days = st.integers(0, 8_140_000).map(lambda minutes: datetime(2012, 1, 1, tzinfo=HANOI) + timedelta(minutes=minutes))
day_units = st.sampled_from([Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH])


@settings(max_examples=120, deadline=None)
@given(days, st.integers(0, 40), day_units)
def test_a_term_in_days_never_ends_on_a_day_off(start, amount, unit):
    found = deadline(start=start, term=Term(amount, unit), timetable=OFFICE)

    assert found.due_at == OFFICE.closes_on(found.due_at.date())
    assert found.due_at >= start.replace(second=0, microsecond=0)


@settings(max_examples=80, deadline=None)
@given(days, days, st.integers(0, 40), st.sampled_from(list(Unit)))
def test_who_comes_later_is_never_due_earlier(one, other, amount, unit):
    first, second = sorted((one, other))
    term = Term(amount, unit)

    assert (
        deadline(start=first, term=term, timetable=OFFICE).due_at
        <= deadline(start=second, term=term, timetable=OFFICE).due_at
    )


@settings(max_examples=80, deadline=None)
@given(days, st.integers(1, 30), st.sampled_from(list(Unit)), st.integers(0, 5000), st.integers(0, 20000))
def test_a_restart_never_ends_before_a_resumption(start, amount, unit, until_stop, pause):
    term, stopped = Term(amount, unit), start + timedelta(minutes=until_stop)
    stop = Stop(stopped, stopped + timedelta(minutes=pause))

    resumed = deadline(start=start, term=term, timetable=OFFICE, stops=[stop]).due_at
    unbroken = deadline(start=start, term=term, timetable=OFFICE).due_at
    restarted = deadline(start=stop.end, term=term, timetable=OFFICE).due_at

    assert unbroken <= resumed
    if unit is not Unit.MONTH:  # months differ in length: days added to a term may reach past the same term begun later
        assert resumed <= max(restarted, unbroken)


@settings(max_examples=80, deadline=None)
@given(days, st.integers(0, 30), st.sampled_from(list(Unit)))
def test_what_was_counted_is_the_amount_of_the_term(start, amount, unit):
    found = deadline(start=start, term=Term(amount, unit), timetable=OFFICE)

    expected = amount if unit in {Unit.WORKING_HOUR, Unit.MONTH} else max(amount, 1)
    assert sum(one.amount for one in found.counted) == expected


def test_the_zone_of_the_question_does_not_matter():
    here = deadline(start=at("23/11/2026 06:00"), term=parse_term("1 working_day"), timetable=OFFICE)
    there = deadline(start=datetime(2026, 11, 22, 23, tzinfo=UTC), term=parse_term("1 working_day"), timetable=OFFICE)

    assert here.due_at == there.due_at
