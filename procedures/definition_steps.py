"""The steps of a definition: human steps, parallel blocks, and branches on what the form says."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Final, Literal

from django.utils.translation import gettext as _
from pydantic import Discriminator, Field, Tag, model_validator

from procedures.definition_base import Key, Name, Part, StepTime, Text, broken
from procedures.definition_conditions import Condition

END: Final = "end"
REFUSE: Final = "refuse"
JOIN: Final = "join"
RESERVED_KEYS: Final = frozenset({END, REFUSE, JOIN})
FORWARD: Final = "forward"

RECEIVING: Final = "receiving"
HANDLING: Final = "handling"
PARENT: Final = "parent"


class Phase(StrEnum):
    """The state machine everybody sees."""

    RECEIVE = "receive"
    PROCESS = "process"
    APPROVE = "approve"
    RETURN = "return"


class StepRole(StrEnum):
    """Roles that work on dossiers; the same words as the roles of memberships."""

    CLERK = "clerk"
    DIVISION_HEAD = "division_head"
    SPECIALIST = "specialist"
    LEADER = "leader"
    REGISTRY = "registry"


class May(StrEnum):
    """What the holder of an open step may do besides finishing it."""

    REQUEST_SUPPLEMENT = "request_supplement"
    REQUEST_PAYMENT = "request_payment"
    CONSULT = "consult"


OfficeRef = Annotated[
    str,
    Field(
        pattern=r"^(receiving|handling|parent|[A-Z0-9]+(\.[A-Z0-9]+)*)$",
        description="receiving, handling, parent or an agency code.",
    ),
]
FormNumber = Annotated[str, Field(pattern=r"^\d{2}$", description="Number of a slip of the rulebook: 01, 02, …")]


def kind_of_time(value: Any) -> str:
    """A budget, or the word "none"."""
    return "none" if isinstance(value, str) else "budget"


TimeSpec = Annotated[
    Annotated[StepTime, Tag("budget")] | Annotated[Literal["none"], Tag("none")],
    Discriminator(kind_of_time),
]


class StepSpec(Part):
    """One piece of human work.

    `time` is None where the author forgot it (a lint error) and the word "none" where the law counts no time.
    No `outcomes` means {forward: <next step>}.
    """

    key: Key
    name: Text = ""
    work: Text = ""
    output: Text = ""
    forms: tuple[FormNumber, ...] = ()
    phase: Phase
    role: StepRole
    office: OfficeRef | None = None
    time: TimeSpec | None = None
    outcomes: dict[Key, Key] | None = None
    labels: dict[Key, Name] = Field(default={}, description="What the button of an outcome says.")
    may: tuple[May, ...] = ()
    consults: tuple[Name, ...] = Field(default=(), description="Offices usually asked for their opinion at this step.")
    ends_clock: bool = False
    assumed: bool = Field(default=False, description="No published source for this step or its time; shown on screen.")

    @property
    def title(self) -> str:
        """The name, or the key where the author gave none."""
        return self.name or self.key

    @property
    def budget(self) -> Decimal | None:
        """Working hours this step may take; None where no time is counted."""
        return self.time.amount if isinstance(self.time, StepTime) else None

    @property
    def where(self) -> str:
        """receiving, handling, parent or an agency code; clerks work at the receiving office unless said otherwise."""
        if self.office is not None:
            return self.office
        return RECEIVING if self.role is StepRole.CLERK else HANDLING


class ParallelSpec(Part):
    """Steps that are open at the same time; the file goes on to `then` when all are finished."""

    key: Key
    name: Text = ""
    parallel: tuple[StepSpec, ...] = Field(min_length=2)
    then: Key

    @property
    def title(self) -> str:
        """The name, or the key where the author gave none."""
        return self.name or self.key


class BranchCase(Part):
    """One way out of a branch: `when` with `to`, or `otherwise`."""

    when: Condition | None = None
    to: Key | None = None
    otherwise: Key | None = None

    @model_validator(mode="after")
    def _one_of_two_shapes(self) -> BranchCase:
        conditional = self.when is not None and self.to is not None and self.otherwise is None
        final = self.when is None and self.to is None and self.otherwise is not None
        if not (conditional or final):
            raise broken(_("A case of a branch has either `when` and `to`, or `otherwise`."))
        return self

    @property
    def target(self) -> str:
        """Where this case leads."""
        return self.to or self.otherwise or END


class BranchSpec(Part):
    """Chooses the next step from the e-form; the first case that fits wins."""

    key: Key
    name: Text = ""
    branch: tuple[BranchCase, ...] = Field(min_length=1)

    @property
    def title(self) -> str:
        """The name, or the key where the author gave none."""
        return self.name or self.key

    def choose(self, form: dict[str, Any]) -> str | None:
        """The target for these answers; None when no case fits and there is no `otherwise`."""
        for case in self.branch:
            if case.when is None or case.when.holds(form):
                return case.target
        return None


def kind_of_node(value: Any) -> str:
    """Which of the three kinds of node a mapping describes."""
    for kind in ("parallel", "branch"):
        if (isinstance(value, dict) and kind in value) or hasattr(value, kind):
            return kind
    return "step"


Node = Annotated[
    Annotated[StepSpec, Tag("step")] | Annotated[ParallelSpec, Tag("parallel")] | Annotated[BranchSpec, Tag("branch")],
    Discriminator(kind_of_node),
]
