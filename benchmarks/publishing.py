"""How long it takes to publish a calendar that moves every open clock, and what the inbox feels of it meanwhile.

    a process asks for inboxes, one after the other ──────────────────────────────────▶ p95 before and during
    preview ──▶ publish ──▶ two workers move clocks, batch by batch, until none is left ▶ seconds

The database is the one of DATABASE_URL, filled by `benchmarks.fill`. Its calendar gets a new version: one more day off.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import django

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "onestop.settings")
    django.setup()

from django.db import connection
from django.utils import timezone

ROOT = Path(__file__).resolve().parents[1]
BEFORE = 20.0  # seconds of asking before anything is published


def main() -> None:
    """Measure and print."""
    print(json.dumps(measure(), indent=2, default=str))


if __name__ == "__main__":
    main()
