"""The numbers beside “Apologies” and “Missed limits”: what the pages list when they are opened."""

from datetime import datetime

from offices.capacities import Capacities
from onestop.desk.counts import counter
from onestop.desk.reading.apologies import owed_now
from onestop.desk.reading.breaches import waiting_for


@counter("apologies")
def apologies(capacities: Capacities, at: datetime) -> int:
    """Apologies that are owed now."""
    return owed_now(capacities).count()


@counter("breaches")
def breaches(capacities: Capacities, at: datetime) -> int:
    """Missed limits on which the person must act now."""
    return waiting_for(capacities).count()
