"""Cases and events of an XES log: whole cases, and in place of a case that cannot be replayed the reason why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from workflows.replay.exceptions import LogError
from workflows.replay.parser import RawTrace, read_traces

NAME = "concept:name"
TIMESTAMP = "time:timestamp"
TRANSITION = "lifecycle:transition"
RESOURCE = "org:resource"
PLANNED_END = "enddate_planned"
COMPLETE = "complete"
DEFAULT_ZONE = ZoneInfo("Europe/Amsterdam")
EARLIEST = datetime(1972, 1, 1, tzinfo=UTC)  # working time is known from 1971 on


@dataclass(frozen=True, slots=True)
class Event:
    """Something a person did in a case.

    `activity` is the name as written; where the life-cycle transition is not `complete`, it follows in
    brackets, so that the start and the end of one piece of work are two activities and not a repetition.
    """

    activity: str
    lifecycle: str
    person: str
    at: datetime
    attributes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One case of the log with all its events in order of time; `number` counts the traces of the file from 1."""

    number: int
    name: str
    events: tuple[Event, ...]
    attributes: dict[str, str]
    planned_end: datetime | None

    @property
    def repeats(self) -> bool:
        """Whether an activity occurs more than once."""
        return len({event.activity for event in self.events}) < len(self.events)

    @property
    def is_late(self) -> bool | None:
        """Whether the last event came after the planned end; None where the log plans none."""
        return None if self.planned_end is None else self.events[-1].at > self.planned_end


@dataclass(frozen=True, slots=True)
class Skip:
    """A case that cannot be replayed, and why (a sentence)."""

    number: int
    name: str
    reason: str


class _UnfitTraceError(Exception):
    """A trace that makes no case; its text is the reason."""


def read_log(path: Path, *, now: datetime) -> Iterator[Case | Skip]:
    """Yield every case of the log, in the order of the file, or the reason why it is left out.

    Args:
        path: An XES file, plain or gzip.
        now: Aware; a case with a later event is left out, because no act may lie in the future.

    Raises:
        LogError: The file as a whole cannot be read, or holds no case at all.
    """
    number = 0
    for number, trace in enumerate(read_traces(path), start=1):
        name = trace.attributes.get(NAME, "").strip() or f"#{number}"
        try:
            yield _case(number, name, trace, now)
        except _UnfitTraceError as unfit:
            yield Skip(number, name, str(unfit))
    if number == 0:
        raise LogError(_("The log holds no case."))


def _case(number: int, name: str, trace: RawTrace, now: datetime) -> Case:
    if not trace.events:
        raise _UnfitTraceError(_("The case has no event."))
    events = tuple(_event(place, raw) for place, raw in enumerate(trace.events, start=1))
    _check_order(events, now)
    planned = trace.attributes.get(PLANNED_END)
    return Case(number, name, events, trace.attributes, None if planned is None else _planned_end(planned))


def _event(place: int, raw: dict[str, str]) -> Event:
    name = raw.get(NAME, "").strip()
    if not name:
        raise _UnfitTraceError(_("Event %(place)s has no activity.") % {"place": place})
    if TIMESTAMP not in raw:
        raise _UnfitTraceError(_("Event %(place)s has no timestamp.") % {"place": place})
    at = _instant(raw[TIMESTAMP])
    if at is None:
        raise _UnfitTraceError(
            _("Event %(place)s has a timestamp that is no date: “%(text)s”.")
            % {"place": place, "text": raw[TIMESTAMP][:40]}
        )
    transition = raw.get(TRANSITION, "").strip()
    activity = name if transition.lower() in {"", COMPLETE} else f"{name} ({transition})"
    return Event(activity, transition, raw.get(RESOURCE, "").strip(), at, raw)


def _check_order(events: tuple[Event, ...], now: datetime) -> None:
    """Events of equal time keep the order of the file; an earlier one after a later one is not guessed at."""
    for place, (before, after) in enumerate(pairwise(events), start=2):
        if after.at < before.at:
            raise _UnfitTraceError(
                _("The events are out of order: event %(place)s lies before the one that precedes it.")
                % {"place": place}
            )
    if events[0].at < EARLIEST:
        raise _UnfitTraceError(_("The first event lies before 1972, for which there is no calendar."))
    if events[-1].at > now:
        raise _UnfitTraceError(_("The last event lies in the future."))


def _planned_end(text: str) -> datetime:
    planned = _instant(text)
    if planned is None:
        raise _UnfitTraceError(_("The planned end is no date: “%(text)s”.") % {"text": text[:40]})
    return planned


def _instant(text: str) -> datetime | None:
    """The aware instant that `text` (ISO 8601) names; without an offset it is read in the default zone."""
    try:
        at = datetime.fromisoformat(text.strip())
        at = at if at.tzinfo else at.replace(tzinfo=DEFAULT_ZONE)
        at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return at
