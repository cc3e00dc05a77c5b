"""The time badge of a dossier or of a step, from its clock."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.utils.translation import gettext as _

from onestop.desk.words import TimeBadge, ended_badge, no_limit_badge, running_badge, short_day, stopped_badge
from sla.calendars import timetable_for
from sla.terms import time_left
from sla.working_time import Timetable
from workflows.models import Dossier, LegalStatus, Step


class Timetables(dict[str, Timetable]):
    """The calendars of one page, each asked for once."""

    def __missing__(self, calendar_code: str) -> Timetable:
        self[calendar_code] = timetable_for(calendar_code)
        return self[calendar_code]


WAITING = {LegalStatus.AWAITING_SUPPLEMENT: "citizen", LegalStatus.AWAITING_PAYMENT: "payment"}


def dossier_badge(
    dossier: Dossier, *, at: datetime, due_soon: bool = False, timetables: Timetables | None = None
) -> TimeBadge:
    """How much of the dossier's time is left, or how it ended.

    Args:
        dossier: read with its statutory clock.
        at: now.
        due_soon: whether its flag `due_soon` is up.
        timetables: the calendars of the page, where it shows many rows.
    """
    if dossier.legal_status in WAITING:
        clock = dossier.statutory_clock
        since = clock.stopped_at if clock and clock.stopped_at else dossier.last_act_at
        return stopped_badge(since=since, waiting_for=WAITING[LegalStatus(dossier.legal_status)])
    if dossier.is_closed or dossier.decided_at:
        ended = ended_badge(verdict=dossier.verdict, ended_at=dossier.decided_at or dossier.closed_at)
        return replace(ended, rest=_("apologised")) if ended.was_late and dossier.reappointed_at else ended
    timetable = (timetables if timetables is not None else Timetables())[dossier.calendar_code]
    badge = running(dossier.due_at, timetable, at=at, due_soon=due_soon)
    if dossier.reappointed_at is None:
        return badge
    return replace(badge, rest=_("new date %(day)s") % {"day": short_day(dossier.reappointed_at)})


def step_badge(step: Step, *, at: datetime, timetables: Timetables | None = None) -> TimeBadge:
    """How much of an open step's time is left; the step is read with its dossier and its clock."""
    dossier = step.process
    if dossier.legal_status in WAITING:
        return dossier_badge(dossier, at=at)
    timetable = (timetables if timetables is not None else Timetables())[dossier.calendar_code]
    return running(step.due_at, timetable, at=at, due_soon=step.due_at is not None and is_soon(step, at, timetable))


def is_soon(step: Step, at: datetime, timetable: Timetable) -> bool:
    """Whether four fifths of a step's working time are used up."""
    if step.due_at is None:
        return False
    started = step.clock.started_at if step.clock else step.created
    whole = timetable.between(started, step.due_at)
    return timetable.between(started, at) * 5 >= whole * 4


def running(due_at: datetime | None, timetable: Timetable, *, at: datetime, due_soon: bool) -> TimeBadge:
    """The badge of a running clock; a clock without a budget has no limit."""
    if due_at is None:
        return no_limit_badge()
    left = time_left(at=at, due_at=due_at, timetable=timetable)
    return running_badge(at=at, due_at=due_at, left=left, due_soon=due_soon)
