"""A sweeper in a process of its own, forked from a clean server: no thread, connection or browser comes along."""

from __future__ import annotations

import time
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402  # needs Django set up

from workflows.services.sweeping import sweep  # noqa: E402


def sweep_for_ever(place: dict[str, Any], batch: int) -> None:
    """Sweep the database that stands at `place` until the process is killed."""
    connection.settings_dict.update(place)
    while True:
        sweep(batch=batch)
        time.sleep(0.01)
