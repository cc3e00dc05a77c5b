"""How long people waited: from the number drawn until served; mean, 95th percentile, share over 30 minutes.

Source: the goal of an administrative reform plan, task 16: on average at most 30 minutes for each visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Aggregate, Avg, Count, DurationField, ExpressionWrapper, F, Max, Q, QuerySet, Value
from django.db.models.functions import Extract, ExtractHour, Greatest

from hall.models import Ticket
from offices.capacities import OFFICE_ZONE

LONGEST = timedelta(minutes=30)


class Percentile95(Aggregate):
    """The value that 95 of 100 do not exceed, interpolated."""

    function = "percentile_cont"
    template = "%(function)s(0.95) WITHIN GROUP (ORDER BY %(expressions)s)"
    name = "Percentile95"


@dataclass(frozen=True, slots=True)
class Waits:
    """How a group of people waited; times in whole seconds, None where nobody was served.

    Attributes:
        group: what the group has in common: an hour, a day, an errand's id; None for all.
        drawn, served: numbers drawn, and those of them that were served.
        over: how many of the served waited longer than 30 minutes.
    """

    group: Any
    drawn: int
    served: int
    mean: int | None
    p95: int | None
    longest: int | None
    over: int

    @property
    def share_over(self) -> float | None:
        """Share of the served who waited longer than 30 minutes, between 0 and 1."""
        return self.over / self.served if self.served else None

    @property
    def not_served(self) -> int:
        """Numbers whose people were never served: passed over, gone, or waiting still."""
        return self.drawn - self.served


def tickets_between(hall_ids: Sequence[int], first: date, last: date) -> QuerySet[Ticket]:
    """Tickets of some halls from a day to a day, both included, with `wait` (None: not served) and `hour` drawn."""
    return Ticket.objects.filter(hall__in=hall_ids, day__gte=first, day__lte=last).annotate(
        wait=ExpressionWrapper(
            Greatest(F("served_at") - F("waits_from"), Value(timedelta()), output_field=DurationField()),
            output_field=DurationField(),
        ),
        hour=ExtractHour("issued_at", tzinfo=OFFICE_ZONE),
    )


def served_only(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Those who were served."""
    return tickets.filter(served_at__isnull=False)


def over_the_limit(tickets: QuerySet[Ticket]) -> QuerySet[Ticket]:
    """Those who were served and waited longer than 30 minutes."""
    return served_only(tickets).filter(wait__gt=LONGEST)


def waits(tickets: QuerySet[Ticket], by: str = "") -> list[Waits]:
    """How people waited, by `hour`, `day`, `errand` or `hall`, in its order; "" gives one group of all.

    One statement.
    """
    is_served = Q(served_at__isnull=False)
    seconds = Extract("wait", "epoch")
    columns = {
        "drawn": Count("pk"),
        "served": Count("pk", filter=is_served),
        "mean": Avg(seconds, filter=is_served),
        "p95": Percentile95(seconds, filter=is_served),
        "longest": Max(seconds, filter=is_served),
        "over": Count("pk", filter=is_served & Q(wait__gt=LONGEST)),
    }
    rows = tickets.order_by(by).values(by).annotate(**columns) if by else [tickets.aggregate(**columns)]
    return [_waits(row, row.get(by)) for row in rows]


def _waits(row: dict[str, Any], group: Any) -> Waits:
    times = {name: None if row[name] is None else round(row[name]) for name in ("mean", "p95", "longest")}
    return Waits(group, row["drawn"], row["served"], times["mean"], times["p95"], times["longest"], row["over"])
