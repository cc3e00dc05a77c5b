"""What follows from a dossier's clocks as time passes: alarms that fired, flags, apologies, reviews, sums.

The sweep and the services behind it would write this while the months go by; here it is worked out at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from benchmarks.province.due_times import DAY, LOCAL, WorkingMinutes, instant
from benchmarks.province.moments import iso_local, iso_utc, pg
from benchmarks.province.template import ClockEnd
from sla.alarms import plan_next_rung, planned_rungs
from sla.working_time import Timetable

if TYPE_CHECKING:
    from benchmarks.province.writing import Recipe

NULL = "\\N"
OWN_FLAGS = 50  # ids of flags that are added here end in this and what follows; the recorded ones begin at 0
COLUMNS = {
    "sla_alarmclaim": ["clock_id", "run", "rung", "planned_at", "fired_at"],
    "workflows_flag": ["id", "dossier_id", "step_id", "kind", "evidence", "raised_at", "cleared_at"],
    "workflows_heldtime": ["id", "dossier_id", "party", "office_id", "user_id", "seconds"],
    "workflows_ledgersum": ["dossier_id", "acts", "counted_to", "seconds", "is_final", "calendar_version_id"],
    "workflows_apology": [
        *("id", "dossier_id", "run", "cause", "opened_at", "due_at", "due_by", "reason", "new_date_at"),
        *("proposed_by_id", "proposed_at", "approved_by_id", "approved_at", "rejected_because", "lifted_at"),
    ],
    "workflows_breachreview": [
        *(
            "id",
            "dossier_id",
            "clock_id",
            "run",
            "due_at",
            "state",
            "office_id",
            "opened_at",
            "evidence",
            "evidence_at",
        ),
        *("party", "party_office_id", "explanation", "explained_by_id", "explained_at", "cause", "conclusion"),
        *("is_excused", "action", "action_due_on", "concluded_by_id", "concluded_at", "outcome"),
    ],
}
Due = tuple[int, bool]


class Consequences:
    """Works out what follows for one dossier after the other.

    Args:
        timetable: the calendar.
        now: until when time has passed, in seconds since 1970.
        minutes: every working minute.
        supervisors: who concludes reviews, by id of the office.
    """

    def __init__(self, timetable: Timetable, now: int, minutes: WorkingMinutes) -> None:
        self.timetable, self.now, self.minutes = timetable, now, minutes

    def of(
        self, did: int, recipe: Recipe, values: list[str], moments: Sequence[int], dues: Sequence[Due]
    ) -> Iterator[tuple[str, str]]:
        """Fill in what the clocks carry, and give the rows that follow."""
        case = Case(self, did, recipe, values, moments, dues)
        for clock in recipe.template.clocks:
            case.clock(clock)
        case.stuck()
        case.sums()
        return iter(case.rows)


class Case:
    """One dossier."""

    def __init__(
        self, at: Consequences, did: int, recipe: Recipe, values: list[str], moments: Sequence[int], dues: Sequence[Due]
    ) -> None:
        self.of, self.did, self.recipe, self.values = at, did, recipe, values
        self.moments, self.dues, self.template = moments, dues, recipe.template
        self.rows: list[tuple[str, str]] = []
        self.flags = OWN_FLAGS

    def add(self, table: str, *fields: Any) -> None:
        """One row for COPY."""
        self.rows.append((table, "\t".join(map(str, fields)) + "\n"))

    def uuid(self, clock: ClockEnd) -> str:
        """The id of a clock."""
        return f"{self.values[self.recipe.plain['uuid']]}{clock.number:02x}"

    # Clocks

    def clock(self, clock: ClockEnd) -> None:
        """What a clock carries, its verdict, its alarms."""
        due = self.dues[clock.op][0] if clock.op >= 0 else None
        ended = self.moments[clock.ended] if clock.ended >= 0 else None
        put = self.put(clock)
        put("verdict", self.verdict(due, ended))
        put("provisional", "t" if clock.op >= 0 and self.dues[clock.op][1] else "f")
        stops = self.stops(clock)
        if due is None or not clock.alarms:
            put("next_rung", "")
            put("next_rung_at", NULL)
            put("carried", json.dumps({"stops": stops}) if stops else "{}")
            fired: dict[str, int] = {}
        else:
            fired = self.alarms(clock, due, stops, put)
        if due is not None:
            self.flag_clock(clock, due, ended, fired)

    def put(self, clock: ClockEnd) -> Any:
        """Fill in one of the clock's own values where the template has it."""
        places = self.recipe.clocks[clock.number]

        def fill(name: str, text: str) -> None:
            if name in places:
                self.values[places[name]] = text

        return fill

    @staticmethod
    def verdict(due: int | None, ended: int | None) -> str:
        """As `sla.timekeeping.judge` says it."""
        if due is None or ended is None:
            return ""
        if ended > due:
            return "late"
        return "early" if (ended + LOCAL) // DAY < (due + LOCAL) // DAY else "on_time"

    def stops(self, clock: ClockEnd) -> list[dict[str, Any]]:
        """The stops of the present run as a clock carries them."""
        return [
            {
                "start": iso_utc(self.moments[first]),
                "end": iso_utc(self.moments[last]) if last >= 0 else None,
                "silent": silent,
            }
            for first, last, silent in clock.stops
        ]

    def alarms(self, clock: ClockEnd, due: int, stops: list[dict[str, Any]], put: Any) -> dict[str, int]:
        """Which rungs have fired, and which is next: by the program's own plan of rungs."""
        carried: dict[str, Any] = {"stops": stops} if stops else {}
        row: Any = SimpleNamespace(
            kind=clock.kind,
            started_at=instant(self.moments[clock.started]),
            due_at=instant(due),
            ladder_id=clock.ladder,
            carried=carried,
            next_rung="",
            next_rung_at=None,
        )
        until = self.of.now
        if clock.ended >= 0 or clock.stopped >= 0:
            until = self.moments[max(clock.ended, clock.stopped)]
        planned = {rung: int(at.timestamp()) for rung, at in planned_rungs(row, self.of.timetable).items()}
        fired = {rung: at for rung, at in planned.items() if at <= until}
        if fired:
            row.carried = {"fired": list(fired), **carried}
        if clock.running:
            plan_next_rung(row, self.of.timetable)
        put("next_rung", row.next_rung)
        put("next_rung_at", pg(int(row.next_rung_at.timestamp())) if row.next_rung_at else NULL)
        put("carried", json.dumps(row.carried))
        name = self.uuid(clock)
        for rung, at in fired.items():
            self.add("sla_alarmclaim", name, clock.run, rung, pg(at), pg(at + 30))
        return fired

    # Flags

    def flag_clock(self, clock: ClockEnd, due: int, ended: int | None, fired: dict[str, int]) -> None:
        """Flags of a clock that ran out, or nearly."""
        until = ended if ended is not None else self.of.now
        if clock.stopped >= 0 and ended is None:
            until = self.moments[clock.stopped]
        cleared = pg(until) if ended is not None else NULL
        late = until > due
        if clock.step >= 0:
            if late:
                self.flag("step_overdue", clock, due, due, cleared, step=f"{self.did}{clock.step:02d}")
            return
        if "eighty" in fired and not (late and ended is None) and clock.stopped < 0:
            self.flag("due_soon", clock, due, fired["eighty"], pg(min(due, until)) if cleared != NULL else NULL)
        if late:
            self.flag("overdue", clock, due, due, cleared)
            if clock.kind == "statutory":
                self.apology(clock, due, ended)
                self.review(clock, due, ended)

    def flag(self, kind: str, clock: ClockEnd, due: int, raised: int, cleared: str, *, step: str = NULL) -> None:
        """One flag with its evidence."""
        evidence = {
            "due_at": iso_local(due),
            "clock": self.uuid(clock),
            "run": clock.run,
            "rung": "eighty" if kind == "due_soon" else "due",
            "found_at": iso_utc(raised + 30),
        }
        self.raise_flag(kind, json.dumps(evidence), raised, cleared, step)

    def raise_flag(self, kind: str, evidence: str, raised: int, cleared: str, step: str = NULL) -> None:
        """One flag."""
        self.add("workflows_flag", f"{self.did}{self.flags}", self.did, step, kind, evidence, pg(raised), cleared)
        self.flags += 1

    def stuck(self) -> None:
        """Flag a dossier on which nothing happened for too long; it is not looked for again."""
        op = self.template.stuck_op
        if op < 0 or self.dues[op][0] > self.of.now:
            return
        self.values[self.template.gaps[f"dp{op}"]] = NULL
        since = self.dues[op][0]
        evidence = json.dumps({"last_act_at": iso_utc(self.moments[-1]), "since": iso_local(since)})
        self.raise_flag("stuck", evidence, since, NULL)

    # Apologies and reviews

    def who(self, role: str, where: str = "division") -> str:
        """Who holds a role in this dossier; nobody where it has no such gap."""
        place = self.template.gaps.get(f"user:{role}@{where}")
        return self.values[place] if place is not None else NULL

    def apology(self, clock: ClockEnd, due: int, ended: int | None) -> None:
        """An apology for being late: mostly given in time, sometimes late, sometimes never."""
        kind = self.did % 10
        head, leader = self.who("specialist"), self.who("leader")
        opened, lifted = due - 2 * DAY, pg(ended) if ended is not None else NULL
        given = kind < 8 and head != NULL and leader != NULL
        at = opened + 3600 if kind < 6 else due + 3600
        row = [f"{self.did}00", self.did, clock.run, "rung", pg(opened), pg(due), pg(due - DAY)]
        if given and at < (ended or self.of.now):
            self.values[self.recipe.plain["reappointed"]] = pg(due + 5 * DAY)
            words = ["Hồ sơ cần xác minh thêm.", pg(due + 5 * DAY), head, pg(at), leader, pg(at + 600), "", NULL]
        else:
            words = ["", NULL, NULL, NULL, NULL, NULL, "", lifted]
        self.add("workflows_apology", *row, *words)

    def review(self, clock: ClockEnd, due: int, ended: int | None) -> None:
        """The review of a breach: of those that have ended most are concluded."""
        office = self.values[self.recipe.plain_or_office("division")]
        head = self.who("division_head")
        evidence = json.dumps({"flags": [{"kind": "overdue", "raised_at": iso_utc(due)}]})
        row = [f"{self.did}00", self.did, self.uuid(clock), clock.run, pg(due)]
        state = "open"
        if ended is not None and head != NULL and self.did % 4:
            state = "concluded" if self.did % 4 > 1 else "explained"
        explained = state != "open" and ended is not None
        concluded = state == "concluded" and ended is not None
        row += [state, office, pg(due + 60), evidence, pg(due + 90), "division", office]
        row += ["Khối lượng hồ sơ lớn." if explained else "", head if explained else NULL]
        row += [pg(ended + DAY) if explained and ended else NULL, "overload" if concluded else ""]
        row += ["Rút kinh nghiệm." if concluded else "", "f", "Bố trí thêm người." if concluded else "", NULL]
        row += [NULL, pg(ended + 5 * DAY) if concluded and ended else NULL, ""]
        self.add("workflows_breachreview", *row)

    # The ledger added up

    def sums(self) -> None:
        """Who held the dossier for how long, in working seconds."""
        held: dict[tuple[str, int, int], int] = {}
        worked, now = self.of.minutes.worked, self.of.now
        last = now if self.template.held and self.template.held[-1].until < 0 else self.moments[-1]
        for part in self.template.held:
            until = self.moments[part.until] if part.until >= 0 else now
            key = (part.party, part.office, part.user)
            held[key] = held.get(key, 0) + worked(until) - worked(self.moments[part.since])
        total = 0
        for number, ((party, office, user), seconds) in enumerate(held.items()):
            if seconds:
                row = [party, *(self.values[one] if one >= 0 else NULL for one in (office, user)), seconds]
                self.add("workflows_heldtime", f"{self.did}{number:02d}", self.did, *row)
                total += seconds
        final = "f" if last == now else "t"
        version = self.of.timetable.version if self.template.held else NULL
        self.add("workflows_ledgersum", self.did, self.template.acts, pg(last), total, final, version)
