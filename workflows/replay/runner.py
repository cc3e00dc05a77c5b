"""Plays the cases of a log through the services, with the log's own people and times, and checks the outcome."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import zip_longest
from time import perf_counter
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from sla.exceptions import TimeError
from workflows import services
from workflows.exceptions import WorkflowError
from workflows.models import Step
from workflows.replay.checking import Checker, Found, Played
from workflows.replay.derivation import Derived
from workflows.replay.exceptions import ReplayError
from workflows.replay.stage import Stage
from workflows.replay.xes import Case, Event, Skip

BATCH: Final = 250
REASON_BACK: Final = "As in the log."


@dataclass(slots=True)
class Tally:
    """What was played so far; `seconds` is the time spent in the services alone."""

    dossiers: int = 0
    steps: int = 0
    late: int | None = None
    resubmitted: int = 0
    seconds: float = 0.0
    people: set[int] = field(default_factory=set)

    @property
    def steps_per_second(self) -> float:
        """Finished steps per second of playing."""
        return round(self.steps / self.seconds, 1) if self.seconds else 0.0

    def add(self, found: Found) -> None:
        """Add what the database was found to hold for a batch."""
        self.dossiers += found.dossiers
        self.steps += found.steps
        self.resubmitted += found.resubmitted
        self.people |= found.people
        if found.late is not None:
            self.late = (self.late or 0) + found.late


class Player:
    """Plays cases one after the other; a case is in the database as a whole or not at all."""

    def __init__(
        self, stage: Stage, derived: Derived, *, judge_by_limit: bool, progress: Callable[[Tally], None]
    ) -> None:
        self.stage = stage
        self.derived = derived
        self.tally = Tally()
        self._progress = progress
        self._checker = Checker(key_of=derived.key_of, people=stage.people, judge_by_limit=judge_by_limit)
        self._unchecked: list[Played] = []

    def play_all(self, entries: Iterable[Case | Skip]) -> Tally:
        """Play every case, check the database after each batch, and return the totals.

        Raises:
            ReplayError: The services refuse a case of the log.
            ReplayMismatchError: The database does not say what the log says.
        """
        for entry in entries:
            if isinstance(entry, Case):
                self._unchecked.append(self._timed(entry))
            if len(self._unchecked) == BATCH:
                self._check()
        self._check()
        return self.tally

    def _timed(self, case: Case) -> Played:
        began = perf_counter()
        try:
            return self._play(case)
        except (WorkflowError, TimeError) as refusal:
            raise ReplayError(
                _("Case %(number)s (%(name)s) cannot be replayed: %(reason)s")
                % {"number": case.number, "name": case.name[:100], "reason": refusal}
            ) from refusal
        finally:
            self.tally.seconds += perf_counter() - began

    @transaction.atomic
    def _play(self, case: Case) -> Played:
        first = case.events[0]
        dossier = services.receive(intake=self._intake(case), by=self.stage.people[first.person], at=first.at)
        for event, following in zip_longest(case.events, case.events[1:]):
            self._finish(dossier.pk, event, following)
        return Played(dossier.pk, case)

    def _intake(self, case: Case) -> services.Intake:
        office_id = self.stage.office.pk
        return services.Intake(
            version_id=self.stage.version.pk,
            receiving_office_id=office_id,
            handling_office_id=office_id,
            applicant=services.ApplicantDetails(full_name=case.name[:250]),
            answers=self.derived.form(case.events[0].activity),
        )

    def _finish(self, dossier_id: int, event: Event, following: Event | None) -> None:
        services.finish_step(
            step_id=Step.objects.open().values_list("pk", flat=True).get(process=dossier_id),
            outcome=self.derived.outcome(following.activity if following else None),
            by=self.stage.people[event.person],
            at=event.at,
            reason=REASON_BACK,
        )

    def _check(self) -> None:
        played, self._unchecked = self._unchecked, []
        if played:
            self.tally.add(self._checker.check(played))
            self._progress(self.tally)
