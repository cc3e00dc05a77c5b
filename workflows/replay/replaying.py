"""One replay from the file to the report: survey, scratch database, stage, cases, totals."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from workflows.models import Dossier, Step, TrailEntry
from workflows.replay.derivation import Derived, derive
from workflows.replay.exceptions import LogError, ReplayMismatchError
from workflows.replay.runner import Player, Tally
from workflows.replay.scratch import scratch_database
from workflows.replay.stage import set_stage
from workflows.replay.survey import Survey, survey
from workflows.replay.xes import Skip, read_log


@dataclass(frozen=True)
class Report:
    """What a replay showed; `database` is the scratch database's name."""

    survey: Survey
    derived: Derived
    tally: Tally
    database: str

    def as_json(self) -> str:
        """One compact JSON object."""
        tally = self.tally
        content = {
            "dossiers": tally.dossiers,
            "steps": tally.steps,
            "people": len(tally.people),
            "late": tally.late,
            "resubmitted": tally.resubmitted,
            "steps_per_second": tally.steps_per_second,
            "skipped": len(self.survey.skips),
        }
        return json.dumps(content, separators=(",", ":"))


def replay(
    path: Path,
    *,
    now: datetime,
    limit_days: int | None = None,
    keep: bool = False,
    on_skip: Callable[[Skip], None],
    on_progress: Callable[[Tally, Survey], None],
) -> Report:
    """Replay a log in a scratch database.

    The file is read twice: a broken one is refused before anything is created.

    Args:
        path: An XES file, plain or gzip.
        now: Aware.
        limit_days: The legal limit in working days, where the log plans no end itself.
        keep: Leave the scratch database behind.
        on_skip: Told of every case that is left out.
        on_progress: Told of the totals after each batch.

    Raises:
        LogError: The file cannot be read, or none of its cases can be replayed.
        ReplayError: The database cannot be created, or the services refuse a case.
        ReplayMismatchError: The database does not say what the log says.
    """
    found = survey(read_log(path, now=now))
    for skip in found.skips:
        on_skip(skip)
    if not found.cases:
        raise LogError(
            _("No case of the log can be replayed; the first one: %(reason)s") % {"reason": found.skips[0].reason}
        )
    derived = derive(found, limit_days=limit_days)
    with scratch_database(keep=keep) as database:
        player = Player(
            set_stage(found, derived, now=now),
            derived,
            judge_by_limit=limit_days is not None and not found.planned_days,
            progress=lambda tally: on_progress(tally, found),
        )
        tally = player.play_all(read_log(path, now=now))
        _check_totals(found, tally)
    return Report(found, derived, tally, database)


def _check_totals(found: Survey, tally: Tally) -> None:
    """Each case was checked by itself; nothing else may lie in the database."""
    wanted = (found.cases, found.cases, found.events, found.events, found.cases + found.events)
    held = (
        tally.dossiers,
        Dossier.objects.count(),
        tally.steps,
        Step.objects.human().count(),
        TrailEntry.objects.count(),
    )
    if wanted != held:
        raise ReplayMismatchError(
            _("The totals of database and log differ: %(held)s instead of %(wanted)s.")
            % {"held": held, "wanted": wanted}
        )
