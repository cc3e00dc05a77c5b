"""What is left of a dossier's time, for the page: by when each remaining step should be done, or that it cannot be."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from onestop.desk import words
from sla.calendars import timetable_of
from workflows.models import Dossier, LegalStatus, Step
from workflows.replanning import LEAST_SHARE, Plan, plan

WATCHED = {LegalStatus.RECEIVED, LegalStatus.IN_PROCESS}
MINUTE = 60


@dataclass(frozen=True, slots=True)
class PlannedLine:
    """One remaining step."""

    title: str
    budget: str
    share: str
    finish_by: datetime
    is_now: bool


@dataclass(frozen=True, slots=True)
class Outlook:
    """The plan in words.

    Attributes:
        lines: the remaining steps; the first is open now.
        left: working time left.
        needed: what the procedure gives these steps.
        can_be_kept: whether the date can still be kept.
        overruns: whether an open step took longer than it is given.
        percent: the time left as a share of what is needed.
        least_percent: below this share the date cannot be kept.
    """

    lines: list[PlannedLine]
    left: str
    needed: str
    can_be_kept: bool
    overruns: bool
    percent: int
    least_percent: int
    due_at: datetime


def outlook(dossier: Dossier, steps: Iterable[Step], *, at: datetime) -> Outlook | None:
    """The plan of a dossier whose clock runs; None where there is no date, or nothing left to plan.

    Args:
        dossier: read with its version and its statutory clock.
        steps: its human steps.
        at: now.
    """
    clock = dossier.statutory_clock
    if dossier.legal_status not in WATCHED or clock is None or clock.due_at is None:
        return None
    open_steps = [step for step in steps if step.is_open]
    found = plan(
        graph=dossier.version.graph,
        open_keys=[step.key for step in open_steps],
        due_at=clock.due_at,
        at=at,
        timetable=timetable_of(clock.calendar_version_id),
    )
    if not found.steps:
        return None
    overruns = any(step.due_at is not None and step.due_at < at for step in open_steps)
    return Outlook(
        lines_of(found, dossier),
        in_words(found.left.total_seconds()),
        in_words(found.needed.total_seconds()),
        found.can_be_kept,
        overruns,
        found.share_left,
        int(LEAST_SHARE * 100),
        clock.due_at,
    )


def lines_of(found: Plan, dossier: Dossier) -> list[PlannedLine]:
    """The remaining steps in words."""
    human = dossier.version.graph.human
    return [
        PlannedLine(
            human[step.key].title,
            in_words(step.budget.total_seconds()),
            in_words(step.share.total_seconds()),
            step.finish_by,
            place == 0,
        )
        for place, step in enumerate(found.steps)
    ]


def in_words(seconds: float) -> str:
    """Working time in hours and minutes."""
    return words.stretch(minutes=int(seconds // MINUTE))
