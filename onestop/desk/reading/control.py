"""The control slip on the screen: who gave the file to whom, and which receipt one may confirm oneself."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.text import capfirst

from offices.capacities import Capacities
from onestop.desk.reading.steps import title_of
from workflows.hand_overs import HandOver, hand_overs_of
from workflows.models import Dossier, Step, TakeOver

TONES = {TakeOver.Result.EARLY: "done", TakeOver.Result.ON_TIME: "done", TakeOver.Result.LATE: "late"}


@dataclass(frozen=True, slots=True)
class HandOverRow:
    """One line; `may_confirm` where the person has the file now and has not said so."""

    line: HandOver
    work: str
    result: str
    tone: str
    may_confirm: bool


def rows_of(dossier: Dossier, capacities: Capacities) -> list[HandOverRow]:
    """Every hand-over of a dossier, the first one first."""
    mine = set(Step.objects.waiting_for(capacities).filter(process=dossier).values_list("pk", flat=True))
    return [
        HandOverRow(
            line=line,
            work=capfirst(title_of(line.step)),
            result=capfirst(TakeOver.Result(line.result).label),
            tone=TONES.get(line.result, ""),
            may_confirm=line.waits and line.step.pk in mine,
        )
        for line in hand_overs_of(dossier)
    ]
