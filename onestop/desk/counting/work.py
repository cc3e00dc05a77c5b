"""What waits for a person: steps, approvals, results to hand over, online dossiers, notices."""

from __future__ import annotations

from datetime import datetime

from offices.capacities import Capacities
from onestop.desk.counts import counter
from onestop.desk.reading.approvals import waiting_approvals
from onestop.desk.reading.notices import count_unseen
from onestop.desk.reading.online import waiting_online
from onestop.desk.reading.results import waiting_results
from workflows.consent_rights import waiting_consents
from workflows.models import Consultation, Step


@counter("my_work")
def my_work(capacities: Capacities, at: datetime) -> int:
    """Open steps of the person, unanswered questions to their offices, and words they are asked for as a head."""
    questions = Consultation.objects.waiting_for(capacities).count() + waiting_consents(capacities).count()
    return Step.objects.waiting_for(capacities).count() + questions


@counter("approve")
def approve(capacities: Capacities, at: datetime) -> int:
    """Steps that wait for the person's approval."""
    return waiting_approvals(capacities).count()


@counter("return")
def results(capacities: Capacities, at: datetime) -> int:
    """Results that lie ready at the person's desk."""
    return waiting_results(capacities).count()


@counter("online")
def online(capacities: Capacities, at: datetime) -> int:
    """Dossiers sent online that wait to be received at the person's desk."""
    return waiting_online(capacities).count()


@counter("notices")
def notices(capacities: Capacities, at: datetime) -> int:
    """Notices the person has not seen, counted up to one over what the bell shows."""
    return count_unseen(capacities)
