"""By when a desk sends a received file on: the same day or, received late, at the start of the next working day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sla.rulebook import Clause, Rulebook
from sla.rulebook_spec import time_of
from sla.working_time import Timetable


@dataclass(frozen=True, slots=True)
class HandOver:
    """By when a file goes on, and by which rule; `late`: it was received after the cut-off."""

    by: datetime
    late: bool
    rule: Clause


def hand_over_by(received_at: datetime, *, timetable: Timetable, book: Rulebook) -> HandOver:
    """Say by when a file that was received on paper leaves the desk.

    Args:
        received_at: the instant of reception (aware); outside office hours it counts as the next opening.
        timetable: the calendar of the desk.
        book: the rulebook of the day of reception.

    Returns:
        The close of office of that day; strictly after the cut-off, and on a day whose close of office falls into a
        closure, the opening of the next working day.

    Source: R8; Decree 61/2018/NĐ-CP, article 18; Decree 309/2026/NĐ-CP, article 9.
    """
    counted = timetable.next_opening(received_at.astimezone(timetable.zone))
    rule, day = book.clause("hand_over_cutoff"), counted.date()
    late = counted.time() > time_of(str(rule.value))
    if not late and timetable.is_working_day(day):
        return HandOver(timetable.closes_on(day), late, rule)
    following = timetable.working_day(day, 1)
    return HandOver(timetable.next_opening(timetable.midnight(following)), late, rule)
