"""Measures everything that has a target, and writes `benchmarks/RESULTS.md`.

    make bench                                  everything, on a million dossiers, in a database of its own
    make bench BENCH="--dossiers 10000"         a quick look
    make bench BENCH="--only sweep --keep"      one subject; the filled database stays for the next run
    make bench BENCH="--database postgres://…"  on a database that is filled already

Nothing here is a test: a figure that misses its target is written as it is.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path
from typing import Any

from benchmarks.bench_database import BenchDatabase, bench_database
from benchmarks.machine import described, load
from benchmarks.rows import ROWS, USUAL, WIDE, Row, Subject, subjects

RESULTS = Path(__file__).with_name("RESULTS.md")
SUBJECT_MINUTES = 30.0
COUNTS = """
import django; django.setup()
from django.db import connection, OperationalError
try:
    c = connection.cursor()
except OperationalError:
    print("? | 0 | 0 | 0 | 0 | 0"); raise SystemExit
def one(sql):
    c.execute(sql); return c.fetchone()[0]
try:
    print(one("SHOW server_version"), "|", one("SELECT count(*) FROM workflows_dossier"), "|",
        one("SELECT count(*) FROM workflows_dossier WHERE legal_status IN (1, 2, 4, 5, 6)"), "|",
        one("SELECT count(*) FROM sla_clock WHERE state <> 'ended'"), "|",
        one("SELECT count(*) FROM workflows_trailentry"), "|",
        one("SELECT pg_size_pretty(pg_database_size(current_database()))"))
except Exception:
    print(one("SHOW server_version"), "| 0 | 0 | 0 | 0 | 0")
"""


class Bench:
    """One run: what was asked for, and what was found so far."""

    def __init__(self, given: argparse.Namespace) -> None:
        self.given = given
        self.rows: list[Row] = []
        self.facts: list[tuple[str, str]] = []
        self.began = time.monotonic()

    def run(self) -> None:
        """Prepare the database, measure subject after subject, and write down each at once."""
        with bench_database(given=self.given.database, keep=self.given.keep) as database:
            chosen = [
                one for one in subjects(self.given.dossiers) if not self.given.only or one.name in self.given.only
            ]
            for province, group in groupby(chosen, lambda one: one.province):
                if province:
                    self.prepare(database, province)
                for subject in group:
                    self.measure(database, subject)
                    self.write(database)
        sys.stdout.write(RESULTS.read_text(encoding="utf-8"))

    def prepare(self, database: BenchDatabase, province: str) -> None:
        """Fill a province unless it is full already; one that is ours and was not filled to the end is made anew."""
        name = province if database.is_ours else ""
        there = int(self.counted(database, name)[1])
        if there == 0 or (database.is_ours and there != self.given.dossiers):
            began = time.monotonic()
            still_open = self.given.wide if province == WIDE else self.given.open
            database.prepare(dossiers=self.given.dossiers, still_open=still_open, database=name)
            self.rows.append(self.filling(time.monotonic() - began, still_open))
        else:
            database.run("manage.py", "migrate", "-v0", database=name, minutes=30)
        _version, dossiers, still_open, clocks, trail, size = self.counted(database, name)
        self.facts.append(
            (
                {USUAL: "province", WIDE: "province with a clock per dossier"}[province],
                f"{int(dossiers):,} dossiers, {int(still_open):,} of them open, with {int(clocks):,} open clocks; "
                f"{int(trail):,} rows of the trail; {size}",
            )
        )

    def filling(self, took: float, still_open: int) -> Row:
        """The line about making a province."""
        is_large = self.given.dossiers >= 1_000_000
        what = f"{self.given.dossiers:,} dossiers generated, {still_open:,} of them open"
        return Row("filling", what, "≤ 900 s" if is_large else "–", f"{took:,.0f} s", took <= 900 if is_large else None)

    def counted(self, database: BenchDatabase, name: str = "") -> list[str]:
        """Version of the server, and how much lies in a database."""
        return [word.strip() for word in database.run("-c", COUNTS, database=name).strip().split("|")]

    def measure(self, database: BenchDatabase, subject: Subject) -> None:
        """Measure one subject; what goes wrong is written down as it is."""
        for step in subject.steps:
            busy = load()
            try:
                if step.fresh:
                    database.prepare(dossiers=200, still_open=100, database=step.fresh)
                place = step.fresh or step.database or (subject.province if database.is_ours else "")
                found = self.called(database, step.call, step.words, place)
            except subprocess.TimeoutExpired:
                self.rows.append(Row(subject.name, step.call, "–", f"not done in {SUBJECT_MINUTES:.0f} minutes", False))
            except (subprocess.CalledProcessError, ValueError) as error:
                self.rows.append(Row(subject.name, step.call, "–", f"failed: {type(error).__name__}", False))
            else:
                self.rows += [row.under(busy) for row in ROWS[subject.name](found)] if found else []

    def called(self, database: BenchDatabase, call: str, words: dict[str, Any], name: str) -> Any:
        """What a function of a measuring module found."""
        text = database.run(
            "-m", "benchmarks.measuring", call, json.dumps(words), database=name, minutes=SUBJECT_MINUTES
        )
        return json.loads(text.strip().splitlines()[-1])

    def write(self, database: BenchDatabase) -> None:
        """Write what was found so far."""
        version = self.counted(database)[0]
        RESULTS.write_text("\n".join(self.lines(version)) + "\n", encoding="utf-8")

    def lines(self, version: str) -> Iterator[str]:
        """The file, line by line."""
        yield "# What was measured\n"
        yield f"By `make bench` on {datetime.now(UTC):%Y-%m-%d}; a figure that misses its target stands as it is.\n"
        yield "| machine | |\n|---|---|"
        for name, value in [*described(version), *self.facts]:
            yield f"| {name} | {value} |"
        yield "\n| subject | what | target | reached | met | load before |\n|---|---|---:|---:|:---:|---:|"
        for row in self.rows:
            yield row.line()
        yield (
            "\nLoad before: how many processes wanted a core in the minute before, on average; on two cores a figure "
            "above 1 means that the machine was not alone with the measurement."
        )


def main() -> None:
    """Read the command line and measure."""
    parser = argparse.ArgumentParser(description="Measure everything that has a target.")
    parser.add_argument("--dossiers", type=int, default=1_000_000)
    parser.add_argument("--open", type=int, default=None, help="how many are open in the usual province: a tenth")
    parser.add_argument(
        "--wide", type=int, default=None, help="how many are open where each dossier has a clock: 35 %%"
    )
    parser.add_argument("--only", nargs="*", default=[], help="working_time, board, desk, publishing, sweep")
    parser.add_argument("--database", default="", help="address of a database that is filled already")
    parser.add_argument("--keep", action="store_true", help="keep the filled database for the next run")
    given = parser.parse_args()
    if given.open is None:
        given.open = given.dossiers // 10
    if given.wide is None:
        given.wide = given.dossiers * 35 // 100
    Bench(given).run()


if __name__ == "__main__":
    main()
