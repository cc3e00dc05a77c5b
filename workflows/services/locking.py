"""The first two statements of every act on an existing dossier: lock its row, then read what the act needs.

The dossier is always locked first and alone, so two acts can wait for each other but never cross. Everything
else is read by the next statement, which sees what the act before it committed.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.capacities import local_day
from offices.models import User
from workflows.exceptions import NotFound
from workflows.models import Dossier, Step
from workflows.services.act import Act
from workflows.services.scene import Scene, scene_annotations

DOSSIER_PARTS = (
    "version__procedure",
    "procedure",
    "receiving_office",
    "handling_office__parent",
    "statutory_clock",
    "citizen_clock",
    "desk_clock",
)


def lock_step(*, step_id: int, name: str, by: User, at: datetime | None) -> Act:
    """Lock the dossier of a step and read both: two statements.

    Raises:
        NotFound: when there is no such human step.
    """
    owner_of_step = Step.objects.human().filter(pk=step_id).values("process_id")[:1]
    take_lock(Dossier.objects.filter(pk=owner_of_step))
    parts = ["clock", "office", "owner", "finished_by", *(f"process__{part}" for part in DOSSIER_PARTS)]
    reading = Step.objects.select_related(*parts).defer("process__version__definition", "process__search")
    step = reading.annotate(**_scene(by, at, dossier="process", procedure="process__procedure")).get(pk=step_id)
    others = open_steps_of(step.process, besides=step.pk) if step.token.is_split_token() else []
    return Act(name=name, dossier=step.process, step=step, by=by, at=at, scene=Scene.of(step, by.pk), others=others)


def lock_dossier(*, dossier_id: int, name: str, by: User, at: datetime | None) -> Act:
    """Lock a dossier and read it with its open steps: three statements.

    Raises:
        NotFound: when there is no such dossier.
    """
    take_lock(Dossier.objects.filter(pk=dossier_id))
    reading = Dossier.objects.select_related(*DOSSIER_PARTS).defer("version__definition", "search")
    dossier = reading.annotate(**_scene(by, at, dossier="pk", procedure="procedure")).get(pk=dossier_id)
    others = open_steps_of(dossier)
    return Act(name=name, dossier=dossier, by=by, at=at, scene=Scene.of(dossier, by.pk), others=others)


def take_lock(dossiers: QuerySet[Dossier]) -> None:
    """Wait for the dossier's row and hold it until the transaction ends."""
    if dossiers.order_by().select_for_update(of=("self",)).values_list("pk", flat=True).first() is None:
        raise NotFound(_("There is no such dossier or step. It may belong to another office; search for its code."))


def open_steps_of(dossier: Dossier, besides: int | None = None) -> list[Step]:
    """Open human steps of a locked dossier."""
    steps = list(
        Step.objects.open()
        .filter(process=dossier)
        .exclude(pk=besides)
        .select_related("clock", "owner", "office")
        .order_by("pk")
    )
    for step in steps:
        step.process = dossier
    return steps


def _scene(by: User, at: datetime | None, *, dossier: str, procedure: str) -> dict[str, Any]:
    return scene_annotations(dossier=dossier, procedure=procedure, by_id=by.pk, on=local_day(at or timezone.now()))
