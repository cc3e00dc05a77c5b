"""A BPMN process as nodes and arrows: what stands in the file, before anything is made of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from procedures.exceptions import UnreadableDefinition
from procedures.exporting.bpmn import OWN
from procedures.importing.xml_tree import local_name

TASKS = frozenset(
    {"task", "userTask", "manualTask", "sendTask", "receiveTask", "serviceTask", "scriptTask", "businessRuleTask"}
    | {"callActivity", "subProcess", "transaction", "adHocSubProcess"}
)
WITHOUT_PEOPLE = frozenset({"serviceTask", "scriptTask", "businessRuleTask", "sendTask", "receiveTask"})
NESTED = frozenset({"callActivity", "subProcess", "transaction", "adHocSubProcess"})
GATES = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"})
EVENTS = frozenset({"intermediateCatchEvent", "intermediateThrowEvent"})
UNMAPPED = frozenset(
    {"boundaryEvent", "dataObject", "dataObjectReference", "dataStoreReference", "textAnnotation", "messageFlow"}
)
NODES = TASKS | GATES | EVENTS | {"parallelGateway", "startEvent", "endEvent"}


@dataclass(slots=True)
class Arrow:
    """One sequence flow."""

    source: str
    target: str
    name: str = ""
    content: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Node:
    """One element of the process."""

    id: str
    tag: str
    name: str = ""
    lane: str = ""
    text: str = ""
    content: dict[str, Any] = field(default_factory=dict)

    @property
    def is_task(self) -> bool:
        """Whether somebody works here."""
        return self.tag in TASKS


class Diagram:
    """The first process of a file.

    Attributes:
        nodes: elements by id, in the order of the file.
        about: our own content of the process, empty in foreign files.
        skipped: elements that have no place in a definition, with their number.
    """

    def __init__(self, root: Element, *, source: str) -> None:
        processes = [one for one in root.iter() if local_name(one) == "process"]
        self.processes = [one for one in processes if any(local_name(child) in NODES for child in one)]
        if local_name(root) != "definitions" or not self.processes:
            raise UnreadableDefinition(_("This is no BPMN 2.0 file with a process."), source=source)
        self.process = self.processes[0]
        self.name = self.process.get("name") or ""
        self.about = content_of(self.process)
        self.nodes: dict[str, Node] = {}
        self.arrows: list[Arrow] = []
        self.skipped: dict[str, int] = {}
        self._read()

    def _read(self) -> None:
        lanes = dict(self._lanes())
        for element in self.process:
            name, key = local_name(element), element.get("id", "")
            if name in NODES and key:
                text = " ".join("".join(one.itertext()) for one in element if local_name(one) == "documentation")
                node = Node(key, name, element.get("name", "").strip(), lanes.get(key, ""), " ".join(text.split()))
                node.content = content_of(element)
                self.nodes[key] = node
            elif name == "sequenceFlow":
                arrow = Arrow(
                    element.get("sourceRef", ""), element.get("targetRef", ""), element.get("name", "").strip()
                )
                arrow.content = content_of(element)
                self.arrows.append(arrow)
        for element in self.process.iter():
            name = local_name(element)
            if name in UNMAPPED or name == "conditionExpression":
                self.skipped[name] = self.skipped.get(name, 0) + 1

    def _lanes(self) -> Iterator[tuple[str, str]]:
        for lane in self.process.iter():
            if local_name(lane) == "lane":
                for child in lane:
                    if local_name(child) == "flowNodeRef":
                        yield (child.text or "").strip(), lane.get("name", "")

    @property
    def is_our_own(self) -> bool:
        """Whether this program wrote the file."""
        return bool(self.about.get("reference"))

    def out_of(self, key: str) -> list[Arrow]:
        """Arrows that leave a node for one that exists."""
        return [arrow for arrow in self.arrows if arrow.source == key and arrow.target in self.nodes]

    def into(self, key: str) -> list[Arrow]:
        """Arrows that lead to a node."""
        return [arrow for arrow in self.arrows if arrow.target == key]

    def ordered(self) -> list[str]:
        """Nodes that are reached: as the file has them if it is ours, else so that arrows lead onward."""
        starts = [node.id for node in self.nodes.values() if node.tag == "startEvent"]
        starts = starts or [key for key in self.nodes if not self.into(key)] or list(self.nodes)[:1]
        seen: set[str] = set()
        finished: list[str] = []
        for start in starts:
            self._visit(start, seen, finished)
        if self.is_our_own:
            return [key for key in self.nodes if key in seen]
        return finished[::-1]

    def _visit(self, start: str, seen: set[str], finished: list[str]) -> None:
        """Depth first without recursion, so that a long file cannot exhaust the stack."""
        if start in seen:
            return
        seen.add(start)
        waiting = [(start, iter([arrow.target for arrow in reversed(self.out_of(start))]))]
        while waiting:
            key, targets = waiting[-1]
            target = next((one for one in targets if one not in seen), None)
            if target is None:
                finished.append(key)
                waiting.pop()
            else:
                seen.add(target)
                waiting.append((target, iter([arrow.target for arrow in reversed(self.out_of(target))])))


def content_of(element: Element) -> dict[str, Any]:
    """Our own content of an element; empty where there is none, or it was damaged."""
    for holder in element:
        if local_name(holder) == "extensionElements":
            for child in holder:
                if isinstance(child.tag, str) and child.tag.startswith(f"{{{OWN}}}"):
                    try:
                        content = json.loads(child.text or "")
                    except json.JSONDecodeError:
                        return {}
                    return content if isinstance(content, dict) else {}
    return {}
