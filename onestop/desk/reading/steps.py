"""One step in words: what it is called, where it came from, what may be chosen at its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from procedures.definition import END, JOIN, REFUSE, BranchSpec, StepSpec
from workflows.nodes import label_of

if TYPE_CHECKING:
    from procedures.graph import Graph
    from workflows.models import Dossier, Step

SEND_BACK = "send_back"


def spec_of(step: Step) -> StepSpec:
    """The step in the definition its dossier began with."""
    spec: StepSpec = step.flow_task.spec
    return spec


def title_of(step: Step) -> str:
    """What the step is called."""
    return spec_of(step).title


def key_title(dossier: Dossier, key: str) -> str:
    """What a step of the dossier's process is called; the key where the process has no such step."""
    node = getattr(dossier.flow_class, f"step_{key}", None)
    return node.spec.title if node is not None else key


def origin_of(step: Step) -> str:
    """The step from which the dossier came here; empty for the first step."""
    key = step.data.get("came_from_key", "")
    return key_title(step.process, key) if key else ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way to finish a step, as a button says it."""

    name: str
    label: str
    target: str
    kind: str  # onward, back or refuse


def outcome_of(step: Step, name: str) -> Outcome:
    """One way to finish the step."""
    graph: Graph = step.flow_task.flow_class.graph
    label = capfirst(label_of(spec_of(step), name))
    if step.key == REFUSE:
        came_from = step.data.get("came_from_key", "")
        kind, target = ("refuse", "") if name == REFUSE else ("back", key_title(step.process, came_from))
        return Outcome(name, label, target, kind)
    key = graph.outcomes(step.key)[name]
    kind = "back" if name == SEND_BACK or graph.is_backward(step.key, key) else "refuse" if key == REFUSE else "onward"
    return Outcome(name, label, target_title(graph, step.key, key), kind)


def target_title(graph: Graph, key: str, target: str) -> str:
    """Where an outcome leads, in words."""
    if target == JOIN:
        block = graph.parallel_of(key)
        target = block.then if block else END
    if target == END:
        return _("the end of the process")
    if target == REFUSE:
        return _("a leader, who approves the refusal")
    node = graph.node(target)
    return _("as the form decides") if isinstance(node, BranchSpec) else node.title
