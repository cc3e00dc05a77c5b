"""From the table of an internal process to a draft of a definition, with a report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from procedures.definition import Definition, Level, Unit
from procedures.folding import fold
from procedures.importing.drafting_steps import StepDraft, steps_of
from procedures.importing.durations import TermReading, read_term
from procedures.importing.report import HOURS_IN_DAY, Draft, Kind, Remark, days_words, number_words
from procedures.importing.tables import ProcessTable

UNKNOWN_FIELD = {"code": "CHUA-RO", "name": "Chưa rõ lĩnh vực"}
NATIONAL_CODE = re.compile(r"^\d\.\d{6}$")
LEVEL_WORDS = {"bo": Level.MINISTRY, "tinh": Level.PROVINCE, "xa": Level.COMMUNE}
LONGEST_NAME = 600


def draft_from(table: ProcessTable, *, on: date, base: Definition | None = None, number: int = 1) -> Draft:
    """Make a draft of one table.

    Args:
        table: the table as it was read.
        on: first day of validity where the table names no day.
        base: the definition that the table's procedure has now; what a table does not say is taken from it.
        number: place of the table among those of its source, for a provisional code.

    Returns:
        The draft with its report. It can always be kept as a draft; the linter has its own say.
    """
    steps, remarks = steps_of(table)
    planned = sum((step.hours for step in steps if step.hours is not None), Decimal(0)) or None
    limit, limit_remarks, allowed = limit_of(table, planned)
    content, about = head_of(table, on, number, base)
    content |= {"limits": [limit], "steps": [step.content for step in steps]}
    content["result"] = (base and base.as_json()["result"]) or {"name": result_name(steps)}
    if base is not None:
        content = merged(content, base, steps)
    remarks = [*about, *table_remarks(table), *remarks, *limit_remarks, *sum_remarks_for(planned, allowed)]
    spec = Definition.model_validate(content)
    return Draft(spec, tuple(remarks), planned, allowed, table.source)


def head_of(table: ProcessTable, on: date, number: int, base: Definition | None) -> tuple[dict[str, Any], list[Remark]]:
    """Code, name, field, level and decision, and what had to be left open."""
    remarks: list[Remark] = []
    if base is not None:
        head = base.as_json()
        return head | {"valid_from": max(on, base.valid_from).isoformat()}, remarks
    code = next((code for code in table.codes if re.match(r"^(\d\.\d{6}|[A-Z]{2,10}\.)", code)), "")
    if not code:
        code = provisional_code(table, number)
        sentence = _("No national code stands above the table: the provisional code %(code)s is used. Replace it.")
        remarks.append(Remark(Kind.UNMAPPED, "", sentence % {"code": code}))
    name = table.title
    if not name:
        name = _("Process %(number)d of %(decision)s") % {"number": number, "decision": table.decision or table.source}
        remarks.append(Remark(Kind.UNMAPPED, "", _("The table does not name its procedure. Write the name.")))
    if not table.field_name:
        remarks.append(Remark(Kind.UNMAPPED, "", _("The table does not name the field of administration.")))
    head: dict[str, Any] = {
        "code": code,
        "name": name[:LONGEST_NAME],
        "field": {**UNKNOWN_FIELD, **({"name": table.field_name} if table.field_name else {})},
        "level": level_of(table).value,
        "decision": {"number": table.decision or _("not named"), "issuer": table.issuer},
        "valid_from": on.isoformat(),
    }
    issued = day_in(table.issued_on)
    if issued:
        head["decision"]["issued_on"] = head["valid_from"] = issued.isoformat()
    sentence = _(
        "Papers, fees, e-form and channels do not stand in such a table: take them from the published procedure."
    )
    remarks.append(Remark(Kind.UNMAPPED, "", sentence))
    return head, remarks


def provisional_code(table: ProcessTable, number: int) -> str:
    """A local code that nobody can take for a national one."""
    decision = re.sub(r"[^A-Z0-9]+", "-", fold(table.decision).upper()).strip("-") or "BANG"
    return f"NHAP.{decision}.{number}"


def level_of(table: ProcessTable) -> Level:
    """The level that handles the procedure: as the table says, else by who signs."""
    if table.level:
        return next(
            (level for words, level in LEVEL_WORDS.items() if words in fold(table.level).split()), Level.PROVINCE
        )
    people = " ".join(fold(piece.who) for piece in table.pieces)
    signs = (
        "lanh dao ubnd cap xa",
        "lanh dao ubnd xa",
        "chu tich ubnd cap xa",
        "chu tich ubnd xa",
        "van thu ubnd cap xa",
    )
    return Level.COMMUNE if any(words in people for words in signs) else Level.PROVINCE


def day_in(text: str) -> date | None:
    """A day written as 19/11/2025."""
    try:
        return datetime.strptime(text.strip(), "%d/%m/%Y").date()  # noqa: DTZ007  # a day has no zone
    except ValueError:
        return None


def limit_of(table: ProcessTable, planned: Decimal | None) -> tuple[dict[str, Any], list[Remark], Decimal | None]:
    """The legal limit: as the table or its heading says, else the sum of the steps, marked as assumed."""
    read = read_term(table.term) or read_term(_after_colon(table.total))
    if read is None:
        hours = planned or HOURS_IN_DAY
        whole = hours % HOURS_IN_DAY == 0
        amount, unit = (hours / HOURS_IN_DAY, Unit.WORKING_DAY) if whole else (hours, Unit.WORKING_HOUR)
        sentence = _("No total and no limit is given: the sum of the steps stands in for it. Write the legal limit.")
        return _limit(amount, unit, ""), [Remark(Kind.ASSUMED, "", sentence)], None
    words = table.term or table.total
    remarks = [Remark(Kind.ODD, _("total"), note) for note in read.notes]
    remarks += _partial_total(table)
    return _limit(read.amount, read.unit, words), remarks, _hours(read)


def _after_colon(text: str) -> str:
    return text.split("|", 1)[-1] if "|" in text else text


def _hours(read: TermReading) -> Decimal | None:
    return read.hours if read.unit in (Unit.WORKING_HOUR, Unit.WORKING_DAY) else None


def _limit(amount: Decimal, unit: Unit, clause: str) -> dict[str, Any]:
    number = int(amount) if amount == amount.to_integral_value() else float(amount)
    limit: dict[str, Any] = {"channel": ["desk", "post", "online"], "amount": number, "unit": unit.value}
    return limit | ({"clause": clause[:300]} if clause else {})


def _partial_total(table: ProcessTable) -> list[Remark]:
    label = fold(table.total.split("|")[0])
    if "o cap xa" in label or "tai cap xa" in label or "o cap tinh" in label:
        sentence = _("The total speaks of one level only (%(words)s), the rows go on at another.")
        return [Remark(Kind.ODD, _("total"), sentence % {"words": table.total.split("|")[0].strip()})]
    return []


def table_remarks(table: ProcessTable) -> list[Remark]:
    """What concerns the table as a whole."""
    remarks = []
    for section in table.sections:
        sentence = _(
            "A heading of another section stands behind the last row: %(words)s. The table is part of a whole."
        )
        remarks.append(Remark(Kind.ODD, "", sentence % {"words": section}))
    numbers = [piece.row for piece in table.pieces if piece.part == 1]
    twice = dict.fromkeys(row for row in numbers if numbers.count(row) > 1)
    return [*remarks, *(Remark(Kind.ODD, row, _("Two rows have the same number.")) for row in twice)]


def sum_remarks_for(planned: Decimal | None, allowed: Decimal | None) -> list[Remark]:
    """How the times add up against the limit."""
    if planned is None:
        return [Remark(Kind.SUM, "", _("No row has a time. Give every step its budget."))]
    values = {"sum": number_words(planned), "days": days_words(planned)}
    if allowed is None:
        return [Remark(Kind.SUM, "", _("The steps take %(sum)s working hours (%(days)s days).") % values)]
    values |= {"allowed": number_words(allowed), "limit_days": days_words(allowed)}
    difference = planned - allowed
    values |= {"by": days_words(abs(difference)), "hours": number_words(abs(difference))}
    if difference > 0:
        sentence = _(
            "The steps take %(days)s days (%(sum)s hours), the limit allows %(limit_days)s: %(by)s days (%(hours)s "
            "hours) too many. Everybody on time, and the file is late."
        )
    elif difference < 0:
        sentence = _(
            "The steps take %(days)s days (%(sum)s hours), the limit is %(limit_days)s: %(by)s days (%(hours)s hours) "
            "are not given to anybody."
        )
    else:
        sentence = _("The steps take %(days)s days (%(sum)s hours), exactly the limit.")
    return [Remark(Kind.SUM, "", sentence % values)]


def result_name(steps: Sequence[StepDraft]) -> str:
    """What the applicant gets, as the last outputs name it."""
    for step in reversed(steps):
        output = str(step.content.get("output", ""))
        if "kết quả giải quyết" in output.lower():
            return output[:LONGEST_NAME]
    return "Kết quả giải quyết thủ tục hành chính"


def merged(content: dict[str, Any], base: Definition, steps: Sequence[StepDraft]) -> dict[str, Any]:
    """The base with the steps of the table; where the keys are the same its ways and blocks stay as they are."""
    written = base.as_json()
    by_key = {step.content["key"]: step.content for step in steps}
    if list(by_key) != [step.key for step in base.human_steps()]:
        return {**written, **content}
    nodes = []
    for node in written["steps"]:
        if "parallel" in node:
            node = {**node, "parallel": [_renewed(member, by_key) for member in node["parallel"]]}
        elif "branch" not in node:
            node = _renewed(node, by_key)
        nodes.append(node)
    return {**written, **content, "limits": limits_of(content, written), "steps": nodes}


def limits_of(content: dict[str, Any], written: dict[str, Any]) -> list[dict[str, Any]]:
    """The limits of the base; where it has one only, with the amount of the table."""
    limits: list[dict[str, Any]] = written["limits"]
    if len(limits) != 1 or not content["limits"][0].get("clause"):
        return limits
    told = {name: content["limits"][0][name] for name in ("amount", "unit")}
    return [{**limits[0], **told}]


def _renewed(node: dict[str, Any], by_key: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A step of the base with what the table says; what the table cannot say stays."""
    fresh = by_key[node["key"]]
    kept = {name: fresh[name] for name in ("name", "work", "output", "forms", "time") if name in fresh or name in node}
    for name in ("name", "work", "output", "forms"):
        if name in node and name not in fresh:
            kept.pop(name, None)
    renewed = {**node, **{name: value for name, value in kept.items() if name in fresh}}
    if fresh["role"] != node["role"]:
        renewed["role"] = fresh["role"]
    if _same_time(node.get("time"), fresh.get("time")):
        renewed["time"] = node["time"]
    return renewed


def _same_time(before: Any, after: Any) -> bool:
    if isinstance(before, dict) and isinstance(after, dict):
        return Decimal(str(before["amount"])) == Decimal(str(after["amount"]))
    return bool(before == after and before is not None)
