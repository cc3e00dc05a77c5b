"""One line per row of the open list: which dossier, where and with whom it is, and why it stands there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from onestop.desk import words
from onestop.desk.badges import Timetables, dossier_badge, step_badge
from onestop.desk.paging import Column, Page, page_of
from onestop.desk.reading.watch_evidence import evidence_of, step_title
from onestop.desk.reading.watch_kinds import TWO_DAYS
from onestop.desk.reading.watch_sources import SOURCES
from workflows.models import Dossier, Flag, Step

ROWS = 12
CHUNK = 500
SOON = frozenset({Flag.Kind.DUE_SOON, TWO_DAYS})


def aware_moment(text: str) -> datetime:
    """Read a moment with its offset.

    Raises:
        ValueError: It is none, or has no offset.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


ORDER = (Column("since", aware_moment), Column("pk"))


@dataclass(frozen=True, slots=True)
class WatchedRow:
    """What one line of the list prints."""

    row: Any
    dossier: Dossier
    steps: Sequence[Step]
    badge: words.TimeBadge
    evidence: str

    @property
    def since(self) -> datetime:
        """What the list is sorted by: when the row began to stand in it, or when it is due."""
        moment: datetime = self.row.since
        return moment

    @property
    def flag(self) -> Flag | None:
        """The flag itself, where the list is one of flags: it has a page of its own."""
        return self.row if isinstance(self.row, Flag) else None

    @property
    def finding(self) -> str:
        """What a review of the flag found; empty where nobody has reviewed it."""
        review = getattr(self.flag, "review", None) if self.flag else None
        return str(review.get_finding_display()) if review else ""

    @property
    def place(self) -> str:
        """Which step, in which office."""
        names = [f"{step_title(step)} · {step.office.short_name}" for step in self.steps if step.office]
        return ", ".join(names) or self.dossier.receiving_office.short_name

    @property
    def holder(self) -> str:
        """Who has claimed the work; nobody yet where nobody did."""
        owners = [step.owner.full_name for step in self.steps if step.owner]
        return ", ".join(owners) or _("Nobody yet")


def watched_page(found: QuerySet[Any], kind: str, query: QueryDict, *, at: datetime, total: int) -> Page[Any]:
    """One page of the list, the longest standing first: three statements, however many rows.

    Args:
        found: the whole list.
        kind: which list it is.
        query: parameters of the address.
        at: now.
        total: how long the list is.
    """
    page = page_of(with_dossiers(found, kind), ORDER, query, size=ROWS, total=total)
    rows = told(page.rows, kind, at=at, timetables=Timetables())
    return Page(rows, page.words, page.next_url, page.previous_url)  # type: ignore[type-var]


def watched_rows(found: QuerySet[Any], kind: str, *, at: datetime) -> Iterator[WatchedRow]:
    """The whole list, read in chunks."""
    timetables = Timetables()
    chunk: list[Any] = []
    for row in with_dossiers(found, kind).order_by("since", "pk").iterator(chunk_size=CHUNK):
        chunk.append(row)
        if len(chunk) == CHUNK:
            yield from told(chunk, kind, at=at, timetables=timetables)
            chunk = []
    yield from told(chunk, kind, at=at, timetables=timetables)


def with_dossiers(found: QuerySet[Any], kind: str) -> QuerySet[Any]:
    """The rows with what a line prints of their dossiers."""
    way = SOURCES[kind].dossier
    parts = ("procedure", "statutory_clock", "receiving_office")
    heavy = ("search", "data", "submitter", "result")
    own = ("review",) if found.model is Flag else ()
    found = found.select_related(*(f"{way}{part}" for part in parts), *own)
    return found.defer(*(f"{way}{field}" for field in heavy))


def told(rows: Sequence[Any], kind: str, *, at: datetime, timetables: Timetables) -> list[WatchedRow]:
    """Lines of the list: one statement."""
    dossiers = [row if isinstance(row, Dossier) else row.dossier for row in rows]
    steps = open_steps({dossier.pk for dossier in dossiers}) if rows else {}
    return [
        line_of(row, kind, dossier, steps.get(dossier.pk, []), at, timetables)
        for row, dossier in zip(rows, dossiers, strict=True)
    ]


def open_steps(dossier_ids: Iterable[int]) -> dict[int, list[Step]]:
    """The open steps of some dossiers, with holder, office and clock: one statement."""
    found: dict[int, list[Step]] = defaultdict(list)
    steps = Step.objects.open().filter(process__in=dossier_ids).select_related("owner", "office", "clock")
    for step in steps.order_by("pk"):
        found[step.process_id].append(step)
    return found


def line_of(
    row: Any, kind: str, dossier: Dossier, steps: Sequence[Step], at: datetime, timetables: Timetables
) -> WatchedRow:
    """One line; a flag about one step shows that step alone."""
    about = getattr(row, "step_id", None)
    own = [step for step in steps if about is None or step.pk == about]
    if about is not None and own:
        own[0].process = dossier
        badge = step_badge(own[0], at=at, timetables=timetables)
    else:
        badge = dossier_badge(dossier, at=at, due_soon=kind in SOON, timetables=timetables)
    return WatchedRow(row, dossier, own, badge, evidence_of(row, steps, kind=kind))
