"""What follows from the steps."""

from procedures.definition import END, JOIN
from procedures.graph import Graph
from tests.procedures.samples import RECEIVE, RETURN, SIGN, definition, human

PARALLEL = {"key": "opinions", "parallel": [human("land"), human("money", outcomes={"agree": "join"})], "then": "size"}
BRANCH = {
    "key": "size",
    "branch": [{"when": {"field": "area", "op": "ge", "value": 5}, "to": "sign"}, {"otherwise": "return"}],
}
LONG = definition(
    RECEIVE, PARALLEL, BRANCH, SIGN | {"outcomes": {"approve": "return", "send_back": "opinions"}}, RETURN
)


def test_without_outcomes_a_step_goes_forward_and_the_last_one_ends() -> None:
    graph = Graph(definition())

    assert graph.outcomes("receive") == {"forward": "appraise"}
    assert graph.outcomes("return") == {"forward": END}
    assert graph.outcomes("sign") == {"approve": "return", "send_back": "appraise"}


def test_members_of_a_block_lead_to_the_join_and_the_block_to_then() -> None:
    graph = Graph(LONG)

    assert graph.outcomes("land") == {"forward": JOIN}
    assert graph.outcomes("money") == {"agree": JOIN}
    assert graph.targets("opinions") == ("land", "money")
    assert graph.successors("opinions") == ("size",)
    assert graph.successors("land") == ("size",)
    assert graph.next_of("opinions") == "size"
    assert graph.parallel_of("land") is graph.nodes["opinions"]
    assert graph.parallel_of("sign") is None


def test_a_branch_leads_where_its_cases_say() -> None:
    assert Graph(LONG).targets("size") == ("sign", "return")


def test_an_edge_to_a_step_at_or_before_its_own_is_backward() -> None:
    graph = Graph(LONG)

    assert graph.is_backward("sign", "opinions")
    assert graph.is_backward("sign", "sign")
    assert not graph.is_backward("sign", "return")
    assert not any(graph.is_backward("sign", target) for target in ("end", "refuse", "join"))


def test_the_last_step_with_a_budget_ends_the_clock() -> None:
    graph = Graph(definition())

    assert [key for key in graph.human if graph.ends_clock(key)] == ["sign"]
    assert graph.outcome_ends_clock("sign", "approve")
    assert not graph.outcome_ends_clock("sign", "send_back")


def test_a_marked_step_ends_the_clock_instead() -> None:
    graph = Graph(definition(RECEIVE | {"ends_clock": True}, human("file")))

    assert [key for key in graph.human if graph.ends_clock(key)] == ["receive"]


def test_without_any_budget_the_last_step_ends_the_clock() -> None:
    graph = Graph(definition(human("a", time="none"), human("b", time="none")))

    assert graph.ends_clock("b")
    assert not graph.ends_clock("a")


def test_places_are_those_of_the_file() -> None:
    graph = Graph(LONG)

    assert graph.all_keys() == ("receive", "opinions", "land", "money", "size", "sign", "return")
    assert graph.place("money") == "steps[1].parallel[1]"
    assert graph.place("sign") == "steps[3]"
    assert graph.position("money") == 1
    assert graph.position("end") == 5
