"""Processes of a one-stop program used in one province around 2012-2015: one XML file per procedure.

`process` (code, name, totaltime, fee) holds `step`s (group, name, time in working days), these hold `task`s (code,
name, time, next, biz_done). A task becomes a step here; its group becomes the role. `next` is followed, so that the
order of the file does not matter; `NULL` is the end.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any
from xml.etree.ElementTree import Element

from django.utils.translation import gettext as _

from procedures.definition import Definition, Phase, StepRole
from procedures.exceptions import UnreadableDefinition
from procedures.folding import fold
from procedures.importing.drafting import sum_remarks_for
from procedures.importing.report import HOURS_IN_DAY, Draft, Kind, Remark, number_words
from procedures.importing.xml_tree import local_name, tree_of

ROLES = {
    "TIEP_NHAN": (StepRole.CLERK, Phase.RECEIVE),
    "BAN_GIAO": (StepRole.CLERK, Phase.RECEIVE),
    "PHAN_CONG": (StepRole.DIVISION_HEAD, Phase.PROCESS),
    "THU_LY": (StepRole.SPECIALIST, Phase.PROCESS),
    "XET_DUYET": (StepRole.DIVISION_HEAD, Phase.PROCESS),
    "KY_DUYET": (StepRole.LEADER, Phase.APPROVE),
    "THU_PHI": (StepRole.CLERK, Phase.RETURN),
    "TRA_KET_QUA": (StepRole.CLERK, Phase.RETURN),
}
GROUPS = {"BP_MOT_CUA": (StepRole.CLERK, Phase.PROCESS), "LANH_DAO_DON_VI": (StepRole.LEADER, Phase.APPROVE)}
LAST = "NULL"
MOST_DAYS = 10_000
KNOWN = {
    "process": {"code", "name", "totaltime", "version", "fee"},
    "step": {"code", "order", "group", "name", "time", "role"},
    "task": {"code", "name", "time", "next", "biz_done"},
}


@dataclass(frozen=True, slots=True)
class Task:
    """One task with the step it stands in."""

    element: Element
    group: str
    step_name: str

    @property
    def code(self) -> str:
        """The task's code."""
        return self.element.get("code", "")

    @property
    def kind(self) -> str:
        """The code without the procedure: TIEP_NHAN."""
        return self.code.rsplit("::", 1)[-1]


def is_yenbai(root: Element) -> bool:
    """Whether a document is such a process."""
    return local_name(root) == "process" and root.get("totaltime") is not None


def read_yenbai(content: bytes, *, source: str, on: date, base: Definition | None = None) -> Draft:
    """Read one process.

    Args:
        content: the XML file.
        source: its name.
        on: first day of validity.
        base: a definition whose papers, fees and e-form are kept.

    Raises:
        UnreadableDefinition: when it is no such XML, or has no task.
    """
    root = tree_of(content, source=source)
    tasks = [
        Task(task, step.get("group", ""), step.get("name", ""))
        for step in root.iter("step")
        for task in step.iter("task")
    ]
    if not is_yenbai(root) or not tasks:
        raise UnreadableDefinition(_("This is no process with steps and tasks."), source=source)
    ordered, remarks = in_order(tasks)
    steps, step_remarks = steps_of(ordered)
    remarks += [*unknown_parts(root), *step_remarks, *differing_sums(root, ordered)]
    planned = sum((Decimal(str(step["time"]["amount"])) for step in steps if step["time"] != "none"), Decimal(0))
    allowed = days_of(root.get("totaltime"))
    limit, limit_remarks = limit_of(root, planned, allowed)
    spec = Definition.model_validate(head_of(root, on, base) | {"limits": [limit], "steps": steps})
    hours = allowed * HOURS_IN_DAY if allowed else None
    remarks += [*limit_remarks, *sum_remarks_for(planned or None, hours)]
    return Draft(spec, tuple(remarks), planned or None, hours, source)


def days_of(text: str | None) -> Decimal | None:
    """A number of days; None where there is none, or it is not positive."""
    try:
        days = Decimal((text or "").strip().replace(",", "."))
    except InvalidOperation:
        return None
    return days if days.is_finite() and 0 < days <= MOST_DAYS else None


def in_order(tasks: list[Task]) -> tuple[list[Task], list[Remark]]:
    """Tasks as `next` leads through them; what is not reached, or reached twice, is named."""
    by_code = {task.code: task for task in tasks}
    ordered: list[Task] = []
    remarks: list[Remark] = []
    code = tasks[0].code
    while code in by_code and by_code[code] not in ordered:
        ordered.append(by_code[code])
        code = by_code[code].element.get("next", LAST)
    if code in by_code:
        sentence = _("The way leads back to %(code)s for ever: it is cut there.")
        remarks.append(Remark(Kind.ODD, ordered[-1].code, sentence % {"code": code}))
    elif code != LAST:
        sentence = _("The next task %(code)s does not exist: the way ends there.")
        remarks.append(Remark(Kind.ODD, ordered[-1].code, sentence % {"code": code or "?"}))
    lost = [task for task in tasks if task not in ordered]
    sentence = _("No way leads to this task: it is left out.")
    return ordered, [*remarks, *(Remark(Kind.UNMAPPED, task.code, sentence) for task in lost)]


def steps_of(tasks: list[Task]) -> tuple[list[dict[str, Any]], list[Remark]]:
    """A step for every task."""
    steps: list[dict[str, Any]] = []
    remarks: list[Remark] = []
    ends = [place for place, task in enumerate(tasks) if task.element.get("biz_done") == "true"]
    for place, task in enumerate(tasks):
        role, phase = ROLES.get(task.kind) or GROUPS.get(task.group) or (StepRole.SPECIALIST, Phase.PROCESS)
        if task.kind not in ROLES:
            sentence = _("The task %(kind)s is not known: its role is taken from the group %(group)s.")
            values = {"kind": task.kind, "group": task.group or "?"}
            remarks.append(Remark(Kind.ASSUMED, task.code, sentence % values))
        step: dict[str, Any] = {
            "key": key_of(task, steps),
            "name": task.element.get("name") or task.step_name,
            "phase": phase.value,
            "role": role.value,
            "time": time_of(task),
        }
        if task.kind not in ROLES:
            step["assumed"] = True
        if ends and place == ends[-1]:
            step["ends_clock"] = True
        steps.append(step)
    if len(ends) > 1:
        sentence = _("Several tasks end the clock: the last is taken.")
        remarks.append(Remark(Kind.ODD, tasks[ends[0]].code, sentence))
    return steps, remarks


def key_of(task: Task, steps: list[dict[str, Any]]) -> str:
    """A key that no other step has."""
    base = re.sub(r"[^a-z0-9_]+", "_", fold(task.kind)).strip("_")[:34]
    base = base if base[:1].isalpha() else f"step_{base}".rstrip("_")
    taken, key, number = {step["key"] for step in steps}, base, 2
    while key in taken:
        key, number = f"{base}_{number}", number + 1
    return key


def time_of(task: Task) -> Any:
    """The task's days as working hours; 0 is no counted time."""
    days = days_of(task.element.get("time"))
    if days is None:
        return "none"
    hours = days * HOURS_IN_DAY
    amount = int(hours) if hours == hours.to_integral_value() else float(hours)
    return {"amount": amount, "unit": "working_hour", "text": f"{number_words(days)} ngày"}


def differing_sums(root: Element, ordered: list[Task]) -> list[Remark]:
    """Steps whose own time is not the sum of their tasks."""
    remarks = []
    for step in root.iter("step"):
        told = days_of(step.get("time")) or Decimal(0)
        tasks = [task for task in ordered if any(task.element is one for one in step.iter("task"))]
        summed = sum((days_of(task.element.get("time")) or Decimal(0) for task in tasks), Decimal(0))
        if told != summed:
            sentence = _("The step says %(told)s days, its tasks take %(sum)s: the tasks are taken.")
            values = {"told": number_words(told), "sum": number_words(summed)}
            remarks.append(Remark(Kind.ODD, step.get("name", ""), sentence % values))
    return remarks


def unknown_parts(root: Element) -> list[Remark]:
    """Attributes and elements that have no place in a definition."""
    found: dict[str, int] = {}
    for element in root.iter():
        name = local_name(element)
        if name and name not in KNOWN:
            found[name] = found.get(name, 0) + 1
        for attribute in element.attrib:
            if attribute not in KNOWN.get(name, set()):
                found[f"{name}/{attribute}"] = found.get(f"{name}/{attribute}", 0) + 1
    fee = (root.get("fee") or "").strip()
    remarks = []
    if found:
        names = ", ".join(f"{name} ({count})" for name, count in found.items())
        remarks.append(Remark(Kind.UNMAPPED, "", _("Not taken over: %(words)s.") % {"words": names}))
    if fee and fee_of(fee) is None:
        remarks.append(Remark(Kind.UNMAPPED, "fee", _("The fee “%(fee)s” is no amount.") % {"fee": fee}))
    return remarks


def fee_of(text: str) -> int | None:
    """An amount in đồng such as 50000 or 50.000; None where it is none."""
    plain = text.strip().replace(".", "").replace(",", "").removesuffix("đ").strip()
    return int(plain) if plain.isdecimal() else None


def limit_of(root: Element, planned: Decimal, allowed: Decimal | None) -> tuple[dict[str, Any], list[Remark]]:
    """The total as legal limit; without one the sum of the tasks, marked."""
    channels = {"channel": ["desk", "post", "online"]}
    if allowed is not None and allowed == allowed.to_integral_value():
        return channels | {"amount": int(allowed), "unit": "working_day"}, []
    hours = allowed * HOURS_IN_DAY if allowed is not None else planned or HOURS_IN_DAY
    amount = int(hours) if hours == hours.to_integral_value() else float(hours)
    sentence = _("The total “%(total)s” is no whole number of days: %(hours)s working hours stand in for it.")
    values = {"total": root.get("totaltime") or "", "hours": number_words(hours)}
    return channels | {"amount": amount, "unit": "working_hour"}, [Remark(Kind.ASSUMED, "totaltime", sentence % values)]


def head_of(root: Element, on: date, base: Definition | None) -> dict[str, Any]:
    """What the file says of the procedure."""
    if base is not None:
        return base.as_json() | {"valid_from": max(on, base.valid_from).isoformat()}
    code = re.sub(r"[^A-Z0-9]+", "-", fold(root.get("code", "")).upper()).strip("-") or "X"
    head: dict[str, Any] = {
        "code": f"NHAP.{code}",
        "name": root.get("name") or code,
        "field": {"code": "CHUA-RO", "name": "Chưa rõ lĩnh vực"},
        "level": "commune",
        "decision": {"number": "Chưa rõ", "note": "Quy trình một cửa điện tử, khoảng 2012-2015"},
        "valid_from": on.isoformat(),
        "result": {"name": "Kết quả giải quyết thủ tục hành chính"},
    }
    fee = fee_of(root.get("fee") or "")
    if fee is not None:
        head["fees"] = [{"name": "Lệ phí", "amount": fee}]
    return head
