"""One act in progress: what was read under the lock, what it changes, and how all of it is written at once.

    locking ──▶ Act(dossier, step, capacities …) ──▶ service changes it ──▶ Act.save()
                                                                          clocks · ledger · trail · notices · dossier
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from viewflow.workflow.base import Node
from viewflow.workflow.status import PROCESS, STATUS
from viewflow.workflow.token import Token

from offices.capacities import Capacities
from offices.models import Office, User
from procedures.definition import REFUSE, Definition, StepSpec
from procedures.graph import Graph
from sla.models import Clock
from sla.terms import Term, Unit, deadline
from sla.timekeeping import Party, Timekeeper
from sla.working_time import Timetable
from workflows.acts import ALLOWED_IN
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
from workflows.models.step import HUMAN
from workflows.services.flagging import FlagBook
from workflows.services.notifying import NoticeBook
from workflows.services.scene import Scene
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
        self.at = moment_of(dossier, at)
        self.scene = scene
        self.keeper = Timekeeper(at=self.at, by_id=by.pk)
        self.changed: set[str] = set()
        self.data: dict[str, Any] = {}
        self.behalf_id: int | None = None
        self.status_before: int | None = dossier.legal_status if dossier.acts else None
        self.flags = FlagBook(self)
        self.notices = NoticeBook(self)
        self.party_before = self.party() if dossier.acts else None
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
            raise NotAllowed(_("Your roles do not allow this act here. Ask an administrator to check your roles and offices."))
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
        if step.owner_id in {capacity.user_id for capacity in self.capacities if capacity.role == step.role}:
            self.behalf_id = None if step.owner_id == self.by.pk else step.owner_id

    def require_unheld(self) -> None:
        """Refuse when another person, for whom one does not stand in, has claimed the step."""
        owner_id = self.the_step.owner_id
        if owner_id is not None and owner_id not in {self.by.pk, self.behalf_id}:
            raise StepHeldByAnother(self.the_step)

    # Steps

    def office_of(self, spec: StepSpec) -> Office:
        """The office in which a step of the definition is done."""
        dossier = self.dossier
        if spec.where == "receiving":
            return dossier.receiving_office
        if spec.where == "handling":
            return dossier.handling_office
        if spec.where == "parent":
            return dossier.handling_office.parent or dossier.handling_office
        try:
            return Office.objects.get(code=spec.where)
        except Office.DoesNotExist:
            raise NotPossibleNow(
                _("Step “%(step)s” belongs to office %(code)s, which does not exist. Ask an administrator to add it.")
                % {"step": spec.title, "code": spec.where}
            ) from None

    def new_gateway(self, flow_task: Node, token: Token) -> Step:
        """A row for a gateway of the flow."""
        return Step(process=self.dossier, flow_task=flow_task, token=token, created=self.at)

    def open_step(self, flow_task: Any, token: Token) -> Step:
        """Open a human step: its office, officer in charge and clock."""
        spec: StepSpec = flow_task.spec
        if spec.phase != "receive" and self.dossier.legal_status == LegalStatus.RECEIVED:
            self.dossier.mark_in_process()
            self.changed.add("legal_status")
        office = self.office_of(spec)
        step = Step(
            process=self.dossier, flow_task=flow_task, flow_task_type=HUMAN, token=token, created=self.at,
            key=spec.key, phase=spec.phase.value, role=spec.role.value, office=office,
            attempt=1 + self.scene.times_done(spec.key),
        )
        self.assign(step, spec)
        self.trace_origin(step)
        step.clock = self.start_step_clock(step, spec)
        step.due_at = step.clock.due_at
        step.save(force_insert=True)
        self.opened.append(step)
        return step

    def assign(self, step: Step, spec: StepSpec) -> None:
        """One officer in charge: assigned; several: offered to them; none: to the role."""
        if spec.phase == "receive" and self.dossier.received_by_id and step.attempt == 1:
            step.owner_id, step.status, step.assigned = self.by.pk, STATUS.ASSIGNED, self.at
            return
        officers = [u for u in self.scene.officers(step.role, step.office_id) if u not in self.barred_from(step)]
        if len(officers) == 1:
            step.owner_id, step.status, step.assigned = officers[0], STATUS.ASSIGNED, self.at
        else:
            step.offered_to = officers

    def barred_from(self, step: Step) -> set[int]:
        """Who may not approve this step: those who worked on the dossier in another role (four eyes)."""
        if step.phase != "approve" or not self.definition.four_eyes:
            return set()
        return self.scene.workers_in_other_roles(step.role)

    def trace_origin(self, step: Step) -> None:
        """Remember which step led here, and why, where it came back."""
        if self.step is None:
            return
        step.came_from = self.step
        step.data["came_from_key"] = self.step.key
        if step.key == REFUSE:
            step.data["proposed_reason"] = str(self.data.get("reason", ""))
        if self.step.outcome == "send_back" or self.graph.is_backward(self.step.key, step.key):
            step.return_reason = str(self.data.get("reason", ""))[:250]

    def start_step_clock(self, step: Step, spec: StepSpec) -> Clock:
        """The step's own clock: full budget from now, never due later than its dossier."""
        term = Term(spec.budget, Unit.WORKING_HOUR) if spec.budget is not None else None
        office = step.office
        assert office is not None
        return self.keeper.start(
            kind="step", term=term, timetable=self.scene.timetable(office.calendar_code), party=party_of(step),
            not_after=self.dossier.due_at,
        )

    def cancel_open_steps(self) -> None:
        """Close every open step and its clock: the dossier ends here."""
        for step in self.open_steps():
            if step.clock:
                self.keeper.end(step.clock, note=self.name)
            step.due_at = None
            step.status, step.finished = STATUS.CANCELED, self.at
            step.save(update_fields=["status", "finished", "due_at"])
            self.flags.clear("step_overdue", step_id=step.pk)

    # Stops

    def stop_clocks(self, party: Party, *, silent: bool, clause: str = "") -> None:
        """Stop the running clocks of the dossier and its open steps: the applicant must act."""
        dossier = self.dossier
        for clock in self.running_clocks("running"):
            self.keeper.stop(clock, party=party, note=self.name, clause=clause, silent=silent)
        self.flags.clear("due_soon")
        self.changed.add("legal_status")
        if dossier.desk_clock and dossier.desk_clock.state == "running":
            self.keeper.end(dossier.desk_clock, note=self.name)
            dossier.due_at = None
            self.changed.add("due_at")
        self.copy_due_dates()

    def start_clocks_again(self, *, effect: str, clause: str = "") -> None:
        """Restart or resume the stopped clocks, as the definition says."""
        party = self.party()
        statutory = self.dossier.statutory_clock
        for clock in self.running_clocks("stopped"):
            limit = statutory.due_at if statutory and clock is not statutory else None
            if effect == "restart":
                self.keeper.restart(clock, party=party, note=self.name, clause=clause, not_after=limit)
            else:
                self.keeper.resume(clock, party=party, note=self.name, clause=clause, not_after=limit)
        if effect == "restart":
            self.flags.clear("overdue", "step_overdue")
        self.copy_due_dates()

    def running_clocks(self, state: str) -> list[Clock]:
        """The dossier's statutory clock, then those of its open steps, that are in a state."""
        clocks = [self.dossier.statutory_clock, *(step.clock for step in self.open_steps())]
        return [clock for clock in clocks if clock is not None and clock.state == state]

    def copy_due_dates(self) -> None:
        """Bring the copies of the due dates that the lists are sorted by up to date."""
        if self.dossier.statutory_clock:
            self.dossier.due_at = self.dossier.statutory_clock.due_at
            self.changed.add("due_at")
        for step in self.open_steps():
            if step.clock and step.due_at != step.clock.due_at:
                step.due_at = step.clock.due_at
                step.save(update_fields=["due_at"])

    # Ends

    def end_statutory_clock(self) -> None:
        """End the statutory clock, fix the verdict, clear what warned of it."""
        dossier = self.dossier
        if dossier.statutory_clock and dossier.statutory_clock.state != "ended":
            dossier.verdict = self.keeper.end(dossier.statutory_clock, note=self.name)
            self.changed.add("verdict")
        self.flags.clear("overdue", "due_soon")

    def close(self) -> None:
        """The dossier ends: steps, clocks and flags with it."""
        dossier = self.dossier
        self.cancel_open_steps()
        self.end_statutory_clock()
        for clock in (dossier.desk_clock, dossier.citizen_clock):
            if clock is not None and clock.state != "ended":
                self.keeper.end(clock, note=self.name)
        dossier.closed_at = self.at
        dossier.status, dossier.finished = PROCESS.DONE, self.at
        self.changed |= {"legal_status", "closed_at", "status", "finished"}

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
        self.flags.clear("stuck")
        self.flags.save()
        self.save_trail()
        self.notices.save()
        dossier.last_act_at = self.at
        dossier.stuck_at = self.stuck_at()
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
        term = Term(self.definition.stuck_after, Unit.WORKING_DAY)
        return deadline(start=self.at, term=term, timetable=self.timetable, explain=False).due_at

    def save_trail(self) -> TrailEntry:
        """Add the act to the trail, chained to the entry before."""
        dossier = self.dossier
        dossier.acts += 1
        entry = TrailEntry(
            dossier=dossier, number=dossier.acts, act=self.name, step=self.step, by=self.by,
            on_behalf_of_id=self.behalf_id, at=self.at, status_before=self.status_before,
            status_after=dossier.legal_status, data=self.data, previous_hash=dossier.chain_head,
        )
        entry.hash = chained(entry)
        entry.save(force_insert=True)
        dossier.chain_head = entry.hash
        return entry


def party_of(step: Step) -> Party:
    """Who holds an open step: the desk, the person who took it, or the division."""
    if step.role == "clerk":
        return Party.desk(step.office_id)
    if step.owner_id:
        return Party.person(step.owner_id, step.office_id)
    return Party.division(step.office_id)


def moment_of(dossier: Dossier, at: datetime | None) -> datetime:
    """The instant of an act: `at`, or now; never before the dossier's last act nor after now.

    Raises:
        WrongMoment: when `at` lies outside, or has no time zone.
    """
    now = timezone.now()
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

