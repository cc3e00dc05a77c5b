"""What can go wrong with time limits."""

from __future__ import annotations

from datetime import date


class TimeError(Exception):
    """A question about time limits cannot be answered."""


class InvalidTerm(TimeError):
    """A term is not an amount of a known unit."""


class InvalidRules(TimeError):
    """Counting rules name something that does not exist."""


class InvalidCalendar(TimeError):
    """The description of a calendar contradicts itself; the message names the place."""


class InvalidLadder(TimeError):
    """The description of a ladder of alarms contradicts itself; the message names the place."""


class UnknownCalendar(TimeError):
    """No calendar with this code has been published."""

    def __init__(self, code: str, known: list[str]) -> None:
        super().__init__(code)
        self.code = code
        self.known = known


class OutsideHorizon(TimeError):
    """A term reaches a year for which no calendar can be computed."""

    def __init__(self, first: int, last: int) -> None:
        super().__init__(f"{first}-{last}")
        self.first = first
        self.last = last


class DayOffHasNoClose(TimeError):
    """The close of office was asked for a day on which the office does not open."""

    def __init__(self, day: date) -> None:
        super().__init__(day.isoformat())
        self.day = day


class ClockStillStopped(TimeError):
    """A stopped clock has no due date until it runs again."""


class WrongClockState(TimeError):
    """A clock cannot do this in the state it is in."""

    def __init__(self, act: str, state: str) -> None:
        super().__init__(f"{act}: {state}")
        self.act = act
        self.state = state


class NoRulebook(TimeError):
    """No rulebook can be read for a day."""


class InvalidRulebook(TimeError):
    """A rulebook file says something that is not part of a rulebook."""
