"""A volume of the register as a file; long ones as long work, registered when the desk starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.utils import timezone

from offices.capacities import capacities_of
from onestop.desk.slips.content import RegisterLine
from onestop.desk.slips.register import all_lines, as_pdf, as_xlsx
from workflows.models import Job
from workflows.services.jobs import Outcome, Progress, work_of_kind
from workflows.services.registers import Volume, volume_named

KINDS = {"pdf": "register_pdf", "xlsx": "register_xlsx"}
TYPES = {"pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
AT_ONCE = 300


def made(kind: str, volume: Volume, lines: Iterable[RegisterLine], *, at: datetime) -> tuple[bytes, str, str]:
    """The file, its name and its type."""
    form = "pdf" if kind == KINDS["pdf"] else "xlsx"
    content = as_pdf(volume, lines, at=at) if form == "pdf" else as_xlsx(volume, lines)
    return content, f"register-{volume.office.code}-{volume.year}-{volume.number}.{form}", TYPES[form]


@work_of_kind(KINDS["pdf"])
@work_of_kind(KINDS["xlsx"])
def write_register(job: Job, progress: Progress) -> Outcome:
    """Write a long volume, if whoever asked may still read it."""
    now = timezone.now()
    volume = volume_named(
        office_id=job.data["office"],
        year=job.data["year"],
        number=job.data["number"],
        capacities=capacities_of(job.asked_by, now),
    )
    progress.expect(volume.lines)
    content, name, content_type = made(job.kind, volume, counted(all_lines(volume), progress), at=now)
    return Outcome(content=content, filename=name, content_type=content_type)


def counted(lines: Iterable[RegisterLine], progress: Progress) -> Iterator[RegisterLine]:
    """The same lines; each is counted as it is read."""
    for line in lines:
        yield line
        progress.advance()
