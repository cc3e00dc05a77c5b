"""My work: the open steps that wait for a person, in the order in which they fall due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from offices.capacities import Capacities
from onestop.desk.badges import Timetables, step_badge
from onestop.desk.paging import Page
from onestop.desk.reading.steps import origin_of, title_of
from onestop.desk.reading.work_order import (
    FAR,
    ORDER,
    WAITING,
    first_steps,
    instant,
    ordered,
    page_in_order,
    sort_in,
    with_parts,
)
from onestop.desk.reading.work_overview import GROUPS, Overview, borders, group_counts
from onestop.desk.words import TimeBadge
from workflows.models import Dossier, Step
from workflows.querysets import StepQuerySet

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.functional import Promise

__all__ = ["FAR", "GROUPS", "ORDER", "WAITING", "borders", "group_counts", "instant", "ordered", "with_parts"]

HELD: dict[str, Promise] = {
    "": pgettext_lazy("steps", "All"),
    "mine": pgettext_lazy("steps", "Mine"),
    "offered": pgettext_lazy("steps", "Nobody's yet"),
    "asked": gettext_lazy("My opinion is asked"),
}


@dataclass(frozen=True, slots=True)
class WorkFilter:
    """What a person wants to see of their work."""

    held: str = ""
    procedure: int | None = None
    step: str = ""
    words: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> WorkFilter:
        """Read the filter from the address; what cannot be read does not filter."""
        held, procedure = query.get("held", ""), query.get("procedure", "")
        return cls(
            held=held if held in HELD else "",
            procedure=int(procedure) if procedure.isdecimal() and len(procedure) < 19 else None,
            step=query.get("step", "")[:80].replace("\0", ""),
            words=query.get("words", "")[:200].replace("\0", ""),
        )

    @property
    def is_on(self) -> bool:
        """Whether anything is filtered away."""
        return self != WorkFilter()

    def choose(self, steps: StepQuerySet) -> StepQuerySet:
        """The steps that fit."""
        if self.held == "mine":
            steps = steps.filter(owner__isnull=False)
        if self.held == "offered":
            steps = steps.filter(owner__isnull=True)
        if self.procedure is not None:
            steps = steps.filter(process__procedure=self.procedure)
        if self.step:
            steps = steps.filter(key=self.step)
        if self.words.strip():
            steps = steps.filter(process__in=Dossier.objects.matching(self.words))
        return steps


@dataclass(frozen=True, slots=True)
class WorkRow:
    """One step as it stands in the list; `heads` names the group that begins with it."""

    step: Step
    title: str
    came_from: str
    badge: TimeBadge
    group: str
    heads: str = ""
    heads_count: int = 0

    @property
    def dossier(self) -> Dossier:
        """The dossier of the step."""
        return self.step.process


def work_page(
    waiting: StepQuerySet, chosen: WorkFilter, query: QueryDict, overview: Overview, *, at: datetime
) -> Page[Any]:
    """One page of work: two statements, three where words are looked for; by due time it has group headings."""
    steps = chosen.choose(waiting)
    counts = group_counts(steps, at=at) if chosen.words.strip() else overview.counts(chosen)
    sort = sort_in(query)
    page = page_in_order(steps, query, sort=sort, total=sum(counts.values()))
    timetables = Timetables()
    rows = [row_of(step, at, timetables) for step in page.rows]
    return replace(page, rows=rows if sort else list(with_headings(rows, counts)))  # type: ignore[type-var]


def row_of(step: Step, at: datetime, timetables: Timetables | None = None) -> WorkRow:
    """What the list prints of a step."""
    return WorkRow(
        step=step,
        title=title_of(step),
        came_from=origin_of(step),
        badge=step_badge(step, at=at, timetables=timetables),
        group=group_of(step, at),
    )


def with_headings(rows: Iterable[WorkRow], counts: dict[str, int]) -> Iterator[WorkRow]:
    """Mark the rows with which a group begins."""
    current = ""
    for row in rows:
        begins = row.group != current
        current = row.group
        yield replace(row, heads=str(GROUPS[current]), heads_count=counts.get(current, 0)) if begins else row


def group_of(step: Step, at: datetime) -> str:
    """The group of an open step."""
    if step.process.legal_status in WAITING:
        return "stopped"
    if step.due_at is None:
        return "no_limit"
    tomorrow, next_week = borders(at)
    if step.due_at < at:
        return "overdue"
    if step.due_at < tomorrow:
        return "today"
    return "week" if step.due_at < next_week else "later"


def next_step(capacities: Capacities, *, at: datetime, besides: Sequence[int] = ()) -> WorkRow | None:
    """The most urgent step that waits for the person: two statements."""
    waiting = Step.objects.waiting_for(capacities).exclude(pk__in=besides).exclude(process__legal_status__in=WAITING)
    found = first_steps(waiting, 1)
    return row_of(found[0], at) if found else None


def empty_hint(chosen: WorkFilter) -> str:
    """What a person with an empty list reads."""
    if chosen.is_on:
        return _("No step fits this filter. Take the filter away to see all of your work.")
    return _("New work appears here as soon as a step reaches you or your role; the bell tells you at once.")
