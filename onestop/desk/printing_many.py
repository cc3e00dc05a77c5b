"""Printing many slips as long work; registered when the desk starts."""

from __future__ import annotations

from django.utils import timezone

from offices.capacities import capacities_of
from onestop.desk.slips.many import CHOICES, PARTS, print_many
from workflows.models import Dossier, Job
from workflows.services.jobs import Outcome, Progress, work_of_kind

KIND = "print_slips"


@work_of_kind(KIND)
def print_slips(job: Job, progress: Progress) -> Outcome:
    """Print one slip of each dossier that whoever asked may still see."""
    ids = [int(pk) for pk in job.data["dossiers"]]
    progress.expect(len(ids))
    capacities = capacities_of(job.asked_by, timezone.now())
    found = Dossier.objects.visible_to(capacities).select_related(*PARTS).defer("search").in_bulk(ids)
    printed = print_many(
        [found[pk] for pk in ids if pk in found],
        slip=job.data["slip"],
        look_up=job.data["look_up"],
        size="a4" if job.data["size"] == "a4" else "a5",
        advance=progress.advance,
    )
    return Outcome(
        content=printed.content,
        filename=f"slips-{job.pk}.pdf",
        content_type="application/pdf",
        report={"slips": printed.slips, "without": list(printed.without), "chosen": str(CHOICES[job.data["slip"]])},
    )
