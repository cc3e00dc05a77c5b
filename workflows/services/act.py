"""One act in progress: what was read under the lock, what it changes, and how all of it is written at once.

locking ──▶ Act(dossier, step, capacities …) ──▶ service changes it ──▶ Act.save()
                                                                      clocks · ledger · trail · notices · dossier
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from viewflow.workflow.base import Node
from viewflow.workflow.token import Token

from offices.capacities import Capacities
from offices.models import User
from procedures.definition import Definition
from procedures.graph import Graph
from sla.terms import Term, Unit, deadline
from sla.timekeeping import Party, Timekeeper
from sla.working_time import Timetable
from workflows.acts import ALLOWED_IN, BESIDE_THE_FILE
from workflows.exceptions import (
    NotAllowed,
    NotPossibleNow,
    StaleScreen,
    StepAlreadyFinished,
    StepHeldByAnother,
    WrongMoment,
    WrongStatus,
)
from workflows.models import Dossier, LegalStatus, Step, TrailEntry
from workflows.services.flagging import FlagBook
from workflows.services.notifying import NoticeBook
from workflows.services.opening import open_step
from workflows.services.parties import party_of
from workflows.services.scene import Scene
from workflows.services.slip_numbers import number_slips
from workflows.services.trailing import chained

WATCHED = {LegalStatus.REGISTERED, LegalStatus.RECEIVED, LegalStatus.IN_PROCESS}


class Act:
    """An act on one locked dossier.

    Attributes:
        name: the act's name in `workflows.acts.ALLOWED_IN` and in the trail.
        dossier: the locked dossier.
        step: the step the act names, if it names one.
        others: the dossier's other open steps (only where the act needs them).
        by, at: who acts, and when (aware).
        scene: what was read with it: rights to act, officers in charge, steps done before, open flags.
        changed: names of the dossier's fields to write.
        data: what the trail keeps of the act.
    """

    def __init__(
        self,
        *,
        name: str,
        dossier: Dossier,
        by: User,
        at: datetime | None,
        scene: Scene,
        step: Step | None = None,
        others: Sequence[Step] = (),
    ) -> None:
        self.name = name
        self.dossier = dossier
        self.step = step
        self.others: list[Step] = list(others)
        self.opened: list[Step] = []
        self.by = by
        self.at = moment_of(dossier, at, now=scene.now)
        self.scene = scene
        self.keeper = Timekeeper(at=self.at, by_id=by.pk, ladder_id=scene.ladder_id)
        self.changed: set[str] = set()
        self.data: dict[str, Any] = {}
        self.behalf_id: int | None = None
        self.status_before: int | None = dossier.legal_status if dossier.acts else None
        self.flags = FlagBook(self)
        self.notices = NoticeBook(self)
        self.party_before = scene.holder or (self.party() if dossier.acts else None)
        dossier.current_act = self

    # What is known

    @property
    def capacities(self) -> Capacities:
        """In which roles and offices the person may act."""
        return self.scene.capacities

    @property
    def definition(self) -> Definition:
        """The definition the dossier began with."""
        return self.dossier.version.spec

    @property
    def graph(self) -> Graph:
        """The process of that definition."""
        return self.dossier.version.graph

    @property
    def timetable(self) -> Timetable:
        """Working time of the dossier's calendar."""
        return self.scene.timetable(self.dossier.calendar_code)

    @property
    def the_step(self) -> Step:
        """The step the act names."""
        if self.step is None:
            raise NotPossibleNow(_("This act needs an open step. Look at the dossier."))
        return self.step

    def open_steps(self) -> list[Step]:
        """Open human steps as far as they were read or opened by this act."""
        known = [self.step] if self.step else []
        return [step for step in [*known, *self.others, *self.opened] if step.is_open]

    # May they? Is it possible now?

    def require_status(self, act: str | None = None) -> None:
        """Refuse when the legal status does not allow the act."""
        if self.dossier.legal_status not in ALLOWED_IN[act or self.name]:
            raise WrongStatus(self.dossier, self.dossier.trail.select_related("by").last())

    def require_seen(self, seen: int | None) -> None:
        """Refuse when the dossier changed after the person saw version `seen` of it."""
        if seen is not None and seen != self.dossier.acts:
            changes = self.dossier.trail.filter(number__gt=seen).select_related("by", "step")
            raise StaleScreen(self.dossier, list(changes))

    def require_open_step(self) -> None:
        """Refuse when somebody finished or cancelled the step before."""
        if not self.the_step.is_open:
            raise StepAlreadyFinished(self.the_step)

    def act_as(self, role: str, office_id: int | None, *, except_users: Iterable[int] = ()) -> None:
        """Take up the role in the office, in one's own name or as a stand-in; refuse where neither holds."""
        capacity = None
        if office_id is not None:
            capacity = self.capacities.find(role=role, office_id=office_id, except_users=except_users)
        if capacity is None:
            raise NotAllowed(
                _("Your roles do not allow this act here. Ask an administrator to check your roles and offices.")
            )
        self.behalf_id = None if capacity.user_id == self.by.pk else capacity.user_id

    def act_as_one_of(self, *places: tuple[str, int | None]) -> None:
        """Take up the first role and office of `places` that the person holds."""
        for role, office_id in places[:-1]:
            if office_id is not None and self.capacities.find(role=role, office_id=office_id):
                return self.act_as(role, office_id)
        return self.act_as(*places[-1])

    def act_as_holder(self) -> None:
        """Take up the role of the step in its office."""
        step = self.the_step
        self.act_as(step.role, step.office_id)
        named = [step.owner_id] if step.owner_id else step.offered_to
        if self.by.pk not in named:
            mine = {c.user_id for c in self.capacities if (c.role, c.office_id) == (step.role, step.office_id)}
            self.behalf_id = next((user_id for user_id in named if user_id in mine), self.behalf_id)

    def require_unheld(self) -> None:
        """Refuse when another person, for whom one does not stand in, has claimed the step."""
        owner_id = self.the_step.owner_id
        if owner_id is not None and owner_id not in {self.by.pk, self.behalf_id}:
            raise StepHeldByAnother(self.the_step)
        offered = self.the_step.offered_to
        if owner_id is None and offered and not {self.by.pk, self.behalf_id} & set(offered):
            raise NotAllowed(
                _("This step is offered to other officers in charge. Ask your division head to reassign it.")
            )

    # Steps

    def open_step(self, flow_task: Any, token: Token) -> Step:
        """Open a human step of the flow; called by Viewflow when the flow comes there."""
        return open_step(self, flow_task, token)

    def new_gateway(self, flow_task: Node, token: Token) -> Step:
        """A row for a gateway of the flow."""
        return Step(process=self.dossier, flow_task=flow_task, token=token, created=self.at)

    def barred_from(self, step: Step) -> set[int]:
        """Who may not approve this step: those who worked on the dossier in another role or office (four eyes)."""
        if step.phase != "approve" or not self.definition.four_eyes:
            return set()
        return self.scene.workers_elsewhere(step.role, step.office_id)

    # Whose hours are they

    def party(self) -> Party:
        """Who holds the dossier now, for the ledger."""
        dossier = self.dossier
        if dossier.legal_status == LegalStatus.AWAITING_SUPPLEMENT:
            return Party.citizen()
        if dossier.legal_status == LegalStatus.AWAITING_PAYMENT:
            return Party.payment()
        asked = self.scene.asked_office()
        if asked is not None and dossier.legal_status in {LegalStatus.RECEIVED, LegalStatus.IN_PROCESS}:
            return Party.consulted(asked)
        steps = sorted(self.open_steps(), key=lambda s: (s.due_at is None, s.due_at or s.created, s.pk or 0))
        return party_of(steps[0]) if steps else Party.desk(dossier.receiving_office_id)

    # Writing

    def save(self) -> Dossier:
        """Write clocks and ledger, flags, the trail, notices and the dossier: the end of every act."""
        dossier = self.dossier
        self.hand_over_time()
        self.keeper.save()
        moves_on = self.name not in BESIDE_THE_FILE
        if moves_on:
            self.flags.clear("stuck")
            dossier.stuck_at = self.stuck_at()
        self.flags.save()
        self.save_trail()
        number_slips(self)
        self.notices.save()
        dossier.last_act_at = self.at
        dossier.save(update_fields=[*self.changed, "acts", "chain_head", "last_act_at", "stuck_at"])
        dossier.current_act = None
        return dossier

    def hand_over_time(self) -> None:
        """Note in the citizen's ledger who holds the dossier from now on, where that changed."""
        clock, party = self.dossier.citizen_clock, self.party()
        if clock is None or clock.state == "ended" or self.party_before is None or party == self.party_before:
            return
        self.keeper.hand_over(clock, party=party)

    def stuck_at(self) -> datetime | None:
        """When the dossier counts as stuck if nothing happens; never while waiting for the citizen."""
        if self.dossier.legal_status not in WATCHED:
            return None
        term = Term(Decimal(self.definition.stuck_after), Unit.WORKING_DAY)
        return deadline(start=self.at, term=term, timetable=self.timetable, explain=False).due_at

    def save_trail(self) -> TrailEntry:
        """Add the act to the trail, chained to the entry before."""
        dossier = self.dossier
        dossier.acts += 1
        entry = TrailEntry(
            dossier=dossier,
            number=dossier.acts,
            act=self.name,
            step=self.step,
            by=self.by,
            on_behalf_of_id=self.behalf_id,
            at=self.at,
            status_before=self.status_before,
            status_after=dossier.legal_status,
            data=self.data,
            previous_hash=dossier.chain_head,
        )
        entry.hash = chained(entry)
        entry.save(force_insert=True)
        dossier.chain_head = entry.hash
        return entry


def moment_of(dossier: Dossier, at: datetime | None, *, now: datetime | None = None) -> datetime:
    """The instant of an act: `at`, or now; never before the dossier's last act nor after now.

    Args:
        now: the time on the database's clock, so that a worker whose own clock is wrong changes no verdict; where
            nothing was read yet, the process's own.

    Raises:
        WrongMoment: when `at` lies outside, or has no time zone.
    """
    now = now or timezone.now()
    last = dossier.last_act_at if dossier.acts else None
    if at is None:
        return max(now, last) if last else now
    if timezone.is_naive(at):
        raise WrongMoment(_("An instant needs a time zone: %(at)s.") % {"at": at.isoformat()})
    if at > now:
        raise WrongMoment(_("An act cannot lie in the future: %(at)s.") % {"at": at.isoformat()})
    if last and at < last:
        raise WrongMoment(
            _("An act cannot lie before the last one: %(at)s is before %(last)s.")
            % {"at": at.isoformat(), "last": last.isoformat()}
        )
    return at
