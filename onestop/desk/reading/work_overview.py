"""How much work waits for a person, by group, procedure and step: one statement for headings and filters alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from datetime import time as day_time
from typing import TYPE_CHECKING, Any

from django.db.models import Case, CharField, Count, Q, Value, When
from django.utils.timezone import localtime
from django.utils.translation import pgettext_lazy

from onestop.desk.reading.work_order import WAITING, open_files
from procedures.models import Procedure
from workflows.querysets import StepQuerySet

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from onestop.desk.reading.work import WorkFilter

GROUPS: dict[str, Promise] = {
    "overdue": pgettext_lazy("group of steps", "Overdue"),
    "today": pgettext_lazy("group of steps", "Today"),
    "week": pgettext_lazy("group of steps", "This week"),
    "later": pgettext_lazy("group of steps", "Later"),
    "stopped": pgettext_lazy("group of steps", "Paused"),
    "no_limit": pgettext_lazy("group of steps", "No limit"),
}


def borders(at: datetime) -> tuple[datetime, datetime]:
    """The first moments of tomorrow and of next Monday, in the office's zone."""
    here = localtime(at)
    midnight = datetime.combine(here.date(), day_time(), tzinfo=here.tzinfo)
    return midnight + timedelta(days=1), midnight + timedelta(days=7 - here.weekday())


def group_at(at: datetime) -> Case:
    """The group of an open step, as the database tells it."""
    tomorrow, next_week = borders(at)
    return Case(
        When(process__legal_status__in=WAITING, then=Value("stopped")),
        When(due_at__isnull=True, then=Value("no_limit")),
        When(due_at__lt=at, then=Value("overdue")),
        When(due_at__lt=tomorrow, then=Value("today")),
        When(due_at__lt=next_week, then=Value("week")),
        default=Value("later"),
        output_field=CharField(),
    )


def group_counts(steps: StepQuerySet, *, at: datetime) -> dict[str, int]:
    """How many steps each group has: one statement."""
    groups = open_files(steps).order_by().annotate(group=group_at(at)).values_list("group")
    found = dict(groups.annotate(count=Count("pk")))
    return {name: found.get(name, 0) for name in GROUPS}


@dataclass(frozen=True, slots=True)
class Cell:
    """Steps that are alike in everything a filter asks for."""

    procedure: int
    key: str
    flow_task: Any
    is_free: bool
    group: str
    count: int

    def fits(self, chosen: WorkFilter) -> bool:
        """Whether the filter leaves these steps; words are not looked at."""
        held = {"mine": not self.is_free, "offered": self.is_free}.get(chosen.held, True)
        return held and chosen.procedure in {None, self.procedure} and chosen.step in {"", self.key}


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a filter, with how many steps it leaves."""

    value: str
    label: str
    count: int


class Overview:
    """All work of a person, counted once."""

    def __init__(self, waiting: StepQuerySet, *, at: datetime) -> None:
        """Count: one statement."""
        free = Case(When(owner__isnull=True, then=True), default=False)
        cells = open_files(waiting).order_by().annotate(is_free=free, group=group_at(at))
        columns = ("process__procedure", "key", "flow_task", "is_free", "group")
        self.cells = [Cell(*row) for row in cells.values_list(*columns).annotate(count=Count("pk"))]

    @property
    def total(self) -> int:
        """How many steps wait."""
        return sum(cell.count for cell in self.cells)

    def counts(self, chosen: WorkFilter) -> dict[str, int]:
        """How many steps each group has under a filter without words."""
        found = dict.fromkeys(GROUPS, 0)
        for cell in self.cells:
            if cell.fits(chosen):
                found[cell.group] += cell.count
        return found

    def choices(self, chosen: WorkFilter) -> tuple[list[Choice], list[Choice]]:
        """The procedures and the steps that the work holds: one statement for their names."""
        procedures: dict[str, Choice] = {}
        steps: dict[str, Choice] = {}
        names = self.names()
        for cell in sorted(self.cells, key=lambda one: (names.get(one.procedure, ""), one.key)):
            add(procedures, str(cell.procedure), names.get(cell.procedure, ""), cell.count)
            if chosen.procedure in {None, cell.procedure}:
                add(steps, cell.key, cell.flow_task.spec.title if cell.flow_task else cell.key, cell.count)
        return list(procedures.values()), sorted(steps.values(), key=lambda choice: choice.label)

    def names(self) -> dict[int, str]:
        """Codes and names of the procedures in the work."""
        ids = {cell.procedure for cell in self.cells}
        return {pk: f"{code} {name}" for pk, code, name in _named(ids)}


def _named(ids: set[int]) -> Iterator[tuple[int, str, str]]:
    yield from Procedure.objects.filter(Q(pk__in=ids)).values_list("pk", "code", "name")


def add(choices: dict[str, Choice], value: str, label: str, count: int) -> None:
    """Count an entry of a filter."""
    before = choices.get(value)
    choices[value] = Choice(value, before.label if before else label, count + (before.count if before else 0))
