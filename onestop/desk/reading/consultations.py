"""Questions of other offices that wait for an answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from onestop.desk.badges import Timetables
from onestop.desk.paging import Column, Page, page_of
from onestop.desk.reading.step_panel import term_badge
from onestop.desk.reading.work import instant
from onestop.desk.words import TimeBadge
from workflows.models import Consultation
from workflows.querysets import STEP_ROLES, ConsultationQuerySet

if TYPE_CHECKING:
    from django.http import QueryDict

    from offices.capacities import Capacities

ORDER = (Column("term_ends_at", instant), Column("pk"))
SHOWN_ON_TOP = 20


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One question as it stands in the list."""

    row: Consultation
    badge: TimeBadge

    @property
    def key(self) -> str:
        """What the address calls the open question."""
        return f"q{self.row.pk}"


def with_parts(questions: ConsultationQuerySet) -> ConsultationQuerySet:
    """Questions with what the list and the panel print."""
    parts = ("dossier__procedure", "dossier__handling_office", "office", "asked_by", "step__office", "answered_by")
    return questions.select_related(*parts).defer("dossier__search", "dossier__data")


def asked_rows(capacities: Capacities, *, at: datetime) -> list[AskedRow]:
    """The most urgent questions, shown above the list: one statement."""
    waiting = with_parts(Consultation.objects.waiting_for(capacities)).order_by("term_ends_at", "pk")
    return as_rows(waiting[:SHOWN_ON_TOP], at=at)


def asked_page(capacities: Capacities, query: QueryDict, *, at: datetime) -> Page[Any]:
    """One page of questions: two statements."""
    waiting = Consultation.objects.waiting_for(capacities)
    page: Page[Any] = page_of(with_parts(waiting), ORDER, query, total=waiting.count())
    return replace(page, rows=as_rows(page.rows, at=at))


def as_rows(questions: Iterable[Consultation], *, at: datetime) -> list[AskedRow]:
    """The questions with the time their offices have left."""
    timetables = Timetables()
    return [AskedRow(row, term_badge(row, at=at, timetables=timetables)) for row in questions]


def find_question(capacities: Capacities, pk: int) -> Consultation | None:
    """A question to an office of the person, answered or not: one statement."""
    return with_parts(Consultation.objects.filter(pk=pk, office__in=capacities.offices_as(*STEP_ROLES))).first()
