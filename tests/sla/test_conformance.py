"""The count of time limits and the simple-minded one agree; `make conformance` asks fifty times as much."""

from tests.sla import conformance

CODES = [
    "office",
    "saturday-desk",
    "office-with-closures",
    "half-days",
    "evenings",
    "three-windows",
    "tuesday-mornings",
    "amsterdam-sundays",
    "new-york",
]


def test_two_thousand_seeded_questions_are_answered_alike():
    asked = list(conformance.questions(7, 2_000, CODES, range(2026, 2028)))

    assert [found for one in asked if (found := conformance.disagreement(one))] == []
    assert {one["limit"]["unit"] for one in asked} == set(conformance.AMOUNTS)
    assert {stop["effect"] for one in asked for stop in one["stops"]} == {"resume", "restart", "pause_only"}
    assert {frozenset(one.get("rules", {})) for one in asked} == {frozenset(), *map(frozenset, conformance.RULES)}


def test_the_questions_are_the_same_every_time():
    asked = [list(conformance.questions(5, 20, CODES, range(2026, 2028))) for _number in range(2)]

    assert asked[0] == asked[1]
