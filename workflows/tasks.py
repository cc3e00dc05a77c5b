"""What Celery runs: each task calls one service, and may run twice without harm."""

from celery import shared_task

from workflows.services import delivering, sweeping


@shared_task(name="workflows.tasks.sweep")
def sweep() -> int:
    """Fire due alarms and flag stuck dossiers."""
    return sweeping.sweep().rungs


@shared_task(name="workflows.tasks.deliver_notices")
def deliver_notices() -> int:
    """Send due messages."""
    return delivering.deliver_notices()
