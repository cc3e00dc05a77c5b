"""Week by week: dossiers received and decided, those decided late, and those late ones with an apology."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Count, DateTimeField, F, Func, IntegerField, Q, QuerySet, Value
from django.utils.translation import gettext as _

from onestop.desk import words
from onestop.desk.charts.trend import Point, Trend, trend
from onestop.desk.reading.watch_choice import Choice
from onestop.desk.reading.watch_kinds import APOLOGISED, BY_CODE, DECIDED, DECIDED_LATE, RECEIVED
from onestop.desk.reading.watch_sheets import Cell, Sheet
from onestop.desk.reading.watch_sources import mondays
from onestop.desk.reading.watching import Watch
from sla.models import Verdict

COLUMNS = (RECEIVED, DECIDED, DECIDED_LATE, APOLOGISED)


@dataclass(frozen=True, slots=True)
class Week:
    """One week: its first day and its four numbers, each with the list it opens."""

    label: str
    long_label: str
    cells: list[Cell]


def weeks(watch: Watch) -> list[Week]:
    """The weeks of the trend, under what the list is narrowed by of office and procedure: three statements."""
    starts = mondays(watch.choice.weeks, at=watch.scope.at)
    received = counted(rows_of(watch, RECEIVED), "received_at", starts)
    decided = counted(rows_of(watch, DECIDED), "decided_at", starts)
    apologised = counted(rows_of(watch, APOLOGISED), "decided_at", starts)
    return [
        week(watch.choice, start, [received[n][0], *decided[n], apologised[n][0]]) for n, start in enumerate(starts)
    ]


def rows_of(watch: Watch, kind: str) -> QuerySet[Any]:
    """The dossiers of all weeks in one list."""
    return watch.other(watch.choice.with_changes(kind=kind, week="").fitting()).rows()


def counted(found: QuerySet[Any], moment: str, starts: Sequence[datetime]) -> list[tuple[int, int]]:
    """Dossiers in each week, and how many of them late: one statement."""
    bounds = Value(list(starts), output_field=ArrayField(DateTimeField()))
    number = Func(F(moment), bounds, function="width_bucket", output_field=IntegerField())
    rows = found.order_by().annotate(week=number).values_list("week")
    counts = {
        place: (total, late)
        for place, total, late in rows.annotate(total=Count("pk"), late=Count("pk", filter=Q(verdict=Verdict.LATE)))
    }
    return [counts.get(place + 1, (0, 0)) for place in range(len(starts))]


def week(choice: Choice, start: datetime, numbers: Sequence[int]) -> Week:
    """One week; a number opens its dossiers."""
    day = start.date()
    long_label = f"{words.short_day(day)} - {words.day(day + timedelta(days=6))}"
    cells = [
        Cell(
            number,
            choice.to(kind=kind, week=day.isoformat()),
            f"{long_label}: {number} {BY_CODE[kind].label}",
            current=choice.kind == kind and choice.week == day.isoformat(),
        )
        for kind, number in zip(COLUMNS, numbers, strict=True)
    ]
    return Week(words.short_day(day), long_label, cells)


def drawing(found: Sequence[Week]) -> Trend:
    """The weeks as a picture."""
    return trend([Point(one.label, *(cell.count for cell in one.cells), in_words(one)) for one in found])


def in_words(one: Week) -> str:
    """What the picture says of a week."""
    received, decided, late, apologised = (cell.count for cell in one.cells)
    sentence = _(
        "%(week)s: %(received)d received, %(decided)d decided, %(late)d late, %(apologised)d of these apologised"
    )
    return sentence % {
        "week": one.long_label,
        "received": received,
        "decided": decided,
        "late": late,
        "apologised": apologised,
    }


def weeks_sheet(found: Sequence[Week]) -> Sheet:
    """The weeks as rows."""
    headers = [_("Week"), *(str(BY_CODE[kind].label) for kind in COLUMNS)]
    return Sheet(_("By week"), headers, [[one.long_label, *(cell.count for cell in one.cells)] for one in found])
