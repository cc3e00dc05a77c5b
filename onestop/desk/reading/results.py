"""Results that lie ready at the desk, and the dossier a scanned code stands for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, DateTimeField, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import pgettext_lazy

from offices.capacities import Capacities
from offices.models import Role
from onestop.desk.paging import Column, Page, page_of
from onestop.desk.reading.search import exactly
from onestop.desk.reading.work import borders, instant
from workflows.models import Dossier, LegalStatus, Step
from workflows.querysets import DossierQuerySet

if TYPE_CHECKING:
    from django.http import QueryDict
    from django.utils.functional import Promise

FAR = datetime(9000, 1, 1, tzinfo=UTC)
ORDER = (Column("appointed", instant), Column("pk"))
GROUPS: dict[str, Promise] = {
    "past": pgettext_lazy("results", "Appointment passed"),
    "today": pgettext_lazy("results", "Appointment today"),
    "ahead": pgettext_lazy("results", "Done before the appointment"),
}


def at_my_desk(capacities: Capacities) -> DossierQuerySet:
    """Dossiers received at an office where the person is a clerk."""
    return Dossier.objects.filter(receiving_office__in=capacities.offices_as(Role.CLERK))


def waiting_results(capacities: Capacities) -> DossierQuerySet:
    """Decided dossiers whose result has arrived at the person's desk: no other office holds a step."""
    elsewhere = Step.objects.open().filter(process=OuterRef("pk")).exclude(role=Role.CLERK)
    return at_my_desk(capacities).filter(~Exists(elsewhere), legal_status=LegalStatus.DECIDED)


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One result as it stands in the list; `heads` names the group that begins with it."""

    dossier: Dossier
    group: str
    heads: str = ""
    heads_count: int = 0


def results_page(capacities: Capacities, query: QueryDict, *, at: datetime) -> Page[Any]:
    """One page of results in the order of their appointments: two statements."""
    waiting = waiting_results(capacities)
    tomorrow, _next_week = borders(at)
    counts = waiting.aggregate(
        past=Count("pk", filter=Q(due_at__lt=at)),
        today=Count("pk", filter=Q(due_at__gte=at, due_at__lt=tomorrow)),
        ahead=Count("pk", filter=Q(due_at__gte=tomorrow) | Q(due_at__isnull=True)),
    )
    ordered = waiting.annotate(appointed=Coalesce("due_at", Value(FAR), output_field=DateTimeField()))
    parts = ("procedure", "handling_office", "receiving_office")
    page = page_of(ordered.select_related(*parts).defer("search", "data"), ORDER, query, total=sum(counts.values()))
    rows: list[Any] = []
    current = ""
    for dossier in page.rows:
        group = group_of(dossier.due_at, at, tomorrow)
        heads = {"heads": str(GROUPS[group]), "heads_count": counts[group]} if group != current else {}
        rows.append(ResultRow(dossier, group, **heads))
        current = group
    return replace(page, rows=rows)


def group_of(due_at: datetime | None, at: datetime, tomorrow: datetime) -> str:
    """Whether the applicant's appointment has passed, is today, or lies ahead."""
    if due_at is None or due_at >= tomorrow:
        return "ahead"
    return "past" if due_at < at else "today"


def scanned(capacities: Capacities, code: str) -> list[Dossier]:
    """The dossiers of the person's desks that a scanned or typed code may stand for, those to hand over first."""
    found = exactly(at_my_desk(capacities), code)
    parts = ("procedure", "applicant", "receiving_office__parent", "handling_office")
    is_ready = Case(When(legal_status=LegalStatus.DECIDED, then=1), default=0)
    ordered = found.select_related(*parts).defer("search", "data").order_by(is_ready.desc(), "-pk")
    rows = list(ordered[:20])
    decided = [dossier for dossier in rows if dossier.legal_status == LegalStatus.DECIDED]
    return decided or rows


def step_elsewhere(dossier: Dossier) -> Step | None:
    """The open step because of which a decided result is not at the desk yet."""
    return dossier.task_set.open().exclude(role=Role.CLERK).select_related("office").first()
