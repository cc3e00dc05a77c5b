"""Turns what the services wrote for one dossier into a template, and proves that the template gives it back."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from benchmarks.province.due_times import DueTimes
from benchmarks.province.model_office import ADDRESS, APPLICANT, OBJECT, PHONE, ModelOffice
from benchmarks.province.reading import Row, child_models, copied
from benchmarks.province.template import ClockEnd, DueOp, Finder, Gaps, Held, Template, text_of
from procedures.folding import fold
from sla.models import Clock, ClockInterval
from sla.stops import entries
from workflows.models import Dossier
from workflows.services.trailing import digest_of, text_to_hash

NULL = "\\N"
GAP = "\x00"  # begins a column whose whole text is one value


def pg_text(at: datetime) -> str:
    """An instant as PostgreSQL writes it in UTC."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S+00")


class Recorder:
    """Records the dossiers of one player after each act."""

    def __init__(self, office: ModelOffice, due_times: DueTimes) -> None:
        self.office = office
        self.due_times = due_times

    def record(self, player: Any) -> Template:
        """The present state of the player's dossier as a template."""
        return Recording(self, player).template()


class Recording:
    """One state of one dossier on its way to a template."""

    def __init__(self, recorder: Recorder, player: Any) -> None:
        self.due_times = recorder.due_times
        self.office = recorder.office
        self.dossier = Dossier.objects.defer("search").get(pk=player.dossier.pk)
        self.dossier.version = player.version
        self.earlier: Dossier | None = player.earlier
        self.moments: list[datetime] = player.moments
        self.gaps = Gaps()
        self.ops: list[DueOp] = []
        self.op_of_run: dict[tuple[UUID, int], int] = {}
        self.tables = self.read()
        self.lines: dict[UUID, list[ClockInterval]] = defaultdict(list)
        self.clocks = self.clocks_in_order()

    # Reading

    def read(self) -> dict[str, list[Row]]:
        """All rows that belong to the dossier, by table."""
        found = {Dossier._meta.db_table: copied(Dossier, f"id = {self.dossier.pk}")}
        for model, key in child_models():
            if rows := copied(model, f'"{key}" = {self.dossier.pk}'):
                found[model._meta.db_table] = rows
        ids = {row[name] for rows in found.values() for row in rows for name in row if name.endswith("clock_id")}
        quoted = ", ".join(f"'{one}'" for one in sorted(ids - {NULL}))
        if quoted:
            found["sla_clock"] = copied(Clock, f"id IN ({quoted})")
            found["sla_clockinterval"] = copied(ClockInterval, f"clock_id IN ({quoted})")
        return found

    def clocks_in_order(self) -> list[Clock]:
        """The dossier's clocks with their lines, as they were started; the statutory one first: it caps the others."""
        rows = self.tables.get("sla_clock", [])
        clocks = list(Clock.objects.filter(pk__in=[row["id"] for row in rows]))
        for line in ClockInterval.objects.filter(clock__in=clocks).order_by("pk"):
            self.lines[line.clock_id].append(line)
        clocks.sort(key=lambda clock: (clock.kind != "statutory", self.lines[clock.pk][0].pk))
        place = {str(clock.pk): number for number, clock in enumerate(clocks)}
        rows.sort(key=lambda row: place[row["id"]])
        return clocks

    def act_at(self, at: datetime | None) -> int:
        """Which act was done at an instant."""
        return self.moments.index(at) if at is not None else -1

    # Due times

    def op(self, clock: Clock, start: int, stops: tuple[tuple[int, int], ...], cap: int) -> int:
        """Note how a due time comes about."""
        term = self.due_times.term(clock)
        self.ops.append(DueOp(term, start, stops, cap))
        return len(self.ops) - 1

    def follow(self, clock: Clock) -> list[tuple[int, int]]:
        """Go along the ledger of a clock: the due time before and after each line, as numbers of due times."""
        found, now, start, stops = [], -1, 0, []
        for line in self.lines[clock.pk]:
            act, before = self.act_at(line.starts_at), now
            if line.reason in {"start", "restart"}:
                start, stops = act, []
                now = self.projected(clock, start, stops, act)
            elif line.reason == "stop":
                stops.append([act, -1, line.due_after is not None])
                now = now if line.due_after is not None else -1
            elif line.reason == "resume" or (line.reason == "end" and stops and stops[-1][1] < 0):
                stops[-1][1] = act
                now = now if stops[-1][2] else self.projected(clock, start, stops, act)
                before = -1 if line.due_before is None else before
            found.append((before, now))
            self.op_of_run[(clock.pk, line.pk)] = now
        return found

    def projected(self, clock: Clock, start: int, stops: list[Any], act: int) -> int:
        """The due time that is derived at an act; -1 for a clock without a term."""
        if clock.amount is None:
            return -1
        counted = tuple((one, two) for one, two, silent in stops if not silent)
        return self.op(clock, start, counted, self.cap_at(clock, act))

    def cap_at(self, clock: Clock, act: int) -> int:
        """The due time of the dossier that caps a step's clock at an act."""
        if clock.not_after is None:
            return -1
        own = self.dossier.statutory_clock_id
        return next(
            self.op_of_run[(own, line.pk)]
            for line in reversed(self.lines[own])
            if self.act_at(line.starts_at) <= act and self.op_of_run[(own, line.pk)] >= 0
        )

    def last_projected(self, clock: Clock) -> int:
        """The act at which a clock's due time was last derived."""
        wanted = {"start", "restart", "resume"}
        return max(self.act_at(line.starts_at) for line in self.lines[clock.pk] if line.reason in wanted)

    # Putting gaps in

    def template(self) -> Template:
        """Everything as a template."""
        flows = {clock.pk: self.follow(clock) for clock in self.clocks}
        last = {pk: lines[-1][1] for pk, lines in flows.items()}
        self.stuck = self.stuck_op()
        finder = Finder(self.gaps, self.tokens(last))
        self.put_dues_in(flows, last)
        template = Template(status=self.dossier.legal_status, acts=self.dossier.acts, ops=self.ops)
        template.clocks = [self.clock_end(clock, last[clock.pk]) for clock in self.clocks]
        for table, rows in self.tables.items():
            lines = [part for row in rows for part in self.line(row, finder)]
            template.tables[table], template.rows[table] = text_of(lines), len(rows)
        template.trail = [text_of(finder.parts(text)) for text in self.hashed()]
        template.held = self.held()
        own = self.dossier.statutory_clock_id
        template.statutory_op = last[own] if own else -1
        template.stuck_op = self.stuck
        template.decided = self.act_at(next((c.ended_at for c in self.clocks if c.pk == own), None))
        template.restarts = tuple(
            self.act_at(line.starts_at) for line in self.lines.get(own, ()) if line.reason in {"start", "restart"}
        )
        template.is_open = self.dossier.legal_status in {1, 2, 4, 5, 6}
        self.prove(template, finder)
        return template

    def stuck_op(self) -> int:
        """When the dossier counts as stuck."""
        if self.dossier.stuck_at is None:
            return -1
        term = self.due_times.stuck_term(self.dossier)
        self.ops.append(DueOp(term, len(self.moments) - 1))
        return len(self.ops) - 1

    def tokens(self, last: dict[UUID, int]) -> dict[str, str | tuple[str, ...]]:
        """What is replaced wherever it stands, and by which value."""
        found: dict[str, str | tuple[str, ...]] = {}
        own = self.dossier.statutory_clock_id or self.dossier.desk_clock_id
        if self.dossier.due_at and own:
            self.forms(found, self.dossier.due_at, f"{last[own]}", "d")
        for row in self.dossier.consultations.all():
            self.forms(found, row.term_ends_at, f"{self.consultation_op(row)}", "d")
        for number, at in enumerate(self.moments):
            self.forms(found, at, f"{number}", "t")
        for table, rows in self.tables.items():
            if table not in {"workflows_dossier", "sla_clock"}:
                found |= {row["id"]: ("", "did", f"{number:02d}") for number, row in enumerate(rows)}
        for number, clock in enumerate(self.clocks):
            found[str(clock.pk)] = ("", "uuid", f"{number:02x}")
        found |= {row["hash"]: f"hash:{row['number']}" for row in self.tables["workflows_trailentry"]}
        found |= {str(self.dossier.pk): "did", self.dossier.code: "code"}
        found |= {self.flow_name(): "flow", str(self.dossier.applicant_id): "applicant", OBJECT: "object"}
        found |= {
            APPLICANT: "name",
            fold(APPLICANT): "name_folded",
            self.office.identifier: "idno",
            PHONE: "phone",
            ADDRESS: "address",
        }
        return found | self.tokens_of_offices() | self.tokens_of_earlier()

    def tokens_of_offices(self) -> dict[str, str | tuple[str, ...]]:
        """Offices and people, by id and by name."""
        found: dict[str, str | tuple[str, ...]] = {}
        for place, office in self.office.offices.items():
            found |= {str(office.pk): f"office:{place}", office.name: f"office_name:{place}"}
        for (role, place), user in self.office.people.items():
            found |= {str(user.pk): f"user:{role}@{place}", user.full_name: f"user_name:{role}@{place}"}
        return found

    def tokens_of_earlier(self) -> dict[str, str | tuple[str, ...]]:
        """The file that was turned away before."""
        if self.earlier is None or self.earlier.closed_at is None:
            return {}
        found: dict[str, str | tuple[str, ...]] = {str(self.earlier.pk): "earlier", self.earlier.code: "earlier_code"}
        self.forms(found, self.earlier.closed_at, "e", "t")
        return found

    def flow_name(self) -> str:
        """The name of the flow class."""
        return str(self.dossier.flow_class.__name__)

    @staticmethod
    def forms(found: dict[str, Any], at: datetime, number: str, kind: str) -> None:
        """All forms in which an instant is written."""
        local = at.astimezone(DueTimes.ZONE)
        found[pg_text(at)] = f"{kind}p{number}"
        found[at.astimezone(UTC).isoformat()] = f"{kind}i{number}"
        found[local.isoformat()] = f"{kind}l{number}"
        found[json.dumps(at.timestamp())] = f"{kind}e{number}"

    def consultation_op(self, row: Any) -> int:
        """How the term of an asked office comes about."""
        if row.clock_id and (row.clock_id, self.lines[row.clock_id][0].pk) in self.op_of_run:
            return self.op_of_run[(row.clock_id, self.lines[row.clock_id][0].pk)]
        self.ops.append(DueOp(self.due_times.asked_term(), self.act_at(row.asked_at)))
        return len(self.ops) - 1

    def put_dues_in(self, flows: dict[UUID, list[tuple[int, int]]], last: dict[UUID, int]) -> None:
        """Mark the columns that hold due times and what follows from them."""
        by_id = {str(clock.pk): clock for clock in self.clocks}
        number = {str(clock.pk): place for place, clock in enumerate(self.clocks)}
        lines = {str(pk): iter(flow) for pk, flow in flows.items()}
        for row in self.tables.get("sla_clockinterval", ()):
            before, after = next(lines[row["clock_id"]])
            self.mark(row, "due_before", f"dp{before}")
            self.mark(row, "due_after", f"dp{after}")
        for row in self.tables.get("sla_clock", ()):
            clock = by_id[row["id"]]
            self.mark(row, "due_at", f"dp{last[clock.pk]}")
            self.mark(row, "not_after", f"dp{self.cap_at(clock, self.last_projected(clock))}")
            for name in ("verdict", "next_rung", "next_rung_at", "carried", "provisional"):
                row[name] = f"{GAP}{name}:{number[row['id']]}"
        for row in self.tables.get("workflows_step", ()):
            if row["clock_id"] != NULL:
                self.mark(row, "due_at", f"dp{last[UUID(row['clock_id'])]}")
        self.put_own_dues_in(last, number)

    def put_own_dues_in(self, last: dict[UUID, int], number: dict[str, int]) -> None:
        """Mark what the dossier itself keeps of its clocks; form 02 leaves at once."""
        for row in self.tables.get("workflows_supplementrequest", ()):
            row |= {"slip_at": row["requested_at"], "slip_wanted_at": NULL}
        for row in self.tables["workflows_dossier"]:
            own = self.dossier.statutory_clock_id or self.dossier.desk_clock_id
            self.mark(row, "due_at", f"dp{last[own] if own else -1}")
            self.mark(row, "stuck_at", f"dp{self.stuck}")
            row |= {"summed_acts": row["acts"], "reappointed_at": f"{GAP}reappointed"}
            row |= {"search": f"{GAP}search", "version_id": f"{GAP}version", "procedure_id": f"{GAP}procedure"}
            if row["verdict"]:
                row["verdict"] = f"{GAP}verdict:{number[str(self.dossier.statutory_clock_id)]}"

    @staticmethod
    def mark(row: Row, column: str, gap: str) -> None:
        """Put a gap in the place of a due time, where there is one."""
        if row[column] != NULL:
            row[column] = GAP + gap

    def line(self, row: Row, finder: Finder) -> list[str | int]:
        """One row in the format of COPY, with gaps."""
        parts: list[str | int] = []
        for number, text in enumerate(row.values()):
            parts.append("\t" if number else "")
            parts += [self.gaps[text[1:]]] if text[:1] == GAP else finder.parts(text)
        return [*parts, "\n"]

    def hashed(self) -> list[str]:
        """What is hashed for each entry of the trail, exactly as `trailing.chained` writes it."""
        return [text_to_hash(entry) for entry in self.dossier.trail.order_by("number")]

    def clock_end(self, clock: Clock, op: int) -> ClockEnd:
        """What else must be worked out for a clock."""
        number = self.clocks.index(clock)
        step = next(
            (n for n, row in enumerate(self.tables.get("workflows_step", ())) if row["clock_id"] == str(clock.pk)), -1
        )
        stops = tuple(
            (self.act_of(entry["start"]), self.act_of(entry["end"]), bool(entry.get("silent")))
            for entry in entries(clock)
        )
        return ClockEnd(
            kind=clock.kind,
            number=number,
            op=op,
            run=clock.run,
            started=self.act_at(clock.started_at),
            ended=self.act_at(clock.ended_at),
            stopped=self.act_at(clock.stopped_at),
            running=clock.state == "running",
            alarms=clock.amount is not None and (clock.kind in {"statutory", "desk"} or clock.state != "ended"),
            stops=stops,
            step=step,
            ladder=clock.ladder_id,
        )

    def act_of(self, text: str | None) -> int:
        """Which act was done at an instant that is written."""
        return self.act_at(datetime.fromisoformat(text)) if text else -1

    def held(self) -> list[Held]:
        """Who held the dossier when, by the citizen's ledger."""
        clock = self.dossier.citizen_clock_id
        if clock is None:
            return []
        lines = [line for line in self.lines[clock] if line.party or line.reason == "end"]
        found = []
        for line, following in zip(lines, [*lines[1:], None], strict=True):
            if not line.party:
                continue
            until = self.act_at(following.starts_at) if following else -1
            office = self.gap_of(line.party_office_id)
            found.append(Held(line.party, office, self.gap_of(line.party_user_id), self.act_at(line.starts_at), until))
        return found

    def gap_of(self, pk: int | None) -> int:
        """The value that holds an office's or a person's id."""
        if pk is None:
            return -1
        name = self.tokens_of_offices()[str(pk)]
        assert isinstance(name, str)
        return self.gaps[name]

    # Proof

    def prove(self, template: Template, finder: Finder) -> None:
        """Work the due times out from the recorded moments and compare with what the services wrote."""
        template.gaps = self.gaps.names
        moments = [int(at.timestamp()) for at in self.moments]
        dues = self.due_times.run(self.ops, moments)
        for clock in self.clocks:
            for line in self.lines[clock.pk]:
                number = self.op_of_run[(clock.pk, line.pk)]
                wanted = int(line.due_after.timestamp()) if line.due_after else None
                got = dues[number][0] if number >= 0 else None
                assert got == wanted, (clock.kind, line.reason, got, wanted)
        for entry, text in zip(self.dossier.trail.order_by("number"), self.hashed(), strict=True):
            assert digest_of(text) == entry.hash, entry.act
