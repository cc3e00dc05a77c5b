"""What Celery runs: each task calls one service, and may run twice without harm."""

from celery import shared_task
from django.utils import timezone

from workflows.services import (
    breach_evidence,
    continuing,
    delivering,
    incoming_files,
    jobs,
    malware_checks,
    moving_rulebooks,
    reprojecting,
    scanner_folders,
    sealing,
    summing,
    sweeping,
    watching_slips,
)


@shared_task(name="workflows.tasks.sweep")
def sweep() -> int:
    """Fire due alarms and flag stuck dossiers."""
    return sweeping.sweep().rungs


@shared_task(name="workflows.tasks.watch_slips")
def watch_slips() -> int:
    """Flag stops of whose slip nobody was told."""
    return watching_slips.watch_slips()


@shared_task(name="workflows.tasks.continue_attempts")
def continue_attempts() -> int:
    """Link open files to those that ended without a result."""
    return continuing.continue_attempts()


@shared_task(name="workflows.tasks.deliver_notices")
def deliver_notices() -> int:
    """Send due messages."""
    return delivering.deliver_notices()


@shared_task(name="workflows.tasks.move_rulebooks")
def move_rulebooks() -> int:
    """Carry out ordered moves of dossiers to another rulebook."""
    return moving_rulebooks.move_dossiers()


@shared_task(name="workflows.tasks.seal_day")
def seal_day() -> str:
    """Seal the trail of yesterday; does nothing when it is sealed already."""
    seal = sealing.seal_day(at=timezone.now())
    return seal.hash if seal else ""


@shared_task(name="workflows.tasks.sum_ledgers")
def sum_ledgers() -> int:
    """Add up the ledgers that changed, and once a day those of open dossiers."""
    return summing.sum_ledgers()


@shared_task(name="workflows.tasks.gather_evidence")
def gather_evidence() -> int:
    """Gather the evidence of reviews that were opened since."""
    return breach_evidence.gather_waiting()


@shared_task(name="workflows.tasks.move_clocks")
def move_clocks(share: int) -> int:
    """Move open clocks to the newest version of their calendar: one of two shares."""
    return reprojecting.carry_out(share=share, shares=reprojecting.SHARES)


@shared_task(name="workflows.tasks.collect_scans")
def collect_scans() -> int:
    """Take in what scanners wrote into the folders of their desks."""
    return scanner_folders.collect(at=timezone.now())


@shared_task(name="workflows.tasks.check_waiting_files")
def check_waiting_files() -> int:
    """Ask the malware scanner again about files it gave no answer on."""
    return malware_checks.check_waiting(at=timezone.now())


@shared_task(name="workflows.tasks.clear_incoming")
def clear_incoming() -> int:
    """Delete files that came in and became no paper for a month."""
    return incoming_files.clear_old(at=timezone.now())


@shared_task(name="workflows.tasks.run_job")
def run_job(job_id: int) -> bool:
    """Do one piece of long work."""
    return jobs.run(job_id)


@shared_task(name="workflows.tasks.run_jobs")
def run_jobs() -> int:
    """Take up long work that waits or was lost."""
    return jobs.run_waiting()
