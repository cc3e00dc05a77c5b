"""How fast alarms fire: 100,000 of them due in the same minute, however many clocks are open, two workers.

    PYTHONPATH=. python benchmarks/sweep.py 10000 100000 1000000

The database is the one of DATABASE_URL; it needs one open dossier at least. For each size one of them is copied until
so many clocks with alarms are open; then 10,000 alarms, and 100,000 where there are as many clocks, are made due in
one minute, and two processes fire them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
if __name__ == "__main__":
    django.setup()

from django.db import connection

from benchmarks.province.cloning import copy_dossier
from sla.alarms import database_now, planned_rungs
from sla.calendars import timetable_of
from sla.models import Clock
from workflows.models import Dossier, Step

ROOT = Path(__file__).resolve().parents[1]
WORKER = """
import sys, time
import django
django.setup()
from django.db import connection
from sla.alarms import database_now
from sla.calendars import timetable_for
from workflows.services.recipients import Directory
from workflows.services.sweeping import BATCH, sweep, sweep_once
timetable_for()
print("ready", flush=True)
sys.stdin.readline()
begun = time.perf_counter()
directory = Directory(database_now())
while sweep_once(directory, BATCH):
    pass
print(time.perf_counter() - begun, flush=True)
sweep()
"""
# Clocks of dossiers and of open steps, in turn, that run; each is given one alarm in the same minute.
CHOOSE = """
    CREATE TEMPORARY TABLE chosen AS
    (SELECT d.statutory_clock_id AS id FROM workflows_dossier d JOIN sla_clock c ON c.id = d.statutory_clock_id
     WHERE c.state = 'running' LIMIT %(half)s)
    UNION ALL
    (SELECT s.clock_id FROM workflows_step s JOIN sla_clock c ON c.id = s.clock_id
     WHERE c.state = 'running' AND s.status IN ('NEW', 'ASSIGNED') LIMIT %(half)s)
"""
QUIET = """
    UPDATE sla_clock SET started_at = %(now)s - interval '1 hour', due_at = %(now)s + interval '200 days',
        next_rung = 'half', next_rung_at = %(now)s + interval '90 days' + random() * interval '30 days', carried = '{}'
    WHERE state = 'running' AND next_rung_at <= %(now)s + interval '1 hour'
"""
DUE = """
    UPDATE sla_clock SET started_at = %(now)s - interval '20 days', due_at = date_trunc('minute', %(now)s::timestamptz),
        run = run + 1, next_rung = 'due', next_rung_at = date_trunc('minute', %(now)s::timestamptz),
        carried = '{"fired": ["half", "eighty", "apology"]}'
    FROM chosen WHERE sla_clock.id = chosen.id
"""
DATES = """
    UPDATE workflows_dossier SET due_at = date_trunc('minute', %(now)s::timestamptz)
    FROM chosen WHERE statutory_clock_id = chosen.id
"""


def open_clocks() -> int:
    """Clocks that have alarms before them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sla_clock WHERE next_rung_at IS NOT NULL")
        return int(cursor.fetchone()[0])


def prepare(alarms: int) -> int:
    """Put everything that is due off, then make so many alarms due in the present minute; how many clocks that are."""
    now = database_now()
    with connection.cursor() as cursor:
        cursor.execute("UPDATE workflows_dossier SET stuck_at = NULL WHERE stuck_at IS NOT NULL")
        cursor.execute(QUIET, {"now": now})
        cursor.execute("DROP TABLE IF EXISTS chosen")
        cursor.execute(CHOOSE, {"half": alarms // 2})
        cursor.execute(DUE, {"now": now})
        due = int(cursor.rowcount)
        cursor.execute(DATES, {"now": now})
        cursor.execute("VACUUM (ANALYZE) sla_clock")
        cursor.execute("ANALYZE workflows_dossier")
        cursor.execute("ANALYZE workflows_step")
    one = Clock.objects.filter(next_rung_at__lte=now).first()
    if one is not None:
        planned = planned_rungs(one, timetable_of(one.calendar_version_id))
        one_due = [key for key, at in planned.items() if at <= now and key not in one.carried["fired"]]
        if one_due != ["due"]:
            raise SystemExit(f"not one alarm each: {one_due}")
    return due


def measure(*, alarms: int = 100_000, workers: int = 2) -> dict[str, Any]:
    """Fire so many alarms with some processes at once.

    Returns:
        open: clocks with alarms before them; alarms: how many fell due; fired: how many were claimed; seconds: until
        the last worker found nothing due any more; seconds_all: until everything else that a sweep looks for was done.
    """
    due = prepare(alarms)
    opened, before = open_clocks(), claims()
    running = [start() for _ in range(workers)]
    begun = time.perf_counter()
    for process in running:
        release(process)
    lines = [process.communicate(timeout=1800)[0] for process in running]
    seconds_all = time.perf_counter() - begun
    if any(process.returncode for process in running):
        raise SystemExit(f"a worker failed: {lines}")
    seconds = max(float(line.split()[-1]) for line in lines)
    found = {"open": opened, "alarms": due, "fired": claims() - before}
    return found | {"seconds": round(seconds, 1), "seconds_all": round(seconds_all, 1)}


def release(process: subprocess.Popen[str]) -> None:
    """Let a worker begin."""
    if process.stdin is not None:
        process.stdin.write("go\n")
        process.stdin.flush()


def start() -> subprocess.Popen[str]:
    """A worker that waits until it is let go."""
    command = [sys.executable, "-c", WORKER]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
    if process.stdout is None or process.stdout.readline().strip() != "ready":
        raise SystemExit("a worker did not start")
    return process


def claims() -> int:
    """Alarms that have fired so far."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM sla_alarmclaim")
        return int(cursor.fetchone()[0])


def line(found: dict[str, Any]) -> str:
    """A measured row as the table shows it."""
    rate = found["fired"] / found["seconds"] if found["seconds"] else 0
    return (
        f"| {found['open']:>9,} | {found['alarms']:>7,} | {found['fired']:>7,} | {found['seconds']:>6} | {rate:,.0f} |"
    )


def fill(clocks: int) -> None:
    """Copy an open dossier until so many clocks have alarms before them; each copy brings two."""
    missing = (clocks - open_clocks()) // 2
    if missing > 0:
        step = Step.objects.open().filter(clock__state="running", process__statutory_clock__state="running")
        code = f"COPY-{Dossier.objects.order_by('-pk').values_list('pk', flat=True)[0]}-"
        copy_dossier(step.order_by("pk")[0].process, missing, code=code)


def main(sizes: list[int]) -> None:
    """Measure every size and print the table."""
    sys.stdout.write("| clocks open | alarms due | fired | seconds | per second |\n|---:|---:|---:|---:|---:|\n")
    for size in sizes:
        fill(size)
        for alarms in (10_000, 100_000):
            if alarms <= size:
                sys.stdout.write(line(measure(alarms=alarms)) + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000, 1_000_000])
