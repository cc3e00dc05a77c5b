"""What a figure was measured on: processor, memory, versions, and how busy the machine was."""

from __future__ import annotations

import os
import platform
import re
from pathlib import Path

import django
import psutil


def processor() -> str:
    """The name of the processor."""
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8") if Path("/proc/cpuinfo").exists() else ""
    found = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    return found[1].strip() if found else platform.machine()


def described(postgres: str) -> list[tuple[str, str]]:
    """The machine in words, by subject; names neither the host nor any place on it.

    Args:
        postgres: the version of the database server.
    """
    memory = psutil.virtual_memory().total / 1024**3
    return [
        ("processor", f"{processor()}, {os.cpu_count()} cores"),
        ("memory", f"{memory:.0f} GB"),
        ("system", f"{platform.system()} {platform.release().split('-')[0]}"),
        ("Python", platform.python_version()),
        ("Django", django.get_version()),
        ("PostgreSQL", postgres.split(" (")[0].removeprefix("PostgreSQL ")),
    ]


def load() -> float:
    """How many processes wanted a core in the last minute, on average."""
    return os.getloadavg()[0]
