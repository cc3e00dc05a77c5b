"""The first two statements of every act on an existing dossier: lock its row, then read what the act needs.

The dossier is always locked first and alone, so two acts can wait for each other but never cross. Everything
else is read by the next statement, which sees what the act before it committed.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.capacities import local_day
from offices.models import User
from procedures.models import ProcedureVersion
from workflows.exceptions import NotFound
from workflows.models import Dossier, Step
from workflows.services.act import Act
from workflows.services.scene import Scene, scene_of

# Few joins: with more than eight tables PostgreSQL plans longer than it reads. What few acts need is read when they do.
DOSSIER_PARTS = ("receiving_office", "handling_office", "statutory_clock", "citizen_clock")


def lock_step(*, step_id: int, name: str, by: User, at: datetime | None) -> Act:
    """Lock the dossier of a step and read both: two statements.

    Raises:
        NotFound: when there is no such human step.
    """
    owner_of_step = Step.objects.human().filter(pk=step_id).values("process_id")[:1]
    take_lock(Dossier.objects.filter(pk=owner_of_step))
    parts = ["clock", *(f"process__{part}" for part in DOSSIER_PARTS)]
    reading = Step.objects.select_related(*parts).defer("process__search")
    step = reading.annotate(scene=_scene(by, at)).get(pk=step_id)
    step.process.version = kept_version(step.process)
    others = open_steps_of(step.process, besides=step.pk) if step.token.is_split_token() else []
    return Act(name=name, dossier=step.process, step=step, by=by, at=at, scene=Scene.of(step, by.pk), others=others)


def lock_dossier(*, dossier_id: int, name: str, by: User, at: datetime | None) -> Act:
    """Lock a dossier and read it with its open steps: three statements.

    Raises:
        NotFound: when there is no such dossier.
    """
    take_lock(Dossier.objects.filter(pk=dossier_id))
    reading = Dossier.objects.select_related(*DOSSIER_PARTS).defer("search")
    dossier = reading.annotate(scene=_scene(by, at)).get(pk=dossier_id)
    dossier.version = kept_version(dossier)
    others = open_steps_of(dossier)
    return Act(name=name, dossier=dossier, by=by, at=at, scene=Scene.of(dossier, by.pk), others=others)


def kept_version(dossier: Dossier) -> ProcedureVersion:
    """The version a dossier began with, read once per process: it is published, so it never changes again.

    The name of the flow carries the hash of the definition, so an id that a database gives out twice does no harm.
    """
    return _version_in(connection.settings_dict["NAME"], dossier.version_id, dossier.flow_class.__name__)


@lru_cache(maxsize=2000)
def _version_in(database: str, version_id: int, flow_name: str) -> ProcedureVersion:
    return ProcedureVersion.objects.select_related("procedure").get(pk=version_id)


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


def _scene(by: User, at: datetime | None) -> RawSQL:
    return scene_of(by_id=by.pk, on=local_day(at or timezone.now()))
