"""Instants as texts, fast: the day and the second of the day are each written once."""

from __future__ import annotations

from datetime import UTC, datetime

from benchmarks.province.due_times import DAY, LOCAL

_seconds = [f"{second // 3600:02d}:{second // 60 % 60:02d}:{second % 60:02d}" for second in range(DAY)]
_days: dict[int, str] = {}


def _day(number: int) -> str:
    text = _days.get(number)
    if text is None:
        text = _days[number] = datetime.fromtimestamp(number * DAY, UTC).strftime("%Y-%m-%d")
    return text


def pg(at: int) -> str:
    """As PostgreSQL writes it in UTC."""
    return f"{_day(at // DAY)} {_seconds[at % DAY]}+00"


def iso_utc(at: int) -> str:
    """As `isoformat` writes it in UTC."""
    return f"{_day(at // DAY)}T{_seconds[at % DAY]}+00:00"


def iso_local(at: int) -> str:
    """As `isoformat` writes it in the offices' zone."""
    at += LOCAL
    return f"{_day(at // DAY)}T{_seconds[at % DAY]}+07:00"
