"""The official table of a dossier's steps, with what happened at each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from offices.models import Role
from onestop.desk import words
from onestop.desk.badges import step_badge
from onestop.desk.words import TimeBadge
from procedures.definition import REFUSE, BranchSpec, Definition, ParallelSpec, StepSpec
from workflows.models import Step
from workflows.nodes import label_of


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time a step was open."""

    step: Step
    number: int
    badge: TimeBadge | None
    outcome: str

    @property
    def who(self) -> str:
        """Who finished it, or who holds it."""
        person = self.step.finished_by or self.step.owner
        return person.full_name if person else ""


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """One line of the official table."""

    number: str
    title: str
    work: str
    role: str
    office: str
    output: str
    budget: str
    assumed: bool
    state: str  # done, current, canceled or empty
    attempts: list[Attempt]
    is_gateway: bool = False


def process_lines(definition: Definition, steps: list[Step], at: datetime) -> Iterator[ProcessLine]:
    """The steps in the order of the definition, each with its attempts; a proposed refusal comes last."""
    by_key: dict[str, list[Step]] = {}
    for step in steps:
        by_key.setdefault(step.key, []).append(step)
    for place, node in enumerate(definition.steps, start=1):
        if isinstance(node, ParallelSpec):
            yield gateway(str(place), _("In parallel: %(name)s") % {"name": node.title})
            for letter, member in zip("abcdefghijklmnop", node.parallel, strict=False):
                yield line_of(f"{place}{letter}", member, by_key.get(member.key, []), at)
        elif isinstance(node, BranchSpec):
            yield gateway(str(place), _("By the form: %(name)s") % {"name": node.title})
        else:
            yield line_of(str(place), node, by_key.get(node.key, []), at)
    if REFUSE in by_key:
        yield line_of("–", by_key[REFUSE][0].flow_task.spec, by_key[REFUSE], at)


def gateway(number: str, title: str) -> ProcessLine:
    """A line without work."""
    return ProcessLine(number, title, "", "", "", "", "", False, "", [], is_gateway=True)


def line_of(number: str, spec: StepSpec, steps: list[Step], at: datetime) -> ProcessLine:
    """One step of the definition with what happened."""
    attempts = [
        Attempt(
            step,
            step.attempt,
            step_badge(step, at=at) if step.is_open else None,
            capfirst(label_of(spec, step.outcome)) if step.outcome else "",
        )
        for step in steps
    ]
    state = ""
    if steps:
        state = "current" if steps[-1].is_open else "done" if steps[-1].outcome else "canceled"
    office = steps[-1].office.short_name if steps and steps[-1].office else ""
    budget = words.stretch(minutes=int(spec.budget * 60)) if spec.budget is not None else ""
    return ProcessLine(
        number,
        spec.title,
        spec.work,
        str(Role(spec.role.value).label),
        office,
        spec.output,
        budget,
        spec.assumed,
        state,
        attempts,
    )
