"""The small types that every part of a definition is made of."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, model_validator
from pydantic_core import PydanticCustomError

MINUTES_IN_HOUR = 60


def broken(sentence: str) -> PydanticCustomError:
    """An error whose sentence is shown to people as it stands."""
    return PydanticCustomError("sentence", "{sentence}", {"sentence": sentence})


class Part(BaseModel):
    """Base of every part: an unknown key is an error, and nothing changes once it is read."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_enum_values=False, str_strip_whitespace=True)


def plain_number(amount: Decimal) -> int | float:
    """A whole number as int, else as float: what a person would have written in the file."""
    return int(amount) if amount == amount.to_integral_value() else float(amount)


def only_numbers(value: Any) -> Any:
    """Amounts are written as numbers: a text such as "5 days" has no place where a number belongs."""
    if isinstance(value, bool | str):
        raise broken(_("Write a number here, without quotes and without a unit."))
    return value


Amount = Annotated[
    Decimal,
    BeforeValidator(only_numbers),
    Field(ge=0, le=10_000_000_000, allow_inf_nan=False),
    PlainSerializer(plain_number, return_type=int | float, when_used="json"),
]


def clock_time(value: Any) -> Any:
    """A time of day is a text such as "15:00"; YAML without quotes would make a number of it."""
    if isinstance(value, time):
        return value
    if not isinstance(value, str):
        raise broken(_('Write the time of day in quotes, for example "15:00".'))
    try:
        return time.fromisoformat(value)
    except ValueError:
        raise broken(_('Write the time of day as hours and minutes, for example "15:00".')) from None


TimeOfDay = Annotated[
    time,
    BeforeValidator(clock_time, json_schema_input_type=str),
    PlainSerializer(lambda moment: moment.strftime("%H:%M"), return_type=str, when_used="json"),
]

Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=40, description="Small letters, digits and _.")]
Text = Annotated[str, Field(max_length=4000)]
Name = Annotated[str, Field(min_length=1, max_length=600)]


class Unit(StrEnum):
    """In what a time limit is counted; a day of one kind is never turned into another."""

    WORKING_HOUR = "working_hour"
    WORKING_DAY = "working_day"
    CALENDAR_DAY = "calendar_day"
    MONTH = "month"


class Channel(StrEnum):
    """How a file reaches the office (R1)."""

    DESK = "desk"
    POST = "post"
    ONLINE = "online"


class Effect(StrEnum):
    """What a stop does to the statutory clock."""

    RESTART = "restart"
    RESUME = "resume"
    PAUSE_ONLY = "pause_only"


class Period(Part):
    """An amount of time in one unit; only working hours may have a fraction."""

    amount: Amount
    unit: Unit

    @model_validator(mode="after")
    def _fractions_only_for_hours(self) -> Period:
        if self.unit is not Unit.WORKING_HOUR and self.amount != self.amount.to_integral_value():
            raise broken(_("Only working hours may have a fraction: write whole days or months, or use working_hour."))
        return self


class Cutoff(Part):
    """Received strictly after this time of day, `amount` holds instead of the limit's own amount."""

    after: TimeOfDay
    amount: Amount


class StepTime(Part):
    """The budget of a step: working hours in whole minutes, and how the source words it."""

    amount: Amount
    unit: Literal["working_hour"] = "working_hour"
    text: Text = ""

    @model_validator(mode="after")
    def _whole_minutes(self) -> StepTime:
        minutes = self.amount * MINUTES_IN_HOUR
        if self.amount == 0:
            raise broken(_("A budget of zero hours cannot be kept: write time: none where no time is counted."))
        if minutes != minutes.to_integral_value():
            raise broken(_("Write the budget so that it gives whole minutes, for example 0.5 or 0.25 hours."))
        return self
