"""What an act must know besides its dossier and step, read in the same statement.

Rights to act of the person, officers in charge of the procedure, human steps done before, open flags,
unanswered consultations, and whether a draft result lies in the dossier.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import JSONField
from django.db.models.expressions import RawSQL

from offices.capacities import Capacities, Capacity
from sla.calendars import timetable_for, timetable_of
from sla.timekeeping import Party
from sla.working_time import Timetable
from workflows.models import Step

# Which ladder of alarms a dossier climbs, newest version: chosen for its procedure (in this office, then anywhere), for
# its handling office, for the offices above, else the one called default.
LADDER = """(
            SELECT ladder.id FROM sla_ladder ladder WHERE ladder.code = COALESCE(
                (SELECT chosen.ladder_code FROM workflows_ladderchoice chosen
                 WHERE chosen.procedure_id = {procedure} AND (chosen.office_id IS NULL OR chosen.office_id = {office})
                   AND chosen.ended_at IS NULL
                 ORDER BY chosen.office_id NULLS LAST LIMIT 1),
                (WITH RECURSIVE line (id, parent_id, steps) AS (
                    SELECT own.id, own.parent_id, 0 FROM offices_office own WHERE own.id = {office}
                    UNION ALL
                    SELECT above.id, above.parent_id, line.steps + 1
                    FROM offices_office above JOIN line ON above.id = line.parent_id WHERE line.steps < 20)
                 SELECT chosen.ladder_code FROM workflows_ladderchoice chosen JOIN line ON line.id = chosen.office_id
                 WHERE chosen.procedure_id IS NULL AND chosen.ended_at IS NULL ORDER BY line.steps LIMIT 1),
                'default')
            ORDER BY ladder.number DESC LIMIT 1
        )"""

# Written by hand because every act runs it: put together by the ORM it took longer than the rest of the act. The outer
# query has the dossier under its own table's name. The rule for rights is `offices.capacities.memberships_to_act_in`;
# a test holds the two together.
SCENE = """(
    SELECT jsonb_build_object(
        'now', statement_timestamp(),
        'holder', (
            SELECT jsonb_build_object('kind', line.party, 'office_id', line.party_office_id,
                'user_id', line.party_user_id)
            FROM sla_clockinterval line
            WHERE line.clock_id = workflows_dossier.citizen_clock_id AND line.party <> '' ORDER BY line.id DESC LIMIT 1
        ),
        'rights', (
            SELECT jsonb_agg(jsonb_build_object(
                'user_id', held.user_id, 'office_id', held.office_id, 'role', held.role))
            FROM offices_membership held
            WHERE held.valid_from <= scene.day AND (held.valid_to IS NULL OR held.valid_to >= scene.day)
              AND (held.user_id = scene.person OR held.role NOT IN ('administrator', 'catalogue_editor') AND EXISTS (
                  SELECT FROM offices_absence away JOIN offices_user absentee ON absentee.id = away.absentee_id
                  WHERE away.stand_in_id = scene.person AND away.absentee_id = held.user_id AND absentee.is_active
                    AND away.valid_from <= scene.day AND (away.valid_to IS NULL OR away.valid_to >= scene.day)))
        ),
        'officers', (
            SELECT jsonb_agg(jsonb_build_object('user_id', o.user_id, 'office_id', o.office_id, 'role', o.role))
            FROM procedures_officerincharge o JOIN offices_user u ON u.id = o.user_id AND u.is_active
            WHERE o.procedure_id = workflows_dossier.procedure_id AND EXISTS (
                SELECT FROM offices_membership m
                WHERE m.user_id = o.user_id AND m.office_id = o.office_id AND m.role = o.role
                  AND m.valid_from <= scene.day AND (m.valid_to IS NULL OR m.valid_to >= scene.day))
        ),
        'rules', (
            SELECT jsonb_agg(jsonb_build_object('id', rule.id, 'kind', rule.kind, 'office_id', rule.office_id,
                'role', rule.role, 'officer_id', rule.officer_id, 'people', (
                    SELECT jsonb_agg(jsonb_build_object('user_id', person.id, 'name', person.full_name,
                        'away', EXISTS (
                            SELECT FROM offices_absence away WHERE away.absentee_id = person.id
                              AND away.valid_from <= scene.day
                              AND (away.valid_to IS NULL OR away.valid_to >= scene.day)),
                        'last', CASE WHEN rule.kind = 'in_turn' THEN (
                            SELECT max(given.id) FROM workflows_step given
                            WHERE given.given_by_id = rule.id AND given.owner_id = person.id) END,
                        'open', CASE WHEN rule.kind = 'least_open' THEN (
                            SELECT sum(CASE clock.unit WHEN 'working_hour' THEN clock.amount ELSE 8 * clock.amount END)
                            FROM workflows_step held JOIN sla_clock clock ON clock.id = held.clock_id
                            WHERE held.owner_id = person.id AND held.flow_task_type = 'HUMAN'
                              AND held.status IN ('NEW', 'ASSIGNED')) END
                    ) ORDER BY person.id)
                    FROM (SELECT DISTINCT m.user_id FROM offices_membership m
                          WHERE m.office_id = rule.office_id AND m.role = rule.role AND m.valid_from <= scene.day
                            AND (m.valid_to IS NULL OR m.valid_to >= scene.day)) member
                    JOIN offices_user person ON person.id = member.user_id AND person.is_active)
                ) ORDER BY rule.procedure_id NULLS LAST)
            FROM workflows_assignmentrule rule
            WHERE rule.ended_at IS NULL AND (rule.procedure_id = workflows_dossier.procedure_id
                OR rule.procedure_id IS NULL
                   AND rule.office_id IN (workflows_dossier.receiving_office_id, workflows_dossier.handling_office_id))
        ),
        'done', (
            SELECT jsonb_agg(jsonb_build_object('key', done.key, 'phase', done.phase, 'role', done.role,
                'office', done.office_id, 'by', done.finished_by_id, 'behalf', done.on_behalf_of_id) ORDER BY done.id)
            FROM workflows_step done
            WHERE done.process_id = workflows_dossier.id AND done.flow_task_type = 'HUMAN' AND done.status = 'DONE'
        ),
        'flags', (
            SELECT jsonb_agg(jsonb_build_object('id', flag.id, 'kind', flag.kind, 'step_id', flag.step_id))
            FROM workflows_flag flag WHERE flag.dossier_id = workflows_dossier.id AND flag.cleared_at IS NULL
        ),
        'asked', (
            SELECT jsonb_agg(jsonb_build_object('id', asked.id, 'office_id', asked.office_id, 'step_id', asked.step_id,
                'ends', asked.term_ends_at) ORDER BY asked.term_ends_at, asked.id)
            FROM workflows_consultation asked
            WHERE asked.dossier_id = workflows_dossier.id AND asked.answered_at IS NULL AND EXISTS (
                SELECT FROM workflows_step s WHERE s.id = asked.step_id AND s.status IN ('NEW', 'ASSIGNED'))
        ),
        'calendars', (
            SELECT jsonb_agg(jsonb_build_object('code', c.code, 'version', v.id) ORDER BY v.number)
            FROM sla_calendarversion v JOIN sla_calendar c ON c.id = v.calendar_id WHERE v.published_at IS NOT NULL
        ),
        'ladder', {ladder},
        'moving', EXISTS (
            SELECT FROM workflows_reprojection moving WHERE moving.finished_at IS NULL AND moving.kind = 'calendar'
        ),
        'draft', EXISTS (
            SELECT FROM workflows_paper paper
            WHERE paper.dossier_id = workflows_dossier.id AND paper.kind = 'draft' AND paper.superseded_at IS NULL
                AND paper.scan IN ('none', 'clean')
        )
    ) FROM (SELECT %s::bigint AS person, %s::date AS day) scene
)""".replace(
    "{ladder}", LADDER.format(procedure="workflows_dossier.procedure_id", office="workflows_dossier.handling_office_id")
)


def scene_of(*, by_id: int, on: date) -> RawSQL:
    """What to annotate a dossier, or a step read with its dossier, with.

    Args:
        by_id: the person who acts.
        on: the day on which their rights must hold.
    """
    return RawSQL(SCENE, [by_id, on], output_field=JSONField())  # noqa: S611  # constant text, values as parameters


Rows = Iterable[dict[str, Any]]


class Scene:
    """What was read with a dossier, asked as questions."""

    def __init__(
        self,
        capacities: Capacities,
        *,
        officers: Rows = (),
        rules: Rows = (),
        done: Rows = (),
        flags: Rows = (),
        asked: Rows = (),
        draft: bool = False,
        calendars: Rows = (),
        ladder_id: int | None = None,
        moving: bool = False,
        now: datetime | None = None,
        holder: Party | None = None,
    ) -> None:
        self.now = now
        self.holder = holder
        self.capacities = capacities
        self.open_flags = list(flags)
        self.asked = list(asked)
        self.has_draft = draft
        self.ladder_id = ladder_id
        self.clocks_are_moving = moving
        self._calendars: dict[str, int] = {row["code"]: row["version"] for row in calendars}
        self._officers = list(officers)
        self._rules = list(rules)
        self._done = list(done)

    @classmethod
    def of(cls, row: Any, by_id: int) -> Scene:
        """Read the annotation `scene` of a step or dossier."""
        read = row.scene
        rights = [Capacity(**right) for right in read["rights"] or ()]
        rights.sort(key=lambda capacity: (capacity.office_id, capacity.role, capacity.user_id))
        return cls(
            Capacities(by_id, tuple(rights)),
            officers=read["officers"] or (),
            rules=read["rules"] or (),
            done=read["done"] or (),
            flags=read["flags"] or (),
            asked=[{**row, "ends": datetime.fromisoformat(row["ends"])} for row in read["asked"] or ()],
            draft=read["draft"],
            calendars=read["calendars"] or (),
            ladder_id=read["ladder"],
            moving=read["moving"],
            now=datetime.fromisoformat(read["now"]),
            holder=Party(**read["holder"]) if read["holder"] else None,
        )

    def is_behind(self, version_id: int) -> bool:
        """Whether a newer version of the same calendar has been published."""
        return version_id not in self._calendars.values()

    def timetable(self, calendar_code: str) -> Timetable:
        """Working time of a calendar in its published version."""
        version_id = self._calendars.get(calendar_code)
        return timetable_for(calendar_code) if version_id is None else timetable_of(version_id)

    def officers(self, role: str, office_id: int | None) -> list[int]:
        """Officers in charge of the procedure in this role and office."""
        fitting = {row["user_id"] for row in self._officers if row["role"] == role and row["office_id"] == office_id}
        return sorted(fitting)

    def rule(self, role: str, office_id: int | None) -> dict[str, Any] | None:
        """The assignment rule of this role and office; the procedure's own comes first."""
        return next((row for row in self._rules if (row["role"], row["office_id"]) == (role, office_id)), None)

    def last_doer(self, key: str) -> int | None:
        """Who did a step the last time, or in whose name."""
        done = [row["behalf"] or row["by"] for row in self._done if row["key"] == key]
        return done[-1] if done else None

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
                "office": step.office_id,
                "by": step.finished_by_id,
                "behalf": step.on_behalf_of_id,
            }
        )

    def workers_elsewhere(self, role: str, office_id: int | None) -> set[int]:
        """Who worked on the dossier in another role or office, in their own name or for another."""
        worked = [row for row in self._done if row["phase"] in {"process", "approve"}]
        rows = [row for row in worked if (row["role"], row["office"]) != (role, office_id)]
        return {row[name] for row in rows for name in ("by", "behalf") if row[name]}

    def forget_asked(self, step_id: int) -> None:
        """A finished step waits for no office any more."""
        self.asked = [row for row in self.asked if row["step_id"] != step_id]

    def asked_office(self) -> int | None:
        """The office whose answer is out and whose term ends first."""
        return self.asked[0]["office_id"] if self.asked else None
