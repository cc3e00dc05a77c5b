"""The number beside “Online dossiers”: what the page lists."""

from datetime import datetime

from offices.capacities import Capacities
from onestop.desk.counts import counter
from onestop.desk.reading.online import waiting_online


@counter("online")
def online(capacities: Capacities, at: datetime) -> int:
    """Files sent online that wait at one's desks."""
    return waiting_online(capacities).count()
