"""What a due time depends on: many starts that must give the same answer are turned into one. Pure."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sla.limits import DEFAULT_RULES, CountingRules, Term, Unit

WHOLE_DAYS = (Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH)


def reduced_start(start: datetime, term: Term, rules: CountingRules, zone: ZoneInfo) -> datetime:
    """The first instant from which the term is counted to the very same end.

    A term of whole days counted by the ordinary rules depends on the day of its start alone. A cut-off, a term of
    no days, a term in hours and any other rule look at the time of day: there the whole minute counts.

    Args:
        start: when the term began (aware).
        term: its budget.
        rules: how it is counted.
        zone: where the calendar's days begin.

    Returns:
        An instant in `zone`; `sla.terms.deadline` gives the same answer for it as for `start`, with any calendar of
        that zone and any stops.
    """
    local = start.astimezone(zone)
    if term.unit in WHOLE_DAYS and term.amount and term.cutoff is None and rules == DEFAULT_RULES:
        return local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return local.replace(second=0, microsecond=0)
