"""The number beside “Supervise”: what the page lists when it is opened."""

from datetime import datetime

from offices.capacities import Capacities
from onestop.desk.counts import counter
from onestop.desk.reading.watching import overdue_count


@counter("supervise")
def overdue(capacities: Capacities, at: datetime) -> int:
    """Overdue dossiers of the offices one supervises, and below."""
    return overdue_count(capacities, at=at)
