"""Long work: asked for by a person, done by a worker, left and found again.

    start() ──▶ Job "waiting" ──▶ a worker claims it ──▶ "running", with progress ──▶ "done" with a file, or "failed"

What a kind of work does is registered by whoever offers it (`work_of_kind`). A worker that dies loses nothing: the job
is taken up anew once nobody has said for a while that it is at work. The file is thrown away after some days; the row
stays and says so.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from offices.models import User
from sla.alarms import database_now
from workflows.exceptions import NotFound, WorkflowError
from workflows.models import Job

log = logging.getLogger(__name__)

LOST_AFTER = timedelta(minutes=3)
KEPT_FOR = timedelta(days=7)
TRIES = 3
SAY_EVERY = 0.7  # seconds between two notes of progress


@dataclass(frozen=True, slots=True)
class Outcome:
    """What long work leaves behind: a file to fetch, a report, or both."""

    content: bytes = b""
    filename: str = ""
    content_type: str = "application/octet-stream"
    report: Mapping[str, Any] = field(default_factory=dict)


class Progress:
    """How a piece of work says how far it is; it is written at most once a second, and at the end."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._said = monotonic()

    def expect(self, total: int) -> None:
        """Say how much there is to do."""
        self.job.total = total
        self._write()

    def advance(self, by: int = 1) -> None:
        """Say that some of it is done."""
        self.job.done += by
        if monotonic() - self._said > SAY_EVERY:
            self._write()

    def _write(self) -> None:
        self._said = monotonic()
        Job.objects.filter(pk=self.job.pk).update(done=self.job.done, total=self.job.total, seen_at=database_now())


Work = Callable[[Job, Progress], Outcome]
WORKS: dict[str, Work] = {}


def work_of_kind(kind: str) -> Callable[[Work], Work]:
    """Register what a kind of long work does."""

    def register(work: Work) -> Work:
        WORKS[kind] = work
        return work

    return register


def start(*, kind: str, data: Mapping[str, Any], by: User, at: datetime, total: int = 0) -> Job:
    """Ask for long work; a worker takes it up as soon as this transaction ends.

    Args:
        kind: a registered kind.
        data: what it needs, as plain values.
        by: who asks; whoever does the work asks for this person's rights.
        at: when (aware).
        total: how much there is to do, where that is known.

    Raises:
        NotFound: there is no such kind of work.
    """
    if kind not in WORKS:
        raise NotFound(_("There is no such long work."))
    given = {**data, "language": get_language() or "vi"}
    job = Job.objects.create(kind=kind, data=given, asked_by=by, asked_at=at, total=total)
    transaction.on_commit(lambda: send(job.pk))
    return job


def send(job_id: int) -> None:
    """Wake a worker; where none can be reached, the job waits for the next round."""
    from workflows.tasks import run_job

    try:
        run_job.apply_async((job_id,), retry=False)
    except Exception as error:  # the broker: whatever is wrong with it, the job is stored and found by the next round
        log.warning("Job %s waits: no worker could be woken (%s).", job_id, error)


def run(job_id: int) -> bool:
    """Do one job, unless somebody else does it or it is done; returns whether it was done here."""
    job = claim(job_id)
    if job is None:
        return False
    with override(str(job.data.get("language", "vi"))):
        try:
            keep(job, WORKS[job.kind](job, Progress(job)))
        except WorkflowError as error:
            fail(job, str(error))
        except Exception:
            log.exception("Job %s (%s) failed.", job.pk, job.kind)
            fail(job, _("The program could not finish this. Ask again; if it fails again, tell an administrator."))
    return True


@transaction.atomic
def claim(job_id: int) -> Job | None:
    """Take a job up, if it waits or its worker was lost."""
    now = database_now()
    job = Job.objects.select_for_update(skip_locked=True).filter(open_at(now), pk=job_id).first()
    if job is None:
        return None
    if job.attempts >= TRIES or job.kind not in WORKS:
        fail(job, _("The program could not finish this. Ask again; if it fails again, tell an administrator."))
        return None
    job.state, job.started_at, job.seen_at, job.done = Job.State.RUNNING, now, now, 0
    job.attempts += 1
    job.save(update_fields=["state", "started_at", "seen_at", "done", "attempts"])
    return job


def open_at(now: datetime) -> Q:
    """Jobs that wait, and those of which nobody has heard for a while."""
    lost = Q(state=Job.State.RUNNING, seen_at__lt=now - LOST_AFTER)
    return Q(state=Job.State.WAITING) | lost


def keep(job: Job, outcome: Outcome) -> None:
    """Store what the work left behind."""
    if outcome.filename:
        job.file.save(outcome.filename, ContentFile(outcome.content), save=False)
    job.filename, job.content_type, job.report = outcome.filename, outcome.content_type, dict(outcome.report)
    job.state, job.finished_at = Job.State.DONE, database_now()
    job.done = job.total = max(job.done, job.total, 1)
    job.save()


def fail(job: Job, sentence: str) -> None:
    """Note why the work was not done."""
    job.state, job.error, job.finished_at = Job.State.FAILED, sentence, database_now()
    job.save(update_fields=["state", "error", "finished_at"])


def run_waiting() -> int:
    """Take up what waits or was lost, and throw away old files: the round of the scheduler."""
    now = database_now()
    throw_away(now)
    waiting = Job.objects.filter(open_at(now)).order_by("pk").values_list("pk", flat=True)[:20]
    return sum(run(job_id) for job_id in list(waiting))


def throw_away(now: datetime) -> None:
    """Remove the files of jobs that were done long ago."""
    old = Job.objects.filter(finished_at__lt=now - KEPT_FOR).exclude(file="")
    for job in old.order_by("pk")[:200]:
        job.file.delete(save=False)
        Job.objects.filter(pk=job.pk).update(file="")
