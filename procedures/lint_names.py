"""Keys and edges: every key once, none reserved, every target known, no forward edge that leads back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from procedures.definition import (
    FORWARD,
    JOIN,
    REFUSE,
    RESERVED_KEYS,
    BranchSpec,
    Definition,
    ParallelSpec,
)
from procedures.findings import Finding, Severity
from procedures.graph import Graph

GOES_FORWARD = frozenset({FORWARD, "approve", "agree"})


def error(code: str, name: str, place: str, sentence: str) -> Finding:
    """A finding that blocks publishing."""
    return Finding(code, name, Severity.ERROR, place, sentence)


def warning(code: str, name: str, place: str, sentence: str) -> Finding:
    """A finding that is only shown."""
    return Finding(code, name, Severity.WARNING, place, sentence)


def check_names(definition: Definition, graph: Graph) -> list[Finding]:
    """Everything without which the process cannot be drawn."""
    keys = list(_duplicates(definition)) + list(_reserved(definition))
    if keys:
        return keys
    return [*_unknown_targets(graph), *_forward_cycles(graph)]


def _keyed(definition: Definition) -> Iterator[tuple[str, str]]:
    """Place and key of every node and member."""
    for number, node in enumerate(definition.steps):
        yield f"steps[{number}].key", node.key
        if isinstance(node, ParallelSpec):
            for inner, member in enumerate(node.parallel):
                yield f"steps[{number}].parallel[{inner}].key", member.key


def _duplicates(definition: Definition) -> Iterator[Finding]:
    lists: list[Iterable[tuple[str, str]]] = [
        _keyed(definition),
        ((f"documents[{number}].key", document.key) for number, document in enumerate(definition.documents)),
        ((f"form[{number}].key", question.key) for number, question in enumerate(definition.form)),
    ]
    lists += [
        ((f"form[{number}].columns[{inner}].key", column.key) for inner, column in enumerate(question.columns))
        for number, question in enumerate(definition.form)
    ]
    for keyed in lists:
        seen: set[str] = set()
        for place, key in keyed:
            if key in seen:
                yield error(
                    "P001", "duplicate_key", place, _("The key %(key)s is used twice. Rename one.") % {"key": key}
                )
            seen.add(key)


def _reserved(definition: Definition) -> Iterator[Finding]:
    for place, key in _keyed(definition):
        if key in RESERVED_KEYS:
            yield error(
                "P002",
                "reserved_name",
                place,
                _("%(key)s has a meaning of its own. Choose another key.") % {"key": key},
            )


def edges(graph: Graph) -> Iterator[tuple[str, str, str, str]]:
    """Place, source, outcome and target of every edge; blocks and branches have the outcome `forward`."""
    for key in graph.all_keys():
        node, place = graph.node(key), graph.place(key)
        if isinstance(node, ParallelSpec):
            yield f"{place}.then", key, FORWARD, node.then
        elif isinstance(node, BranchSpec):
            for number, case in enumerate(node.branch):
                word = "otherwise" if case.when is None else "to"
                yield f"{place}.branch[{number}].{word}", key, FORWARD, case.target
        else:
            for outcome, target in graph.outcomes(key).items():
                yield f"{place}.outcomes.{outcome}", key, outcome, target


def _unknown_targets(graph: Graph) -> Iterator[Finding]:
    for place, source, _outcome, target in edges(graph):
        sentence = _target_trouble(graph, source, target)
        if sentence:
            yield error("P003", "unknown_target", place, sentence)


def _target_trouble(graph: Graph, source: str, target: str) -> str:
    """Why an edge cannot lead there, empty when it can."""
    inside = graph.parallel_of(source) is not None
    if target == JOIN and not inside:
        return _("join is only a target inside a parallel block. Name a step.")
    if target == REFUSE and source not in graph.human:
        return _("Only a person can refuse. Lead to a step that may choose to refuse.")
    block = graph.parallel_of(target)
    if block is not None and not inside:
        values = {"target": target, "block": block.key}
        return _("%(target)s is inside a parallel block. Lead to the whole block, %(block)s.") % values
    if block is None and not graph.is_known(target):
        return _("There is no step %(target)s. Correct the name or add the step.") % {"target": target}
    return ""


def _forward_cycles(graph: Graph) -> Iterator[Finding]:
    for place, source, outcome, target in edges(graph):
        automatic = source not in graph.human
        if graph.is_backward(source, target) and (automatic or outcome in GOES_FORWARD):
            values = {"source": source, "target": target}
            sentence = _(
                "Going forward from %(source)s leads back to %(target)s: a circle. "
                "Lead to a later step, or name the outcome send_back."
            )
            yield error("P004", "forward_cycle", place, sentence % values)
