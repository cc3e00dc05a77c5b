"""The shape of the process: every step is reached, every way ends, parallel work joins, branches can decide."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from procedures.definition import (
    CHOICE_KINDS,
    END,
    JOIN,
    NUMERIC_KINDS,
    RECEIVING,
    REFUSE,
    BranchSpec,
    FieldKind,
    FormField,
    Op,
    ParallelSpec,
    StepRole,
    StepSpec,
)
from procedures.findings import Finding
from procedures.graph import Graph
from procedures.lint_names import error, warning

USUAL_OUTCOMES = frozenset({"forward", "approve", "send_back", "refuse", "agree", "disagree"})
ORDERED = frozenset({Op.LT, Op.LE, Op.GT, Op.GE})
NOT_COMPARED = frozenset({FieldKind.FILE, FieldKind.TABLE, FieldKind.CHOICES, FieldKind.PERSON, FieldKind.ADDRESS})


def check_flow(graph: Graph) -> list[Finding]:
    """All findings on the shape."""
    return [
        *_first(graph),
        *_unreachable(graph),
        *_endless(graph),
        *_never_finishes(graph),
        *_parallel(graph),
        *_branches(graph),
        *_labels(graph),
    ]


def reach(graph: Graph, start: str) -> set[str]:
    """Every top-level node and reserved target that can follow `start`, itself included."""
    found, waiting = {start}, [start]
    while waiting:
        key = waiting.pop()
        after = graph.successors(key) if key in graph.nodes else ()
        new = set(after) - found
        found |= new
        waiting += new
    return found


def _first(graph: Graph) -> Iterator[Finding]:
    first = graph.nodes[graph.first]
    if isinstance(first, StepSpec) and first.role is StepRole.CLERK and first.where == RECEIVING:
        return
    sentence = _("The first step must be the reception: a clerk's step at the receiving office. Put it first.")
    yield error("P010", "first_step_not_reception", "steps[0]", sentence)


def _unreachable(graph: Graph) -> Iterator[Finding]:
    reached = reach(graph, graph.first)
    for key in graph.nodes:
        if key not in reached:
            sentence = _("No way leads to %(step)s. Give an earlier step an outcome that leads here, or remove it.")
            yield error("P011", "unreachable_step", graph.place(key), sentence % {"step": key})


def _endless(graph: Graph) -> Iterator[Finding]:
    """Dead ends, and loops that nothing leaves; each loop is named once, at its first step."""
    named: set[str] = set()
    for key in graph.nodes:
        followers = reach(graph, key)
        if not graph.successors(key):
            sentence = _("%(step)s has no outcome: files would stay there for ever. Add an outcome.") % {"step": key}
            yield error("P012", "dead_end", f"{graph.place(key)}.outcomes", sentence)
        elif key not in named and not _can_leave(graph, followers):
            named |= followers
            loop = ", ".join(sorted(followers, key=graph.position))
            sentence = _(
                "Nothing leads out of the loop %(steps)s. Add an outcome that leads to a later step or to end."
            )
            yield error("P013", "loop_without_exit", graph.place(key), sentence % {"steps": loop})


def _can_leave(graph: Graph, followers: set[str]) -> bool:
    """Whether the end is reached, or a dead end, which is named by itself."""
    dead = any(key in graph.nodes and not graph.successors(key) for key in followers)
    return dead or END in followers or REFUSE in followers


def _never_finishes(graph: Graph) -> Iterator[Finding]:
    reached = reach(graph, graph.first)
    if END not in reached and REFUSE in reached:
        sentence = _("No way leads to the end; files can only be refused. Lead a step to end.")
        yield error("P012", "dead_end", "steps", sentence)


def _parallel(graph: Graph) -> Iterator[Finding]:
    for key, step in graph.human.items():
        block = graph.parallel_of(key)
        if block is None:
            continue
        outcomes = graph.outcomes(key)
        if JOIN not in outcomes.values():
            values = {"step": key, "block": block.key}
            sentence = (
                _("%(step)s never joins the others of %(block)s. Leave outcomes out, or lead one to join.") % values
            )
            yield error("P014", "parallel_never_joins", graph.place(key), sentence)
        for outcome, target in outcomes.items():
            if target != JOIN:
                place = f"{graph.place(key)}.outcomes.{outcome}"
                sentence = _(
                    "An outcome inside a parallel block must lead to join: the others are still at work. "
                    "Let the step after the block decide."
                )
                yield error("P015", "leaves_parallel", place, sentence)
        if step.ends_clock:
            sentence = _("A step inside a parallel block cannot end the clock. Mark a step after the block.")
            yield error("P016", "clock_ends_in_parallel", f"{graph.place(key)}.ends_clock", sentence)


def _branches(graph: Graph) -> Iterator[Finding]:
    for key, node in graph.nodes.items():
        if isinstance(node, BranchSpec):
            yield from _branch_order(graph.place(key), node)
            yield from _branch_conditions(graph, key, node)


def _branch_order(place: str, node: BranchSpec) -> Iterator[Finding]:
    fallbacks = [number for number, case in enumerate(node.branch) if case.when is None]
    if fallbacks != [len(node.branch) - 1]:
        sentence = _("The last case of a branch must be `otherwise`, once: a file that fits no case must go somewhere.")
        yield error("P017", "branch_without_otherwise", f"{place}.branch", sentence)


def _branch_conditions(graph: Graph, key: str, node: BranchSpec) -> Iterator[Finding]:
    form = {question.key: question for question in graph.definition.form}
    for number, case in enumerate(node.branch):
        if case.when is None:
            continue
        place = f"{graph.place(key)}.branch[{number}].when"
        question = form.get(case.when.field)
        if question is None:
            sentence = _("The e-form has no field %(field)s. Correct the name or add the field to form.")
            yield error("P018", "branch_unknown_field", f"{place}.field", sentence % {"field": case.when.field})
            continue
        values = case.when.value if isinstance(case.when.value, tuple) else (case.when.value,)
        if not _comparable(question, case.when.op, values):
            sentence = _("%(field)s is a field of kind %(kind)s: it cannot be compared like this. Correct op or value.")
            names = {"field": question.key, "kind": question.kind.value}
            yield error("P019", "branch_wrong_comparison", place, sentence % names)


def _comparable(question: FormField, op: Op, values: tuple[object, ...]) -> bool:
    if question.kind in NOT_COMPARED:
        return False
    if question.kind in NUMERIC_KINDS:
        return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
    if question.kind is FieldKind.YES_NO:
        return op not in ORDERED and all(isinstance(value, bool) for value in values)
    if question.kind in CHOICE_KINDS:
        return op not in ORDERED and all(value in question.choices for value in values)
    return (op not in ORDERED or question.kind is FieldKind.DATE) and all(isinstance(value, str) for value in values)


def _labels(graph: Graph) -> Iterator[Finding]:
    for key, step in graph.human.items():
        outcomes = graph.outcomes(key)
        for outcome in outcomes:
            if outcome not in USUAL_OUTCOMES and outcome not in step.labels:
                sentence = _("The outcome %(outcome)s has no label; people would see its key. Add it to labels.")
                place = f"{graph.place(key)}.outcomes.{outcome}"
                yield warning("P050", "outcome_without_label", place, sentence % {"outcome": outcome})
        for outcome in step.labels:
            if outcome not in outcomes:
                sentence = _("There is a label for %(outcome)s, but the step has no such outcome. Remove it.")
                place = f"{graph.place(key)}.labels.{outcome}"
                yield warning("P051", "label_without_outcome", place, sentence % {"outcome": outcome})


def members(graph: Graph, key: str) -> tuple[StepSpec, ...]:
    """The human steps of one top-level node: itself, the members of a block, none for a branch."""
    node = graph.nodes[key]
    if isinstance(node, ParallelSpec):
        return node.parallel
    return (node,) if isinstance(node, StepSpec) else ()
