"""A version tried out on paper: when a file received at a moment would be due, and how far each step would take it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from offices.capacities import local_day
from offices.models import Role
from onestop.desk.reading.catalogue import time_words
from onestop.desk.reading.reception import lines_of
from onestop.desk.terms_in_words import limit_in_words
from procedures.definition import END, REFUSE, BranchSpec, Definition, ParallelSpec, StepSpec
from procedures.graph import Graph
from procedures.lint_clock import forward
from sla.explanations import in_words
from sla.rulebook import rulebook_on
from sla.terms import Cutoff, Term, Unit, deadline
from sla.working_time import Timetable
from workflows.services.starting import counting_of


@dataclass(frozen=True, slots=True)
class DryStep:
    """One step, if everybody takes all of the time given."""

    number: str
    title: str
    who: str
    budget: str
    opens_at: datetime
    due_at: datetime
    is_late: bool
    ends_clock: bool


@dataclass(frozen=True, slots=True)
class DryRun:
    """A whole file on paper.

    Attributes:
        due_at: when it would have been due by law.
        ends_at: when the step that ends the clock would be finished if everybody took all of the time given.
    """

    received_at: datetime
    due_at: datetime
    provisional: bool
    limit: str
    lines: list[str]
    steps: list[DryStep]
    ends_at: datetime

    @property
    def is_late(self) -> bool:
        """Whether everybody on time makes a late file."""
        return self.ends_at > self.due_at


def dry_run(spec: Definition, *, channel: str, timetable: Timetable, at: datetime) -> DryRun:
    """Try a definition out on the longest forward way.

    Args:
        spec: draft or published.
        channel: how the file comes.
        timetable: the calendar of the receiving office.
        at: the moment of reception, aware.

    Raises:
        NoLimitForChannel: when the definition gives no limit for the channel.
        OutsideHorizon: when a date lies beyond the years that can be computed.
    """
    limit = spec.limit_for(channel)
    cutoff = Cutoff(limit.cutoff.after, limit.cutoff.amount) if limit.cutoff else None
    term = Term(limit.amount, Unit(limit.unit), cutoff)
    rules = counting_of(spec, rulebook_on(local_day(at)))
    found = deadline(start=at, term=term, timetable=timetable, rules=rules)
    told = in_words(found, term=term, received_on=local_day(at), rules=rules)
    steps = list(_Walk(spec, timetable, found.due_at).steps(at))
    ended = [step.due_at for step in steps if step.ends_clock]
    ends_at = max(ended) if ended else (steps[-1].due_at if steps else at)
    return DryRun(at, found.due_at, found.provisional, limit_in_words(limit), lines_of(told), steps, ends_at)


class _Walk:
    """Goes through the longest forward way of a definition."""

    def __init__(self, spec: Definition, timetable: Timetable, due_at: datetime) -> None:
        self.graph, self.timetable, self.due_at = Graph(spec), timetable, due_at
        self.hours = self._hours()
        self.is_running = True

    def _hours(self) -> dict[str, Decimal]:
        """Hours of the longest way from each node on."""
        hours = {END: Decimal(0), REFUSE: Decimal(-1)}
        for key in reversed(self.graph.nodes):
            own = max((step.budget or Decimal(0) for step in self._members(key)), default=Decimal(0))
            hours[key] = own + max((hours[target] for target in forward(self.graph, key)), default=Decimal(0))
        return hours

    def _members(self, key: str) -> tuple[StepSpec, ...]:
        node = self.graph.nodes[key]
        if isinstance(node, ParallelSpec):
            return node.parallel
        return () if isinstance(node, BranchSpec) else (node,)

    def steps(self, at: datetime) -> Iterator[DryStep]:
        """The steps in order, each opened when the one before is finished."""
        key, number = self.graph.first, 0
        while key not in (END, REFUSE):
            members = self._members(key)
            number += 1 if members else 0
            rows = [self._row(step, at, self._number(number, place, members)) for place, step in enumerate(members, 1)]
            yield from rows
            at = max((row.due_at for row in rows), default=at)
            self.is_running = self.is_running and not any(row.ends_clock for row in rows)
            key = max(forward(self.graph, key), key=lambda target: self.hours[target], default=END)

    def _number(self, number: int, place: int, members: tuple[StepSpec, ...]) -> str:
        return str(number) if len(members) == 1 else f"{number}.{place}"

    def _row(self, step: StepSpec, at: datetime, number: str) -> DryStep:
        due_at = at
        if step.budget is not None:
            term = Term(step.budget, Unit.WORKING_HOUR)
            due_at = deadline(start=at, term=term, timetable=self.timetable, explain=False).due_at
        return DryStep(
            number=number,
            title=step.title,
            who=str(Role(step.role.value).label),
            budget=time_words(step),
            opens_at=at,
            due_at=due_at,
            is_late=self.is_running and due_at > self.due_at,
            ends_clock=self.graph.ends_clock(step.key),
        )
