"""Alarms that fall due while the processes that fire them are killed at random, again and again."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from multiprocessing import get_context
from multiprocessing.process import BaseProcess
from typing import Any

from django.db import connection
from django.db.models import Count

from benchmarks.province.cloning import copy_dossier, let_fall_due
from sla.alarms import database_now, planned_rungs
from sla.calendars import timetable_for
from sla.models import AlarmClaim, Clock
from tests.workflows.sweeper import sweep_for_ever
from workflows.models import Dossier, Flag, Notice, Step
from workflows.services.sweeping import sweep

CLEAN = get_context("forkserver")
CLEAN.set_forkserver_preload(["tests.workflows.sweeper"])
LONG_AGO, LATELY = timedelta(days=60), timedelta(days=30)
Say = Callable[[str], Any]


@dataclass(frozen=True)
class Storm:
    """What must have happened when it is over.

    Attributes:
        alarms: rungs by kind of clock and key.
        flags: flags by kind.
        notices: in-app notices by topic and step.
    """

    alarms: dict[tuple[str, str], int]
    flags: dict[str, int]
    notices: dict[tuple[str, str], int]
    kills: int = 0

    @property
    def total(self) -> int:
        """All alarms together."""
        return sum(self.alarms.values())


def brew(dossier: Dossier, alarms: int, *, seconds: float) -> Storm:
    """Make dossiers with so many alarms (a multiple of 16) that fall due within some seconds from now.

    Half of them are long overdue: five alarms of the dossier, four of its step. The other half is due in the future,
    with three alarms behind it, and a step that is overdue.
    """
    half = alarms // 16
    copy_dossier(dossier, 2 * half, code="STORM-")
    now, timetable = database_now(), timetable_for()
    rows = list(Dossier.objects.filter(code__startswith="STORM-").order_by("pk").values_list("pk", "statutory_clock"))
    late, soon = [row[1] for row in rows[:half]], [row[1] for row in rows[half:]]
    steps = list(Step.objects.filter(process__in=[row[0] for row in rows]).values_list("clock", flat=True))
    days = timetable.add(now, timedelta(hours=4))
    due = {"at": now, "seconds": seconds}
    let_fall_due(late, started_at=now - LONG_AGO, due_at=now - LATELY, **due)
    let_fall_due(soon, started_at=now - LONG_AGO, due_at=days, **due)
    let_fall_due(steps, started_at=now - LONG_AGO, due_at=now - LATELY, **due)
    Clock.objects.filter(pk=dossier.statutory_clock_id).update(next_rung="", next_rung_at=None)
    Clock.objects.filter(pk=open_clock(dossier)).update(next_rung="", next_rung_at=None)
    Dossier.objects.update(stuck_at=None)
    for clock_id, keys in ((late[0], 5), (soon[0], 3), (steps[0], 4)):
        planned = planned_rungs(Clock.objects.get(pk=clock_id), timetable)
        assert sum(at <= now for at in planned.values()) == keys, planned
    key = Step.objects.get(process=rows[0][0]).key
    return expected(half, key)


def open_clock(dossier: Dossier) -> Any:
    """The clock of the dossier's open step."""
    return Step.objects.open().get(process=dossier).clock_id


def expected(half: int, step: str) -> Storm:
    """Every rung, flag and notice of the two halves."""
    both, own = ("half", "eighty", "apology"), ("due", "after")
    alarms = {("statutory", key): 2 * half for key in both} | {("statutory", key): half for key in own}
    alarms |= {("step", key): 2 * half for key in ("half", "eighty", "due", "after")}
    notices = {(f"alarm_{key}", ""): 2 * half for key in both} | {(f"alarm_{key}", ""): half for key in own}
    notices |= {(f"alarm_{key}", step): 2 * half for key in ("eighty", "due")}
    flags = {"overdue": half, "due_soon": half, "step_overdue": 2 * half, "no_apology": 2 * half}
    return Storm(alarms, flags, notices)


def start_sweeper(batch: int) -> BaseProcess:
    """A sweeper in a process of its own, with a connection of its own."""
    place = {name: connection.settings_dict[name] for name in ("NAME", "USER", "PASSWORD", "HOST", "PORT")}
    process = CLEAN.Process(target=sweep_for_ever, args=(place, batch), daemon=True)
    process.start()
    return process


def rage(storm: Storm, *, kills: int, sweepers: int = 2, batch: int = 50, seed: int = 1, say: Say) -> int:
    """Let sweepers work, and kill one of them at random `kills` times; then let the last ones finish.

    Returns:
        How many were killed.
    """
    chance = random.Random(seed)
    running = [start_sweeper(batch) for _ in range(sweepers)]
    try:
        for number in range(1, kills + 1):
            time.sleep(chance.uniform(0.02, 0.35))
            victim = running.pop(chance.randrange(len(running)))
            kill(victim)
            if number % 10 == 0 or number == kills:
                say(f"{number:3} kills, {AlarmClaim.objects.count():6} of {storm.total} alarms fired")
            running.append(start_sweeper(batch))
    finally:
        for process in running:
            kill(process)
    return kills


def kill(process: BaseProcess) -> None:
    """End a process that was started here, at once."""
    os.kill(process.pid or 0, signal.SIGKILL)
    process.join(timeout=30)
    assert process.exitcode == -signal.SIGKILL, process.exitcode


def settle(at_least_until: datetime) -> None:
    """Sweep in this process until the last moment has passed and nothing is due."""
    while sweep().rungs or database_now() < at_least_until:
        time.sleep(0.05)


def found() -> Storm:
    """What is in the database now."""
    claims = AlarmClaim.objects.values_list("clock__kind", "rung").annotate(number=Count("pk")).order_by()
    flags = Flag.objects.filter(cleared_at=None).values_list("kind").annotate(number=Count("pk")).order_by()
    told = Notice.objects.filter(channel="in_app", topic__startswith="alarm_")
    rows = told.values_list("topic", "payload__step").annotate(number=Count("pk")).order_by()
    return Storm(
        {(kind, rung): number for kind, rung, number in claims},
        dict(flags),
        {(topic, step): number for topic, step, number in rows},
    )


def doubles() -> dict[str, int]:
    """Rungs, flags and notices that are there more than once."""
    claims = AlarmClaim.objects.values("clock", "run", "rung")
    flags = Flag.objects.values("dossier", "kind", "step")
    told = Notice.objects.filter(topic__startswith="alarm_").values("dossier", "topic", "payload__step", "role", "user")
    return {
        name: rows.annotate(number=Count("pk")).filter(number__gt=1).order_by().count()
        for name, rows in {"alarms": claims, "flags": flags, "notices": told}.items()
    }
