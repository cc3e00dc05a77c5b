"""How long each view of the supervisor's board takes for somebody who sees everything: the supervisor of the top.

Asked through Django's test client as the browser asks: the page with its frame, the parts of the board by themselves;
from the session to the last byte, of a file that is sent while it is written to its first line. The database is the
one of DATABASE_URL, filled by `benchmarks.fill`.

    DATABASE_URL=… python -m benchmarks.measuring board
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from math import ceil
from statistics import median
from typing import Any

from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.models import Membership, Role, User
from onestop.desk.reading.watch_choice import TABLES
from onestop.desk.reading.watch_kinds import KINDS
from onestop.desk.reading.watch_sources import mondays
from workflows.models import Dossier, Step

RUNS = 12
TABLES_READ = ("dossier", "step", "flag", "apology", "breachreview", "heldtime", "ledgersum")


def measure(runs: int = RUNS) -> dict[str, Any]:
    """Ask for every view some times.

    Args:
        runs: how often each view is asked for; once before that to fill the caches that every process has.

    Returns:
        How many dossiers there are and are open, and of each view its name, the bytes, the median and the 95th
        percentile in milliseconds; `milliseconds` is the latter.
    """
    settle()
    client = Client(SERVER_NAME="localhost")
    client.force_login(supervisor_of_everything())
    views = [view(client, name, address, runs) for name, address in addresses()]
    return {
        "dossiers": Dossier.objects.count(),
        "open": Dossier.objects.filter(closed_at__isnull=True).count(),
        "runs": runs,
        "slowest": max(views, key=lambda one: float(one["milliseconds"])),
        "views": views,
    }


def settle() -> None:
    """Bring statistics and visibility up to date, as the server itself does some minutes after so much was written."""
    with connection.cursor() as cursor:
        for table in TABLES_READ:
            cursor.execute(f"VACUUM (ANALYZE) workflows_{table}")


def supervisor_of_everything() -> User:
    """Who supervises an office above all others."""
    found = Membership.objects.on(timezone.localdate()).filter(role=Role.SUPERVISOR, office__parent__isnull=True)
    first = found.select_related("user").order_by("office__code", "pk").first()
    if first is None:
        raise SystemExit("Nobody supervises a topmost office in this database.")
    return first.user


def addresses() -> Iterator[tuple[str, str]]:
    """Every view by name."""
    page, table, heat = (reverse(f"desk:supervise{part}") for part in ("", "_table", "_heat"))
    weeks, hours, causes = (reverse(f"desk:supervise_{part}") for part in ("weeks", "hours", "causes"))
    step = Step.objects.open().order_by("-pk").values("office_id", "owner_id", "process__procedure_id").first() or {}
    office, procedure = step.get("office_id", 1), step.get("process__procedure_id", 1)
    last_week = mondays(2, at=timezone.now())[0].date().isoformat()
    yield "first page", page
    for kind in KINDS[1:]:
        yield f"list: {kind}", f"{page}?kind={kind}"
    yield "narrowed to an office", f"{page}?office={office}"
    yield "narrowed to a procedure", f"{page}?procedure={procedure}"
    yield "narrowed to what applicants hold", f"{page}?kind=paused&party=citizen"
    yield "list: decided last week", f"{page}?kind=decided&week={last_week}"
    yield "list: missed limits", f"{page}?kind=breach"
    yield "renewal of the open page", reverse("desk:supervise_now")
    for dimension in TABLES:
        yield f"table by {dimension}", f"{table}?by={dimension}"
    yield "heat map, phase and office", heat
    yield "heat map, step and office", f"{heat}?procedure={procedure}"
    yield "eight weeks", weeks
    yield "26 weeks", f"{weeks}?weeks=26"
    yield "whose hours", hours
    yield "whose hours, officers opened", f"{hours}?held=person"
    yield "missed limits by cause", causes
    yield "CSV of the list, first line", reverse("desk:supervise_file", args=["list", "csv"])
    yield "CSV of the table, first line", reverse("desk:supervise_file", args=["table", "csv"])
    yield "XLSX of the table, whole", reverse("desk:supervise_file", args=["table", "xlsx"])


def view(client: Client, name: str, address: str, runs: int) -> dict[str, Any]:
    """Ask for one view."""
    size = ask(client, address)
    times = []
    for _number in range(runs):
        began = time.perf_counter()
        ask(client, address)
        times.append((time.perf_counter() - began) * 1000)
    times.sort()
    p95 = round(times[ceil(0.95 * len(times)) - 1], 1)
    return {"name": name, "bytes": size, "median": round(median(times), 1), "p95": p95, "milliseconds": p95}


def ask(client: Client, address: str) -> int:
    """Ask once; how many bytes came."""
    is_part = address.partition("?")[0] != reverse("desk:supervise")
    answer = client.get(address, headers={"HX-Request": "true"} if is_part else {})
    if answer.status_code != 200:
        raise SystemExit(f"{address} answered {answer.status_code}")
    if not answer.streaming:
        return len(answer.content)
    first = len(next(iter(answer.streaming_content)))
    answer.close()
    return first
