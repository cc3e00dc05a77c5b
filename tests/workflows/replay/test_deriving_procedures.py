"""A log yields one procedure that allows exactly the courses seen in it."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.definition import END, BranchSpec, Definition
from procedures.graph import Graph
from tests.workflows.replay.logs import REAL_LOGS, course, event, log, written
from tests.workflows.replay.logs import case as trace
from workflows.replay.derivation import derive, keys_for
from workflows.replay.survey import Survey, survey
from workflows.replay.xes import Case, Event, read_log

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
MONDAY = datetime(2012, 3, 5, 9, tzinfo=ZoneInfo("Europe/Amsterdam"))


def case_of(activities, number=1, hours=1, planned_end=None, start=MONDAY):
    events = tuple(
        Event(activity, "complete", "Anna", start + timedelta(hours=hours * place), {})
        for place, activity in enumerate(activities)
    )
    return Case(number, f"case-{number}", events, {}, planned_end)


def derived_from(*courses, limit_days=None):
    return derive(survey(case_of(course_, number) for number, course_ in enumerate(courses)), limit_days=limit_days)


def graph_of(derived):
    return Graph(Definition.model_validate(derived.definition))


def walk(graph, derived, activities):
    """The keys a case passes when it follows its own outcomes, and where it stops."""
    node, passed = graph.node(graph.first), []
    if isinstance(node, BranchSpec):
        node = graph.node(node.choose(derived.form(activities[0])))
    for following in (*activities[1:], None):
        passed.append(node.key)
        target = graph.outcomes(node.key)[derived.outcome(following)]
        if target == END:
            return passed, target
        node = graph.node(target)
    return passed, node.key


def test_each_activity_becomes_a_step_and_each_succession_an_outcome():
    derived = derived_from(["Receive", "Check", "Decide"], ["Receive", "Check", "Check", "Receive", "Check"])
    graph = graph_of(derived)

    assert graph.first == "receive"
    assert {key: graph.outcomes(key) for key in graph.human} == {
        "receive": {"to_check": "check"},
        "check": {"to_receive": "receive", "to_check": "check", "to_decide": "decide", "end": "end"},
        "decide": {"end": "end"},
    }
    assert graph.human["check"].labels["to_decide"] == "Decide"


def test_a_replayed_procedure_allows_no_return_and_any_pair_of_eyes():
    definition = Definition.model_validate(derived_from(["A"]).definition)

    assert definition.returns_allowed == 0
    assert definition.four_eyes is False
    assert definition.reference == "LOG.REPLAY@commune"
    assert definition.valid_from < MONDAY.date()


def test_cases_that_begin_differently_part_at_a_branch():
    derived = derived_from(["Save"], ["Submit", "Approve"])
    graph = graph_of(derived)

    assert isinstance(graph.node(graph.first), BranchSpec)
    assert walk(graph, derived, ["Save"]) == (["save"], END)
    assert walk(graph, derived, ["Submit", "Approve"]) == (["submit", "approve"], END)


def test_the_only_first_activity_comes_first_even_where_it_is_mostly_repeated_late():
    derived = derived_from(["A", "B", "A", "A", "A"])

    assert graph_of(derived).first == "a"


@pytest.mark.parametrize(
    ("names", "keys"),
    [
        (["Confirmation of receipt"], ["confirmation_of_receipt"]),
        (["TEST", "test", "Test"], ["test", "test_2", "test_3"]),
        (["test_2", "TEST", "test"], ["test_2", "test", "test_3"]),
        (["End", "Join", "Refuse", "Start"], ["end_2", "join_2", "refuse_2", "start_2"]),
        (["2 Checks", "受付", "--"], ["activity_2_checks", "activity", "activity_2"]),
        (["Tiếp nhận hồ sơ Đ"], ["tiep_nhan_ho_so_d"]),
        (
            ["a very long name that goes on and on", "a very long name that goes on and off"],
            ["a_very_long_name_that_goes_on", "a_very_long_name_that_goes_on_2"],
        ),
    ],
)
def test_keys_are_readable_and_all_different(names, keys):
    assert list(keys_for(names).values()) == keys


def test_the_limit_is_the_usual_planned_term_of_the_log():
    days = [10, 56, 56, 56, 300]
    cases = (case_of("A", planned_end=MONDAY + timedelta(days=term, hours=1)) for term in days)

    (limit,) = Definition.model_validate(derive(survey(cases), limit_days=5).definition).limits

    assert (limit.amount, limit.unit) == (56, "calendar_day")


def test_the_limit_asked_for_counts_where_the_log_plans_nothing():
    (limit,) = Definition.model_validate(derived_from(["A", "B"], limit_days=5).definition).limits

    assert (limit.amount, limit.unit) == (5, "working_day")


def test_without_any_limit_no_case_exceeds_the_one_derived():
    (limit,) = Definition.model_validate(derive(survey([case_of("ABC", hours=60)])).definition).limits

    assert (limit.amount, limit.unit) == (6, "calendar_day")


@pytest.mark.parametrize(
    ("times", "zone"),
    [
        (["2012-03-05T09:00:00+01:00", "2012-07-05T09:00:00+02:00"], "Europe/Amsterdam"),
        (["2012-03-05T09:00:00", "2012-07-05T09:00:00"], "Europe/Amsterdam"),
        (["2012-03-05T09:00:00+07:00", "2012-07-05T09:00:00+07:00"], "Etc/GMT-7"),
        (["2012-03-05T09:00:00-03:00", "2012-07-05T09:00:00-03:00"], "Etc/GMT+3"),
        (["2012-03-05T09:00:00Z", "2012-07-05T09:00:00+00:00"], "UTC"),
        (["2012-03-05T09:00:00-05:00", "2012-07-05T09:00:00-04:00"], "Europe/Amsterdam"),
        (["2012-03-05T09:00:00+05:30", "2012-07-05T09:00:00+05:30"], "Europe/Amsterdam"),
    ],
)
def test_the_calendar_takes_the_zone_of_the_log(tmp_path, times, zone):
    path = written(tmp_path, log(trace("c", *(event(at=at) for at in times))))

    assert survey(read_log(path, now=NOW)).zone.key == zone


def test_the_survey_counts_cases_repetitions_and_skips(tmp_path):
    planned = {"enddate_planned": "2012-03-05T09:30:00+01:00"}
    path = written(
        tmp_path,
        log(course("a", "A", "B", "A", **planned), course("b", "A", **planned), trace("bad"), course("c", "A")),
    )

    found = survey(read_log(path, now=NOW))

    assert (found.cases, found.events, found.repeated, found.late, found.people) == (3, 5, 1, 1, {"Anna"})
    assert [skip.name for skip in found.skips] == ["bad"]


def test_late_stays_unknown_where_nothing_is_planned():
    assert survey([case_of("AB")]).late is None
    assert Survey().late is None


names = st.one_of(st.sampled_from(["A", "a", "End", "start", "Á"]), st.text(min_size=1, max_size=60).filter(str.strip))
courses = st.lists(st.lists(names, min_size=1, max_size=8), min_size=1, max_size=8)


@given(courses)
def test_every_course_of_any_log_is_a_way_through_its_procedure(seen):
    derived = derived_from(*seen)
    graph = graph_of(derived)

    for activities in seen:
        assert walk(graph, derived, activities) == ([derived.key_of[activity] for activity in activities], END)


@given(courses)
def test_a_procedure_allows_no_succession_that_the_log_does_not_show(seen):
    derived = derived_from(*seen)
    graph = graph_of(derived)
    shown = {(derived.key_of[a], derived.key_of[b]) for activities in seen for a, b in pairwise(activities)}

    assert {(key, to) for key in graph.human for to in graph.outcomes(key).values() if to != END} == shown


@pytest.mark.parametrize(("name", "steps"), [("receipt.xes.gz", 27), ("bpic2020_DomesticDeclarations.xes.gz", 14)])
def test_real_logs_become_procedures_in_which_every_case_finds_its_way(name, steps):
    if not REAL_LOGS.is_dir():
        pytest.skip("The folder with the real event logs (../shared/data/event-logs) is not there.")
    cases = list(read_log(REAL_LOGS / name, now=NOW))
    derived = derive(survey(cases))
    graph = graph_of(derived)

    assert len(graph.human) == steps
    for case in cases:
        activities = [found.activity for found in case.events]
        assert walk(graph, derived, activities) == ([derived.key_of[activity] for activity in activities], END)
