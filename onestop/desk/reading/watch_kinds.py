"""What a supervisor looks for: the kinds of lists, in the order of the questions the board answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from workflows.models import Flag

if TYPE_CHECKING:
    from django.utils.functional import Promise

# A citizen has 30 days at most for a supplement (R10): half of them gone without an answer is the time to ask why.
PAUSED_TOO_LONG = 15  # working days
# desk.md: what will be late in two days.
LATE_WITHIN = 2  # working days

TWO_DAYS, PAUSED, APOLOGY = "two_days", "paused", "apology"
RECEIVED, DECIDED, DECIDED_LATE, APOLOGISED = "received", "decided", "decided_late", "apologised"
BREACH = "breach"


@dataclass(frozen=True, slots=True)
class Kind:
    """One list of the board: its name, its colour (late, soon, stopped or none) and its symbol."""

    code: str
    label: Promise
    tone: str = ""
    symbol: str = "flag"


@dataclass(frozen=True, slots=True)
class Question:
    """One question a supervisor asks, and the lists that answer it."""

    code: str
    label: Promise
    kinds: tuple[Kind, ...]


QUESTIONS: tuple[Question, ...] = (
    Question(
        "late",
        _("Late now"),
        (
            Kind(Flag.Kind.OVERDUE, _("Overdue"), "late", "late"),
            Kind(Flag.Kind.STEP_OVERDUE, _("Step overdue"), "late", "in-time"),
        ),
    ),
    Question(
        "soon",
        _("Late soon"),
        (
            Kind(TWO_DAYS, _("Due within two days"), "soon", "soon"),
            Kind(Flag.Kind.DUE_SOON, _("Four fifths of the time gone"), "soon", "calendar"),
        ),
    ),
    Question(
        "again",
        _("Keeps coming back"),
        (
            Kind(Flag.Kind.RESUBMITTED, _("Supplemented repeatedly"), "", "resubmitted"),
            Kind(Flag.Kind.EXTRA_PAPER, _("Papers beyond the list"), "", "file"),
        ),
    ),
    Question(
        "still",
        _("Stands still"),
        (
            Kind(Flag.Kind.STUCK, _("No progress"), "", "stuck"),
            Kind(PAUSED, _("Paused too long"), "stopped", "stopped"),
            Kind(Flag.Kind.PAUSE, _("Doubtful pause"), "stopped", "eye"),
        ),
    ),
    Question(
        "apology",
        _("Apologies owed"),
        (
            Kind(APOLOGY, _("To apologise for"), "soon", "send"),
            Kind(Flag.Kind.NO_APOLOGY, _("Apology missing"), "late", "warning"),
        ),
    ),
)

# Lists without a number at the top: they are opened from a week of the trend or from a cause of breaches.
BEHIND: tuple[Kind, ...] = (
    Kind(RECEIVED, _("Received"), "", "receive"),
    Kind(DECIDED, _("Decided"), "", "done"),
    Kind(DECIDED_LATE, _("Decided late"), "late", "late"),
    Kind(APOLOGISED, _("Decided late, with an apology"), "", "send"),
    Kind(BREACH, _("Missed limits"), "late", "warning"),
)

WATCHED: tuple[Kind, ...] = tuple(kind for question in QUESTIONS for kind in question.kinds)
KINDS: tuple[str, ...] = tuple(str(kind.code) for kind in WATCHED)
WEEKLY = frozenset({RECEIVED, DECIDED, DECIDED_LATE, APOLOGISED})
BY_CODE: dict[str, Kind] = {str(kind.code): kind for kind in (*WATCHED, *BEHIND)}
FLAG_KINDS: tuple[str, ...] = tuple(code for code in KINDS if code in Flag.Kind.values)
