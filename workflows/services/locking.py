"""The first two statements of every act on an existing dossier: lock its row, then read what the act needs.

The dossier is always locked first and alone, so two acts can wait for each other but never cross. Everything
else is read by the next statement, which sees what the act before it committed.
"""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from django.db import OperationalError, connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.errors import LockNotAvailable

from offices.capacities import local_day
from offices.models import User
from procedures.models import ProcedureVersion
from sla.models import Clock
from workflows.exceptions import DossierBusy, NotFound
from workflows.models import Dossier, Step
from workflows.services.act import Act
from workflows.services.reprojecting import bring_up_to_date
from workflows.services.scene import Scene, scene_of

# Few joins: with more than eight tables PostgreSQL plans longer than it reads. What few acts need is read when they do.
LONGEST_WAIT = "2000"  # milliseconds
DOSSIER_PARTS = ("receiving_office", "handling_office", "statutory_clock", "citizen_clock")


def lock_step(*, step_id: int, name: str, by: User, at: datetime | None) -> Act:
    """Lock the dossier of a step and read both: two statements, where its clocks need not be moved first.

    Raises:
        NotFound: when there is no such human step.
        DossierBusy: when somebody else holds the dossier for too long.
    """
    owner_of_step = Step.objects.human().filter(pk=step_id).values("process_id")[:1]
    take_lock(Dossier.objects.filter(pk=owner_of_step))
    step = read_step(step_id, by, at)
    if brought_up_to_date(step.process, Scene.of(step, by.pk), at, step.clock):
        step = read_step(step_id, by, at)
    step.process.version = kept_version(step.process)
    others = open_steps_of(step.process, besides=step.pk) if step.token.is_split_token() else []
    return Act(name=name, dossier=step.process, step=step, by=by, at=at, scene=Scene.of(step, by.pk), others=others)


def read_step(step_id: int, by: User, at: datetime | None) -> Step:
    """A step with its dossier and the scene: one statement."""
    parts = ["clock", *(f"process__{part}" for part in DOSSIER_PARTS)]
    reading = Step.objects.select_related(*parts).defer("process__search")
    step: Step = reading.annotate(scene=_scene(by, at)).get(pk=step_id)
    return step


def lock_dossier(*, dossier_id: int, name: str, by: User, at: datetime | None) -> Act:
    """Lock a dossier and read it with its open steps: three statements, where its clocks need not be moved first.

    Raises:
        NotFound: when there is no such dossier.
        DossierBusy: when somebody else holds the dossier for too long.
    """
    take_lock(Dossier.objects.filter(pk=dossier_id))
    dossier = read_dossier(dossier_id, by, at)
    if brought_up_to_date(dossier, Scene.of(dossier, by.pk), at):
        dossier = read_dossier(dossier_id, by, at)
    dossier.version = kept_version(dossier)
    others = open_steps_of(dossier)
    return Act(name=name, dossier=dossier, by=by, at=at, scene=Scene.of(dossier, by.pk), others=others)


def read_dossier(dossier_id: int, by: User, at: datetime | None) -> Dossier:
    """A dossier and the scene: one statement."""
    reading = Dossier.objects.select_related(*DOSSIER_PARTS).defer("search")
    dossier: Dossier = reading.annotate(scene=_scene(by, at)).get(pk=dossier_id)
    return dossier


def brought_up_to_date(dossier: Dossier, scene: Scene, at: datetime | None, *clocks: Clock | None) -> bool:
    """Move the clocks of a locked dossier to the newest calendar, where that has not been done; whether any moved.

    The clocks at hand tell without asking; while an order is being carried out, the others are looked at too.
    """
    known = [clock for clock in (dossier.statutory_clock, dossier.citizen_clock, *clocks) if clock is not None]
    behind = any(clock.state != "ended" and scene.is_behind(clock.calendar_version_id) for clock in known)
    return (behind or scene.clocks_are_moving) and bool(bring_up_to_date([dossier.pk], at=at))


def kept_version(dossier: Dossier) -> ProcedureVersion:
    """The version a dossier began with, read once per process: it is published, so it never changes again.

    The name of the flow carries the hash of the definition, so an id that a database gives out twice does no harm.
    """
    return _version_in(connection.settings_dict["NAME"], dossier.version_id, dossier.flow_class.__name__)


@lru_cache(maxsize=2000)
def _version_in(database: str, version_id: int, flow_name: str) -> ProcedureVersion:
    return ProcedureVersion.objects.select_related("procedure").get(pk=version_id)


def take_lock(dossiers: QuerySet[Dossier]) -> None:
    """Wait for the dossier's row and hold it until the transaction ends.

    How long an act waits is set by the very statement that locks, before it locks, and holds until the transaction
    ends: PostgreSQL looks at the conditions of a row before it takes the row's lock.

    Raises:
        NotFound: when there is no such dossier.
        DossierBusy: when somebody else holds it for too long.
    """
    waiting = dossiers.order_by().extra(where=["set_config('lock_timeout', %s, true) <> ''"], params=[LONGEST_WAIT])
    try:
        found = waiting.select_for_update(of=("self",)).values_list("pk", flat=True).first()
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise DossierBusy(moving=clocks_are_moving()) from error
        raise
    if found is None:
        raise NotFound(_("There is no such dossier or step. It may belong to another office; search for its code."))


def clocks_are_moving() -> bool:
    """Whether an order to move clocks is being carried out; asked on a connection of its own, after a failure."""
    aside = connection.copy()
    try:
        with aside.cursor() as cursor:
            cursor.execute(
                "SELECT EXISTS (SELECT FROM workflows_reprojection WHERE finished_at IS NULL AND kind = 'calendar')"
            )
            return bool(cursor.fetchone()[0])
    finally:
        aside.close()


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
