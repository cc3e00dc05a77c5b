"""The chain of attempts as the applicant lived it: every file, and how long it has taken since the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from offices.capacities import Capacities
from procedures.models import ProcedureVersion
from sla.calendars import timetable_for
from workflows.models import Dossier
from workflows.models.applicant import Applicant
from workflows.services.attempts import earlier_file, object_key


@dataclass(frozen=True, slots=True)
class Chain:
    """All files of a chain, first attempt first, and the working days from the first submission to the end or now."""

    files: list[Dossier]
    visible: set[int]
    first_at: datetime
    working_days: int


def chain_of(dossier: Dossier, capacities: Capacities, *, at: datetime) -> Chain | None:
    """The chain a dossier belongs to; None where it stands alone."""
    root = dossier.first_attempt_id or dossier.pk
    files = list(
        Dossier.objects.filter(Q(pk=root) | Q(first_attempt=root))
        .only("code", "legal_status", "attempt", "closed_at", "registered_at", "received_at", "first_submitted_at")
        .order_by("attempt", "pk")
    )
    if len(files) < 2:
        return None
    visible = Dossier.objects.visible_to(capacities).filter(pk__in=[file.pk for file in files])
    starts = [file.first_submitted_at for file in files if file.first_submitted_at]
    first_at = min(starts, default=None) or files[0].registered_at or files[0].received_at or at
    timetable = timetable_for(dossier.calendar_code)
    until = dossier.closed_at or at
    days = timetable.working_days_between(timetable.day_of(first_at), timetable.day_of(until))
    return Chain(files, set(visible.values_list("pk", flat=True)), first_at, days)


@dataclass(frozen=True, slots=True)
class NextAttempt:
    """Which attempt a file would be that is about to be taken in."""

    attempt: int
    first_submitted_at: datetime
    is_certain: bool


def next_attempt(
    applicant: Applicant, version: ProcedureVersion, answers: Mapping[str, Any], *, at: datetime
) -> NextAttempt | None:
    """What a new file of this person would continue; uncertain while the form does not say yet what it is about."""
    key = object_key(version.spec, answers)
    details = {"identifier": applicant.identifier, "full_name": applicant.full_name, "phone": applicant.phone}
    new = Dossier(applicant=applicant, procedure_id=version.procedure_id, submitter=details, object_key=key)
    found = earlier_file(new, at)
    if found is None:
        return None
    names_one = any(field.names_object for field in version.spec.form)
    return NextAttempt(found["attempts"] + 1, found["first_at"], bool(key) or not names_one)
