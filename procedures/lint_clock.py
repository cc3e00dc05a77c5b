"""The end of the statutory clock: every forward way to the end has exactly one, and nothing leads back behind it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from procedures.definition import END, REFUSE, May
from procedures.findings import Finding
from procedures.graph import Graph
from procedures.lint_flow import members
from procedures.lint_names import error, warning

STOPS = (May.REQUEST_SUPPLEMENT, May.REQUEST_PAYMENT)


def check_clock(graph: Graph) -> list[Finding]:
    """All findings on the end of the clock."""
    counts = list(_counts(graph))
    return counts or [*_after_the_end(graph), *_nobody_returns(graph)]


def forward(graph: Graph, key: str) -> list[str]:
    """Successors of a node without the edges that lead back."""
    return [target for target in graph.successors(key) if not graph.is_backward(key, target)]


def forward_ways(graph: Graph) -> dict[str, tuple[list[str], list[str]] | None]:
    """For each node the way to `end` with the fewest and the one with the most steps that end the clock.

    None where no forward way leads to `end`. Forward edges only lead to later nodes, so going through the file
    backwards is enough, however many ways there are.
    """
    ways: dict[str, tuple[list[str], list[str]] | None] = {END: ([], []), REFUSE: None}
    for key in reversed(graph.nodes):
        found = [way for target in forward(graph, key) if (way := ways.get(target)) is not None]
        own = [step.key for step in members(graph, key) if graph.ends_clock(step.key)]
        if found:
            fewest = min((way[0] for way in found), key=len)
            most = max((way[1] for way in found), key=len)
            ways[key] = (own + fewest, own + most)
        else:
            ways[key] = None
    return ways


def _counts(graph: Graph) -> Iterator[Finding]:
    ways = forward_ways(graph)[graph.first]
    if ways is None:
        return
    fewest, most = ways
    if not fewest:
        sentence = _("On one way to the end no step ends the clock. Mark the step that decides with ends_clock: true.")
        yield error("P020", "no_end_of_clock", _place_without_end(graph), sentence)
    if len(most) > 1:
        sentence = _("On one way to the end the clock would end more than once: at %(steps)s. Mark only one of them.")
        place = f"{graph.place(most[1])}.ends_clock"
        yield error("P021", "several_ends_of_clock", place, sentence % {"steps": ", ".join(most)})


def _place_without_end(graph: Graph) -> str:
    """The last step of a way on which no step ends the clock."""
    ways, key = forward_ways(graph), graph.first
    while True:
        targets = [target for target in forward(graph, key) if ways.get(target) is not None]
        target = min(targets, key=lambda name: len((ways[name] or ([], []))[0]))
        if target == END:
            return graph.place(key)
        key = target


def _after_the_end(graph: Graph) -> Iterator[Finding]:
    late = _nodes_after_the_end(graph)
    for key in sorted(late, key=graph.position):
        for step in members(graph, key):
            yield from _impossible_outcomes(graph, step.key, late)
            for act in step.may:
                if act in STOPS:
                    sentence = _(
                        "After the clock has ended nothing more can be asked of the applicant. Remove %(act)s."
                    )
                    yield error("P022", "act_after_end", f"{graph.place(step.key)}.may", sentence % {"act": act.value})


def _nobody_returns(graph: Graph) -> Iterator[Finding]:
    """Deciding and handing over are two acts (status 9, then 10)."""
    for key in graph.human:
        if graph.ends_clock(key) and END in graph.outcomes(key).values():
            sentence = _(
                "The process ends with the decision at %(step)s: nobody hands the result over. "
                "Add a clerk's step with time: none."
            )
            yield warning("P023", "nobody_returns", graph.place(key), sentence % {"step": key})


def _nodes_after_the_end(graph: Graph) -> set[str]:
    """Nodes that a file only reaches when its clock has ended."""
    late: set[str] = set()
    for key in graph.nodes:
        ends_here = any(graph.ends_clock(step.key) for step in members(graph, key))
        if ends_here or key in late:
            late |= {target for target in forward(graph, key) if target in graph.nodes}
    return late


def _impossible_outcomes(graph: Graph, key: str, late: set[str]) -> Iterator[Finding]:
    for outcome, target in graph.outcomes(key).items():
        place = f"{graph.place(key)}.outcomes.{outcome}"
        if target == REFUSE or (graph.is_backward(key, target) and target not in late):
            sentence = _("The clock has ended before this step: the file cannot be refused or sent back any more.")
            yield error("P022", "act_after_end", place, sentence)
