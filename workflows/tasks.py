"""What Celery runs: each task calls one service, and may run twice without harm."""

from celery import shared_task
from django.utils import timezone

from workflows.services import delivering, sealing, sweeping


@shared_task(name="workflows.tasks.sweep")
def sweep() -> int:
    """Fire due alarms and flag stuck dossiers."""
    return sweeping.sweep().rungs


@shared_task(name="workflows.tasks.deliver_notices")
def deliver_notices() -> int:
    """Send due messages."""
    return delivering.deliver_notices()


@shared_task(name="workflows.tasks.seal_day")
def seal_day() -> str:
    """Seal the trail of yesterday; does nothing when it is sealed already."""
    seal = sealing.seal_day(at=timezone.now())
    return seal.hash if seal else ""
