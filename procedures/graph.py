"""What follows from a definition's steps: order, outcomes with their defaults, backward edges, the end of the clock.

Pure: built from a `Definition`, knows no database. Compiler, linter and screens read the process through it.
A graph can also be built from a definition with defects; `is_known` tells which targets exist.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from procedures.definition import END, FORWARD, JOIN, REFUSE, BranchSpec, Definition, ParallelSpec, StepSpec

TopNode = StepSpec | ParallelSpec | BranchSpec


class Graph:
    """The process of one definition.

    Attributes:
        nodes: top-level nodes by key, in the order of the file.
        human: human steps by key, members of parallel blocks included, in the order of the file.
        first: key of the node a dossier begins with.
    """

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.nodes: dict[str, TopNode] = {node.key: node for node in definition.steps}
        self.human: dict[str, StepSpec] = {step.key: step for step in definition.human_steps()}
        self.first: str = definition.steps[0].key
        self._order = [node.key for node in definition.steps]
        self._block_of = _members(definition.steps)
        self._position = _positions(definition.steps)
        self._clock_enders = self._find_clock_enders()

    def node(self, key: str) -> TopNode:
        """The step, block or branch with this key, wherever it stands."""
        return self.nodes[key] if key in self.nodes else self.human[key]

    def all_keys(self) -> tuple[str, ...]:
        """Every key in the order of the file, members right after their block."""
        return tuple(self._position)

    def is_known(self, target: str) -> bool:
        """Whether an edge may lead there: a top-level node, or one of the reserved targets."""
        return target in self.nodes or target in (END, REFUSE, JOIN)

    def position(self, key: str) -> int:
        """Place in the file, from 0; a member of a block has its block's place, `end` and `refuse` come last."""
        return self._position.get(key, len(self._order))

    def next_of(self, key: str) -> str:
        """Where the file goes on by default: the next node or `end`; `join` for a member, `then` for a block."""
        if key in self._block_of:
            return JOIN
        node = self.nodes[key]
        if isinstance(node, ParallelSpec):
            return node.then
        after = self.position(key) + 1
        return self._order[after] if after < len(self._order) else END

    def outcomes(self, key: str) -> dict[str, str]:
        """What the holder of a human step may choose, and where each choice leads; defaults filled in.

        Targets are keys of top-level nodes or `end`, `refuse`; for members of a parallel block also `join`.
        """
        given = self.human[key].outcomes
        return dict(given) if given is not None else {FORWARD: self.next_of(key)}

    def targets(self, key: str) -> tuple[str, ...]:
        """Where any node leads, duplicates removed: outcomes of a step, members of a block, cases of a branch."""
        node = self.node(key)
        if isinstance(node, ParallelSpec):
            return tuple(member.key for member in node.parallel)
        if isinstance(node, BranchSpec):
            return tuple(dict.fromkeys(case.target for case in node.branch))
        return tuple(dict.fromkeys(self.outcomes(key).values()))

    def successors(self, key: str) -> tuple[str, ...]:
        """Like `targets`, with `join` replaced by what comes after the block, and a block by its `then`."""
        node = self.node(key)
        if isinstance(node, ParallelSpec):
            return (node.then,)
        block = self.parallel_of(key)
        if block is None:
            return self.targets(key)
        return tuple(dict.fromkeys(block.then if target == JOIN else target for target in self.targets(key)))

    def is_backward(self, src: str, target: str) -> bool:
        """Whether an edge leads to a node at or before its own; `end`, `refuse` and `join` never do."""
        return target in self._position and self.position(target) <= self.position(src)

    def ends_clock(self, key: str) -> bool:
        """Whether finishing this step sets status 9 and fixes the verdict."""
        return key in self._clock_enders

    def outcome_ends_clock(self, key: str, outcome: str) -> bool:
        """Whether this choice at this step ends the clock: sending back and refusing never do."""
        target = self.outcomes(key).get(outcome, REFUSE)
        return self.ends_clock(key) and target != REFUSE and not self.is_backward(key, target)

    def parallel_of(self, key: str) -> ParallelSpec | None:
        """The parallel block a step is a member of."""
        return self._block_of.get(key)

    def place(self, key: str) -> str:
        """Where the node stands in the YAML file: steps[3] or steps[3].parallel[1]."""
        block = self._block_of.get(key)
        if block is None:
            return f"steps[{self.position(key)}]"
        number = [member.key for member in block.parallel].index(key)
        return f"steps[{self.position(key)}].parallel[{number}]"

    def _find_clock_enders(self) -> frozenset[str]:
        marked = {key for key, step in self.human.items() if step.ends_clock}
        if marked:
            return frozenset(marked)
        timed = [key for key, step in self.human.items() if step.budget is not None]
        return frozenset((timed or list(self.human))[-1:])


def _members(nodes: Iterable[TopNode]) -> dict[str, ParallelSpec]:
    return {member.key: node for node in nodes if isinstance(node, ParallelSpec) for member in node.parallel}


def _positions(nodes: Sequence[TopNode]) -> dict[str, int]:
    positions: dict[str, int] = {}
    for place, node in enumerate(nodes):
        positions[node.key] = place
        if isinstance(node, ParallelSpec):
            positions.update({member.key: place for member in node.parallel})
    return positions
