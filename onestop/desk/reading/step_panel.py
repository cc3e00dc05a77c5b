"""Everything the panel beside a list says of one step: the file, why it came, what may be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from offices.capacities import Capacities
from onestop.desk.badges import WAITING, Timetables, dossier_badge, running, step_badge
from onestop.desk.reading.steps import Outcome, origin_of, outcome_of, spec_of, title_of
from onestop.desk.words import TimeBadge
from procedures.definition import StepSpec
from workflows.models import Consultation, Dossier, Flag, Paper, Step, SupplementRequest
from workflows.possible_acts import PossibleAct, possible_acts

APPROVE = "approve"
DRAFT_PHASES = {"process", APPROVE}


@dataclass(frozen=True, slots=True)
class Question:
    """One consultation on the step, with the time its office has left."""

    row: Consultation
    badge: TimeBadge | None


@dataclass(frozen=True, slots=True)
class Way:
    """One way to finish the step: the service that does it, and its words."""

    act: PossibleAct
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class StepPanel:
    """What the panel prints; `ways` are those that the person may choose now."""

    step: Step
    spec: StepSpec
    title: str
    came_from: str
    badge: TimeBadge
    whole_badge: TimeBadge
    ways: list[Way]
    acts: dict[str, PossibleAct]
    papers: list[Paper]
    questions: list[Question]
    requests: list[SupplementRequest]
    flags: list[Flag]
    is_mine: bool

    @property
    def dossier(self) -> Dossier:
        """The dossier of the step."""
        return self.step.process

    @property
    def sender(self) -> Step | None:
        """The step that was finished before this one opened."""
        return self.step.came_from

    @property
    def draft(self) -> Paper | None:
        """The draft result, the newest one."""
        return next((paper for paper in reversed(self.papers) if paper.kind == Paper.Kind.DRAFT), None)

    def may(self, act: str) -> bool:
        """Whether this person may do this act on this step now."""
        return act in self.acts

    @property
    def main(self) -> Way | None:
        """The way on: what the primary button does."""
        return next((way for way in self.ways if way.act.is_main), None)

    @property
    def others(self) -> list[Way]:
        """Ways on besides the main one."""
        return [way for way in self.ways if way.outcome.kind == "onward" and not way.act.is_main]

    @property
    def back(self) -> list[Way]:
        """Ways back to an earlier step."""
        return [way for way in self.ways if way.outcome.kind == "back"]

    @property
    def refusals(self) -> list[Way]:
        """Ways to refuse, or to propose a refusal."""
        return [way for way in self.ways if way.outcome.kind == "refuse" and not way.act.is_main]

    @property
    def can_draft(self) -> bool:
        """Whether a draft result can be laid in: before the approval, or at it."""
        return self.is_mine and self.may("add_paper") and self.step.phase in DRAFT_PHASES

    @property
    def approves(self) -> bool:
        """Whether finishing the step approves."""
        return self.step.phase == APPROVE

    @property
    def why_not(self) -> str:
        """Why the step cannot be finished by this person now; empty where it can."""
        if not self.step.is_open:
            return closed_words(self.step)
        if not self.is_mine and self.step.owner_id:
            return _("%(name)s has claimed this step.") % {"name": self.step.owner}
        if not self.is_mine:
            return _("This step belongs to another role or office.")
        if self.dossier.legal_status in WAITING:
            return _("The dossier waits for the applicant. The step goes on when the papers or the payment arrive.")
        if self.main is None:
            return _("The legal status of the dossier does not allow this now.")
        return self.main.act.hindrance


def closed_words(step: Step) -> str:
    """Who finished a step."""
    if step.finished_by:
        return _("%(name)s has finished this step.") % {"name": step.finished_by}
    return _("This step was closed because the dossier ended.")


def waits_for(step: Step, capacities: Capacities) -> bool:
    """Whether an open step waits for the person: theirs, offered to them, or open to a role they hold."""
    if not step.is_open or capacities.find(role=step.role, office_id=step.office_id or 0) is None:
        return False
    stands_for = {capacity.user_id for capacity in capacities} | {capacities.user_id}
    if step.owner_id:
        return step.owner_id in stands_for
    return not step.offered_to or bool(stands_for & set(step.offered_to))


def find_step(capacities: Capacities, step_id: int) -> Step | None:
    """A step of a dossier the person may see, with what the panel prints: one statement."""
    parts = (
        "process__procedure",
        "process__version",
        "process__receiving_office",
        "process__handling_office",
        "process__statutory_clock",
        "clock",
        "owner",
        "office",
        "finished_by",
        "came_from__finished_by",
        "came_from__on_behalf_of",
    )
    visible = Dossier.objects.visible_to(capacities)
    steps = Step.objects.human().filter(pk=step_id, process__in=visible.values("pk"))
    return steps.select_related(*parts).defer("process__search", "process__version__definition").first()


def panel_of(step: Step, capacities: Capacities, *, at: datetime) -> StepPanel:
    """Gather what the panel prints: five statements."""
    dossier = step.process
    papers = list(dossier.papers.filter(superseded_at__isnull=True).order_by("kind", "pk"))
    questions = list(dossier.consultations.select_related("office", "asked_by", "answered_by"))
    flags = list(dossier.flags.filter(cleared_at__isnull=True))
    is_mine = waits_for(step, capacities)
    acts = acts_on(step, papers, questions, capacities, at=at) if is_mine else []
    return StepPanel(
        step=step,
        spec=spec_of(step),
        title=title_of(step),
        came_from=origin_of(step),
        badge=step_badge(step, at=at),
        whole_badge=dossier_badge(dossier, at=at, due_soon=any(f.kind == Flag.Kind.DUE_SOON for f in flags)),
        ways=[Way(act, outcome_of(step, act.outcome)) for act in acts if act.outcome],
        acts={act.name: act for act in acts if not act.outcome},
        papers=papers,
        questions=[
            Question(row, None if row.answered_at else term_badge(row, at=at))
            for row in questions
            if row.step_id == step.pk
        ],
        requests=list(dossier.supplements.select_related("requested_by")),
        flags=[flag for flag in flags if flag.step_id in {None, step.pk}],
        is_mine=is_mine,
    )


def acts_on(
    step: Step, papers: Sequence[Paper], questions: Sequence[Consultation], capacities: Capacities, *, at: datetime
) -> list[PossibleAct]:
    """What the person may do to this step, and to its dossier as its holder: one statement."""
    dossier = step.process
    steps = [step, *dossier.task_set.human().exclude(pk=step.pk)]
    for other in steps:
        other.process = dossier
    found = possible_acts(
        dossier,
        steps,
        capacities,
        at=at,
        has_draft=any(paper.kind == Paper.Kind.DRAFT for paper in papers),
        consultations=[row for row in questions if row.answered_at is None],
    )
    return [act for act in found if act.step is None or act.step.pk == step.pk]


def term_badge(row: Consultation, *, at: datetime, timetables: Timetables | None = None) -> TimeBadge:
    """How much of its term an asked office has left; the row is read with its office."""
    timetable = (timetables if timetables is not None else Timetables())[row.office.calendar_code]
    return running(row.term_ends_at, timetable, at=at, due_soon=False)
