"""Questions to a head whether papers may be asked for again, as they stand above the list of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from offices.capacities import Capacities
from onestop.desk.badges import Timetables, dossier_badge
from onestop.desk.words import TimeBadge
from workflows.consent_rights import consents_over_desks, waiting_consents
from workflows.models import Dossier, SupplementConsent


@dataclass(frozen=True, slots=True)
class ConsentRow:
    """One question as it stands in the list; the clock of its dossier runs on."""

    consent: SupplementConsent
    badge: TimeBadge

    @property
    def dossier(self) -> Dossier:
        """The dossier for which papers would be asked."""
        return self.consent.dossier

    @property
    def items(self) -> str:
        """The papers in one line."""
        return "; ".join(self.consent.items)


def consent_rows(capacities: Capacities, *, at: datetime) -> list[ConsentRow]:
    """All that wait for the person as a head, the oldest first: one statement."""
    return rows_of(waiting_consents(capacities), at=at)


def rows_over_desks(capacities: Capacities, *, at: datetime) -> list[ConsentRow]:
    """All that wait for the person as a supervisor over the desk, the oldest first."""
    return rows_of(consents_over_desks(capacities, at=at), at=at)


def rows_of(consents: QuerySet[SupplementConsent], *, at: datetime) -> list[ConsentRow]:
    """These questions with the time their dossiers have left."""
    parts = ("dossier__procedure", "dossier__statutory_clock", "asked_by")
    waiting = consents.select_related(*parts).defer("dossier__search", "dossier__data")
    timetables = Timetables()
    return [
        ConsentRow(consent, dossier_badge(consent.dossier, at=at, timetables=timetables))
        for consent in waiting.order_by("asked_at", "pk")
    ]
