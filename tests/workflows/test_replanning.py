"""What is left of the time is spread over what is left to do, or the date cannot be kept."""

from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procedures.graph import Graph
from sla.calendars import calendar_files, timetable_from_spec
from tests.workflows.conftest import definition_of, moment
from workflows.replanning import LEAST_SHARE, plan, remaining_budgets, spread

HOUR = timedelta(hours=1)
OFFICE = timetable_from_spec(calendar_files()["default"])
GRAPH = Graph(definition_of())
STEPS = {"intake": 6, "assign": 5, "appraise": 4, "review": 3, "sign": 2, "number": 1}
stretches = st.integers(0, 10**6).map(lambda number: timedelta(seconds=number))
moments = st.integers(0, 60 * 24 * 40).map(lambda minutes: moment(2, 0) + timedelta(minutes=minutes))


def planned(key, *, due, at):
    return plan(graph=GRAPH, open_keys=[key], due_at=due, at=at, timetable=OFFICE)


def test_the_current_step_and_those_after_it_until_the_clock_ends_are_planned():
    found = remaining_budgets(GRAPH, ["review"])

    assert [(key, budget / HOUR) for key, budget in found] == [("review", 6), ("sign", 8), ("number", 2)]
    assert remaining_budgets(GRAPH, ["give_back"]) == [("give_back", timedelta())]
    assert remaining_budgets(GRAPH, []) == remaining_budgets(GRAPH, ["refuse"]) == []


def test_of_parallel_steps_and_of_branches_the_longest_counts():
    work = {"phase": "process", "role": "specialist"}
    steps = [
        {"key": "intake", "phase": "receive", "role": "clerk", "time": {"amount": 1}},
        {
            "key": "opinions",
            "parallel": [
                {"key": "short", **work, "time": {"amount": 2}},
                {"key": "long", **work, "time": {"amount": 9}},
            ],
            "then": "size",
        },
        {
            "key": "size",
            "branch": [{"when": {"field": "area", "op": "ge", "value": 500}, "to": "board"}, {"otherwise": "sign"}],
        },
        {"key": "board", **work, "time": {"amount": 5}},
        {"key": "sign", "phase": "approve", "role": "leader", "time": {"amount": 3}},
    ]
    graph = Graph(definition_of(steps=steps))

    everything = remaining_budgets(graph, ["intake"])
    inside = remaining_budgets(graph, ["short", "long"])
    alone = remaining_budgets(graph, ["short"])

    assert [key for key, _budget in everything] == ["intake", "long", "board", "sign"]
    assert [key for key, _budget in inside] == ["long", "board", "sign"]
    assert [key for key, _budget in alone] == ["short", "board", "sign"]


def test_eight_hours_for_sixteen_are_halved_and_end_when_the_dossier_is_due():
    found = planned("review", due=moment(3, 17), at=moment(3, 7, 30))

    assert (found.left / HOUR, found.needed / HOUR, found.share_left) == (8, 16, 50)
    assert [(step.key, step.share / HOUR) for step in found.steps] == [("review", 3), ("sign", 4), ("number", 1)]
    assert [step.finish_by for step in found.steps] == [moment(3, 10, 30), moment(3, 16), moment(3, 17)]
    assert found.can_be_kept


@pytest.mark.parametrize(("hour", "kept"), [(13, True), (14, False), (17, False)])
def test_below_a_quarter_of_the_budgets_the_date_cannot_be_kept(hour, kept):
    assert Fraction(1, 4) == LEAST_SHARE
    found = planned("review", due=moment(3, 17), at=moment(3, hour))  # 16 hours are needed, so 4 are the least

    assert found.can_be_kept is kept


@given(stretches, st.lists(stretches, min_size=1, max_size=8))
def test_the_parts_add_up_to_the_whole_and_none_is_negative(whole, weights):
    parts = spread(whole, weights)

    assert len(parts) == len(weights)
    assert sum(parts, timedelta()) == whole
    assert all(part >= timedelta() for part in parts)
    total = sum(weights, timedelta())
    if total:
        assert all(
            abs(part - whole * (weight / total)) <= timedelta(seconds=1)
            for part, weight in zip(parts, weights, strict=True)
        )


@given(st.sampled_from(sorted(STEPS)), moments, moments)
def test_every_step_is_finished_no_earlier_than_the_one_before_and_the_last_when_the_dossier_is_due(key, at, due):
    found = planned(key, due=due, at=at)

    ends = [step.finish_by for step in found.steps]
    assert len(ends) == STEPS[key]
    assert ends == sorted(ends)
    assert ends[-1] == due
    assert sum((step.share for step in found.steps), timedelta()) == found.left
    assert found.left == (OFFICE.between(at, due) if due > at else timedelta())
    assert not found.can_be_kept or due > at


@given(st.sampled_from(sorted(STEPS)), moments, moments, moments)
def test_the_later_it_is_the_less_can_be_kept(key, one, two, due):
    early, late = sorted([one, two])

    assert planned(key, due=due, at=early).can_be_kept or not planned(key, due=due, at=late).can_be_kept
