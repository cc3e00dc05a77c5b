"""Everything the panel beside a list says of one step: the file, why it came, what may be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _

from offices.capacities import Capacities
from onestop.desk.badges import WAITING, Timetables, running, step_badge
from onestop.desk.reading.dossier import DossierPage
from onestop.desk.reading.steps import origin_of, spec_of, title_of
from onestop.desk.words import TimeBadge
from procedures.definition import StepSpec
from sla.calendars import timetable_of
from sla.handing_over import HandOver, hand_over_by
from sla.rulebook import rulebook_named
from workflows.models import Consultation, Dossier, Flag, Paper, Step, SupplementRequest
from workflows.possible_acts import PossibleAct

APPROVE = "approve"
DRAFT_PHASES = {"process", APPROVE}
BESIDE_THE_STEP = {"request_supplement", "ask_consent"}


@dataclass(frozen=True, slots=True)
class Question:
    """One consultation on the step, with the time its office has left."""

    row: Consultation
    badge: TimeBadge | None


class StepPanel:
    """One step of a dossier as one person sees it now.

    Attributes:
        page: the dossier as the person sees it.
        step: the step, with its owner, office, clock and whoever finished it.
    """

    def __init__(self, step: Step, page: DossierPage) -> None:
        self.page, self.step = page, step

    @property
    def dossier(self) -> Dossier:
        """The dossier of the step."""
        return self.page.dossier

    @property
    def spec(self) -> StepSpec:
        """The step in the definition."""
        return spec_of(self.step)

    @property
    def title(self) -> str:
        """What the step is called."""
        return title_of(self.step)

    @property
    def came_from(self) -> str:
        """The step from which the dossier came here."""
        return origin_of(self.step)

    @property
    def sender(self) -> Step | None:
        """The step that was finished before this one opened."""
        return next((step for step in self.page.steps if step.pk == self.step.came_from_id), None)

    @cached_property
    def badge(self) -> TimeBadge:
        """The time the step has left."""
        return step_badge(self.step, at=self.page.at)

    @property
    def hand_over(self) -> HandOver | None:
        """By when the file leaves the desk, while it is at the desk that received it."""
        dossier, clock = self.dossier, self.step.clock
        if self.step.phase != "receive" or not self.step.is_open or dossier.received_at is None or clock is None:
            return None
        timetable = timetable_of(clock.calendar_version_id)
        return hand_over_by(dossier.received_at, timetable=timetable, book=rulebook_named(dossier.rulebook))

    @property
    def is_late(self) -> bool:
        """Whether the step takes longer than it is given."""
        return self.step.is_open and self.step.due_at is not None and self.step.due_at < self.page.at

    @property
    def is_mine(self) -> bool:
        """Whether the step waits for the person: theirs, offered to them, or open to a role they hold."""
        return waits_for(self.step, self.page.capacities)

    @property
    def approves(self) -> bool:
        """Whether finishing the step approves."""
        return self.step.phase == APPROVE

    # What belongs to it

    @property
    def papers(self) -> list[Paper]:
        """The papers that hold."""
        return [paper for paper in self.page.papers if paper.superseded_at is None]

    @property
    def draft(self) -> Paper | None:
        """The draft result, the newest one."""
        return next((paper for paper in reversed(self.papers) if paper.kind == Paper.Kind.DRAFT), None)

    @property
    def questions(self) -> list[Question]:
        """What other offices were asked on this step."""
        rows = [row for row in self.page.consultations if row.step_id == self.step.pk]
        return [Question(row, None if row.answered_at else term_badge(row, at=self.page.at)) for row in rows]

    @property
    def requests(self) -> list[SupplementRequest]:
        """Papers that were asked for."""
        return self.page.supplements

    @property
    def flags(self) -> list[Flag]:
        """Flags of the dossier and of this step."""
        return [flag for flag in self.page.flags if flag.step_id in {None, self.step.pk}]

    # What may be done

    @cached_property
    def acts(self) -> list[PossibleAct]:
        """What the person may do to the step, the way on first."""
        return [act for act in self.page.acts if self.holds(act)]

    def holds(self, act: PossibleAct) -> bool:
        """Whether an act on the dossier belongs into this panel."""
        if act.name in BESIDE_THE_STEP:
            return self.is_mine
        return act.step is not None and act.step.pk == self.step.pk

    @property
    def draft_act(self) -> PossibleAct | None:
        """Laying in a draft result, before the approval or at it."""
        if not self.is_mine or self.step.phase not in DRAFT_PHASES:
            return None
        return next((act for act in self.page.acts if act.name == "add_paper"), None)

    @property
    def why_not(self) -> str:
        """Why the step cannot be finished by this person now."""
        if not self.step.is_open:
            return closed_words(self.step)
        if not self.is_mine and self.step.owner_id:
            return _("%(name)s has claimed this step.") % {"name": self.step.owner}
        if not self.is_mine:
            return _("This step belongs to another role or office.")
        if self.dossier.legal_status in WAITING:
            return _("The dossier waits for the applicant. The step goes on when the papers or the payment arrive.")
        return _("The legal status of the dossier does not allow this now.")


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


def dossier_of(step_id: int) -> int | None:
    """The dossier a human step belongs to; None where there is no such step."""
    return Step.objects.human().filter(pk=step_id).values_list("process_id", flat=True).first()


def panel_of(step_id: int, page: DossierPage) -> StepPanel:
    """The panel of one step of a dossier."""
    return StepPanel(next(step for step in page.steps if step.pk == step_id), page)


def term_badge(row: Consultation, *, at: datetime, timetables: Timetables | None = None) -> TimeBadge:
    """How much of its term an asked office has left; the row is read with its office."""
    timetable = (timetables if timetables is not None else Timetables())[row.office.calendar_code]
    return running(row.term_ends_at, timetable, at=at, due_soon=False)
