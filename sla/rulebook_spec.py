"""What a rulebook may say: the schema of the files in `rulebooks/`.

Every rule carries the clause it stands in. A rule whose text was not read is `unverified`, and printed so; a rule
without a clause is always unverified.
"""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from sla.exceptions import InvalidRulebook
from sla.limits import Unit
from sla.spec_parts import Part, spec_of

Effect = Literal["restart", "resume", "pause_only"]
SlipName = Literal["receipt", "supplement", "refusal", "apology", "stop", "control", "register"]
TimeOfDay = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]


class Rule(Part):
    """One rule of the law with the place where it stands."""

    clause: str = ""
    unverified: bool = False

    @model_validator(mode="after")
    def _has_source(self) -> Rule:
        if not self.clause and not self.unverified:
            raise ValueError("a rule without a clause must be marked unverified")
        return self


class TermRule(Rule):
    """A rule that is a length of time."""

    amount: Annotated[Decimal, Field(ge=0)]
    unit: Unit


class CountRule(Rule):
    """A rule that is a number: how often, how many minutes, how many hours."""

    value: Annotated[int, Field(ge=0)]


class TimeRule(Rule):
    """A rule that is a time of day."""

    value: TimeOfDay


class EffectRule(Rule):
    """What a stop does to the clock."""

    value: Effect


class ClockStartRule(Rule):
    """At which instant the legal limit begins."""

    value: Literal["complete_file_received"]


class NonterritorialStartRule(Rule):
    """When it begins for a file that was received for an agency elsewhere."""

    value: Literal["competent_agency_receives", "receiving_desk"]


class FirstDayRule(Rule):
    """Which day is counted first."""

    value: Literal["day_after", "same_day"]


class LastDayOffRule(Rule):
    """What happens to a term that would end on a day off."""

    value: Literal["next_working_day"]


class DueTimeRule(Rule):
    """At which time of its last day a term in days or months ends."""

    value: Literal["close_of_office", "same_time"]


class PerProcedureRule(Rule):
    """A rule that only a procedure's own text sets: its definition does."""

    value: Literal["per_procedure"]


class ConsultationRule(Rule):
    """What asking another office does to the clock."""

    value: Literal["runs_on"]


class StopOnRequestRule(Rule):
    """What the applicant gets who withdraws the file."""

    value: Literal["notice", "nothing"]


class Rules(Part):
    """All rules of a rulebook."""

    clock_start: ClockStartRule
    nonterritorial_start: NonterritorialStartRule
    first_day: FirstDayRule
    last_day_off: LastDayOffRule
    due_time: DueTimeRule
    last_hour: CountRule = Field(description="Minutes before closing in which a file counts as received next day.")
    hand_over_cutoff: TimeRule = Field(description="Received after it: forwarded at the start of the next day.")
    result_cutoff: PerProcedureRule | TimeRule
    supplements_allowed: CountRule
    ask_within: TermRule
    supplement_effect: EffectRule
    citizen_term: PerProcedureRule | TermRule
    payment_effect: EffectRule
    consultation_effect: ConsultationRule
    online_answer_within: TermRule
    apology_before: TermRule
    apology_opens_before: TermRule
    reappointments_allowed: CountRule
    stop_on_request: StopOnRequestRule
    day_in_hours: CountRule


class RulebookSpec(Part):
    """A rulebook as it stands in a file, the rules it takes over from an older one filled in."""

    code: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]
    decree: Annotated[str, Field(min_length=1)]
    valid_from: date
    forms: dict[Annotated[str, Field(pattern=r"^\d{2}$")], str]
    forms_clause: str
    slips: dict[SlipName, str]
    file_code_format: str
    file_code_clause: str
    clauses: Rules

    @model_validator(mode="after")
    def _every_slip_is_a_form(self) -> RulebookSpec:
        if set(self.slips.values()) != set(self.forms):
            raise ValueError("slips must name every form once, and no other")
        return self

    @field_validator("file_code_format")
    @classmethod
    def _makes_a_code(cls, text: str) -> str:
        try:
            first, second = (text.format(agency="H24", day=date(2026, 1, 2), serial=number) for number in (1, 10_000))
        except (KeyError, IndexError, ValueError) as error:
            raise ValueError("a format with {agency}, {day} and {serial} only") from error
        if first == second:
            raise ValueError("two serials of a day must not give the same code")
        return text


def spec_from(data: Any) -> RulebookSpec:
    """Read a rulebook from plain data.

    Raises:
        InvalidRulebook: a key is unknown, missing or wrong; the message names the place.
    """
    return spec_of(RulebookSpec, data, InvalidRulebook, "rulebook")


def time_of(text: str) -> time:
    """A time of day as it stands in a rulebook."""
    return time.fromisoformat(text)
