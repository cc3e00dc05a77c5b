"""What a ladder of alarms is made of: rungs, whom each tells and by which way, quiet hours, digests."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from sla.exceptions import InvalidLadder
from sla.spec_parts import Part, spec_of
from sla.working_time import Timetable

Duty = Literal["eighty", "apology", "due", ""]
Family = Literal["dossier", "step", "desk", "consultation"]
Audience = Literal[
    "holder", "clerk", "specialist", "division_head", "leader", "registry", "supervisor", "office_above", "applicant"
]
Way = Literal["in_app", "email", "hook"]
Kind = Literal["statutory", "step", "desk", "consultation", "reappointment"]
WallTime = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
DUTIES = ("eighty", "apology", "due")
FAMILIES: dict[str, Family] = {
    "statutory": "dossier",
    "reappointment": "dossier",
    "desk": "desk",
    "step": "step",
    "consultation": "consultation",
}
TRIES = 8


class Span(Part):
    """Working time before or after the due time."""

    amount: int = Field(ge=1, le=400)
    unit: Literal["working_hour", "working_day"]


class When(Part):
    """The moment of a rung: a share of the budget, the due time, or working time before or after it."""

    percent: int | None = Field(default=None, ge=1, le=99)
    at: Literal["due"] | None = None
    before: Span | None = None
    after: Span | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> When:
        if sum(value is not None for value in (self.percent, self.at, self.before, self.after)) != 1:
            raise ValueError("give one of percent, at, before, after")
        return self


class Rung(Part):
    """One alarm: when it falls, on which clocks, whom it tells, by which ways.

    `acts_as` ties it to what the program does at that moment: `eighty` raises the flag “due soon”, `apology` opens
    the duty to apologise, `due` raises the flag “overdue”. A key with such a name acts as it by itself.
    """

    key: str = Field(pattern=r"^[a-z][a-z0-9_]{0,23}$")
    when: When
    clocks: tuple[Kind, ...] = ()
    whom: dict[Family, tuple[Audience, ...]] = Field(default_factory=dict)
    through: tuple[Way, ...] = ("in_app",)
    acts_as: Duty = ""

    @model_validator(mode="before")
    @classmethod
    def _named_for_its_duty(cls, data: Any) -> Any:
        if isinstance(data, dict) and data.get("key") in DUTIES and "acts_as" not in data:
            return {**data, "acts_as": data["key"]}
        return data

    @model_validator(mode="after")
    def _fits_its_duty(self) -> Rung:
        if self.acts_as == "due" and self.when.at is None:
            raise ValueError("the rung that acts as due falls at due")
        if self.acts_as == "eighty" and self.when.percent is None:
            raise ValueError("the rung that acts as eighty is a share of the budget")
        if self.acts_as == "apology" and (self.when.before is None or self.when.before.unit != "working_day"):
            raise ValueError("the duty to apologise begins working days before the due time")
        return self

    def falls_on(self, kind: str) -> bool:
        """Whether clocks of this kind have the rung; the duty to apologise only exists for the legal limit."""
        if self.acts_as == "apology":
            return kind == "statutory"
        return not self.clocks or kind in self.clocks

    def told(self, kind: str) -> tuple[Audience, ...]:
        """Whom it tells of a clock of this kind."""
        family = FAMILIES.get(kind)
        return self.whom.get(family, ()) if family else ()


class Quiet(Part):
    """When e-mails and text messages wait: between two times of day, outside office hours, or both."""

    begins: WallTime | None = None
    ends: WallTime | None = None
    outside_office_hours: bool = False

    @model_validator(mode="after")
    def _both_or_none(self) -> Quiet:
        if (self.begins is None) != (self.ends is None) or (self.begins is not None and self.begins == self.ends):
            raise ValueError("quiet hours need a beginning and another end")
        return self

    def until(self, at: datetime, timetable: Timetable) -> datetime:
        """The first moment from `at` on that is not quiet; where none is found within days, the last one tried."""
        moment = at
        for _ in range(TRIES):
            later = self._after_night(moment, timetable)
            later = timetable.next_opening(later) if self.outside_office_hours else later
            if later == moment:
                break
            moment = later
        return moment

    def _after_night(self, at: datetime, timetable: Timetable) -> datetime:
        if self.begins is None or self.ends is None:
            return at
        begins, ends = time.fromisoformat(self.begins), time.fromisoformat(self.ends)
        local = at.astimezone(timetable.zone)
        now = local.time()
        inside = begins <= now < ends if begins < ends else now >= begins or now < ends
        if not inside:
            return at
        day = local.date() + timedelta(days=1) if now >= ends else local.date()
        return datetime.combine(day, ends, tzinfo=timetable.zone)


class Digest(Part):
    """From how many waiting messages on one person gets a single one instead."""

    more_than: int = Field(default=5, ge=1, le=1000)


class LadderSpec(Part):
    """A whole ladder, as it stands in a file or in a published version."""

    code: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,49}$")
    name: str = Field(min_length=1, max_length=200)
    rungs: tuple[Rung, ...] = Field(min_length=1, max_length=12)
    quiet: Quiet = Quiet()
    digest: Digest = Digest()

    @field_validator("rungs")
    @classmethod
    def _distinct(cls, rungs: tuple[Rung, ...]) -> tuple[Rung, ...]:
        keys = [rung.key for rung in rungs]
        if len(keys) != len(set(keys)):
            raise ValueError("every rung needs a key of its own")
        for duty in DUTIES:
            if sum(rung.acts_as == duty for rung in rungs) != 1:
                raise ValueError(f"exactly one rung must act as {duty}")
        return rungs


def spec_from(data: Any) -> LadderSpec:
    """Read a ladder from plain data.

    Raises:
        InvalidLadder: a key is unknown, missing or wrong; the message names the place.
    """
    return spec_of(LadderSpec, data, InvalidLadder, "ladder")
