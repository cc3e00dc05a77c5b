"""My work: the open steps that wait for a person, in the order in which they fall due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from datetime import time as day_time
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, DateTimeField, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from offices.capacities import Capacities
from onestop.desk.badges import Timetables, step_badge
from onestop.desk.paging import Column, Page, page_of
from onestop.desk.reading.steps import origin_of, title_of
from onestop.desk.words import TimeBadge
from workflows.models import Dossier, LegalStatus, Step
from workflows.querysets import StepQuerySet

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.functional import Promise

WAITING = [LegalStatus.AWAITING_SUPPLEMENT, LegalStatus.AWAITING_PAYMENT]
FAR = datetime(9000, 1, 1, tzinfo=UTC)
RUNS, STOPPED, NO_LIMIT = 0, 1, 2

GROUPS: dict[str, Promise] = {
    "overdue": pgettext_lazy("group of steps", "Overdue"),
    "today": pgettext_lazy("group of steps", "Today"),
    "week": pgettext_lazy("group of steps", "This week"),
    "later": pgettext_lazy("group of steps", "Later"),
    "stopped": pgettext_lazy("group of steps", "Paused"),
    "no_limit": pgettext_lazy("group of steps", "No limit"),
}
HELD: dict[str, Promise] = {
    "": pgettext_lazy("steps", "All"),
    "mine": pgettext_lazy("steps", "Mine"),
    "offered": pgettext_lazy("steps", "Nobody's yet"),
    "asked": gettext_lazy("My opinion is asked"),
}


def instant(text: str) -> datetime:
    """An aware moment from an address; a moment without a zone is refused."""
    found = datetime.fromisoformat(text.replace(" ", "+"))
    if found.tzinfo is None:
        raise ValueError(text)
    return found


ORDER = (Column("rank"), Column("due_key", instant), Column("pk"))


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
            procedure=int(procedure) if procedure.isdigit() and len(procedure) < 19 else None,
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


def ordered(steps: StepQuerySet) -> StepQuerySet:
    """Steps with the columns of the order: running clocks by due time, then paused, then without a limit."""
    return steps.annotate(
        rank=Case(
            When(process__legal_status__in=WAITING, then=STOPPED),
            When(due_at__isnull=True, then=NO_LIMIT),
            default=RUNS,
        ),
        due_key=Coalesce("due_at", Value(FAR), output_field=DateTimeField()),
    )


def with_parts(steps: StepQuerySet) -> StepQuerySet:
    """Steps with what a row prints, in one statement."""
    parts = ("process__procedure", "process__statutory_clock", "clock", "owner", "office")
    unneeded = ("process__search", "process__data", "process__submitter", "process__procedure__name_folded")
    return steps.select_related(*parts).defer(*unneeded)


def work_page(steps: StepQuerySet, query: QueryDict, *, at: datetime) -> tuple[Page[Any], dict[str, int]]:
    """One page of work with its group headings, and how many steps each group has: two statements."""
    counts = group_counts(steps, at=at)
    page = page_of(with_parts(ordered(steps)), ORDER, query, total=sum(counts.values()))
    timetables = Timetables()
    rows = with_headings((row_of(step, at, timetables) for step in page.rows), counts)
    return replace(page, rows=list(rows)), counts


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


def group_counts(steps: StepQuerySet, *, at: datetime) -> dict[str, int]:
    """How many steps each group has: one statement."""
    tomorrow, next_week = borders(at)
    waits = Q(process__legal_status__in=WAITING)
    found = steps.aggregate(
        overdue=Count("pk", filter=~waits & Q(due_at__lt=at)),
        today=Count("pk", filter=~waits & Q(due_at__gte=at, due_at__lt=tomorrow)),
        week=Count("pk", filter=~waits & Q(due_at__gte=max(at, tomorrow), due_at__lt=next_week)),
        later=Count("pk", filter=~waits & Q(due_at__gte=next_week)),
        stopped=Count("pk", filter=waits),
        no_limit=Count("pk", filter=~waits & Q(due_at__isnull=True)),
    )
    return {name: found[name] for name in GROUPS}


def borders(at: datetime) -> tuple[datetime, datetime]:
    """The first moments of tomorrow and of next Monday, in the office's zone."""
    here = localtime(at)
    midnight = datetime.combine(here.date(), day_time(), tzinfo=here.tzinfo)
    return midnight + timedelta(days=1), midnight + timedelta(days=7 - here.weekday())


@dataclass(frozen=True, slots=True)
class Choice:
    """One entry of a filter, with how many steps it leaves."""

    value: str
    label: str
    count: int


def choices_in(waiting: StepQuerySet, chosen: WorkFilter) -> tuple[list[Choice], list[Choice]]:
    """The procedures and the steps that the person's work holds: one statement."""
    columns = ("process__procedure", "process__procedure__code", "process__procedure__name", "key", "flow_task")
    groups = waiting.order_by("process__procedure__code", "key").values_list(*columns).annotate(count=Count("pk"))
    procedures: dict[str, Choice] = {}
    steps: dict[str, Choice] = {}
    for procedure, code, name, key, task, count in groups:
        add(procedures, str(procedure), f"{code} {name}", count)
        if chosen.procedure in {None, procedure}:
            add(steps, key, task.spec.title if task else key, count)
    return list(procedures.values()), sorted(steps.values(), key=lambda choice: choice.label)


def add(choices: dict[str, Choice], value: str, label: str, count: int) -> None:
    """Count an entry of a filter."""
    before = choices.get(value)
    choices[value] = Choice(value, before.label if before else label, count + (before.count if before else 0))


def next_step(capacities: Capacities, *, at: datetime, besides: Sequence[int] = ()) -> WorkRow | None:
    """The most urgent step that waits for the person: one statement."""
    waiting = Step.objects.waiting_for(capacities).exclude(pk__in=besides).exclude(process__legal_status__in=WAITING)
    step = with_parts(ordered(waiting)).order_by("rank", "due_key", "pk").first()
    return row_of(step, at) if step else None


def empty_hint(chosen: WorkFilter) -> str:
    """What a person with an empty list reads."""
    if chosen.is_on:
        return _("No step fits this filter. Take the filter away to see all of your work.")
    return _("New work appears here as soon as a step reaches you or your role; the bell tells you at once.")
