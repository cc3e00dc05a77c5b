"""The catalogue as people read it: limits and fees in words, and the process as the official table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offices.models import Office, Role
from onestop.desk import words
from onestop.desk.terms_in_words import amount_in_words, limit_in_words
from procedures.definition import (
    END,
    HANDLING,
    JOIN,
    PARENT,
    RECEIVING,
    REFUSE,
    BranchCase,
    BranchSpec,
    Channel,
    Condition,
    Definition,
    Op,
    ParallelSpec,
    StepSpec,
    Unit,
)
from procedures.graph import Graph
from procedures.models import Procedure, ProcedureVersion
from workflows.nodes import label_of

if TYPE_CHECKING:
    from django.utils.functional import Promise

CHANNELS: dict[Channel, Promise] = {
    Channel.DESK: gettext_lazy("at the desk"),
    Channel.POST: gettext_lazy("by post"),
    Channel.ONLINE: gettext_lazy("online"),
}
PLACES: dict[str, Promise] = {
    RECEIVING: gettext_lazy("receiving office"),
    HANDLING: gettext_lazy("handling office"),
    PARENT: gettext_lazy("office above"),
}
COMPARISONS: dict[Op, str] = {Op.EQ: "=", Op.NE: "≠", Op.LT: "<", Op.LE: "≤", Op.GT: ">", Op.GE: "≥", Op.IN: "∈"}


def found_procedures(*, search: str, field: str, level: str, with_drafts: bool) -> QuerySet[Procedure]:
    """Procedures that fit, each with its versions, the newest first; those with drafts only are for editors."""
    versions = ProcedureVersion.objects.defer("definition").order_by("-number")
    found = Procedure.objects.search(search).prefetch_related(Prefetch("versions", versions))
    if field:
        found = found.filter(field_code=field)
    if level:
        found = found.filter(level=level)
    if not with_drafts:
        found = found.filter(pk__in=ProcedureVersion.objects.exclude(status="draft").values("procedure"))
    return found


def fields_of_administration() -> dict[str, str]:
    """The fields that procedures belong to, by code."""
    return dict(Procedure.objects.order_by("field_name").values_list("field_code", "field_name").distinct())


def channel_words(channels: tuple[Channel, ...]) -> str:
    """Channels in one line."""
    return ", ".join(str(CHANNELS[channel]) for channel in channels)


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A legal limit as printed."""

    channels: str
    amount: str
    clause: str


@dataclass(frozen=True, slots=True)
class FeeLine:
    """A fee as printed."""

    name: str
    channels: str
    amount: str
    note: str


def limit_lines(spec: Definition) -> list[LimitLine]:
    """Legal limits per channel."""
    return [LimitLine(channel_words(one.channel), limit_in_words(one), one.clause) for one in spec.limits]


def fee_lines(spec: Definition) -> list[FeeLine]:
    """Fees per channel; an amount that another text fixes is left to its note."""
    return [FeeLine(fee.name, channel_words(fee.channels), fee_words(fee.amount), fee.note) for fee in spec.fees]


def fee_words(amount: Decimal | None) -> str:
    """What a fee costs."""
    if amount is None:
        return _("as another text fixes it")
    return words.money(amount) if amount else _("free")


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of the official table: step, who, what, time, output."""

    number: str
    name: str
    who: str = ""
    where: str = ""
    work: str = ""
    time: str = ""
    time_note: str = ""
    output: str = ""
    forms: str = ""
    ways: tuple[str, ...] = ()
    is_assumed: bool = False
    ends_clock: bool = False
    is_gateway: bool = False


def official_table(spec: Definition, office_names: Mapping[str, str]) -> list[TableRow]:
    """The process as the decision prints it, one row per step, blocks and branches in their places.

    Args:
        spec: the definition.
        office_names: names of offices by agency code.
    """
    graph = Graph(spec)
    rows: list[TableRow] = []
    for number, node in enumerate(spec.steps, start=1):
        rows.extend(rows_of(node, str(number), graph, office_names))
    return rows


def rows_of(
    node: StepSpec | ParallelSpec | BranchSpec, number: str, graph: Graph, office_names: Mapping[str, str]
) -> Iterator[TableRow]:
    """The rows of one element of the process."""
    if isinstance(node, StepSpec):
        yield step_row(node, number, graph, office_names)
    elif isinstance(node, ParallelSpec):
        then = _("then %(step)s") % {"step": target_words(node.then, graph)}
        yield TableRow(number, node.title, work=_("at the same time"), ways=(then,), is_gateway=True)
        for place, member in enumerate(node.parallel, start=1):
            yield step_row(member, f"{number}.{place}", graph, office_names)
    else:
        ways = tuple(case_words(case, graph) for case in node.branch)
        yield TableRow(number, node.title, work=_("depends on the form"), ways=ways, is_gateway=True)


def step_row(step: StepSpec, number: str, graph: Graph, office_names: Mapping[str, str]) -> TableRow:
    """The row of one human step."""
    return TableRow(
        number=number,
        name=step.title,
        who=str(Role(step.role.value).label),
        where=str(PLACES.get(step.where) or office_names.get(step.where, step.where)),
        work=step.work,
        time=time_words(step),
        time_note=step.time.text if step.budget is not None and not isinstance(step.time, str) and step.time else "",
        output=step.output,
        forms=", ".join(step.forms),
        ways=tuple(ways_of(step, graph)),
        is_assumed=step.assumed,
        ends_clock=graph.ends_clock(step.key),
    )


def time_words(step: StepSpec) -> str:
    """The budget of a step in working hours."""
    return _("not counted") if step.budget is None else amount_in_words(step.budget, Unit.WORKING_HOUR)


def ways_of(step: StepSpec, graph: Graph) -> Iterator[str]:
    """The choices of a step, where it has more than one."""
    outcomes = graph.outcomes(step.key)
    if len(outcomes) > 1:
        for outcome, target in outcomes.items():
            yield f"{label_of(step, outcome)} → {target_words(target, graph)}"


def target_words(target: str, graph: Graph) -> str:
    """Where a choice leads."""
    reserved = {END: _("end"), REFUSE: _("refusal, signed by a leader"), JOIN: _("joined with the others")}
    return reserved.get(target) or graph.node(target).title


def case_words(case: BranchCase, graph: Graph) -> str:
    """One way out of a branch."""
    if case.when is None:
        return _("otherwise → %(step)s") % {"step": target_words(case.target, graph)}
    return f"{condition_words(case.when, graph.definition)} → {target_words(case.target, graph)}"


def condition_words(condition: Condition, spec: Definition) -> str:
    """A comparison with the question's own words."""
    labels = {field.key: field.label for field in spec.form}
    value = condition.value
    shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f"{labels.get(condition.field, condition.field)} {COMPARISONS[condition.op]} {shown}"


def office_names_by_code() -> dict[str, str]:
    """Short names of all offices."""
    return dict(Office.objects.values_list("code", "short_name"))
