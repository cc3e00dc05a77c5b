"""BPMN 2.0 read as far as it maps: people's tasks, decisions, simple parallel parts; the rest stands in the report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _
from pydantic import ValidationError

from procedures.definition import END, REFUSE, Definition, StepRole
from procedures.exceptions import UnreadableDefinition
from procedures.folding import fold
from procedures.importing.bpmn_diagram import GATES, NESTED, WITHOUT_PEOPLE, Arrow, Diagram, Node
from procedures.importing.drafting import sum_remarks_for
from procedures.importing.drafting_steps import phases_of
from procedures.importing.people import role_in
from procedures.importing.report import Draft, Kind, Remark
from procedures.importing.xml_tree import local_name, tree_of
from procedures.lint_flow import USUAL_OUTCOMES
from procedures.lint_time import hours_in
from procedures.sentences import sentence_of

REFUSING = ("tu choi", "refus", "reject", "khong chap thuan", "khong giai quyet")
BACKWARD = "send_back"
MOST_NODES = 300


def is_bpmn(root: Element) -> bool:
    """Whether a document is BPMN."""
    return local_name(root) == "definitions"


def read_bpmn(content: bytes, *, source: str, on: date, base: Definition | None = None) -> Draft:
    """Read the first process of a BPMN file.

    Args:
        content: the XML file.
        source: its name.
        on: first day of validity.
        base: the definition whose papers, fees, limits and e-form are kept.

    Raises:
        UnreadableDefinition: when it is no such XML, or nobody works in its process.
    """
    diagram = Diagram(tree_of(content, source=source), source=source)
    if len(diagram.nodes) > MOST_NODES or len(diagram.arrows) > MOST_NODES * 4:
        raise UnreadableDefinition(_("The process is too large: no procedure has that many steps."), source=source)
    reading = _Reading(diagram)
    if not reading.tasks:
        raise UnreadableDefinition(_("Nobody works in this process: it has no task."), source=source)
    steps = reading.steps()
    head = _head(diagram, on, base)
    limits = head.pop("limits", None) or diagram.about.get("limits")
    if not limits:
        limits = [{"channel": ["desk", "post", "online"], "amount": 1, "unit": "working_day"}]
        sentence = _("BPMN names no legal limit: one working day stands in for it. Write the legal limit.")
        reading.note(Kind.ASSUMED, "", sentence)
    try:
        spec = Definition.model_validate(head | {"limits": limits, "steps": steps})
    except ValidationError as error:
        raise UnreadableDefinition(sentence_of(error.errors()[0]), source=source) from error
    budgets = [step.budget for step in spec.human_steps() if step.budget is not None]
    planned = sum(budgets, Decimal(0)) or None
    allowed = hours_in(spec.limits[0]) if diagram.is_our_own or base else None
    return Draft(spec, (*reading.remarks, *sum_remarks_for(planned, allowed)), planned, allowed, source)


def _head(diagram: Diagram, on: date, base: Definition | None) -> dict[str, Any]:
    if base is not None:
        return base.as_json() | {"valid_from": max(on, base.valid_from).isoformat()}
    code, _at, level = str(diagram.about.get("reference", "")).partition("@")
    slug = re.sub(r"[^A-Z0-9]+", "-", fold(diagram.name).upper()).strip("-")[:40].strip("-")
    return {
        "code": code or f"NHAP.{slug or 'BPMN'}",
        "name": diagram.name or "BPMN",
        "field": {"code": "CHUA-RO", "name": "Chưa rõ lĩnh vực"},
        "level": level or "province",
        "decision": {"number": "Chưa rõ"},
        "valid_from": str(diagram.about.get("valid_from") or on.isoformat()),
        "result": {"name": "Kết quả giải quyết thủ tục hành chính"},
    }


class _Reading:
    """Turns the nodes and arrows of a diagram into the steps of a definition."""

    def __init__(self, diagram: Diagram) -> None:
        self.diagram = diagram
        self.remarks: list[Remark] = []
        self.order = diagram.ordered()
        self.tasks = [key for key in self.order if diagram.nodes[key].is_task]
        self.blocks = self._blocks()
        self.members = {member for block in self.blocks.values() for member in block[0]}
        self.tops = [key for key in self.order if self._is_top(key)]
        self.keys = self._keys()
        self.roles = [self._role(key) for key in self.tasks]
        self._note_what_is_left()

    def note(self, kind: Kind, place: str, sentence: str) -> None:
        """Add a line to the report."""
        self.remarks.append(Remark(kind, place, sentence))

    def _is_top(self, key: str) -> bool:
        node = self.diagram.nodes[key]
        return (node.is_task and key not in self.members) or key in self.blocks or "branch" in node.content

    def _keys(self) -> dict[str, str]:
        """A key of ours for every task, block and branch."""
        keys: dict[str, str] = {}
        for key in [key for key in self.order if key in self.tops or key in self.members]:
            base = key if re.fullmatch(r"[a-z][a-z0-9_]{0,39}", key) else ""
            if not base:
                base = re.sub(r"[^a-z0-9]+", "_", fold(self.diagram.nodes[key].name)).strip("_")[:30]
            base = (
                base if re.match(r"[a-z]", base) and base not in (END, REFUSE, "join") else f"step_{base}".rstrip("_")
            )
            name, number = base, 2
            while name in keys.values():
                name, number = f"{base}_{number}", number + 1
            keys[key] = name
        return keys

    def _blocks(self) -> dict[str, tuple[list[str], str]]:
        """Parallel gateways whose ways are one task each up to the same join: members and join."""
        found: dict[str, tuple[list[str], str]] = {}
        for key in self.order:
            ways = self.diagram.out_of(key)
            if self.diagram.nodes[key].tag != "parallelGateway" or len(ways) < 2:
                continue
            members = [arrow.target for arrow in ways]
            joins = {arrow.target for member in members for arrow in self.diagram.out_of(member)}
            simple = all(self.diagram.nodes[member].is_task for member in members)
            if simple and len(joins) == 1 and self.diagram.nodes[next(iter(joins))].tag == "parallelGateway":
                found[key] = (members, joins.pop())
            else:
                sentence = _("This parallel part is more than one task on each way: only its first way is taken over.")
                self.note(Kind.UNMAPPED, self._name(key), sentence)
        return found

    def _name(self, key: str) -> str:
        return self.diagram.nodes[key].name or key

    def _role(self, key: str) -> StepRole:
        node = self.diagram.nodes[key]
        if node.content.get("role"):
            return StepRole(node.content["role"])
        role = role_in(node.lane) or role_in(node.name)
        if role is None:
            words = {"lane": node.lane or "?"}
            self.note(
                Kind.ASSUMED, self._name(key), _("No role fits the lane “%(lane)s”: a specialist is assumed.") % words
            )
        return role or StepRole.SPECIALIST

    def _note_what_is_left(self) -> None:
        diagram = self.diagram
        if len(diagram.processes) > 1:
            self.note(Kind.UNMAPPED, "", _("The file holds several processes: only the first is taken over."))
        for name, count in diagram.skipped.items():
            self.note(Kind.UNMAPPED, "", _("Not taken over: %(name)s (%(count)d).") % {"name": name, "count": count})
        for key, node in diagram.nodes.items():
            if key not in self.order:
                self.note(Kind.UNMAPPED, self._name(key), _("No way leads here: it is left out."))
            elif node.tag in WITHOUT_PEOPLE and not node.content:
                self.note(
                    Kind.ODD,
                    self._name(key),
                    _("A program works here. There are no automatic steps: a person does it."),
                )
            elif node.tag in NESTED:
                self.note(Kind.UNMAPPED, self._name(key), _("A process inside a process becomes one step."))
            elif node.tag.startswith("intermediate"):
                self.note(Kind.UNMAPPED, self._name(key), _("The event is passed over."))

    def steps(self) -> list[dict[str, Any]]:
        """The steps in order."""
        phases = dict(zip(self.tasks, phases_of(self.roles), strict=True))
        roles = dict(zip(self.tasks, self.roles, strict=True))
        made = {key: self._step(self.diagram.nodes[key], roles[key].value, phases[key].value) for key in self.tasks}
        return [self._top(key, made) for key in self.tops]

    def _top(self, key: str, made: dict[str, dict[str, Any]]) -> dict[str, Any]:
        node = self.diagram.nodes[key]
        if key in self.blocks:
            members, join = self.blocks[key]
            then = self._targets(self.diagram.out_of(join))
            block: dict[str, Any] = {"key": self.keys[key], "parallel": [made[member] for member in members]}
            block["then"] = then[0][1] if then else END
            return block | ({"name": node.name} if node.name else {})
        if "branch" in node.content:
            return self._branch(node)
        step = made[key]
        self._lead(key, step)
        return step

    def _branch(self, node: Node) -> dict[str, Any]:
        cases = [dict(case) for case in node.content["branch"]]
        for arrow in self.diagram.out_of(node.id):
            number = arrow.content.get("case")
            targets = self._targets([arrow])
            if isinstance(number, int) and number < len(cases) and targets:
                cases[number]["to" if "when" in cases[number] else "otherwise"] = targets[0][1]
        return {"key": self.keys[node.id], "name": node.name, "branch": cases}

    def _step(self, node: Node, role: str, phase: str) -> dict[str, Any]:
        step: dict[str, Any] = {"key": self.keys[node.id], "name": node.name or node.id, "role": role, "phase": phase}
        if node.text:
            step["work"] = node.text
        if node.content:
            kept = {**node.content, "name": node.content.get("name", "") if node.name == "" else node.name}
            return {"key": step["key"], **{name: value for name, value in kept.items() if name != "key"}}
        self.note(Kind.ODD, node.name or node.id, _("BPMN gives no time for this task. Give the step its budget."))
        return step | {"assumed": True}

    def _lead(self, key: str, step: dict[str, Any]) -> None:
        """Give a step its outcomes, as the arrows behind it lead."""
        found = self._targets(self.diagram.out_of(key))
        following = self._following(key)
        written = "outcomes" in step
        outcomes: dict[str, str] = {}
        labels = dict(step.get("labels") or {})
        for arrow, target in found:
            name = self._outcome(arrow, target, key, outcomes, step["phase"])
            outcomes[name] = target
            if name not in USUAL_OUTCOMES and arrow.name and name not in labels:
                labels[name] = arrow.name
        if not outcomes:
            outcomes = {"forward": END}
            self.note(Kind.ODD, self._name(key), _("Nothing leads on from here: the process ends."))
        if written or outcomes != {"forward": following}:
            step["outcomes"] = outcomes
        if labels:
            step["labels"] = {name: label for name, label in labels.items() if name in outcomes}

    def _following(self, key: str) -> str:
        at = self.tops.index(key) + 1
        return self.keys[self.tops[at]] if at < len(self.tops) else END

    def _outcome(self, arrow: Arrow, target: str, key: str, taken: dict[str, str], phase: str) -> str:
        """What a choice is called."""
        own = arrow.content.get("outcome")
        if isinstance(own, str) and own not in taken:
            return own
        back = target in self.keys.values() and self._place(target) <= self._place(self.keys[key])
        usual = BACKWARD if back else REFUSE if target == REFUSE else "approve" if phase == "approve" else "forward"
        slug = re.sub(r"[^a-z0-9]+", "_", fold(arrow.name)).strip("_")[:36]
        named = slug if re.match(r"[a-z]", slug) else "way"
        name, number = usual if usual not in taken else named, 2
        while name in taken:
            name, number = f"{named}_{number}", number + 1
        return name

    def _place(self, name: str) -> int:
        return next((at for at, key in enumerate(self.tops) if self.keys[key] == name), len(self.tops))

    def _targets(self, arrows: Sequence[Arrow]) -> list[tuple[Arrow, str]]:
        """Where arrows lead in the end, through gateways and events; each target with the arrow that chose it."""
        found: list[tuple[Arrow, str]] = []
        waiting, seen = list(arrows)[::-1], set()
        while waiting:
            arrow = waiting.pop()
            node = self.diagram.nodes[arrow.target]
            if node.id in self.keys and node.id not in self.members:
                found.append((arrow, self.keys[node.id]))
            elif node.tag == "endEvent":
                found.append((arrow, _end_of(node)))
            elif node.id not in seen:
                seen.add(node.id)
                waiting += [self._named(arrow, one, node) for one in self._ways(node)][::-1]
        unique: dict[str, tuple[Arrow, str]] = {}
        for arrow, target in found:
            unique.setdefault(target if not arrow.content else f"{target} {arrow.content}", (arrow, target))
        return list(unique.values())

    def _ways(self, node: Node) -> list[Arrow]:
        """Arrows out of what is only passed through; of a parallel part that does not map the first."""
        arrows = self.diagram.out_of(node.id)
        return arrows[:1] if node.tag == "parallelGateway" else arrows

    def _named(self, before: Arrow, after: Arrow, node: Node) -> Arrow:
        """An arrow behind a gateway, with the name of the one before it where it has none."""
        if node.tag in GATES and len(self.diagram.out_of(node.id)) > 1 and after.name:
            return after
        return Arrow(after.source, after.target, after.name or before.name, after.content or before.content)


def _end_of(node: Node) -> str:
    return REFUSE if node.id == REFUSE or any(words in fold(node.name) for words in REFUSING) else END
