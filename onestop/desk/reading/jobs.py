"""Long work in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from workflows.models import Job

# What each kind of long work is called; whoever adds a kind adds its name here.
NAMES: dict[str, Promise] = {
    "print_slips": gettext_lazy("Print slips"),
    "register_pdf": gettext_lazy("Register as PDF"),
    "register_xlsx": gettext_lazy("Register as a table"),
}


@dataclass(frozen=True, slots=True)
class JobRow:
    """One piece of long work as a person reads it."""

    job: Job
    name: str
    state: str
    amount: str
    ended_at: datetime | None
    remarks: tuple[str, ...]


def rows_of(jobs: Iterable[Job]) -> list[JobRow]:
    """Long work in words."""
    return [row_of(job) for job in jobs]


def row_of(job: Job) -> JobRow:
    """One piece of long work in words."""
    name = str(NAMES.get(job.kind, job.kind))
    chosen = job.report.get("chosen") or job.data.get("chosen", "")
    return JobRow(
        job=job,
        name=f"{name}: {chosen}" if chosen else name,
        state=capfirst(Job.State(job.state).label),
        amount=_("%(done)d of %(total)d") % {"done": job.done, "total": job.total} if job.total else "",
        ended_at=job.finished_at,
        remarks=tuple(remarks_of(job)),
    )


def remarks_of(job: Job) -> list[str]:
    """What went wrong, or what the work has to say besides its file."""
    found = [job.error] if job.error else []
    without = job.report.get("without", [])
    if without:
        words = {"count": len(without), "codes": ", ".join(without[:20])}
        found.append(_("%(count)d dossiers have no such slip: %(codes)s") % words)
    found += [str(line) for line in job.report.get("remarks", [])]
    if job.state == Job.State.DONE and job.filename and not job.file:
        found.append(_("This file is no longer kept. Ask for the work again."))
    return found
