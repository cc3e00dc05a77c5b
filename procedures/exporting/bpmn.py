"""A definition as BPMN 2.0 with a drawing, so that any modelling tool shows it.

People's steps are user tasks in lanes by role. A step with several outcomes is followed by an exclusive gateway, a
parallel block stands between two parallel gateways. What BPMN has no place for (times, slips, legal limit) stands in
`extensionElements` of our own namespace, so that reading the file again loses nothing of the process.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree import ElementTree as ET

from procedures.definition import END, REFUSE, BranchSpec, Definition, ParallelSpec, StepSpec
from procedures.exporting.spreadsheet import WHO
from procedures.graph import Graph
from procedures.importing.report import chosen

MODEL = "http://www.omg.org/spec/BPMN/20100524/MODEL"
DRAWING = "http://www.omg.org/spec/BPMN/20100524/DI"
BOUNDS = "http://www.omg.org/spec/DD/20100524/DC"
LINES = "http://www.omg.org/spec/DD/20100524/DI"
OWN = "urn:onestop:definition:1"
PREFIXES = {"bpmn": MODEL, "bpmndi": DRAWING, "dc": BOUNDS, "di": LINES, "onestop": OWN}
KEPT = (
    "name", "work", "output", "forms", "phase", "role", "office", "time", "outcomes", "labels", "may", "consults",
    "ends_clock", "assumed",
)  # fmt: skip
TASK, GATE, EVENT = (120, 80), (50, 50), (36, 36)
COLUMN, LANE, MARGIN = 190, 140, 40


@dataclass(slots=True)
class Box:
    """One element with its place in the drawing."""

    id: str
    tag: str
    name: str
    column: int
    lane: int
    size: tuple[int, int]
    content: dict[str, Any] = field(default_factory=dict)
    text: str = ""

    @property
    def corner(self) -> tuple[int, int]:
        """The upper left corner."""
        x = MARGIN + self.column * COLUMN + (COLUMN - self.size[0]) // 2
        return x, MARGIN + self.lane * LANE + (LANE - self.size[1]) // 2

    @property
    def centre(self) -> tuple[int, int]:
        """The middle."""
        x, y = self.corner
        return x + self.size[0] // 2, y + self.size[1] // 2


@dataclass(frozen=True, slots=True)
class Flow:
    """One arrow."""

    source: str
    target: str
    name: str = ""
    content: dict[str, Any] = field(default_factory=dict)


class Plan:
    """The elements and arrows of one definition, laid out column by column in lanes by role."""

    def __init__(self, spec: Definition) -> None:
        self.spec, self.graph = spec, Graph(spec)
        self.roles = list(dict.fromkeys(step.role for step in spec.human_steps()))
        self.boxes: dict[str, Box] = {}
        self.flows: list[Flow] = []
        self.column = 1
        self._build()

    def _build(self) -> None:
        first_lane = self._lane_of(self.graph.first)
        self._add(Box("start", "startEvent", "", 0, first_lane, EVENT))
        for node in self.spec.steps:
            self._node(node)
        self._add(Box(END, "endEvent", "", self.column, self._lane_of(self.spec.steps[-1].key), EVENT))
        if any(REFUSE in self.graph.outcomes(key).values() for key in self.graph.human):
            self._add(Box(REFUSE, "endEvent", "Từ chối giải quyết", self.column, len(self.roles), EVENT))
        self.flows.append(Flow("start", self.graph.first))
        for key in self.graph.nodes:
            self._arrows(key)

    def _add(self, box: Box) -> None:
        self.boxes[box.id] = box

    def _lane_of(self, key: str) -> int:
        node = self.graph.node(key)
        if isinstance(node, ParallelSpec):
            node = node.parallel[0]
        return self.roles.index(node.role) if isinstance(node, StepSpec) else 0

    def _node(self, node: StepSpec | ParallelSpec | BranchSpec) -> None:
        if isinstance(node, StepSpec):
            self._task(node)
            self.column += 1
            if len(self.graph.outcomes(node.key)) > 1:
                self._gate(f"choose_{node.key}", "exclusiveGateway", "", self._lane_of(node.key))
        elif isinstance(node, ParallelSpec):
            self._gate(node.key, "parallelGateway", node.name, self._lane_of(node.key))
            taken: dict[int, int] = {}
            for member in node.parallel:
                lane = self.roles.index(member.role)
                self._task(member, shift=taken.get(lane, 0))
                taken[lane] = taken.get(lane, 0) + 1
            self.column += max(taken.values())
            self._gate(f"join_{node.key}", "parallelGateway", "", self._lane_of(node.key))
        else:
            self._gate(node.key, "exclusiveGateway", node.title, 0)
            self.boxes[node.key].content = {"branch": chosen(node, ("branch",))["branch"]}

    def _task(self, step: StepSpec, shift: int = 0) -> None:
        lane = self.roles.index(step.role)
        box = Box(step.key, "userTask", step.title, self.column + shift, lane, TASK, chosen(step, KEPT), step.work)
        self._add(box)

    def _gate(self, key: str, tag: str, name: str, lane: int) -> None:
        self._add(Box(key, tag, name, self.column, lane, GATE))
        self.column += 1

    def _arrows(self, key: str) -> None:
        node = self.graph.nodes[key]
        if isinstance(node, ParallelSpec):
            for member in node.parallel:
                self.flows.append(Flow(key, member.key))
                self.flows.append(Flow(member.key, f"join_{key}"))
            self.flows.append(Flow(f"join_{key}", node.then))
        elif isinstance(node, BranchSpec):
            for number, case in enumerate(node.branch):
                name = "" if case.when is None else f"{case.when.field} {case.when.op.value} {case.when.value}"
                self.flows.append(Flow(key, case.target, name, {"case": number}))
        else:
            self._step_arrows(key, node)

    def _step_arrows(self, key: str, step: StepSpec) -> None:
        outcomes = self.graph.outcomes(key)
        source = key
        if len(outcomes) > 1:
            source = f"choose_{key}"
            self.flows.append(Flow(key, source))
        for outcome, target in outcomes.items():
            name = step.labels.get(outcome, OUTCOMES.get(outcome, outcome)) if len(outcomes) > 1 else ""
            self.flows.append(Flow(source, target, name, {"outcome": outcome}))


OUTCOMES = {
    "forward": "Chuyển tiếp",
    "approve": "Đồng ý",
    "send_back": "Trả lại",
    "refuse": "Từ chối",
    "agree": "Thống nhất",
    "disagree": "Không thống nhất",
}


def as_bpmn(spec: Definition) -> str:
    """The process as BPMN 2.0 XML.

    Args:
        spec: the definition, draft or published.

    Returns:
        XML text with one process, its lanes and its drawing.
    """
    for prefix, uri in PREFIXES.items():
        ET.register_namespace(prefix, uri)
    plan = Plan(spec)
    root = ET.Element(_tag("definitions"), {"id": "definitions", "targetNamespace": OWN, "exporter": "onestop"})
    process = ET.SubElement(root, _tag("process"), {"id": "process", "name": spec.name, "isExecutable": "false"})
    about = {"reference": spec.reference, "valid_from": spec.valid_from.isoformat()}
    _extend(process, "procedure", about | {"limits": _limits(spec)})
    _lanes(process, plan)
    for box in plan.boxes.values():
        _element(process, box, plan)
    for number, flow in enumerate(plan.flows, start=1):
        _flow(process, flow, number)
    _draw(root, plan)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=False) + "\n"


def _limits(spec: Definition) -> list[Any]:
    return list(spec.as_json()["limits"])


def _tag(name: str, space: str = MODEL) -> str:
    return f"{{{space}}}{name}"


def _extend(parent: ET.Element, name: str, content: dict[str, Any]) -> None:
    """Put our own content into an element."""
    holder = ET.SubElement(parent, _tag("extensionElements"))
    ET.SubElement(holder, _tag(name, OWN)).text = json.dumps(content, ensure_ascii=False)


def _lanes(process: ET.Element, plan: Plan) -> None:
    lanes = ET.SubElement(process, _tag("laneSet"), {"id": "lanes"})
    for number, role in enumerate(plan.roles):
        lane = ET.SubElement(lanes, _tag("lane"), {"id": f"lane_{role.value}", "name": WHO[role]})
        for box in plan.boxes.values():
            if box.lane == number and not (box.tag == "endEvent" and box.lane >= len(plan.roles)):
                ET.SubElement(lane, _tag("flowNodeRef")).text = box.id


def _element(process: ET.Element, box: Box, plan: Plan) -> None:
    element = ET.SubElement(process, _tag(box.tag), {"id": box.id, **({"name": box.name} if box.name else {})})
    if box.text:
        ET.SubElement(element, _tag("documentation")).text = box.text
    if box.content:
        _extend(element, "step", box.content)
    for number, flow in enumerate(plan.flows, start=1):
        if flow.target == box.id:
            ET.SubElement(element, _tag("incoming")).text = f"flow_{number}"
    for number, flow in enumerate(plan.flows, start=1):
        if flow.source == box.id:
            ET.SubElement(element, _tag("outgoing")).text = f"flow_{number}"


def _flow(process: ET.Element, flow: Flow, number: int) -> None:
    given = {"id": f"flow_{number}", "sourceRef": flow.source, "targetRef": flow.target}
    element = ET.SubElement(process, _tag("sequenceFlow"), given | ({"name": flow.name} if flow.name else {}))
    if flow.content:
        _extend(element, "flow", flow.content)


def _draw(root: ET.Element, plan: Plan) -> None:
    drawing = ET.SubElement(root, _tag("BPMNDiagram", DRAWING), {"id": "drawing"})
    plane = ET.SubElement(drawing, _tag("BPMNPlane", DRAWING), {"id": "plane", "bpmnElement": "process"})
    width = (max(box.column for box in plan.boxes.values()) + 1) * COLUMN
    for number, role in enumerate(plan.roles):
        _shape(plane, f"lane_{role.value}", (MARGIN, MARGIN + number * LANE), (width, LANE), is_lane=True)
    for box in plan.boxes.values():
        _shape(plane, box.id, box.corner, box.size)
    for number, flow in enumerate(plan.flows, start=1):
        edge = ET.SubElement(
            plane, _tag("BPMNEdge", DRAWING), {"id": f"edge_{number}", "bpmnElement": f"flow_{number}"}
        )
        for x, y in _way(plan.boxes[flow.source], plan.boxes[flow.target]):
            ET.SubElement(edge, _tag("waypoint", LINES), {"x": str(x), "y": str(y)})


def _shape(
    plane: ET.Element, key: str, corner: tuple[int, int], size: tuple[int, int], *, is_lane: bool = False
) -> None:
    more = {"isHorizontal": "true"} if is_lane else {}
    shape = ET.SubElement(plane, _tag("BPMNShape", DRAWING), {"id": f"shape_{key}", "bpmnElement": key, **more})
    (x, y), (width, height) = corner, size
    bounds = {"x": str(x), "y": str(y), "width": str(width), "height": str(height)}
    ET.SubElement(shape, _tag("Bounds", BOUNDS), bounds)


def _way(source: Box, target: Box) -> Iterator[tuple[int, int]]:
    """Corners of an arrow: straight on, by the side into another lane, below the lanes' boxes on the way back."""
    (x1, y1), (x2, y2) = source.centre, target.centre
    if target.column <= source.column:
        below = max(y1, y2) + LANE // 2 - 8
        yield x1, y1 + source.size[1] // 2
        yield x1, below
        yield x2, below
        yield x2, y2 + target.size[1] // 2
        return
    end = x2 - target.size[0] // 2
    if target.column - source.column > 1:
        yield from _around(source, target, end)
        return
    yield x1 + source.size[0] // 2, y1
    if y1 != y2:
        yield end - 20, y1
        yield end - 20, y2
    yield end, y2


def _around(source: Box, target: Box, end: int) -> Iterator[tuple[int, int]]:
    """Corners of an arrow over several columns: along the edge of the lane, past what stands between."""
    (x1, y1), (x2, y2) = source.centre, target.centre
    if y1 == y2:
        above = y1 - LANE // 2 + 10
        yield x1, y1 - source.size[1] // 2
        yield x1, above
        yield x2, above
        yield x2, y2 - target.size[1] // 2
        return
    below = y1 + LANE // 2 - 16
    yield x1, y1 + source.size[1] // 2
    yield x1, below
    yield end - 20, below
    yield end - 20, y2
    yield end, y2
