"""Time: every step has a budget, every channel a limit, and the budgets fit into the limits."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _

from procedures.definition import END, REFUSE, Definition, Limit, Period, Unit
from procedures.findings import Finding
from procedures.graph import Graph
from procedures.lint_clock import forward
from procedures.lint_context import LintContext
from procedures.lint_flow import members
from procedures.lint_names import error, warning

# Only for step budgets and their sum: a statutory day is never turned into hours to compute a due date.
HOURS_IN_DAY = Decimal(8)
ZERO = Decimal(0)


def check_time(definition: Definition, graph: Graph, context: LintContext) -> list[Finding]:
    """All findings on times."""
    return [
        *_missing_times(graph),
        *_missing_limits(definition),
        *_sums(definition, graph, context),
        *_asking_term(definition),
    ]


def plain(amount: Decimal) -> str:
    """A number without trailing zeros: 3.5, 24."""
    return f"{amount.normalize():f}"


def longest_way(graph: Graph) -> tuple[Decimal, list[str]]:
    """Hours and steps of the longest forward way until the clock ends; of parallel steps the longest counts."""
    best: dict[str, tuple[Decimal, list[str]]] = {END: (ZERO, []), REFUSE: (ZERO, [])}
    for key in reversed(graph.nodes):
        hours, steps = max((best[target] for target in forward(graph, key)), default=(ZERO, []), key=lambda way: way[0])
        timed = [step for step in members(graph, key) if step.budget is not None]
        if any(graph.ends_clock(step.key) for step in members(graph, key)):
            hours, steps = ZERO, []
        if timed:
            slowest = max(timed, key=lambda step: step.budget or ZERO)
            hours, steps = hours + (slowest.budget or ZERO), [slowest.key, *steps]
        best[key] = (hours, steps)
    return best[graph.first]


def _missing_times(graph: Graph) -> Iterator[Finding]:
    for key, step in graph.human.items():
        if step.time is None:
            sentence = _("%(step)s has no time. Give it a budget, or write time: none where the law counts no time.")
            yield error("P030", "missing_time", f"{graph.place(key)}.time", sentence % {"step": key})


def _missing_limits(definition: Definition) -> Iterator[Finding]:
    for channel in definition.channels:
        if not any(channel in limit.channel for limit in definition.limits):
            sentence = _("No time limit is given for the channel %(channel)s. Add one, or remove it from channels.")
            yield error("P031", "limit_missing", "limits", sentence % {"channel": channel.value})
    seen: set[str] = set()
    for number, limit in enumerate(definition.limits):
        for channel in limit.channel:
            values, place = {"channel": channel.value}, f"limits[{number}].channel"
            if channel in seen:
                yield error(
                    "P032", "limit_twice", place, _("The channel %(channel)s has two limits. Keep one.") % values
                )
            elif channel not in definition.channels:
                sentence = _("Files do not come by the channel %(channel)s. Remove it here or add it to channels.")
                yield warning("P033", "limit_without_channel", place, sentence % values)
            seen.add(channel)


def _sums(definition: Definition, graph: Graph, context: LintContext) -> Iterator[Finding]:
    hours, steps = longest_way(graph)
    for number, limit in enumerate(definition.limits):
        allowed = hours_in(limit)
        exact = allowed is not None
        if allowed is None and context.shortest_term is not None:
            allowed = context.shortest_term(limit.amount, limit.unit)
        if allowed is None or hours <= allowed:
            continue
        finding = _over(f"limits[{number}]", hours, allowed, steps)
        yield error("P034", "budgets_over_limit", *finding) if exact else warning("P035", "budgets_over_term", *finding)


def _over(place: str, hours: Decimal, allowed: Decimal, steps: list[str]) -> tuple[str, str]:
    sentence = _(
        "The steps %(steps)s take %(hours)s working hours (%(days)s days of 8 hours), the limit allows %(allowed)s: "
        "%(over)s hours (%(over_days)s days) too many. Everybody on time, and the file is late. Shorten steps."
    )
    over = hours - allowed
    values = {
        "steps": ", ".join(steps),
        "hours": plain(hours),
        "days": plain(hours / HOURS_IN_DAY),
        "allowed": plain(allowed),
        "over": plain(over),
        "over_days": plain(over / HOURS_IN_DAY),
    }
    return place, sentence % values


def hours_in(limit: Limit) -> Decimal | None:
    """A limit in hours at 8 h a day, the shorter case where it has a cut-off; None for calendar days and months."""
    if limit.unit is Unit.WORKING_HOUR:
        return limit.amount
    if limit.unit is not Unit.WORKING_DAY:
        return None
    days = limit.amount if limit.cutoff is None else min(limit.amount, limit.cutoff.amount)
    return max(days, Decimal(1)) * HOURS_IN_DAY


def _asking_term(definition: Definition) -> Iterator[Finding]:
    """Asking for papers after the file is due helps nobody."""
    ask = definition.supplement.ask_within
    for limit in definition.limits:
        allowed, asking = hours_in(limit), _hours(ask)
        if allowed is not None and asking is not None and asking > allowed and "ask_within" in _written(definition):
            sentence = _("Missing papers may be asked for later than the file is due. Shorten ask_within.")
            yield warning("P036", "asking_after_due", "supplement.ask_within", sentence)
            return


def _hours(period: Period) -> Decimal | None:
    if period.unit is Unit.WORKING_HOUR:
        return period.amount
    return period.amount * HOURS_IN_DAY if period.unit is Unit.WORKING_DAY else None


def _written(definition: Definition) -> set[str]:
    """Keys of `supplement` the author wrote; the default of 3 days is the rulebook's business."""
    return definition.supplement.model_fields_set
