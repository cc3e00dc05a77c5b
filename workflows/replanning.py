"""What is left of a dossier's time, spread over the steps that are still to be done; or that the date cannot be kept.

Pure: given the process, the steps that are open and a calendar, it reads nothing else.

    now ──┬── open step ──┬── next step ──┬── … ──┬── step that ends the clock ── due_at
          └ part ∝ budget ┴ part ∝ budget ┴       ┴ part ∝ budget

The rule: the date can be kept as long as the working time left is at least `LEAST_SHARE` of what the remaining steps
are given by the procedure. Below that nobody could still work with care: the office must apologise and name a new date.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from procedures.definition import END, REFUSE, ParallelSpec, StepSpec
from procedures.graph import Graph
from sla.working_time import Timetable

LEAST_SHARE = Fraction(1, 4)
"""The date cannot be kept when less than this share of the remaining budgets is left."""

ZERO = timedelta()
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One remaining step: what the procedure gives it, what is left for it, and by when it should be finished."""

    key: str
    budget: timedelta
    share: timedelta
    finish_by: datetime


@dataclass(frozen=True, slots=True)
class Plan:
    """The time left, spread over the remaining steps in their order.

    Attributes:
        steps: the current and the remaining forward steps until the clock ends.
        left: working time from now until the dossier is due.
        needed: what the procedure gives these steps.
    """

    steps: tuple[PlannedStep, ...]
    left: timedelta
    needed: timedelta

    @property
    def can_be_kept(self) -> bool:
        """Whether the date can still be kept: time is left, and at least `LEAST_SHARE` of the budgets."""
        return self.left > ZERO and self.left >= self.needed * LEAST_SHARE.numerator / LEAST_SHARE.denominator

    @property
    def spare(self) -> timedelta:
        """Working time that may still pass before the date cannot be kept; none where it cannot already."""
        return max(self.left - self.needed * LEAST_SHARE.numerator / LEAST_SHARE.denominator, ZERO)

    @property
    def share_left(self) -> int:
        """The time left in percent of what the steps are given; 100 where they are given nothing."""
        return self.left * 100 // self.needed if self.needed else 100


def plan(*, graph: Graph, open_keys: Collection[str], due_at: datetime, at: datetime, timetable: Timetable) -> Plan:
    """Spread the working time until `due_at` over the steps that are still to be done.

    Args:
        graph: the process of the definition the dossier began with.
        open_keys: keys of the open steps.
        due_at: when the dossier is due (aware).
        at: now (aware).
        timetable: the calendar of the dossier.

    Returns:
        The plan; of parallel steps the longest stands for all of them. A dossier that is past the step which ends the
        clock has no steps left.
    """
    budgets = remaining_budgets(graph, open_keys)
    left = timetable.between(at, due_at) if due_at > at else ZERO
    needed = sum((budget for _key, budget in budgets), ZERO)
    shares = spread(left, [budget for _key, budget in budgets])
    steps, passed = [], ZERO
    for number, ((key, budget), share) in enumerate(zip(budgets, shares, strict=True), start=1):
        passed += share
        finish_by = due_at if number == len(budgets) or due_at <= at else timetable.add(at, passed)
        steps.append(PlannedStep(key, budget, share, finish_by))
    return Plan(tuple(steps), left, needed)


def spread(whole: timedelta, weights: Sequence[timedelta]) -> list[timedelta]:
    """Cut `whole` into parts in proportion to `weights`, in whole seconds; the parts add up to the whole exactly.

    Where nothing has a weight, all of it goes to the first.
    """
    total = sum(weights, ZERO)
    if not total:
        return [whole if place == 0 else ZERO for place in range(len(weights))]
    parts, before, weight = [], ZERO, ZERO
    for one in weights[:-1]:
        weight += one
        until = whole * (weight // SECOND) // (total // SECOND) // SECOND * SECOND
        parts.append(until - before)
        before = until
    return [*parts, whole - before]


def remaining_budgets(graph: Graph, open_keys: Collection[str]) -> list[tuple[str, timedelta]]:
    """The current step and those after it on the longest forward way to the end of the clock, with their budgets.

    Steps on which no time is counted are left out, unless one of them is what is open now.
    """
    ways = longest_ways(graph)
    starts = {_top(graph, key) for key in open_keys if key in graph.human}
    if not starts:
        return []
    first = min(starts, key=graph.position)
    open_here = [key for key in open_keys if key in graph.human and _top(graph, key) == first]
    current = max(open_here, key=lambda key: _hours(graph.human[key]))
    way = [(current, _hours(graph.human[current]))]
    if not _ends_clock(graph, first):
        way += max((ways[target] for target in _forward(graph, first)), default=[], key=_length)
    return [(key, timedelta(minutes=int(hours * 60))) for key, hours in way]


Way = list[tuple[str, Decimal]]


def longest_ways(graph: Graph) -> dict[str, Way]:
    """For every top-level node the longest forward way from it to the end of the clock: steps with their hours.

    Forward edges only lead to later nodes, so going through the file backwards is enough.
    """
    ways: dict[str, Way] = {END: [], REFUSE: []}
    for key in reversed(graph.nodes):
        following = max((ways.get(target, []) for target in _forward(graph, key)), default=[], key=_length)
        own = max(_steps(graph, key), default=None, key=_hours)
        after = [] if _ends_clock(graph, key) else following
        ways[key] = ([(own.key, _hours(own))] if own is not None and own.budget else []) + after
    return ways


def _length(way: Way) -> Decimal:
    return sum((hours for _key, hours in way), Decimal(0))


def _hours(step: StepSpec) -> Decimal:
    return step.budget or Decimal(0)


def _forward(graph: Graph, key: str) -> list[str]:
    return [target for target in graph.successors(key) if not graph.is_backward(key, target)]


def _steps(graph: Graph, key: str) -> list[StepSpec]:
    node = graph.nodes[key]
    if isinstance(node, ParallelSpec):
        return list(node.parallel)
    return [node] if isinstance(node, StepSpec) else []


def _ends_clock(graph: Graph, key: str) -> bool:
    return any(graph.ends_clock(step.key) for step in _steps(graph, key))


def _top(graph: Graph, key: str) -> str:
    block = graph.parallel_of(key)
    return block.key if block else key
