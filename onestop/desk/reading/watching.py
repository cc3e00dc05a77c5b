"""What a supervisor watches, and the list that is open.

Numbers, table, heat map and list are all cut from the same rows by the same filters, so a count is always the length
of the list it opens.
"""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from offices.capacities import Capacities
from onestop.desk.reading.watch_choice import Choice
from onestop.desk.reading.watch_counts import count_cells, count_kinds, count_table
from onestop.desk.reading.watch_kinds import BREACH
from onestop.desk.reading.watch_sources import SOURCES, Scope, Source, flags, placed


class Watch:
    """Everything that one supervisor watches at one moment, and the choice made among it."""

    def __init__(self, scope: Scope, choice: Choice) -> None:
        self.scope = scope
        self.choice = choice

    @property
    def source(self) -> Source:
        """Where the rows of the open list stand."""
        return SOURCES[self.choice.kind]

    @property
    def column(self) -> str:
        """What the heat map spreads the list over beside offices: the steps of a chosen procedure, else phases."""
        return "step" if self.choice.procedure else "phase"

    @cached_property
    def kinds(self) -> dict[str, int]:
        """How long the list of each kind is."""
        return count_kinds(self.scope, self.choice)

    @cached_property
    def table(self) -> dict[str, dict[str, int]]:
        """How long each list would be for each value of the dimension of the table."""
        return count_table(self.scope, self.choice, self.choice.by)

    @cached_property
    def cells(self) -> dict[tuple[str, str], int]:
        """The open list by office and place in the process."""
        return count_cells(self.scope, self.choice, self.column)

    @cached_property
    def total(self) -> int:
        """How long the open list is."""
        return self.kinds[self.choice.kind] if self.choice.is_watched else self.rows().count()

    def other(self, choice: Choice) -> Watch:
        """The same watch with another list open."""
        return Watch(self.scope, choice)

    def dossier_ids(self) -> QuerySet[Any]:
        """The dossiers of the open list."""
        return self.rows().order_by().values(f"{self.source.dossier}pk")

    def rows(self) -> QuerySet[Any]:
        """The open list, every row once, with `since`."""
        way, watched = self.source.dossier, self.choice.is_watched
        found = self.source.rows(self.scope, self.choice)
        found = found.filter(self.scope.of(way) if watched else self.scope.of_ended(way))
        if self.source.has_step:
            found = found.filter(kind=self.choice.kind)
        narrowed = self.choice.narrowed_by
        if not watched:
            return found.filter(**self.of_ended(narrowed))
        if "procedure" in narrowed:
            found = found.filter(**{f"{self.source.dossier}procedure": narrowed.pop("procedure")})
        if not narrowed:
            return found
        fitting = placed(self.source, found, narrowed).filter(**{f"by_{name}": narrowed[name] for name in narrowed})
        return found.filter(pk__in=fitting.order_by().values("pk"))

    def of_ended(self, narrowed: dict[str, str]) -> dict[str, str]:
        """How rows are narrowed that nobody holds any more: by the office that answers for them, and by procedure."""
        office = "office" if self.choice.kind == BREACH else f"{self.source.dossier}handling_office"
        fields = {"office": office, "procedure": f"{self.source.dossier}procedure"}
        return {fields[name]: value for name, value in narrowed.items()}


def of_supervised(capacities: Capacities, way: str) -> Q:
    """The condition by which rows belong to dossiers that one supervises; `way` leads from a row to its dossier.

    Said of the row itself: a list of dossier numbers would first have to be made of every dossier there is.
    """
    return Scope(capacities, timezone.now()).of_ended(way)


def overdue_count(capacities: Capacities, *, at: datetime) -> int:
    """How many flags the page lists when it is opened."""
    scope = Scope(capacities, at)
    return flags(scope, Choice()).filter(scope.of("dossier__"), kind=Choice().kind).count()
