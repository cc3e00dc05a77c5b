"""The numbers beside “Apologies”, “Missed limits”, “Your word is asked”: what the pages list when they are opened."""

from datetime import datetime

from offices.capacities import Capacities
from onestop.desk.counts import counter
from onestop.desk.reading.apologies import owed_now
from onestop.desk.reading.breaches import waiting_for
from workflows.consent_rights import consents_over_desks


@counter("apologies")
def apologies(capacities: Capacities, at: datetime) -> int:
    """Apologies that are owed now."""
    return owed_now(capacities).count()


@counter("breaches")
def breaches(capacities: Capacities, at: datetime) -> int:
    """Missed limits on which the person must act now."""
    return waiting_for(capacities).count()


@counter("consents")
def consents(capacities: Capacities, at: datetime) -> int:
    """Questions about further requests for papers that wait for the person as a supervisor."""
    return consents_over_desks(capacities, at=at).count()
