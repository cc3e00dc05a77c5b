"""What an act must know besides its dossier and step, read in the same statement.

Rights to act of the person, officers in charge of the procedure, human steps done before, open flags,
unanswered consultations, and whether a draft result lies in the dossier.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.expressions import Combinable
from django.db.models.functions import JSONObject
from viewflow.workflow.status import STATUS

from offices.capacities import Capacities, Capacity, memberships_to_act_in
from procedures.models import OfficerInCharge
from sla.calendars import timetable_for, timetable_of
from sla.models import CalendarVersion
from sla.working_time import Timetable
from workflows.models import Consultation, Flag, Paper, Step


def scene_annotations(*, dossier: str, procedure: str, by_id: int, on: date) -> dict[str, Combinable]:
    """Subqueries to annotate a step or a dossier with.

    Args:
        dossier, procedure: names of the outer row's columns that hold their ids.
        by_id: the person who acts.
        on: the day on which their rights must hold.
    """
    here = OuterRef(dossier)
    done = Step.objects.human().filter(process=here, status=STATUS.DONE).order_by("pk")
    waiting = Consultation.objects.filter(dossier=here, answered_at__isnull=True).order_by("term_ends_at", "pk")
    return {
        "scene_rights": _rows(memberships_to_act_in(by_id, on), user_id="user_id", office_id="office_id", role="role"),
        "scene_officers": _rows(
            OfficerInCharge.objects.filter(procedure=OuterRef(procedure), user__is_active=True),
            user_id="user_id",
            office_id="office_id",
            role="role",
        ),
        "scene_done": _rows(done, key="key", phase="phase", role="role", by="finished_by_id", behalf="on_behalf_of_id"),
        "scene_flags": _rows(
            Flag.objects.filter(dossier=here, cleared_at__isnull=True), id="id", kind="kind", step_id="step_id"
        ),
        "scene_asked": _rows(waiting, id="id", office_id="office_id", step_id="step_id", ends=F("term_ends_at")),
        "scene_calendars": _rows(published_calendars(), code="calendar__code", version="pk"),
        "scene_draft": Exists(Paper.objects.filter(dossier=here, kind=Paper.Kind.DRAFT, superseded_at__isnull=True)),
    }


def published_calendars() -> QuerySet[CalendarVersion]:
    """Published versions of all calendars, the newest of each last."""
    return CalendarVersion.objects.filter(published_at__isnull=False).order_by("number")


def _rows(queryset: Any, **fields: Any) -> ArraySubquery:
    """The rows of a subquery as an array of JSON objects."""
    return ArraySubquery(queryset.values(row=JSONObject(**fields)))


Rows = Iterable[dict[str, Any]]


class Scene:
    """What was read with a dossier, asked as questions."""

    def __init__(
        self,
        capacities: Capacities,
        *,
        officers: Rows = (),
        done: Rows = (),
        flags: Rows = (),
        asked: Rows = (),
        draft: bool = False,
        calendars: Rows = (),
    ) -> None:
        self.capacities = capacities
        self.open_flags = list(flags)
        self.asked = list(asked)
        self.has_draft = draft
        self._calendars: dict[str, int] = {row["code"]: row["version"] for row in calendars}
        self._officers = list(officers)
        self._done = list(done)

    @classmethod
    def of(cls, row: Any, by_id: int) -> Scene:
        """Read the annotations of a step or dossier."""
        rights = tuple(sorted((Capacity(**right) for right in row.scene_rights), key=lambda c: (c.office_id, c.role)))
        return cls(
            Capacities(by_id, rights),
            officers=row.scene_officers,
            done=row.scene_done,
            flags=row.scene_flags,
            asked=row.scene_asked,
            draft=row.scene_draft,
            calendars=row.scene_calendars,
        )

    def timetable(self, calendar_code: str) -> Timetable:
        """Working time of a calendar in its published version."""
        version_id = self._calendars.get(calendar_code)
        return timetable_for(calendar_code) if version_id is None else timetable_of(version_id)

    def officers(self, role: str, office_id: int | None) -> list[int]:
        """Officers in charge of the procedure in this role and office."""
        fitting = {row["user_id"] for row in self._officers if row["role"] == role and row["office_id"] == office_id}
        return sorted(fitting)

    def times_done(self, key: str) -> int:
        """How often a step was finished before."""
        return sum(row["key"] == key for row in self._done)

    def note_done(self, step: Step) -> None:
        """Count a step that this act finishes."""
        self._done.append(
            {
                "key": step.key,
                "phase": step.phase,
                "role": step.role,
                "by": step.finished_by_id,
                "behalf": step.on_behalf_of_id,
            }
        )

    def workers_in_other_roles(self, role: str) -> set[int]:
        """Who worked on the dossier in another role than `role`, in their own name or for another."""
        rows = [row for row in self._done if row["phase"] in {"process", "approve"} and row["role"] != role]
        return {row[name] for row in rows for name in ("by", "behalf") if row[name]}

    def forget_asked(self, step_id: int) -> None:
        """A finished step waits for no office any more."""
        self.asked = [row for row in self.asked if row["step_id"] != step_id]

    def asked_office(self) -> int | None:
        """The office whose answer is out and whose term ends first."""
        return self.asked[0]["office_id"] if self.asked else None
