"""The number beside “Messages”: those that are stuck, which the page lists when it is opened."""

from datetime import datetime

from offices.capacities import Capacities
from onestop.desk.counts import counter
from workflows.services.outbox import outbox, stuck


@counter("outbox")
def stuck_messages(capacities: Capacities, at: datetime) -> int:
    """Messages that were tried more than three times in vain."""
    return stuck(outbox(capacities)).count()
