"""What one person may do to a dossier now: the rules of the services, asked before the button is drawn.

The services check again under the lock; this only decides what a screen offers. An offer with a `hindrance` is
shown but cannot be pressed: it names what is still in the way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from offices.capacities import Capacities
from offices.models import Role
from procedures.definition import END, REFUSE, Phase
from workflows.acts import ALLOWED_IN
from workflows.apology_rights import approver, may_propose, used_up_words
from workflows.models import Apology, Consultation, Dossier, LegalStatus, Step
from workflows.models.requests import SupplementConsent
from workflows.nodes import label_of
from workflows.possible_requests import consent_to_decide, with_consent
from workflows.querysets import STEP_ROLES

SEND_BACK = "send_back"
WORKING_PHASES = {Phase.PROCESS, Phase.APPROVE}


@dataclass(frozen=True, slots=True)
class PossibleAct:
    """One act of one person on one dossier.

    Attributes:
        name: the service.
        step: the step the act names, if it names one.
        outcome: which outcome of the step.
        label: what the definition calls that outcome.
        is_main: the way on; the primary button.
        needs_reason: whether the service asks for a reason.
        hindrance: why it cannot be done yet; empty when it can.
        consultation: the question to answer.
        consent: the question to a head whether papers may be asked for again.
    """

    name: str
    step: Step | None = None
    outcome: str = ""
    label: str = ""
    is_main: bool = False
    needs_reason: bool = False
    hindrance: str = ""
    consultation: Consultation | None = None
    consent: SupplementConsent | None = None

    @property
    def named(self) -> Consultation | SupplementConsent | Step | None:
        """The row the act is about, if it is not the dossier itself."""
        return self.consultation or self.consent or self.step

    @property
    def key(self) -> str:
        """Tells the act from all others on the page."""
        row = self.named
        return "-".join(str(part) for part in (self.name, row.pk if row else "", self.outcome) if part)


def possible_acts(
    dossier: Dossier,
    steps: Sequence[Step],
    capacities: Capacities,
    *,
    at: datetime,
    has_draft: bool = False,
    consultations: Iterable[Consultation] = (),
    requests_made: int = 0,
    consents: Sequence[SupplementConsent] = (),
    apologies: Iterable[Apology] = (),
) -> list[PossibleAct]:
    """List what the person may do now, the way on first.

    Args:
        dossier: the dossier, read with its version.
        steps: all its human steps, open and done.
        capacities: the person's rights to act.
        at: now; only terms of consultations depend on it.
        has_draft: whether a draft result lies in the dossier.
        consultations: unanswered questions to other offices.
        requests_made: how often papers were asked for.
        consents: what heads were asked about further requests, read with the requests that used their word.
        apologies: apologies owed or given for this dossier.

    Returns:
        The acts the services would accept, and those that only lack what their `hindrance` says.
    """
    asker = _Asker(dossier, steps, capacities, at=at, has_draft=has_draft, consultations=tuple(consultations))
    sorry = apologetic_acts(dossier, capacities, apologies)
    found = [*asker.at_the_desk(), *asker.answers(), *asker.on_steps(), *asker.on_the_dossier(), *sorry]
    found = list(with_consent(found, dossier, made=requests_made, consents=consents))
    if consent := consent_to_decide(dossier, capacities, consents, at=at):
        found.append(PossibleAct("decide_consent", consent=consent, is_main=True))
    return sorted(found, key=lambda act: not act.is_main)


def apologetic_acts(dossier: Dossier, capacities: Capacities, apologies: Iterable[Apology]) -> Iterator[PossibleAct]:
    """Proposing an apology where the file has a date that could be missed; deciding on one that is proposed."""
    clock, rows = dossier.statutory_clock, list(apologies)
    runs = dossier.legal_status in ALLOWED_IN["propose_apology"] and clock is not None and clock.due_at is not None
    if not runs or clock is None:
        return
    duty = next((row for row in rows if row.run == clock.run and row.lifted_at is None), None)
    used_up = used_up_words(dossier, sum(row.approved_at is not None for row in rows))
    if duty is not None and duty.proposed_at is not None and duty.approved_at is None:
        if not used_up and approver(dossier, capacities, duty.proposers) is not None:
            yield PossibleAct("approve_apology", is_main=True)
            yield PossibleAct("reject_apology", needs_reason=True)
    elif may_propose(dossier, capacities) and (duty is not None or not used_up):
        yield PossibleAct("propose_apology", needs_reason=True, hindrance=used_up)


class _Asker:
    """The questions the services ask, in the same words."""

    def __init__(
        self,
        dossier: Dossier,
        steps: Sequence[Step],
        capacities: Capacities,
        *,
        at: datetime,
        has_draft: bool,
        consultations: tuple[Consultation, ...],
    ) -> None:
        self.dossier, self.steps, self.capacities = dossier, steps, capacities
        self.at, self.has_draft, self.consultations = at, has_draft, consultations
        self.open_steps = sorted((step for step in steps if step.is_open), key=lambda step: step.pk)

    def status_allows(self, act: str) -> bool:
        return self.dossier.legal_status in ALLOWED_IN[act]

    def has_role(self, role: str, office_id: int | None) -> bool:
        return office_id is not None and self.capacities.find(role=role, office_id=office_id) is not None

    def is_clerk(self) -> bool:
        return self.has_role(Role.CLERK, self.dossier.receiving_office_id)

    def may_hold(self, step: Step) -> bool:
        return self.has_role(step.role, step.office_id)

    def stands_for(self, step: Step) -> set[int]:
        """Whose step of this role the person may act on as if it were their own."""
        place = (step.role, step.office_id)
        return {held.user_id for held in self.capacities if (held.role, held.office_id) == place}

    def may_act_on(self, step: Step) -> bool:
        named = {step.owner_id} if step.owner_id else set(step.offered_to)
        return self.may_hold(step) and (not named or bool(named & self.stands_for(step)))

    # A file at the desk

    def at_the_desk(self) -> Iterator[PossibleAct]:
        """What the clerk of the receiving office does before, beside and after the work of others."""
        if self.status_allows("request_supplement") and self.may_ask_for_papers():
            yield PossibleAct("request_supplement")
        if not self.is_clerk():
            return
        mains = ("receive", "accept_supplement", "confirm_payment")
        for name in (*mains, "decline_to_receive"):
            if self.status_allows(name):
                yield PossibleAct(name, is_main=name in mains)
        if self.status_allows("return_result") and not self.open_steps:
            yield PossibleAct("return_result", is_main=True)

    def may_ask_for_papers(self) -> bool:
        for step in self.open_steps:
            if "request_supplement" in step.flow_task.spec.may and self.may_act_on(step):
                return True
        return self.dossier.legal_status != LegalStatus.IN_PROCESS and self.is_clerk()

    def answers(self) -> Iterator[PossibleAct]:
        """Questions to an office in which the person works."""
        if not self.status_allows("answer_consultation"):
            return
        offices = self.capacities.offices_as(*STEP_ROLES)
        for row in self.consultations:
            if row.office_id in offices:
                yield PossibleAct("answer_consultation", consultation=row, is_main=True)

    # Steps

    def on_steps(self) -> Iterator[PossibleAct]:
        """Everything that names an open step."""
        for step in self.open_steps:
            if self.may_act_on(step):
                yield from self.outcomes(step)
                yield from self.asides(step)
                yield from self.holding(step)
            if self.status_allows("reassign") and self.heads(step):
                yield PossibleAct("reassign", step=step, needs_reason=True)

    def heads(self, step: Step) -> bool:
        roles = (Role.DIVISION_HEAD, Role.SUPERVISOR, Role.LEADER)
        return any(self.has_role(role, step.office_id) for role in roles)

    def holding(self, step: Step) -> Iterator[PossibleAct]:
        name = "claim" if step.owner_id is None else "release"
        if self.status_allows(name):
            yield PossibleAct(name, step=step)

    def asides(self, step: Step) -> Iterator[PossibleAct]:
        """What the definition lets the holder do besides finishing."""
        for name in ("request_payment", "consult"):
            if name in step.flow_task.spec.may and self.status_allows(name):
                yield PossibleAct(name, step=step)

    def outcomes(self, step: Step) -> Iterator[PossibleAct]:
        node = step.flow_task
        for outcome in node.outcomes:
            name = self.service_for(step, outcome)
            if name:
                yield PossibleAct(
                    name,
                    step=step,
                    outcome=outcome,
                    label=label_of(node.spec, outcome),
                    is_main=outcome == node.main_outcome,
                    needs_reason=self.needs_reason(step, outcome, name),
                    hindrance=self.hindrance(step, outcome),
                )

    def service_for(self, step: Step, outcome: str) -> str:
        """The service that finishes the step so; empty where the status forbids it."""
        for name in self.candidates(step, outcome):
            if self.status_allows(name):
                return name
        return ""

    def candidates(self, step: Step, outcome: str) -> tuple[str, ...]:
        if self.leads_back(step, outcome):
            return (SEND_BACK,)
        if self.target_of(step, outcome) == REFUSE:
            return ("refuse", "finish_step")
        if outcome != step.flow_task.main_outcome:
            return ("finish_step",)
        if step.phase == Phase.APPROVE:
            return ("approve", "finish_step")
        if step.phase == Phase.RETURN:
            return self.ways_of_returning(step, outcome)
        return ("finish_step",)

    def ways_of_returning(self, step: Step, outcome: str) -> tuple[str, ...]:
        """The registry numbers the result; the last step hands it over, at the counter and nowhere else."""
        ends_the_flow = self.target_of(step, outcome) == END
        if ends_the_flow and self.dossier.legal_status == LegalStatus.DECIDED:
            return ("return_result",) if self.is_clerk() else ()
        return ("register_result",) if step.role == Role.REGISTRY else ("finish_step",)

    def target_of(self, step: Step, outcome: str) -> str:
        if step.key == REFUSE:
            return REFUSE if outcome == REFUSE else str(step.data.get("came_from_key", ""))
        return self.dossier.version.graph.outcomes(step.key)[outcome]

    def leads_back(self, step: Step, outcome: str) -> bool:
        if outcome == SEND_BACK:
            return True
        graph = self.dossier.version.graph
        return step.key != REFUSE and graph.is_backward(step.key, self.target_of(step, outcome))

    def needs_reason(self, step: Step, outcome: str, name: str) -> bool:
        refuses = self.target_of(step, outcome) == REFUSE
        return name == SEND_BACK or refuses or any(row.step_id == step.pk for row in self.consultations)

    # What is still in the way

    def hindrance(self, step: Step, outcome: str) -> str:
        """Why an outcome cannot be chosen yet; a way back is always open."""
        if self.leads_back(step, outcome):
            return ""
        return self.hindrance_to_approval(step, outcome) or self.hindrance_by_question(step)

    def hindrance_to_approval(self, step: Step, outcome: str) -> str:
        if step.phase != Phase.APPROVE:
            return ""
        if self.acting_as(step) & self.barred_from(step):
            return _("You worked on this dossier yourself, so somebody else must approve it (four-eyes rule).")
        signs = step.role == Role.LEADER and self.target_of(step, outcome) != REFUSE
        if signs and not self.has_draft:
            return _("There is no draft result to approve yet. Upload it, or send the dossier back.")
        return ""

    def acting_as(self, step: Step) -> set[int]:
        """The person, and for whom they would act on the step."""
        me = self.capacities.user_id
        if step.owner_id is not None:
            return {me, step.owner_id}
        held = self.capacities.find(role=step.role, office_id=step.office_id or 0)
        return {me, held.user_id} if held else {me}

    def barred_from(self, step: Step) -> set[int]:
        """Who worked on the dossier in another role or office, in their own name or for another."""
        if not self.dossier.version.spec.four_eyes:
            return set()
        rows = [
            done
            for done in self.steps
            if done.status == STATUS.DONE
            and done.phase in WORKING_PHASES
            and (done.role, done.office_id) != (step.role, step.office_id)
        ]
        return {who for done in rows for who in (done.finished_by_id, done.on_behalf_of_id) if who}

    def hindrance_by_question(self, step: Step) -> str:
        waiting = [row for row in self.consultations if row.step_id == step.pk]
        if any(row.term_ends_at > self.at for row in waiting):
            return _("An asked office has not answered and its term still runs. Wait for the answer.")
        return ""

    # The whole dossier

    def on_the_dossier(self) -> Iterator[PossibleAct]:
        """Papers, corrections, and the ends without a result."""
        if self.is_clerk() or any(self.may_hold(step) for step in self.open_steps):
            for name in ("add_paper", "correct_data"):
                if self.status_allows(name):
                    yield PossibleAct(name, needs_reason=name == "correct_data")
        if self.status_allows("withdraw") and self.is_clerk():
            yield PossibleAct("withdraw", needs_reason=True)
        if self.status_allows("stop") and self.may_stop():
            yield PossibleAct("stop", needs_reason=True)

    def may_stop(self) -> bool:
        """A leader of the handling office; before processing and while papers are awaited also the desk."""
        if self.has_role(Role.LEADER, self.dossier.handling_office_id):
            return True
        early = {LegalStatus.RECEIVED, LegalStatus.AWAITING_SUPPLEMENT}
        return self.dossier.legal_status in early and self.is_clerk()
