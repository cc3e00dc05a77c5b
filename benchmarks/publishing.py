"""How long it takes to publish a calendar that moves every open clock, and what the inbox feels of it meanwhile.

    a process asks for inboxes, one after the other ──────────────────────────────────▶ p95 before and during
    preview ──▶ publish ──▶ two workers move clocks, batch by batch, until none is left ▶ seconds

The database is the one of DATABASE_URL, filled by `benchmarks.fill`. Its calendar gets a new version: one more day off.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
    django.setup()

from django.utils import timezone

from benchmarks.asking import people_with_work
from offices.models import Membership, Role, User
from sla.calendar_spec import CalendarSpec
from sla.calendars import timetable_for
from sla.models import CalendarVersion, Clock
from workflows.models import Reprojection
from workflows.services.calendar_acts import draft_calendar, publish_act
from workflows.services.foreseeing import foresee
from workflows.services.reprojecting import SHARES

ROOT = Path(__file__).resolve().parents[1]
BEFORE = 20.0  # seconds of asking before anything is published
LONGEST = 1500.0
WORKER = """
import sys
import django
django.setup()
from workflows.services.reprojecting import SHARES, carry_out
print("ready", flush=True)
sys.stdin.readline()
print(carry_out(share={share}, shares=SHARES), flush=True)
"""
ASKER = """
import sys
import django
django.setup()
from benchmarks.asking import ask_until_told
ask_until_told({people!r})
"""


def measure() -> dict[str, Any]:
    """Publish one more day off, let two workers move what is open, and ask for inboxes all the while.

    Returns:
        clocks: how many were open on the old version; moved: how many the workers moved; left: how many they left;
        seconds: from publishing until none was left; preview_seconds; inbox_before_ms and
        inbox_during_ms: median, p95 and how many requests.
    """
    old = CalendarVersion.objects.filter(calendar__code="default", published_at__isnull=False).latest("number")
    author, publisher = keepers()
    draft = draft_calendar(code="default", by=author, content=with_day_off(old), reason="Nghỉ theo quyết định")
    clocks = Clock.objects.filter(calendar_version=old).exclude(state="ended").count()
    began = time.perf_counter()
    foreseen = foresee(act_key=draft.act_key, at=timezone.now())
    previewed = round(time.perf_counter() - began, 1)
    workers = [started(WORKER.format(share=share)) for share in range(SHARES)]
    asker = started(ASKER.format(people=people_with_work()))
    time.sleep(BEFORE)
    began_at, began = time.time(), time.perf_counter()
    publish_act(act_key=draft.act_key, decision="01/QĐ-UBND", by=publisher, seen=foreseen.content, foreseen=foreseen)
    for worker in workers:
        release(worker)
    moved = [int(worker.communicate(timeout=LONGEST)[0]) for worker in workers]
    seconds, ended_at = time.perf_counter() - began, time.time()
    asked = json.loads(asker.communicate("stop\n", timeout=60)[0].splitlines()[-1])
    order = Reprojection.objects.get(version=draft)
    return {
        "clocks": clocks,
        "moved": sum(moved),
        "finished": order.finished_at is not None,
        "left": Clock.objects.filter(calendar_version=old).exclude(state="ended").count(),
        "seconds": round(seconds, 1),
        "preview_seconds": previewed,
        "inbox_before_ms": described([took for at, took in asked if at < began_at]),
        "inbox_during_ms": described([took for at, took in asked if began_at <= at < ended_at]),
    }


def with_day_off(version: CalendarVersion) -> dict[str, Any]:
    """What a calendar says, with one more day off: the second working day from now, which nearly every term crosses."""
    spec = CalendarSpec.model_validate(version.spec).model_dump(mode="json")
    timetable = timetable_for("default")
    day = timetable.working_day(timetable.day_of(timezone.now()), 2)
    year = spec["years"].get(str(day.year)) or spec["years"][day.year]
    year["holidays"].append({"day": day.isoformat(), "name": "Nghỉ theo quyết định"})
    return spec


def keepers() -> list[User]:
    """Two people who may draft and publish calendars."""
    top = Membership.objects.filter(office__parent__isnull=True, role__in=[Role.ADMINISTRATOR, Role.SUPERVISOR])
    people = list(User.objects.filter(memberships__in=top).order_by("pk").distinct()[:2])
    if len(people) < 2:
        raise SystemExit("the topmost office has no two people who may publish calendars")
    return people


def started(code: str) -> subprocess.Popen[str]:
    """A process that has said that it is ready."""
    command = [sys.executable, "-c", code]
    process = subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)  # noqa: S603
    if process.stdout is None or process.stdout.readline().strip() != "ready":
        raise SystemExit("a process did not start")
    return process


def release(process: subprocess.Popen[str]) -> None:
    """Let a process begin."""
    if process.stdin is not None:
        process.stdin.write("go\n")
        process.stdin.flush()


def described(milliseconds: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    if len(milliseconds) < 2:
        return {"median": 0.0, "p95": 0.0, "requests": len(milliseconds)}
    high = quantiles(milliseconds, n=20)[-1]
    return {"median": round(median(milliseconds), 1), "p95": round(high, 1), "requests": len(milliseconds)}


def main() -> None:
    """Measure and print."""
    print(json.dumps(measure(), indent=2, default=str))


if __name__ == "__main__":
    main()
