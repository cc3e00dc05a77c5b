"""Holds the database against the log: one finished step and one trail row per event, with its person and time."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from offices.models import User
from workflows.models import Dossier, Flag, LegalStatus, Step, TrailEntry
from workflows.replay.exceptions import ReplayMismatchError
from workflows.replay.xes import Case

Done = tuple[str, int, datetime]


@dataclass(frozen=True, slots=True)
class Played:
    """A case and the dossier made of it."""

    dossier_id: int
    case: Case


@dataclass(frozen=True, slots=True)
class Found:
    """What the database holds for a number of played cases; `late` is None where no case can be judged."""

    dossiers: int
    steps: int
    late: int | None
    resubmitted: int
    people: set[int]


class Checker:
    """Knows how the log's names are written in the database.

    Args:
        key_of: The step's key for each activity.
        people: The user for each person.
        judge_by_limit: Whether a case without a planned end is late when its statutory clock says so.
    """

    def __init__(self, *, key_of: Mapping[str, str], people: Mapping[str, User], judge_by_limit: bool) -> None:
        self._key_of = key_of
        self._people = people
        self._judge_by_limit = judge_by_limit

    def check(self, played: Sequence[Played]) -> Found:
        """Read steps, trail, flags and verdicts of the played cases and hold them against the log.

        Raises:
            ReplayMismatchError: At the first case that differs.
        """
        ids = [one.dossier_id for one in played]
        steps, trail = _finished_steps(ids), _trail(ids)
        flagged, verdicts = _flagged(ids), _verdicts(ids)
        for one in played:
            wanted = self._wanted(one.case)
            receipt = [("receive", *wanted[0][1:])]
            self._require(one.case, _("steps"), wanted, [done for _step, done in steps[one.dossier_id]])
            acts = [(step, by, at) for step, (_key, by, at) in steps[one.dossier_id]]
            self._require(one.case, _("trail"), receipt + acts, trail[one.dossier_id])
            self._require(one.case, _("flag for repetition"), one.case.repeats, one.dossier_id in flagged)
            self._require(one.case, _("decision"), True, one.dossier_id in verdicts)
        done = [step for dossier_id in ids for step in steps[dossier_id]]
        return Found(
            dossiers=len(verdicts),
            steps=len(done),
            late=self._late(played, steps, verdicts),
            resubmitted=len(flagged),
            people={by for _step, (_key, by, _at) in done},
        )

    def _wanted(self, case: Case) -> list[Done]:
        return [(self._key_of[event.activity], self._people[event.person].pk, event.at) for event in case.events]

    def _late(
        self, played: Sequence[Played], steps: Mapping[int, list[tuple[int, Done]]], verdicts: Mapping[int, str]
    ) -> int | None:
        """Late: the last step finished after the planned end; without one, by the verdict where a limit was set."""
        judged: list[bool] = []
        for one in played:
            if one.case.planned_end is not None:
                judged.append(steps[one.dossier_id][-1][1][2] > one.case.planned_end)
            elif self._judge_by_limit:
                judged.append(verdicts[one.dossier_id] == "late")
        return sum(judged) if judged else None

    @staticmethod
    def _require(case: Case, what: str, wanted: object, found: object) -> None:
        if wanted != found:
            raise ReplayMismatchError(
                _("Case %(number)s (%(name)s) differs from the log in: %(what)s.")
                % {"number": case.number, "name": case.name[:100], "what": what}
            )


def _finished_steps(ids: Sequence[int]) -> dict[int, list[tuple[int, Done]]]:
    """Per dossier its human steps as they were opened; an open one has no finisher and fits no event."""
    steps: dict[int, list[tuple[int, Done]]] = defaultdict(list)
    rows = Step.objects.human().filter(process__in=ids).exclude(status=STATUS.CANCELED).order_by("pk")
    for dossier_id, pk, *done in rows.values_list("process_id", "pk", "key", "finished_by_id", "finished"):
        steps[dossier_id].append((pk, (done[0], done[1], done[2])))
    return steps


def _trail(ids: Sequence[int]) -> dict[int, list[tuple[object, ...]]]:
    """Per dossier its trail: the act for what concerns no step, else the step, with person and time."""
    trail: dict[int, list[tuple[object, ...]]] = defaultdict(list)
    rows = TrailEntry.objects.filter(dossier__in=ids).order_by("dossier_id", "number")
    for dossier_id, act, step_id, by_id, at in rows.values_list("dossier_id", "act", "step_id", "by_id", "at"):
        trail[dossier_id].append((step_id or act, by_id, at))
    return trail


def _flagged(ids: Sequence[int]) -> set[int]:
    return set(Flag.objects.filter(dossier__in=ids, kind=Flag.Kind.RESUBMITTED).values_list("dossier_id", flat=True))


def _verdicts(ids: Sequence[int]) -> dict[int, str]:
    """Verdicts of the dossiers that were decided."""
    return dict(Dossier.objects.filter(pk__in=ids, legal_status=LegalStatus.DECIDED).values_list("pk", "verdict"))
