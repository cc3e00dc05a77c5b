"""Fill an empty, migrated database with a province's data.

    DATABASE_URL=… python -m benchmarks.fill --dossiers 10000

Sizes: 10000, 100000, 1000000 or any other. The same seed and the same `--until` give the same data. Files are played
through the program's own services once for each way they can go; what was written is then repeated with other people,
places and moments, due times coming from `sla.terms.deadline`. Digital papers have rows but no files behind them.
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import django

django.setup()

from django.core.files.storage import InMemoryStorage  # noqa: E402  # all need Django set up
from django.db import connection, transaction  # noqa: E402

from benchmarks.province import catalogue, loading, staff  # noqa: E402
from benchmarks.province.consequences import COLUMNS  # noqa: E402
from benchmarks.province.due_times import DueTimes, WorkingMinutes, instant  # noqa: E402
from benchmarks.province.model_office import ModelOffice  # noqa: E402
from benchmarks.province.planning import VARIANTS, Plan, Planner, Way, number_serials  # noqa: E402
from benchmarks.province.playing import Player  # noqa: E402
from benchmarks.province.reading import child_models, columns_of  # noqa: E402
from benchmarks.province.recording import Recorder  # noqa: E402
from benchmarks.province.template import Template  # noqa: E402
from benchmarks.province.writing import Writer  # noqa: E402
from offices.capacities import OFFICE_ZONE, local_day  # noqa: E402
from offices.models import User  # noqa: E402
from procedures.models import ProcedureVersion  # noqa: E402
from sla.calendars import load_calendars, timetable_for  # noqa: E402
from sla.ladder import load_ladders  # noqa: E402
from sla.models import Clock, ClockInterval  # noqa: E402
from sla.rulebook import rulebooks  # noqa: E402
from workflows.models import Applicant, DailySerial, Dossier, Paper  # noqa: E402

PROCESSES = 2
FEW = ("1.005144@commune", "1.013820@province")
HISTORY = timedelta(days=400)
NUMBER_SLIPS = (
    """
    UPDATE workflows_slip SET year = ranked.year, number = ranked.place FROM (
        SELECT id, year, row_number() OVER (PARTITION BY office_id, kind, year ORDER BY issued_at, id) AS place FROM (
            SELECT id, office_id, kind, issued_at,
                extract(year FROM issued_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::int AS year FROM workflows_slip) AS given
        ) AS ranked WHERE ranked.id = workflows_slip.id
    """,
    """
    INSERT INTO workflows_slipserial (office_id, kind, year, last)
    SELECT office_id, kind, year, max(number) FROM workflows_slip GROUP BY 1, 2, 3
    """,
)
NOMINAL = {"working_hour": 60, "working_day": 480, "calendar_day": 343, "month": 10_080}


@dataclass(frozen=True, slots=True)
class Size:
    """How much is made."""

    dossiers: int
    still_open: int
    procedures: int = 500
    people: int = 3000
    communes: int = 150
    departments: int = 18
    definitions: tuple[str, ...] = ()
    seed: int = 7

    @classmethod
    def of(cls, dossiers: int, still_open: int | None = None) -> Size:
        """A province of a size; small ones have fewer procedures and people."""
        open_ones = dossiers // 10 if still_open is None else still_open
        if dossiers >= 10_000:
            return cls(dossiers, open_ones)
        return cls(dossiers, open_ones, procedures=12, people=160, communes=6, departments=3, definitions=FEW)


class Filling:
    """Fills one database.

    Args:
        size: how much.
        until: the moment up to which everything happened (aware).
        say: where to report progress.
    """

    def __init__(self, size: Size, *, until: datetime, say: Any = print) -> None:
        self.size, self.until, self.say = size, until, say
        self.began = time.monotonic()
        self.chance = Random(size.seed)
        load_calendars()
        load_ladders()
        self.timetable = timetable_for()
        self.first = until - HISTORY
        self.minutes = WorkingMinutes(self.timetable, first=self.first - timedelta(days=10), last=until)
        stamp = int(until.timestamp())
        while self.minutes.starts and self.minutes.starts[-1] > stamp - 60:
            self.minutes.starts.pop()
        self.now = len(self.minutes.starts) - 1
        self.due_times = DueTimes(self.timetable)

    def note(self, words: str) -> None:
        """Say how far it is."""
        self.say(f"{time.monotonic() - self.began:7.1f} s  {words}", flush=True)

    def run(self) -> dict[str, int]:
        """Fill the database; how many rows each table has."""
        loading.require_superuser()
        if User.objects.exists() or Dossier.objects.exists():
            raise SystemExit("The database is not empty: make a new one and migrate it first.")
        with transaction.atomic():
            size = self.size
            self.province = staff.build(
                people=size.people, communes=size.communes, departments=size.departments, chance=self.chance
            )
            specs = catalogue.shipped()
            self.specs = [spec for spec in specs if not size.definitions or spec.reference in size.definitions]
            self.versions = catalogue.build(self.specs, count=size.procedures, province=self.province, at=self.first)
        self.note("offices, people and procedures are there")
        ways = self.record()
        self.note(f"{len(ways)} ways recorded with {sum(len(way.templates) for way in ways.values())} states")
        planner = self.planner(ways)
        plan = planner.plan(count=size.dossiers, still_open=size.still_open, communes=size.communes)
        last = number_serials(plan, self.minutes.days)
        self.note(f"{len(plan)} dossiers planned, {plan.people} applicants")
        return self.load(plan, planner, last)

    # Recording

    def eras(self) -> list[tuple[int, datetime]]:
        """The rulebooks of the time: the working minute each begins with, and a morning under it."""
        found = []
        books = [book for book in rulebooks() if book.valid_from <= local_day(self.until)]
        for book, following in zip(books, [*books[1:], None], strict=True):
            if following and following.valid_from <= local_day(self.first):
                continue
            since = datetime.combine(book.valid_from, datetime.min.time(), OFFICE_ZONE)
            begin = next((n for n, at in enumerate(self.minutes.starts) if at >= since.timestamp()), None)
            if begin is not None:
                found.append((begin, self.morning(instant(self.minutes.starts[begin]))))
        return found

    def morning(self, after: datetime) -> datetime:
        """Half past eight of the third working day after a moment."""
        day = self.timetable.working_day(self.timetable.day_of(after), 3)
        return self.timetable.midnight(day).replace(hour=8, minute=30, second=3)

    def record(self) -> dict[tuple[int, int, str], Way]:
        """Play every way of every definition, in processes, and roll back what was written."""
        tables = {
            Dossier._meta.db_table,
            Applicant._meta.db_table,
            "sla_clockinterval",
            *(m._meta.db_table for m, _key in child_models()),
        }
        loading.raise_sequences(tables)
        mornings = [morning for _begin, morning in self.eras()]
        self.last_era = len(mornings) - 1
        jobs = [
            [
                (base, era, self.versions[base].version_id, at)
                for base in range(number, len(self.specs), PROCESSES)
                for era, at in enumerate(mornings)
            ]
            for number in range(PROCESSES)
        ]
        found: dict[tuple[int, int, str], Way] = {}
        for part, terms in in_processes(self.record_part, jobs):
            numbers = [self.due_times.number(term, rules) for term, rules in terms]
            renumbered: set[int] = set()
            for key, way in part.items():
                for template in way.templates:
                    if template is not None and id(template) not in renumbered:
                        template.ops = [replace(op, term=numbers[op.term]) for op in template.ops]
                        renumbered.add(id(template))
                found[key] = way
        return dict(sorted(found.items()))

    def record_part(self, number: int, jobs: Sequence[tuple[int, int, int, datetime]]) -> Any:
        """Record some definitions in this process."""
        Paper._meta.get_field("file").storage = InMemoryStorage()
        due_times = DueTimes(self.timetable)
        office = ModelOffice(number)
        found: dict[tuple[int, int, str], Way] = {}
        with transaction.atomic():
            office.open()
            recorder = Recorder(office, due_times)
            for base, era, version_id, at in jobs:
                version = ProcedureVersion.objects.select_related("procedure").get(pk=version_id)
                office.offer(version)
                for variant in variants_of(base):
                    way = self.play(recorder, version, variant, at, on_its_way=era == self.last_era)
                    if way:
                        found[(base, era, variant)] = way
                share_states(found, base, era)
            transaction.set_rollback(True)
        return found, due_times.terms

    @staticmethod
    def play(
        recorder: Recorder, version: ProcedureVersion, variant: str, at: datetime, *, on_its_way: bool
    ) -> Way | None:
        """Record one way, also each state `on_its_way`; None where the procedure has none of this kind."""
        if variant == "online" and not any("online" in limit.channel for limit in version.spec.limits):
            return None
        player = Player(version, recorder.office, variant, at)
        point = transaction.savepoint()
        templates: list[Template | None] = [
            recorder.record(player) if on_its_way and player.may_stay_so() else None for _act in player.play()
        ]
        if player.did_special:
            templates[-1] = recorder.record(player)
        transaction.savepoint_rollback(point)
        if not player.did_special:
            return None
        limit = version.spec.limit_for("online" if variant == "online" else "desk")
        unit = limit.unit.value if hasattr(limit.unit, "value") else str(limit.unit)
        return Way(variant, player.took, templates, int(limit.amount * NOMINAL[unit]), unit != "working_hour")

    # Planning and loading

    def planner(self, ways: dict[tuple[int, int, str], Way]) -> Planner:
        """Who decides what the dossiers do."""
        begins = [begin for begin, _morning in self.eras()]
        first = int(self.first.timestamp())
        back = self.now - next(n for n, at in enumerate(self.minutes.starts) if at >= first)
        return Planner(ways, self.versions, eras=begins, now=self.now, back=back, seed=self.size.seed)

    def load(self, plan: Plan, planner: Planner, last: dict[tuple[int, int], int]) -> dict[str, int]:
        """Copy all rows in processes, rebuild the indexes, count."""
        columns = {model._meta.db_table: columns_of(model) for model, _key in child_models()}
        columns |= {model._meta.db_table: columns_of(model) for model in (Dossier, Clock)}
        columns["sla_clockinterval"] = columns_of(ClockInterval)
        tables = sorted({*columns, *COLUMNS, Applicant._meta.db_table})
        loading.put_indexes_to_sleep(tables)
        self.writer = Writer(
            plan=plan,
            planner=planner,
            province=self.province,
            versions=self.versions,
            due_times=self.due_times,
            minutes=self.minutes,
            columns=columns,
        )
        self.plan = plan
        half = len(plan) * 49 // 100
        in_processes(self.write_part, [(0, half), (half, len(plan))])
        self.note("rows copied")
        in_processes(self.number_slips, [None])
        self.note("slips numbered")
        shares: list[list[str]] = [[] for _n in range(PROCESSES)]
        for number, table in enumerate(by_size(tables)):
            shares[min(range(PROCESSES), key=lambda n: (len(shares[n]), n)) if number else 0].append(table)
        in_processes(self.rebuild_part, shares)
        self.note("indexes rebuilt")
        loading.set_sequences([*tables, "workflows_dailyserial"])
        DailySerial.objects.bulk_create(
            DailySerial(
                agency_code=self.province.place(place).desk.code,
                day=date(1970, 1, 1) + timedelta(days=day),
                last=serial,
            )
            for (place, day), serial in sorted(last.items())
        )
        loading.analyze(["offices_user", "offices_membership", "procedures_offering", "workflows_dailyserial"])
        counts = {table: int(str(loading.run(f'SELECT count(*) FROM "{table}"')[0][0])) for table in tables}  # noqa: S608
        self.note("done")
        return counts

    def write_part(self, number: int, stretch: tuple[int, int]) -> None:
        """Write a stretch of the plan in this process."""
        loading.sleep_checks()
        people = self.plan.people
        self.writer.write_applicants(
            1 + people * number // PROCESSES, 1 + people * (number + 1) // PROCESSES, self.writer.communes()
        )
        self.writer.write(*stretch)

    def number_slips(self, number: int, nothing: None) -> None:
        """Number the slips of each office, kind and year in the order in which they were given out."""
        loading.sleep_checks()
        loading.read_no_indexes()
        for statement in NUMBER_SLIPS:
            loading.run(statement)

    def rebuild_part(self, number: int, tables: Sequence[str]) -> None:
        """Rebuild the indexes of some tables."""
        for table in tables:
            loading.rebuild(table)
            loading.analyze([table])


def variants_of(base: int) -> list[str]:
    """The ways recorded of a definition: the common ones of each, the others of every second or third."""
    rare = {"returned": (2, 0), "consult": (2, 1), "refused": (3, 0), "withdrawn": (3, 1), "stopped": (3, 2)}
    return [kind for kind in VARIANTS if kind not in rare or base % rare[kind][0] == rare[kind][1]]


def share_states(ways: dict[tuple[int, int, str], Way], base: int, era: int) -> None:
    """Until a file leaves the straight way its states are those of one that goes straight."""
    plain = ways[(base, era, "plain")]
    for (one, other, variant), way in ways.items():
        if (one, other) == (base, era) and variant not in {"plain", "online"}:
            for number, template in enumerate(way.templates[:-1]):
                if template is None and number < len(plain.templates) - 1:
                    way.templates[number] = plain.templates[number]


def by_size(tables: Sequence[str]) -> list[str]:
    """Tables, the largest on disk first."""
    sizes = {table: int(str(loading.run(f"SELECT pg_relation_size('\"{table}\"')")[0][0])) for table in tables}
    return sorted(tables, key=lambda table: -sizes[table])


INHERITED: list[Any] = []


def in_processes(work: Any, parts: Sequence[Any]) -> list[Any]:
    """Do parts of the work in processes of their own; what each gives back, in order.

    Raises:
        SystemExit: one of them failed; its own message says why.
    """
    connection.close()
    context = multiprocessing.get_context("fork")
    pipes, children = [], []
    for number, part in enumerate(parts):
        receiver, sender = context.Pipe(duplex=False)
        child = context.Process(target=answer, args=(work, number, part, sender))
        child.start()
        sender.close()
        pipes.append(receiver)
        children.append(child)
    found = []
    for receiver in pipes:
        try:
            found.append(receiver.recv())
        except EOFError:
            found.append(None)
    for child in children:
        child.join()
    if any(child.exitcode for child in children):
        raise SystemExit("A part of the work failed; what it said stands above.")
    return found


def answer(work: Any, number: int, part: Any, sender: Any) -> None:
    """Work in a child and send back what came of it.

    A connection that came along with the fork belongs to the parent: it is neither used nor closed here.
    """
    INHERITED.append(connection.connection)
    connection.connection = None
    sender.send(work(number, part))
    connection.close()


def main() -> None:
    """Read the command line and fill."""
    parser = argparse.ArgumentParser(description="Fill an empty, migrated database with a province's data.")
    parser.add_argument("--dossiers", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=None, help="how many are open; one tenth unless given")
    parser.add_argument("--all-open", action="store_true", help="leave all of them open")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--until", type=datetime.fromisoformat, default=None, help="the moment everything leads up to")
    given = parser.parse_args()
    still_open = given.dossiers if given.all_open else given.open
    size = replace(Size.of(given.dossiers, still_open), seed=given.seed)
    until = given.until or datetime.now(UTC).replace(second=0, microsecond=0)
    counts = Filling(size, until=until).run()
    for table, count in sorted(counts.items(), key=lambda row: -row[1]):
        print(f"{count:>12,}  {table}")


if __name__ == "__main__":
    main()
