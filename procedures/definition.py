"""What a procedure's definition may say: the schema of the YAML files and of the rows made from them.

The parts live in `definition_base` (amounts, units), `definition_form` (the e-form) and `definition_steps` (the
process); this module puts them together and is the one to import from.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

from django.utils.translation import gettext as _
from pydantic import Field, model_validator

from procedures.definition_base import (
    Amount,
    Channel,
    Cutoff,
    Effect,
    Key,
    Name,
    Part,
    Period,
    StepTime,
    Text,
    TimeOfDay,
    Unit,
    broken,
)
from procedures.definition_conditions import Condition, Op
from procedures.definition_form import CHOICE_KINDS, NUMERIC_KINDS, FieldKind, FormField, PersonPart
from procedures.definition_steps import (
    END,
    FORWARD,
    HANDLING,
    JOIN,
    PARENT,
    RECEIVING,
    REFUSE,
    RESERVED_KEYS,
    BranchCase,
    BranchSpec,
    May,
    Node,
    ParallelSpec,
    Phase,
    StepRole,
    StepSpec,
)
from procedures.exceptions import NoLimitForChannel, UnknownStep

__all__ = [
    "CHOICE_KINDS",
    "END",
    "FORWARD",
    "HANDLING",
    "JOIN",
    "NUMERIC_KINDS",
    "PARENT",
    "RECEIVING",
    "REFUSE",
    "RESERVED_KEYS",
    "Amount",
    "BranchCase",
    "BranchSpec",
    "Channel",
    "Condition",
    "Counting",
    "Cutoff",
    "Decision",
    "Definition",
    "Document",
    "Effect",
    "Fee",
    "FieldCode",
    "FieldKind",
    "FormField",
    "Key",
    "Level",
    "Limit",
    "Linked",
    "May",
    "Name",
    "Op",
    "ParallelSpec",
    "Part",
    "Payment",
    "Period",
    "PersonPart",
    "Phase",
    "Result",
    "StepRole",
    "StepSpec",
    "StepTime",
    "Supplement",
    "Text",
    "TimeOfDay",
    "Unit",
]


class Level(StrEnum):
    """Level of the administration that handles the procedure; the same code may exist at two levels."""

    MINISTRY = "ministry"
    PROVINCE = "province"
    COMMUNE = "commune"


Code = Annotated[
    str,
    Field(
        pattern=r"^(\d\.\d{6}|[A-Z]{2,10}(\.[A-Z0-9]+(-[A-Z0-9]+)*)+)$",
        max_length=60,
        description='National code in quotes ("3.000466"), or a local one (NA.…) where no national code is known.',
    ),
]


class FieldCode(Part):
    """The field of administration a procedure belongs to."""

    code: Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9.-]*$", max_length=30)]
    name: Name


class Decision(Part):
    """The decision that publishes the procedure or its process; no day where no source gives it."""

    number: Name
    issuer: Text = ""
    issued_on: date | None = None
    note: Text = ""


class Limit(Period):
    """The legal time limit for the channels it names.

    Amount 0 in working days is due at close of office on the day of reception. With a cut-off, a file received
    strictly after `cutoff.after` has `cutoff.amount` instead.
    """

    channel: tuple[Channel, ...] = Field(min_length=1)
    cutoff: Cutoff | None = None
    clause: Text = ""

    @model_validator(mode="after")
    def _cutoff_fits(self) -> Limit:
        if self.cutoff is not None and self.unit is not Unit.WORKING_DAY:
            raise broken(_("A cut-off belongs to a limit in working days."))
        if self.cutoff is not None and self.cutoff.amount != self.cutoff.amount.to_integral_value():
            raise broken(_("The amount after the cut-off is a whole number of working days."))
        if self.amount == 0 and self.unit is not Unit.WORKING_DAY:
            raise broken(_("Only a limit in working days may be 0 (due on the day of reception)."))
        return self


DEFAULT_ASK_WITHIN = Period(amount=Decimal(3), unit=Unit.WORKING_DAY)


class Supplement(Part):
    """What happens when papers are missing: R10 and R11 unless the sector's law says otherwise."""

    effect: Effect = Effect.RESTART
    clause: Text = ""
    ask_within: Period = DEFAULT_ASK_WITHIN
    citizen_term: Period | None = None


class Payment(Part):
    """What waiting for a payment does to the clock."""

    effect: Effect = Effect.RESUME
    clause: Text = ""


class Counting(Part):
    """How the limit is counted where the procedure's own text says otherwise than the rulebook; empty: as there."""

    first_day: Literal["day_after", "same_day"] | None = None
    due_time: Literal["close_of_office", "same_time"] | None = None
    last_hour: Annotated[int, Field(ge=0, le=480)] | None = Field(
        default=None, description="Minutes before closing in which a file counts as received on the next working day."
    )
    clause: Text = ""


class Document(Part):
    """A paper of the file. `replaced_by` names the database that makes it needless (R23): it must not be asked for."""

    key: Key
    name: Name
    originals: Annotated[int, Field(ge=0, le=100)] = 0
    copies: Annotated[int, Field(ge=0, le=100)] = 0
    required: bool = False
    replaced_by: Name | None = None
    form: Text = Field(default="", description="The template the paper is written on, where the law gives one.")
    note: Text = ""

    @property
    def is_asked_for(self) -> bool:
        """Whether the applicant would have to bring it."""
        return self.required or self.originals > 0 or self.copies > 0


class Fee(Part):
    """An amount in đồng; None where another text fixes it (see `note`)."""

    name: Name
    amount: Amount | None = None
    channels: tuple[Channel, ...] = Field(min_length=1, default=tuple(Channel))
    note: Text = ""


class Result(Part):
    """What the applicant gets."""

    name: Name
    validity: Text = ""


class Linked(Part):
    """A procedure done together with the others of its bundle; `code` is empty where none is known."""

    name: Name
    code: Code | None = None


class Definition(Part):
    """One version of one procedure: papers, fees, limits, e-form and steps."""

    code: Code
    name: Name
    field: FieldCode
    level: Level
    decision: Decision
    valid_from: date
    valid_to: date | None = None
    sources: tuple[Text, ...] = ()
    channels: tuple[Channel, ...] = Field(min_length=1, default=tuple(Channel))
    limits: tuple[Limit, ...] = Field(min_length=1)
    supplement: Supplement = Supplement()
    payment: Payment = Payment()
    counting: Counting = Counting()
    nonterritorial: bool = Field(default=False, description="Any desk may receive it for the competent agency (R27).")
    documents: tuple[Document, ...] = ()
    fees: tuple[Fee, ...] = ()
    form: tuple[FormField, ...] = ()
    result: Result
    bundle: tuple[Linked, ...] = ()
    returns_allowed: Annotated[int, Field(ge=0, le=100)] = 2
    four_eyes: bool = True
    stuck_after: Annotated[int, Field(ge=1, le=365, description="Working days without an act.")] = 3
    steps: tuple[Node, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _days_in_order(self) -> Definition:
        if self.valid_to is not None and self.valid_to < self.valid_from:
            raise broken(_("The definition ends before it begins: check valid_from and valid_to."))
        return self

    @property
    def reference(self) -> str:
        """Code and level in one word: 1.005144@commune."""
        return f"{self.code}@{self.level.value}"

    def limit_for(self, channel: Channel | str) -> Limit:
        """The legal limit of a channel.

        Raises:
            NoLimitForChannel: when the definition gives none (a lint error, so never in a published version).
        """
        for limit in self.limits:
            if channel in limit.channel:
                return limit
        raise NoLimitForChannel(self.reference, str(channel))

    def human_steps(self) -> tuple[StepSpec, ...]:
        """All human steps in the order of the file, those of parallel blocks included."""
        found: list[StepSpec] = []
        for node in self.steps:
            if isinstance(node, StepSpec):
                found.append(node)
            elif isinstance(node, ParallelSpec):
                found.extend(node.parallel)
        return tuple(found)

    def step(self, key: str) -> StepSpec:
        """The human step with this key.

        Raises:
            UnknownStep: when there is none.
        """
        for step in self.human_steps():
            if step.key == key:
                return step
        raise UnknownStep(self.reference, key)

    def as_json(self) -> dict[str, Any]:
        """What the author wrote, as plain JSON values; reading it again gives an equal definition."""
        return self.model_dump(mode="json", exclude_unset=True)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the definition's content, whatever the order of its keys."""
        text = json.dumps(self.as_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()
