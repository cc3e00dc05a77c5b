"""What Celery runs: each task calls one service, and may run twice without harm."""

from celery import shared_task
from django.utils import timezone

from workflows.services import (
    breach_evidence,
    continuing,
    delivering,
    moving_rulebooks,
    reprojecting,
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
