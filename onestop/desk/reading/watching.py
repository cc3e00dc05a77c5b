"""What a supervisor watches: open flags on the dossiers of one's offices and below.

A flag is looked at together with whoever holds the dossier now: the open steps of its dossier, or the one step the
flag is about. Tiles, tables, heat map and list are all cut from the same rows by the same filters, so a count is
always the length of the list it opens.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.db.models import Case, Count, F, FilteredRelation, Q, QuerySet, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce
from django.http import QueryDict

from offices.capacities import Capacities
from offices.models import Role
from workflows.models import Dossier, Flag
from workflows.models.step import HUMAN
from workflows.querysets import OPEN

KINDS = (Flag.Kind.OVERDUE, Flag.Kind.DUE_SOON, Flag.Kind.RESUBMITTED, Flag.Kind.STUCK, Flag.Kind.STEP_OVERDUE)
NOBODY = "0"
NOWHERE = "-"
LONGEST_ID = 18


def held_now() -> FilteredRelation:
    """The open steps of a flag's dossier; made anew for each query, because a query writes into it."""
    is_open = Q(dossier__task_set__flow_task_type=HUMAN, dossier__task_set__status__in=OPEN)
    return FilteredRelation("dossier__task_set", condition=is_open)


def of_holder(name: str, otherwise: Combinable) -> Coalesce:
    """A field of the flag's own step, else of the open steps of its dossier, else something else."""
    return Coalesce(Case(When(step__isnull=False, then=F(f"step__{name}")), default=F(f"held__{name}")), otherwise)


DIMENSIONS: dict[str, Combinable] = {
    "office": of_holder("office", F("dossier__receiving_office")),
    "procedure": F("dossier__procedure"),
    "person": of_holder("owner", Value(0)),
    "phase": of_holder("phase", Value(NOWHERE)),
    "step": of_holder("key", Value(NOWHERE)),
}
NUMBERED = frozenset({"office", "procedure", "person"})


@dataclass(frozen=True, slots=True)
class Choice:
    """Which list is open: one kind of flag, narrowed by office, procedure, person, phase and step ("" : any)."""

    kind: str = Flag.Kind.OVERDUE
    office: str = ""
    procedure: str = ""
    person: str = ""
    phase: str = ""
    step: str = ""

    @classmethod
    def read(cls, query: QueryDict) -> Choice:
        """The choice that an address carries; what it cannot mean is left out."""
        kind = query.get("kind", "")
        wishes = {name: query.get(name, "")[:80].replace("\0", "") for name in DIMENSIONS}
        sound = {name: wish for name, wish in wishes.items() if name not in NUMBERED or is_id(wish)}
        return cls(kind=kind if kind in KINDS else Flag.Kind.OVERDUE, **sound)

    def to(self, **changes: Any) -> str:
        """The query of an address that opens this list with some changes."""
        changed = replace(self, **{name: str(value) for name, value in changes.items()})
        chosen = {name: getattr(changed, name) for name in ("kind", *DIMENSIONS) if getattr(changed, name)}
        return f"?{urlencode(chosen)}"

    @property
    def narrowed_by(self) -> dict[str, str]:
        """The dimensions that are narrowed, with their values."""
        return {name: getattr(self, name) for name in DIMENSIONS if getattr(self, name)}


def is_id(text: str) -> bool:
    """Whether a text is the number of a row."""
    return text.isascii() and text.isdigit() and len(text) <= LONGEST_ID


class Watch:
    """All open flags that one supervisor watches, and the choice made among them."""

    def __init__(self, capacities: Capacities, choice: Choice) -> None:
        self.choice = choice
        self.flags = watched_flags(capacities).alias(held=held_now())

    def narrowed(self, *, except_for: tuple[str, ...] = ()) -> QuerySet[Flag]:
        """The flags of every kind that the choice leaves, without looking at some dimensions.

        A flag stands in it once for each open step of its dossier that fits.
        """
        flags = self.flags
        for name, value in self.choice.narrowed_by.items():
            if name not in except_for:
                flags = flags.alias(**{f"by_{name}": DIMENSIONS[name]}).filter(**{f"by_{name}": value})
        return flags

    def rows(self) -> QuerySet[Flag]:
        """The list itself: every flag once."""
        return Flag.objects.filter(pk__in=self.narrowed().filter(kind=self.choice.kind).values("pk"))

    def count_kinds(self) -> dict[str, int]:
        """How long the list of each kind is under the present choice."""
        counts = dict(self.narrowed().values_list("kind").annotate(number=Count("pk", distinct=True)).order_by())
        return {kind: counts.get(kind, 0) for kind in KINDS}

    def count_by(self, dimension: str) -> dict[Any, dict[str, int]]:
        """For each office, procedure or person: how long each list would be if one narrowed to it."""
        flags = self.narrowed(except_for=(dimension,)).values_list(DIMENSIONS[dimension], "kind")
        found: dict[Any, dict[str, int]] = {}
        for value, kind, number in flags.annotate(number=Count("pk", distinct=True)).order_by():
            found.setdefault(value, dict.fromkeys(KINDS, 0))[kind] = number
        return found

    def count_cells(self, rows: str, columns: str) -> dict[tuple[Any, Any], int]:
        """The open list spread over two dimensions."""
        flags = self.narrowed(except_for=(rows, columns)).filter(kind=self.choice.kind)
        cells = flags.values_list(DIMENSIONS[rows], DIMENSIONS[columns]).annotate(number=Count("pk", distinct=True))
        return {(row, column): number for row, column, number in cells.order_by()}


def watched_flags(capacities: Capacities) -> QuerySet[Flag]:
    """Open flags on open dossiers of the offices one supervises, and below."""
    dossiers = supervised_dossiers(capacities).filter(closed_at__isnull=True)
    return Flag.objects.filter(cleared_at__isnull=True, dossier__in=dossiers.values("pk"))


def supervised_dossiers(capacities: Capacities) -> QuerySet[Dossier]:
    """What one may see as a supervisor, whatever else one is: one statement for the tree of offices."""
    only = tuple(capacity for capacity in capacities if capacity.role == Role.SUPERVISOR)
    return Dossier.objects.visible_to(Capacities(capacities.user_id, only))


def overdue_count(capacities: Capacities) -> int:
    """How many flags the page lists when it is opened."""
    return watched_flags(capacities).filter(kind=Choice().kind).count()
