"""Files that were sent online and wait to be received, by the desk's own clock."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from offices.capacities import Capacities
from offices.models import Role
from onestop.desk.badges import running
from onestop.desk.paging import Column
from onestop.desk.reading.work import instant
from onestop.desk.words import TimeBadge
from sla.calendars import timetable_for
from workflows.models import Dossier, LegalStatus

ORDER = (Column("due_at", instant), Column("pk"))


def waiting_online(capacities: Capacities) -> QuerySet[Dossier]:
    """Registered files of the desks at which the person receives."""
    desks = capacities.offices_as(Role.CLERK)
    return Dossier.objects.filter(legal_status=LegalStatus.REGISTERED, receiving_office__in=desks, due_at__isnull=False)


def with_parts(files: QuerySet[Dossier]) -> QuerySet[Dossier]:
    """The files with what a row prints, in one statement."""
    return files.select_related("procedure").defer("search", "data", "procedure__name_folded")


def desk_badge(dossier: Dossier, *, at: datetime) -> TimeBadge:
    """How much of the 8 working hours is left; the last two are soon."""
    timetable = timetable_for(dossier.calendar_code)
    soon = dossier.due_at is not None and timetable.between(at, dossier.due_at).total_seconds() <= 2 * 60 * 60
    return running(dossier.due_at, timetable, at=at, due_soon=soon)
