"""In which order work is listed, and how a page of it is read: light rows in order first, then only what is shown.

Steps and what tells their rank are read from indexes alone, however many wait; the wide rows are those of one page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, DateTimeField, F, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy, pgettext_lazy

from onestop.desk.paging import Column, Page, page_of, with_parameters
from workflows.models import LegalStatus, Step
from workflows.querysets import StepQuerySet

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.functional import Promise

WAITING = [LegalStatus.AWAITING_SUPPLEMENT, LegalStatus.AWAITING_PAYMENT]
FAR = datetime(9000, 1, 1, tzinfo=UTC)
RUNS, STOPPED, NO_LIMIT = 0, 1, 2


def instant(text: str) -> datetime:
    """An aware moment from an address; a moment without a zone is refused."""
    found = datetime.fromisoformat(text.replace(" ", "+"))
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def written(text: str) -> str:
    """A text from an address, without what no database takes."""
    return text.replace("\0", "")


ORDER = (Column("rank"), Column("due_key", instant), Column("pk"))


@dataclass(frozen=True, slots=True)
class Sorting:
    """Something the list may be sorted by."""

    label: Promise
    expression: Any
    read: Any = written


def _moment(name: str) -> Coalesce:
    return Coalesce(name, Value(FAR), output_field=DateTimeField())


SORTS: dict[str, Sorting] = {
    "code": Sorting(gettext_lazy("Dossier code"), F("process__code")),
    "procedure": Sorting(gettext_lazy("Procedure"), F("process__procedure__code")),
    "applicant": Sorting(gettext_lazy("Applicant"), F("process__applicant_name")),
    "step": Sorting(gettext_lazy("Step"), F("key")),
    "since": Sorting(pgettext_lazy("column", "Here since"), F("created"), instant),
    "received": Sorting(pgettext_lazy("column", "Received"), _moment("process__received_at"), instant),
    "appointed": Sorting(pgettext_lazy("column", "Dossier due"), _moment("process__due_at"), instant),
}


def sort_in(query: QueryDict) -> str:
    """The sorting that an address carries, with a minus where it is turned round; empty means what is due first."""
    wanted = query.get("sort", "")
    return wanted if wanted.removeprefix("-") in SORTS else ""


def sort_address(query: QueryDict, name: str) -> str:
    """The address that sorts by a column, or turns it round where it is sorted by already; empty name: due first."""
    turned = f"-{name}" if name and query.get("sort", "") == name else name
    return with_parameters(query, {"sort": turned or None, "after": None, "before": None, "open": None})


def open_files(steps: StepQuerySet) -> StepQuerySet:
    """The same steps, said so that an index of open dossiers answers: no step of a closed one is open."""
    return steps.filter(process__closed_at__isnull=True)


def ordered(steps: StepQuerySet) -> StepQuerySet:
    """Steps with the columns of the order: running clocks by due time, then paused, then without a limit."""
    return open_files(steps).annotate(
        rank=Case(
            When(process__legal_status__in=WAITING, then=STOPPED),
            When(due_at__isnull=True, then=NO_LIMIT),
            default=RUNS,
        ),
        due_key=_moment("due_at"),
    )


def in_order(steps: StepQuerySet, sort: str) -> tuple[StepQuerySet, Sequence[Column]]:
    """Light rows with the columns of an order, and the order."""
    if not sort:
        return ordered(steps).only("pk"), ORDER
    chosen, backward = SORTS[sort.removeprefix("-")], sort.startswith("-")
    columns = (Column("sort_key", chosen.read, backward), Column("pk", descending=backward))
    return open_files(steps).annotate(sort_key=chosen.expression).only("pk"), columns


def with_parts(steps: StepQuerySet) -> StepQuerySet:
    """Steps with what a row prints, in one statement."""
    parts = ("process__procedure", "process__statutory_clock", "clock", "owner", "office")
    unneeded = ("process__search", "process__data", "process__submitter", "process__procedure__name_folded")
    return steps.select_related(*parts).defer(*unneeded)


def whole_rows(light: Sequence[Step]) -> list[Step]:
    """The same steps in the same order, with what a row prints: one statement."""
    found = with_parts(Step.objects.filter(pk__in=[step.pk for step in light])).in_bulk() if light else {}
    return [found[step.pk] for step in light if step.pk in found]


def first_steps(steps: StepQuerySet, count: int) -> list[Step]:
    """What is due first, with what a row prints: two statements."""
    return whole_rows(list(ordered(steps).only("pk").order_by(*(column.name for column in ORDER))[:count]))


def page_in_order(steps: StepQuerySet, query: QueryDict, *, sort: str, total: int) -> Page[Step]:
    """One page of steps, with what a row prints: two statements."""
    light, columns = in_order(steps, sort)
    page = page_of(light, columns, query, total=total)
    return replace(page, rows=whole_rows(page.rows))
