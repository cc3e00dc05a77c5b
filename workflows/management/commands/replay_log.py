"""Drives a real event log through the services, in a database of its own, and reports what it showed."""

from __future__ import annotations

import signal
from argparse import ArgumentTypeError
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from workflows.replay.derivation import LONGEST_LIMIT
from workflows.replay.exceptions import ReplayError
from workflows.replay.replaying import Report, replay
from workflows.replay.runner import Tally
from workflows.replay.survey import Survey
from workflows.replay.xes import Skip

SKIPS_SHOWN: Final = 20
INTERRUPTED: Final = 130


class Command(BaseCommand):
    """manage.py replay_log FILE.xes[.gz] [--limit-days N] [--json] [--keep]"""

    help = "Replay an event log (XES, plain or gzip) through the services, in a scratch database."

    def add_arguments(self, parser: CommandParser) -> None:
        """Say what the command takes."""
        parser.add_argument("file", type=Path, help="the event log: .xes or .xes.gz")
        parser.add_argument(
            "--limit-days",
            type=_days,
            metavar="N",
            help="time limit in working days, used only where the log has no planned end (enddate_planned)",
        )
        parser.add_argument("--json", action="store_true", help="standard output carries the JSON object only")
        parser.add_argument("--keep", action="store_true", help="do not drop the scratch database at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay the log; every failure is one sentence and an exit status other than 0."""
        self.skips = 0
        self.stderr.style_func = None
        try:
            with _ended_like_interrupted():
                report = replay(
                    options["file"],
                    now=timezone.now(),
                    limit_days=options["limit_days"],
                    keep=options["keep"],
                    on_skip=self.tell_skip,
                    on_progress=self.tell_progress,
                )
        except ReplayError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt as interrupt:
            raise CommandError(_("Stopped; nothing of the replay is left."), returncode=INTERRUPTED) from interrupt
        if options["keep"]:
            self.stderr.write(_("The scratch database %(name)s is kept.") % {"name": report.database})
        if not options["json"]:
            self.tell_report(report)
        self.stdout.write(report.as_json())

    def tell_skip(self, skip: Skip) -> None:
        """Name the first skipped cases one by one; the rest are counted in the report."""
        self.skips += 1
        if self.skips <= SKIPS_SHOWN:
            words = {"number": skip.number, "name": skip.name[:100], "reason": skip.reason}
            self.stderr.write(_("Skipped case %(number)s (%(name)s): %(reason)s") % words)
        elif self.skips == SKIPS_SHOWN + 1:
            self.stderr.write(_("More cases are skipped; the report counts them."))

    def tell_progress(self, tally: Tally, survey: Survey) -> None:
        """Say how far the replay is."""
        words = {"done": tally.dossiers, "all": survey.cases, "speed": tally.steps_per_second}
        self.stderr.write(_("%(done)s of %(all)s cases, %(speed)s steps per second") % words)

    def tell_report(self, report: Report) -> None:
        """Say in words what the JSON object counts."""
        survey, tally = report.survey, report.tally
        lines = [
            _("Log: %(cases)s cases, %(events)s events, %(activities)s activities, time zone %(zone)s")
            % {
                "cases": survey.cases,
                "events": survey.events,
                "activities": len(survey.activities),
                "zone": survey.zone.key,
            },
            _("Skipped cases: %(count)s") % {"count": len(survey.skips)},
            _("Replayed: %(dossiers)s dossiers, %(steps)s steps, %(people)s people")
            % {"dossiers": tally.dossiers, "steps": tally.steps, "people": len(tally.people)},
            _("Each event has one finished step and one entry in the trail, with its person and time."),
            _("Late: %(count)s") % {"count": _("unknown, the log plans no end") if tally.late is None else tally.late},
            _("Flagged as resubmitted: %(count)s") % {"count": tally.resubmitted},
            _("Speed: %(speed)s steps per second") % {"speed": tally.steps_per_second},
        ]
        for line in lines:
            self.stdout.write(line)


def _days(text: str) -> int:
    if not text.isdecimal() or int(text) > LONGEST_LIMIT:
        raise ArgumentTypeError(_("give a whole number of days, at most %(most)s") % {"most": LONGEST_LIMIT})
    return int(text)


@contextmanager
def _ended_like_interrupted() -> Iterator[None]:
    """Treat a polite end of the process like Ctrl-C, so that the scratch database is dropped."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
