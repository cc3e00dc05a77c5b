"""Whom a fired rung tells, and by which ways: rows of the outbox."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings

from offices.models import Role
from sla.alarms import FiredRung
from sla.calendars import timetable_of
from sla.ladder import ladder_of
from sla.ladder_spec import Rung, Span
from sla.models import Clock
from workflows.models import Consultation, Dossier, Notice, Step
from workflows.querysets import STEP_ROLES
from workflows.services.recipients import Directory, Person, Place

OUTSIDE = (Notice.Channel.EMAIL, Notice.Channel.HOOK)
ASKED = (Role.DIVISION_HEAD, *STEP_ROLES)
SHARES = {50: "alarm_half", 80: "alarm_eighty"}
USUAL_AFTER = Span(amount=1, unit="working_day")


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose clock it is: a dossier, and the step or the consultation where the clock is theirs."""

    dossier: Dossier
    step: Step | None = None
    consultation: Consultation | None = None


Target = Place | int | None
Holders = Mapping[UUID, Holder]


def topic_of(rung: Rung) -> tuple[str, dict[str, Any]]:
    """What a rung says, by when it falls, and the numbers its sentence names."""
    when = rung.when
    if rung.acts_as == "apology":
        return "alarm_apology", {}
    if when.percent is not None:
        return SHARES.get(when.percent, "alarm_percent"), {"percent": when.percent}
    if when.before is not None:
        return "alarm_before", when.before.model_dump()
    if when.after is not None:
        return "alarm_after" if when.after == USUAL_AFTER else "alarm_later", when.after.model_dump()
    return "alarm_due", {}


class AlarmBook:
    """The notices of one batch of fired rungs.

    Args:
        directory: who can be told.
        at: now, from the database's clock.
        open_steps: open steps by dossier, read only where a ladder tells the holders of a dossier.
    """

    def __init__(self, directory: Directory, at: datetime, open_steps: Mapping[int, Sequence[Step]]) -> None:
        self.directory = directory
        self.at = at
        self.open_steps = open_steps
        self.ways = {
            Notice.Channel.EMAIL.value: bool(settings.EMAIL_HOST),
            Notice.Channel.HOOK.value: bool(settings.NOTICE_HOOK_URL),
        }
        self._loud: dict[tuple[int | None, int], datetime] = {}

    def notices(self, fired: FiredRung, holder: Holder) -> list[Notice]:
        """Everything a rung tells; each row has a key of its own, so that nothing is told twice."""
        topic, numbers = topic_of(fired.spec)
        base = f"{fired.clock.pk}-{fired.clock.run}-{fired.rung}"
        common: dict[str, Any] = {"topic": topic, "dossier": holder.dossier, "created_at": self.at}
        payload = payload_of(fired, holder) | numbers
        found: dict[str, Notice] = {}
        for target in dict.fromkeys(self.targets(fired, holder)):
            for key, more in self.rows(fired, holder, target):
                if "channel" in more:
                    more["payload"] = payload | outside_of(fired.clock)
                found[key] = Notice(idempotency_key=f"{base}-{key}", **{"payload": payload} | common | more)
        return list(found.values())

    def targets(self, fired: FiredRung, holder: Holder) -> Iterator[Target]:
        """Places and people that a rung names, `None` for the applicant."""
        for audience in fired.spec.told(str(fired.clock.kind)):
            if audience == "applicant":
                yield None
            elif audience == "holder":
                yield from self.holders(holder, str(fired.clock.kind))
            else:
                yield from self.places(audience, holder, str(fired.clock.kind))

    def holders(self, holder: Holder, kind: str) -> Iterator[Target]:
        """Whoever must act now: the owner of the step or everyone in its role; the asked office; the desk."""
        if holder.consultation is not None:
            yield self.directory.first_held(holder.consultation.office_id, ASKED)
        elif kind == "desk":
            yield Place(holder.dossier.receiving_office_id, Role.CLERK)
        else:
            steps = [holder.step] if holder.step else self.open_steps.get(holder.dossier.pk, ())
            for step in steps:
                yield from self.holders_of(step)

    def holders_of(self, step: Step) -> Iterator[Target]:
        """The owner, whose notices a stand-in reads too; where there is none who can log in, everyone in the role."""
        if step.owner_id and self.directory.can_log_in(step.owner_id):
            yield step.owner_id
        elif step.office_id:
            yield Place(step.office_id, step.role)

    def places(self, audience: str, holder: Holder, kind: str) -> Iterator[Target]:
        """The offices in which a role hears of a clock: of a dossier those that receive and handle it."""
        dossier = holder.dossier
        if holder.step is not None:
            offices = [holder.step.office_id]
        elif holder.consultation is not None:
            offices = [holder.consultation.office_id]
        elif audience == Role.CLERK or kind == "desk":
            offices = [dossier.receiving_office_id]
        elif audience in {"supervisor", "office_above"}:
            offices = [dossier.receiving_office_id, dossier.handling_office_id]
        else:
            offices = [dossier.handling_office_id]
        for office_id in offices:
            place = self.place(audience, office_id) if office_id else None
            if place is not None:
                yield place

    def place(self, audience: str, office_id: int) -> Place | None:
        """Everyone in a role of an office; supervisors may sit in an office above."""
        if audience == "supervisor":
            return self.directory.supervisors(office_id)
        if audience == "office_above":
            return self.directory.supervisors_above(office_id)
        return Place(office_id, audience)

    def rows(self, fired: FiredRung, holder: Holder, target: Target) -> Iterator[tuple[str, dict[str, Any]]]:
        """Key and fields of every row for one place, person or applicant."""
        through = fired.spec.through
        if "in_app" in through and isinstance(target, Place):
            yield f"{target.role}-{target.office_id}", {"office_id": target.office_id, "role": target.role}
        elif "in_app" in through and target is not None:
            yield f"user-{target}", {"user_id": target}
        ways = [way for way in through if self.ways.get(way)]
        if not ways:
            return
        loud_at = self.loud_at(fired.clock)
        for person, office_id in self.addressed(holder, target):
            for way in ways:
                address = person.email if way == Notice.Channel.EMAIL else person.phone
                if address:
                    fields = {"user_id": person.user_id or None, "office_id": office_id, "address": address}
                    yield f"{way}-{person.user_id}", fields | {"channel": way, "next_try_at": loud_at}

    def addressed(self, holder: Holder, target: Target) -> Iterator[tuple[Person, int | None]]:
        """People behind a target, with the office for which they are told."""
        if target is None:
            given = holder.dossier.submitter
            yield Person(0, str(given.get("email") or ""), str(given.get("phone") or "")), None
        elif isinstance(target, Place):
            for person in self.directory.members(target):
                yield person, target.office_id
        else:
            office_id = holder.step.office_id if holder.step else None
            for person in self.directory.with_stand_ins([target]):
                yield person, office_id

    def loud_at(self, clock: Clock) -> datetime:
        """The first moment that is not quiet by the clock's ladder and calendar."""
        key = (clock.ladder_id, clock.calendar_version_id)
        if key not in self._loud:
            quiet = ladder_of(clock.ladder_id).quiet
            self._loud[key] = quiet.until(self.at, timetable_of(clock.calendar_version_id))
        return self._loud[key]


def payload_of(fired: FiredRung, holder: Holder) -> dict[str, Any]:
    """What the sentences of an alarm may name."""
    clock = fired.clock
    return {
        "clock": clock.kind,
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
        "step": holder.step.key if holder.step else "",
    }


def outside_of(clock: Clock) -> dict[str, Any]:
    """By whose quiet hours and digests a message goes out."""
    return {"ladder": clock.ladder_id, "calendar": clock.calendar_version_id}
