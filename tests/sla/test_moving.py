"""Many clocks at once give what each gives alone: starts that are one, and the first rung without the others."""

from datetime import datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sla.alarms import plan_next_rung, planned_rungs
from sla.calendars import calendar_files, timetable_from_spec
from sla.limits import Cutoff, DueTime, FirstDay
from sla.models import Clock
from sla.reducing import reduced_start
from sla.terms import CountingRules, Stop, Term, Unit, deadline

TIMETABLES = [timetable_from_spec(spec) for spec in calendar_files().values()]
ZONE = TIMETABLES[0].zone
FIRST = datetime(2025, 11, 1, tzinfo=ZONE)
MOMENTS = st.integers(0, 500 * 24 * 3600).map(lambda seconds: FIRST + timedelta(seconds=seconds))


@st.composite
def terms(draw):
    unit = draw(st.sampled_from(list(Unit)))
    most = {Unit.MONTH: 4, Unit.WORKING_HOUR: 60}.get(unit, 30)
    cutoff = draw(st.sampled_from([None, Cutoff(time(15), Decimal(2))]))
    return Term(Decimal(draw(st.integers(0, most))), unit, cutoff)


@st.composite
def stops(draw, start):
    found, cursor = [], start
    for _number in range(draw(st.integers(0, 2))):
        begins = cursor + timedelta(minutes=draw(st.integers(0, 9000)))
        cursor = begins + timedelta(minutes=draw(st.integers(1, 9000)))
        found.append(Stop(begins, cursor))
    return found


RULES = st.builds(
    CountingRules,
    first_day=st.sampled_from(list(FirstDay)),
    due_time=st.sampled_from(list(DueTime)),
    last_hour=st.sampled_from([0, 60]),
)


@settings(max_examples=400, deadline=None)
@given(st.data(), MOMENTS, terms(), st.one_of(st.just(CountingRules()), RULES), st.sampled_from(TIMETABLES))
def test_a_reduced_start_gives_the_same_end_as_the_start_itself(data, start, term, rules, timetable):
    pauses = data.draw(stops(start))
    reduced = reduced_start(start, term, rules, timetable.zone)

    whole = deadline(start=start, term=term, timetable=timetable, stops=pauses, rules=rules, explain=False)
    assert deadline(start=reduced, term=term, timetable=timetable, stops=pauses, rules=rules, explain=False) == whole
    assert reduced <= start
    assert reduced_start(reduced, term, rules, timetable.zone) == reduced


@settings(max_examples=200, deadline=None)
@given(
    st.data(),
    MOMENTS,
    terms(),
    st.sampled_from(["statutory", "step", "desk", "consultation", "citizen"]),
    st.sampled_from(TIMETABLES),
)
@pytest.mark.django_db
def test_the_first_rung_is_the_first_of_all_planned_rungs_that_has_not_fired(data, start, term, kind, timetable):
    pauses = data.draw(stops(start))
    due_at = deadline(start=start, term=term, timetable=timetable, stops=pauses, explain=False).due_at
    entries = [{"start": one.start.isoformat(), "end": one.end.isoformat()} for one in pauses]
    clock = Clock(kind=kind, started_at=start, due_at=due_at, carried={"stops": entries})
    planned = list(planned_rungs(clock, timetable).items())
    fired = data.draw(st.lists(st.sampled_from([key for key, _at in planned] or ["due"]), unique=True))
    clock.carried["fired"] = fired

    plan_next_rung(clock, timetable)

    waiting = [(key, at) for key, at in planned if key not in fired]
    assert (clock.next_rung, clock.next_rung_at) == (waiting[0] if waiting else ("", None))
