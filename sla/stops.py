"""The stops that a clock carries along: when it stood still in the present run, and which of them count."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sla.limits import Stop
from sla.models import Clock


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _stop(entry: dict[str, Any]) -> Stop:
    return Stop(datetime.fromisoformat(entry["start"]), _moment(entry.get("end")))


def entries(clock: Clock) -> list[dict[str, Any]]:
    """The stops of the present run as they are stored, oldest first."""
    return list(clock.carried.get("stops", []))


def resuming_stops(clock: Clock) -> list[Stop]:
    """The stops whose time is made up for; silent ones, which leave the due date alone, are not among them."""
    return resuming(entries(clock))


def resuming(stored: list[dict[str, Any]]) -> list[Stop]:
    """The same of stops as they are stored."""
    return [_stop(entry) for entry in stored if not entry.get("silent")]


def stop_pairs(stops: list[Stop], *, until: datetime) -> list[tuple[datetime, datetime]]:
    """Beginning and end of each stop before `until`; one that lasts ends there."""
    return [(stop.start, min(stop.end or until, until)) for stop in stops if stop.start < until]


def is_silent(clock: Clock) -> bool:
    """Whether the clock stands still without moving its due date."""
    return ends_silently(entries(clock))


def ends_silently(stored: list[dict[str, Any]]) -> bool:
    """The same of stops as they are stored."""
    return bool(stored and stored[-1]["end"] is None and stored[-1].get("silent"))


def open_stop(clock: Clock, at: datetime, *, silent: bool) -> None:
    """Note that the clock stands still from `at` on."""
    entry = {"start": at.astimezone(UTC).isoformat(), "end": None, "silent": silent}
    clock.carried = {**clock.carried, "stops": [*entries(clock), entry]}


def close_stop(clock: Clock, at: datetime) -> None:
    """Note that the clock runs again from `at` on."""
    *earlier, last = entries(clock)
    clock.carried = {**clock.carried, "stops": [*earlier, {**last, "end": at.astimezone(UTC).isoformat()}]}
