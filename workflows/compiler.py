"""Turn a definition of a procedure into a Viewflow flow class.

definition (data) ──▶ Graph ──▶ nodes: start → step_… / split_…, join_… / branch_… → end
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from viewflow import this
from viewflow.workflow.activation import Activation
from viewflow.workflow.base import Flow, Node
from viewflow.workflow.lock import select_for_update_lock

from procedures.definition import (
    END,
    REFUSE,
    BranchSpec,
    Condition,
    Definition,
    ParallelSpec,
    Phase,
    StepRole,
    StepSpec,
)
from procedures.graph import Graph
from workflows import nodes
from workflows.models import Dossier, Step

MODULE = "workflows.flows"


def node_name(element: StepSpec | ParallelSpec | BranchSpec) -> str:
    """Name of the node at which an element of the definition is entered; prefixed, so no attribute of Flow is hit."""
    if isinstance(element, ParallelSpec):
        return f"split_{element.key}"
    if isinstance(element, BranchSpec):
        return f"branch_{element.key}"
    return f"step_{element.key}"


def refusal_step() -> StepSpec:
    """The leader's step that every proposed refusal goes through."""
    return StepSpec(
        key=REFUSE,
        name=_("Approve the refusal"),
        work=_("Read the reason, sign the refusal (form 03) or send it back."),
        phase=Phase.APPROVE,
        role=StepRole.LEADER,
        time="none",
    )


class Compiler:
    """Builds the nodes of one definition."""

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.graph = Graph(definition)
        self.elements = {element.key: element for element in definition.steps}
        self.nodes: dict[str, Node] = {}

    def build(self) -> dict[str, Node]:
        """All nodes by name."""
        self.nodes["start"] = nodes.Start().Next(self.entry(self.definition.steps[0].key))
        self.nodes["end"] = nodes.End()
        for element in self.definition.steps:
            if isinstance(element, ParallelSpec):
                self.add_parallel(element)
            elif isinstance(element, BranchSpec):
                self.add_branch(element)
            else:
                self.add_human(element)
        self.add_refusal()
        return self.nodes

    def entry(self, target: str) -> Any:
        """Reference to the node at which `target` is entered."""
        if target in {END, REFUSE}:
            return this.end if target == END else getattr(this, f"step_{REFUSE}")
        return getattr(this, node_name(self.elements[target]))

    def add_human(self, spec: StepSpec) -> None:
        targets = {outcome: self.target(spec, target) for outcome, target in self.graph.outcomes(spec.key).items()}
        self.nodes[f"step_{spec.key}"] = nodes.HumanNode(spec, targets)

    def target(self, spec: StepSpec, target: str) -> Any:
        """Where an outcome leads; a leader's own refusal needs no second approval."""
        block = self.graph.parallel_of(spec.key)
        if block is not None:
            return getattr(this, f"join_{block.key}")
        if target == REFUSE and spec.role is StepRole.LEADER:
            return this.end
        return self.entry(target)

    def add_parallel(self, block: ParallelSpec) -> None:
        split = nodes.Split()
        for spec in block.parallel:
            split.Next(getattr(this, f"step_{spec.key}"))
            self.add_human(spec)
        self.nodes[f"split_{block.key}"] = split
        self.nodes[f"join_{block.key}"] = nodes.Join().Next(self.entry(block.then))

    def add_branch(self, branch: BranchSpec) -> None:
        switch = nodes.Switch()
        for case in branch.branch:
            if case.when is None:
                switch.Default(self.entry(case.target))
            else:
                switch.Case(self.entry(case.target), condition_of(case.when))
        self.nodes[f"branch_{branch.key}"] = switch

    def add_refusal(self) -> None:
        proposers = [key for key, spec in self.graph.human.items() if self.proposes_refusal(key, spec)]
        if not proposers:
            return
        targets: dict[str, Any] = {REFUSE: this.end}
        targets |= {f"send_back:{key}": getattr(this, f"step_{key}") for key in proposers}
        self.nodes[f"step_{REFUSE}"] = nodes.HumanNode(refusal_step(), targets, back_to_sender=True)

    def proposes_refusal(self, key: str, spec: StepSpec) -> bool:
        in_block = self.graph.parallel_of(key) is not None
        return not in_block and spec.role is not StepRole.LEADER and REFUSE in self.graph.outcomes(key).values()


def condition_of(condition: Condition) -> Callable[[Activation], bool]:
    """A branch condition as Viewflow's Switch wants it."""

    def holds(activation: Activation) -> bool:
        return condition.holds(activation.process.data)

    return holds


def compile_flow(definition: Definition, *, name: str, module: str = MODULE) -> type[Flow]:
    """Compile a definition.

    Args:
        definition: a definition that passed the model's own checks.
        name: name of the class; Viewflow stores it with every dossier and step.
        module: module under which the class can be found again by that name.

    Returns:
        The flow class, its nodes named `start`, `step_<key>`, `split_<key>`, `join_<key>`, `branch_<key>` and `end`.
    """
    attributes: dict[str, Any] = {
        "__module__": module,
        "__qualname__": name,
        "process_class": Dossier,
        "task_class": Step,
        "lock_impl": select_for_update_lock,
        "process_title": definition.name,
        "definition": definition,
        "graph": Graph(definition),
    }
    return type(Flow)(name, (Flow,), attributes | Compiler(definition).build())
