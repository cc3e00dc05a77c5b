"""What can go wrong in the hall; each class says what the person can do next.

They are kinds of the refusals of `offices`, so that screens answer them the same way.
"""

from __future__ import annotations

from offices.exceptions import NotAllowed, NotComplete, NotPossibleNow, OfficesError


class HallError(OfficesError):
    """Base of every refusal of the hall."""


class NotOfThisHall(HallError, NotAllowed):
    """The person receives at another desk, or at none."""


class UnknownDevice(HallError, NotAllowed):
    """No administrator let this kiosk or display in, or its right was taken away."""


class NobodyWaits(HallError, NotPossibleNow):
    """There is nobody to call."""


class NoCounter(HallError, NotPossibleNow):
    """The clerk sits at no counter, so nobody would know where to go."""


class OneIsCalled(HallError, NotPossibleNow):
    """The number called before has neither come nor been passed over."""


class WrongMoment(HallError, NotPossibleNow):
    """The ticket or appointment is not in the state that the act needs."""


class SlotTaken(HallError, NotComplete):
    """The time is not offered, or all its places are given."""
