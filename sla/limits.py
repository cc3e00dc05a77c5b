"""What a time limit is: an amount of one unit, and the words for how it was counted.

Pure: knows no database and no web framework. A term keeps its unit: a statutory day is never turned into hours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, time
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from sla.exceptions import InvalidRules, InvalidTerm

LARGEST_AMOUNT = 100_000
DAY_MINUTES = 24 * 60


class Unit(StrEnum):
    """What a term is counted in."""

    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"


class FirstDay(StrEnum):
    """From which day a term in days or months is counted."""

    DAY_AFTER = "day_after"
    SAME_DAY = "same_day"


class DueTime(StrEnum):
    """At what time of its last day a term in days or months ends."""

    CLOSE_OF_OFFICE = "close_of_office"
    SAME_TIME = "same_time"


@dataclass(frozen=True, slots=True)
class CountingRules:
    """How a term is counted where the law leaves a choice; the defaults are those of this program.

    A rule other than the defaults also lets a reception outside office hours count as the next opening, for terms of
    every unit: otherwise who comes after the last hour would be due before who comes in it.

    Args:
        first_day: the day after reception, or the day of reception itself.
        due_time: the close of office, or the time of day of reception, moved into the working windows of the last day
            (a lunch break gives way to the next window, nothing is later than the close). A term that gives way to a
            later day because its last one is off ends at the close all the same, and so does one whose last day is by
            its amount the day of reception.
        last_hour: minutes before the close of office; what is received in them counts as received at the opening of
            the next working day.

    Raises:
        InvalidRules: a value is none of those named.

    Source:
        First day: Civil Code 2015, article 147. Close of the day after a day off: article 148(5). Last hour: the rule
        of the linked services.
    """

    first_day: FirstDay = FirstDay.DAY_AFTER
    due_time: DueTime = DueTime.CLOSE_OF_OFFICE
    last_hour: int = 0

    def __post_init__(self) -> None:
        try:
            object.__setattr__(self, "first_day", FirstDay(self.first_day))
            object.__setattr__(self, "due_time", DueTime(self.due_time))
        except ValueError as error:
            raise InvalidRules(str(error)) from error
        minutes: object = self.last_hour
        if isinstance(minutes, bool) or not isinstance(minutes, int) or not 0 <= minutes <= DAY_MINUTES:
            raise InvalidRules(f"last_hour is a whole number of minutes from 0 to {DAY_MINUTES}")

    def as_data(self) -> dict[str, str | int]:
        """What differs from the defaults, ready for JSON; nothing at all by default."""
        return {
            field.name: value if isinstance(value, int) else str(value)
            for field in fields(self)
            if (value := getattr(self, field.name)) != field.default
        }

    @classmethod
    def from_data(cls, data: Mapping[str, object] | None) -> CountingRules:
        """Read what `as_data` wrote; nothing means the defaults.

        Raises:
            InvalidRules: a key is unknown or a value is wrong.
        """
        if not data:
            return DEFAULT_RULES
        if not isinstance(data, Mapping):
            raise InvalidRules("counting rules are written as an object")
        unknown = set(data) - {field.name for field in fields(cls)}
        if unknown:
            raise InvalidRules(f"unknown: {', '.join(sorted(map(str, unknown)))}")
        return cls(**data)  # type: ignore[arg-type]  # checked by the class itself


DEFAULT_RULES = CountingRules()


def _amount(value: object, unit: Unit) -> Decimal:
    """Check an amount: not negative, not endless, whole unless it counts hours."""
    if isinstance(value, bool):
        raise InvalidTerm("an amount is a number")
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise InvalidTerm(f"{value!r} is not a number") from error
    if not amount.is_finite() or not 0 <= amount <= LARGEST_AMOUNT:
        raise InvalidTerm(f"an amount lies between 0 and {LARGEST_AMOUNT}")
    if unit is not Unit.WORKING_HOUR and amount != amount.to_integral_value():
        raise InvalidTerm("only working hours may have fractions")
    return amount


@dataclass(frozen=True, slots=True)
class Cutoff:
    """Another amount that applies to what is received strictly after a time of day."""

    after: time
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Term:
    """An amount of one unit, such as ten working days.

    Raises:
        InvalidTerm: the unit is unknown, the amount is negative or endless, or a fraction of anything but an hour.
    """

    amount: Decimal
    unit: Unit
    cutoff: Cutoff | None = None

    def __post_init__(self) -> None:
        try:
            unit = Unit(self.unit)
        except ValueError as error:
            raise InvalidTerm(f"{self.unit!r} is not one of {', '.join(Unit)}") from error
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "amount", _amount(self.amount, unit))
        if self.cutoff:
            checked = Cutoff(self.cutoff.after, _amount(self.cutoff.amount, unit))
            object.__setattr__(self, "cutoff", checked)

    def __str__(self) -> str:
        return f"{self.amount.normalize():f} {self.unit}"


def parse_term(text: str) -> Term:
    """Read a term written as `10 working_day`.

    Raises:
        InvalidTerm: the text has not exactly an amount and a unit, or one of them is wrong.
    """
    parts = text.split()
    if len(parts) != 2:
        raise InvalidTerm(f"{text!r}: write an amount and a unit, such as '10 working_day'")
    return Term(parts[0], parts[1])  # type: ignore[arg-type]  # checked and converted by Term itself


@dataclass(frozen=True, slots=True)
class Stop:
    """A time in which the clock does not run; `end` is None while it lasts. The end no longer belongs to it."""

    start: datetime
    end: datetime | None


@dataclass(frozen=True, slots=True)
class Stretch:
    """One piece of the explanation: what was counted or skipped, and why (`reason`, with a `detail`).

    `ends_nothing` marks a day behind the last one, on which the term could not end.
    """

    start: datetime
    end: datetime
    amount: Decimal
    unit: Unit
    reason: str
    detail: str = ""
    ends_nothing: bool = False


@dataclass(frozen=True, slots=True)
class Remark:
    """A rule that moved the counting as a whole; `at` and `detail` say where and by what."""

    code: str
    at: datetime
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a term ends, and how that was counted."""

    due_at: datetime
    provisional: bool
    counted: tuple[Stretch, ...] = ()
    skipped: tuple[Stretch, ...] = ()
    remarks: tuple[Remark, ...] = ()
