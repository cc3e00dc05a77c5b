"""The number beside “Waiting hall”: who waits there, as the page lists."""

from onestop.desk.counts import counter
from onestop.desk.reading.hall import waiting_count

counter("hall")(waiting_count)
