"""What calendars, ladders and rulebooks have in common as plain data: strict parts, and errors that name the place."""

from __future__ import annotations

from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from sla.exceptions import TimeError


class Part(BaseModel):
    """A part of a calendar, a ladder or a rulebook; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


Spec = TypeVar("Spec", bound=Part)


def spec_of(kind: type[Spec], data: Any, refusal: type[TimeError], whole: str) -> Spec:
    """Read plain data as a specification.

    Args:
        kind: what it is.
        data: the plain data.
        refusal: the error where a key is unknown, missing or wrong; its message names the place.
        whole: how the place is called where the data as a whole is wrong.
    """
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or whole
        raise refusal(f"{place}: {first['msg']}") from error
