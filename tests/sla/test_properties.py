"""What must hold of every time limit, whatever the calendar, the amount and the rules of counting."""

import functools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from offices.models import Office
from sla.calendar_spec import SpecRules, spec_from
from sla.calendars import calendar_files, publish_calendar, timetable_for
from sla.models import CalendarVersion, Clock
from sla.terms import CountingRules, Cutoff, DueTime, FirstDay, Stop, Term, Unit, deadline
from sla.timekeeping import Party, Timekeeper
from sla.working_time import Book, Timetable
from tests.sla import conformance

CODES = ("office", "saturday-desk", "half-days", "office-with-closures", "evenings", "three-windows", "amsterdam")
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
QUICK = settings(max_examples=80, deadline=None)
FEW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])

timetables = st.sampled_from(CODES).map(lambda code: conformance.ways(code)[0])
moments = st.integers(0, 2 * 365 * 24 * 60).map(lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + minutes * MINUTE)
spans = st.one_of(st.integers(0, 600), st.integers(0, 20_000)).map(lambda minutes: minutes * MINUTE)
units = st.sampled_from(list(Unit))
amounts = st.integers(0, 25)
rules = st.builds(
    CountingRules, st.sampled_from(list(FirstDay)), st.sampled_from(list(DueTime)), st.sampled_from([0, 0, 30, 60, 300])
)


def term(amount, unit):
    return Term(amount % 4 if unit is Unit.MONTH else amount, unit)


def day_of(ends):
    """The day a term ends on; midnight ends the day before it."""
    return (ends - MINUTE).date()


def due(start, limit, timetable, how, *stops):
    return deadline(start=start, term=limit, timetable=timetable, stops=stops, rules=how, explain=False).due_at


@QUICK
@given(moments, moments, amounts, units, timetables, rules)
def test_who_comes_later_is_never_due_earlier_by_any_rule(one, other, amount, unit, timetable, how):
    first, second = (due(start, term(amount, unit), timetable, how) for start in sorted((one, other)))

    # A last day off gives way to a close of office, a day worked ends at the time of day: then days are compared.
    by_day = how.due_time is DueTime.SAME_TIME and unit in {Unit.CALENDAR_DAY, Unit.MONTH}
    assert (day_of(first) <= day_of(second)) if by_day else (first <= second)


@QUICK
@given(moments, moments, st.integers(0, 10), st.integers(0, 1), timetables, st.sampled_from([0, 60]))
def test_who_comes_later_is_never_due_earlier_where_the_cut_off_adds_a_day_at_most(
    one, other, amount, more, timetable, last_hour
):
    limit = Term(amount, Unit.WORKING_DAY, Cutoff(datetime(2026, 1, 1, 15, tzinfo=UTC).time(), amount + more))
    how = CountingRules(last_hour=last_hour)

    first, second = (due(start, limit, timetable, how) for start in sorted((one, other)))

    assert first <= second


@QUICK
@given(moments, amounts, units, timetables, rules, moments, spans)
def test_no_term_ends_on_a_day_off_or_outside_office_hours(start, amount, unit, timetable, how, stopped, pause):
    found = due(start, term(amount, unit), timetable, how, Stop(stopped, stopped + pause))

    windows = [window for day in (found.date() - DAY, found.date()) for window in timetable.windows_on(day)]
    assert any(window.start <= found <= window.end for window in windows)


@QUICK
@given(moments, st.integers(1, 25), units, timetables, rules, spans, spans)
def test_a_restart_never_ends_before_a_resumption_by_any_rule(start, amount, unit, timetable, how, until, pause):
    assume(unit is not Unit.MONTH)  # months differ in length
    limit, stop = term(amount, unit), Stop(start + until, start + until + pause)
    unbroken = due(start, limit, timetable, how)
    assume(stop.start < unbroken)

    resumed, restarted = due(start, limit, timetable, how, stop), due(stop.end, limit, timetable, how)

    # Each keeps the time of day of its own beginning where the rule is so: then days are compared.
    by_day = how.due_time is DueTime.SAME_TIME
    found = [day_of(one) if by_day else one for one in (unbroken, resumed, restarted)]
    assert found == sorted(found)


@QUICK
@given(moments, amounts, units, timetables, rules, spans)
def test_a_pause_of_no_length_changes_nothing(start, amount, unit, timetable, how, until):
    limit, at = term(amount, unit), start + until

    with_pause = deadline(start=start, term=limit, timetable=timetable, rules=how, stops=[Stop(at, at)])

    assert with_pause == deadline(start=start, term=limit, timetable=timetable, rules=how)


@QUICK
@given(moments, amounts, units, timetables, spans, spans)
def test_a_pause_in_which_nobody_works_costs_no_working_time(start, amount, unit, timetable, until, pause):
    assume(unit in {Unit.WORKING_DAY, Unit.WORKING_HOUR})
    stop = Stop(start + until, start + until + pause)
    assume(
        timetable.between(stop.start, stop.end) == timedelta() and not timetable.closes_between(stop.start, stop.end)
    )

    limit, how = term(amount, unit), CountingRules()

    assert due(start, limit, timetable, how, stop) == due(start, limit, timetable, how)


@QUICK
@given(moments, amounts, units, timetables, rules)
def test_the_explanation_adds_up_to_the_amount(start, amount, unit, timetable, how):
    limit = term(amount, unit)

    found = deadline(start=start, term=limit, timetable=timetable, rules=how)

    least = 0 if unit in {Unit.WORKING_HOUR, Unit.MONTH} else 1
    assert sum(one.amount for one in found.counted) == max(limit.amount, least)
    assert all(one.end <= two.start for one, two in zip(found.counted, found.counted[1:], strict=False))


@QUICK
@given(rules)
def test_rules_survive_being_stored(how):
    assert CountingRules.from_data(how.as_data()) == how
    assert CountingRules().as_data() == {}


@pytest.fixture
def clock_started(published):
    office = Office.objects.create(name="Sở", short_name="Sở", code="H24.15", level="province")

    def start(moment, limit):
        keeper = Timekeeper(at=moment, by_id=None)
        clock = keeper.start(kind="statutory", term=limit, timetable=published, party=Party.desk(office.pk))
        keeper.save()
        return clock

    return start


def told(clock):
    return Clock.objects.values("state", "run", "started_at", "due_at", "provisional", "next_rung", "next_rung_at").get(
        pk=clock.pk
    )


@FEW
@given(moments, amounts, units, spans)
def test_a_clock_paused_and_resumed_at_once_is_as_it_was(clock_started, start, amount, unit, until):
    clock = clock_started(start, term(amount, unit))
    before = told(clock)

    keeper = Timekeeper(at=start + until, by_id=None)
    keeper.stop(clock, party=Party.citizen())
    keeper.resume(clock, party=Party.citizen())
    keeper.save()

    assert told(clock) == before


@FEW
@given(moments, amounts, units)
def test_publishing_the_same_calendar_twice_changes_nothing(clock_started, start, amount, unit):
    clock, spec = clock_started(start, term(amount, unit)), calendar_files()["default"]
    before, versions = told(clock), CalendarVersion.objects.count()

    again = publish_calendar(spec, at=start)

    assert CalendarVersion.objects.count() == versions
    assert (again.pk, timetable_for("default").version) == (clock.calendar_version_id, again.pk)
    assert told(clock) == before


nearby = st.integers(-12 * 24 * 60, 2 * 24 * 60)
STORMS = [
    ("office", [{"day": f"2026-{month:02}-{day:02}", "hours": hours, "reason": "Storm"}])
    for month, day in ((3, 10), (4, 29), (6, 1), (8, 31), (12, 31))
    for hours in ("14:00-17:00", "15:30-16:30", "00:00-09:00", "16:30-24:00", None)
]


@functools.cache
def closed(number):
    code, closures = STORMS[number]
    spec = spec_from({**conformance.calendars()[code], "closures": closures})
    return conformance.ways(code)[0], Timetable(Book(SpecRules(spec)))


@QUICK
@given(st.integers(0, len(STORMS) - 1), nearby, amounts, units, rules, nearby, spans)
def test_a_closure_never_makes_a_date_earlier(number, away, amount, unit, how, stopped, pause):
    usual, shut = closed(number)
    noon = datetime.fromisoformat(f"{STORMS[number][1][0]['day']}T12:00:00+07:00")
    asked = (noon + away * MINUTE, term(amount % 12, unit))
    start = noon + stopped * MINUTE
    stop = Stop(start, start + pause)

    assert due(*asked, shut, how) >= due(*asked, usual, how)
    assert due(*asked, shut, how, stop) >= due(*asked, usual, how, stop)
