"""Moments, days, money and stretches of time in the words of the desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from sla.terms import TimeLeft

MANY = 99
WEEKDAYS: tuple[Promise, ...] = (
    pgettext_lazy("inside a sentence", "Monday"),
    pgettext_lazy("inside a sentence", "Tuesday"),
    pgettext_lazy("inside a sentence", "Wednesday"),
    pgettext_lazy("inside a sentence", "Thursday"),
    pgettext_lazy("inside a sentence", "Friday"),
    pgettext_lazy("inside a sentence", "Saturday"),
    pgettext_lazy("inside a sentence", "Sunday"),
)

WAITING_FOR: dict[str, Promise] = {
    "citizen": gettext_lazy("Paused: waiting for papers since %(day)s"),
    "payment": gettext_lazy("Paused: waiting for payment since %(day)s"),
    "": gettext_lazy("Paused since %(day)s"),
}


def few(count: int) -> str:
    """7, 99, 99+: a number nobody reads beyond its size."""
    return f"{MANY}+" if count > MANY else str(count)


def clock_time(at: datetime) -> str:
    """The time of day in the office's zone: 17:00."""
    return f"{localtime(at):%H:%M}"


def day(on: date | datetime) -> str:
    """The day in the office's zone: 24/11/2026."""
    return f"{_local(on):%d/%m/%Y}"


def short_day(on: date | datetime) -> str:
    """The day without its year: 24/11."""
    return f"{_local(on):%d/%m}"


def moment(at: datetime) -> str:
    """A moment in the office's zone: 17:00 24/11/2026."""
    return f"{clock_time(at)} {day(at)}"


def long_moment(at: datetime) -> str:
    """A moment with its weekday: 17:00 Monday 30/11/2026."""
    return f"{clock_time(at)} {WEEKDAYS[localtime(at).weekday()]} {day(at)}"


def money(amount: Decimal | int) -> str:
    """An amount in đồng: 50.000 đ."""
    return f"{round(amount):,}".replace(",", ".") + " đ"


def stretch(*, days: int = 0, minutes: int = 0) -> str:
    """A stretch of working time in at most two units.

    Args:
        days: whole working days.
        minutes: working minutes besides them, less than a working day.

    Returns:
        For example "2 days 3 hours", "3 hours 20 minutes", "0 minutes".
    """
    hours, rest = divmod(minutes, 60)
    units = [
        (days, ngettext("%(count)d day", "%(count)d days", days)),
        (hours, ngettext("%(count)d hour", "%(count)d hours", hours)),
        (rest, ngettext("%(count)d minute", "%(count)d minutes", rest)),
    ]
    words = [text % {"count": count} for count, text in units if count][:2]
    return " ".join(words) or ngettext("%(count)d minute", "%(count)d minutes", 0) % {"count": 0}


def time_left(left: TimeLeft) -> str:
    """What is left, or by how much it is overdue, in working time."""
    if left.overdue and not (left.days or left.minutes):
        return _("Just overdue")
    amount = stretch(days=left.days, minutes=left.minutes)
    return (_("%(amount)s overdue") if left.overdue else _("%(amount)s left")) % {"amount": amount}


@dataclass(frozen=True, slots=True)
class TimeBadge:
    """One state of time as shown on every screen: icon, words and colour say the same."""

    state: str  # in-time, soon, late, stopped, done or none: also the icon's name and the style class
    words: str
    rest: str = ""
    exact: str = ""
    was_late: bool = False


def running_badge(*, at: datetime, due_at: datetime, left: TimeLeft, due_soon: bool = False) -> TimeBadge:
    """The badge of a clock that runs at `at` towards `due_at`."""
    state = "late" if left.overdue else "soon" if due_soon else "in-time"
    rest = _due_when(at, due_at) if state == "soon" else ""
    return TimeBadge(state, time_left(left), rest, _("Due %(moment)s") % {"moment": long_moment(due_at)})


def stopped_badge(*, since: datetime, waiting_for: str = "") -> TimeBadge:
    """The badge of a paused clock; `waiting_for` is citizen, payment or empty."""
    return TimeBadge("stopped", str(WAITING_FOR.get(waiting_for, WAITING_FOR[""])) % {"day": short_day(since)})


def ended_badge(*, verdict: str, by: str = "", ended_at: datetime | None = None) -> TimeBadge:
    """The badge of an ended clock.

    Args:
        verdict: early, on_time, late, or empty where no verdict was due.
        by: how much earlier or later, in words of `stretch`.
        ended_at: when the clock ended, for the tooltip.
    """
    sentences = {
        "early": _("Done %(amount)s early") if by else _("Done early"),
        "on_time": _("Done on time"),
        "late": _("%(amount)s late") if by else _("Done late"),
    }
    exact = _("Ended %(moment)s") % {"moment": long_moment(ended_at)} if ended_at else ""
    words = sentences.get(verdict, _("Ended"))
    return TimeBadge("done", words % {"amount": by} if by else words, "", exact, verdict == "late")


def no_limit_badge() -> TimeBadge:
    """The badge of a step without a time budget."""
    return TimeBadge("none", pgettext("time", "No limit"))


def _due_when(at: datetime, due_at: datetime) -> str:
    if localtime(at).date() == localtime(due_at).date():
        return _("due %(time)s today") % {"time": clock_time(due_at)}
    return _("due %(time)s on %(day)s") % {"time": clock_time(due_at), "day": short_day(due_at)}


def _local(on: date | datetime) -> date:
    return localtime(on) if isinstance(on, datetime) else on
