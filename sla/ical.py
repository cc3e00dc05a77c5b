"""Calendars as iCalendar files: days off, swaps, make-up days and closures out of a version and into a draft."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event

from sla.calendar_edits import (
    Content,
    closures_between,
    with_closures,
    with_day_off,
    with_make_up,
    with_swap,
    with_year,
)
from sla.calendar_spec import CalendarSpec, Closure, minutes_of
from sla.exceptions import InvalidCalendar
from sla.working_time import FIRST_YEAR, LAST_YEAR

PRODUCT = "-//onestop//working calendar//EN"
KIND, REST = "X-ONESTOP-KIND", "X-ONESTOP-REST"
ONE_DAY = timedelta(days=1)
LARGEST_FILE = 300_000  # bytes
MOST_EVENTS = 500
MOST_CLOSURES = 1_000  # days closed, in the whole calendar
LONGEST = 60
Say = Callable[[str, str], str]


def plain(kind: str, name: str) -> str:
    """The title of an event where nobody gives better words."""
    return name or kind


def exported(spec: CalendarSpec, *, version: int = 0, published_at: datetime | None = None, say: Say = plain) -> bytes:
    """Write the days of a calendar as an iCalendar file, one event for each stretch.

    Args:
        spec: what the calendar says.
        version: its number, which every event carries as its sequence.
        published_at: when it was published.
        say: gives the title of an event from its kind (`holiday`, `lieu`, `swap`, `make_up`, `closure`) and its name.
    """
    book = Calendar()
    book.add("prodid", PRODUCT)
    book.add("version", "2.0")
    book.add("x-wr-calname", spec.name)
    book.add("x-wr-timezone", spec.zone)
    stamp = (published_at or datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)).astimezone(UTC)
    for kind, name, begins, ends, rest in _entries(spec):
        event = Event()
        event.add("uid", f"{kind}-{begins:%Y%m%d%H%M}-{spec.code}@onestop")
        event.add("dtstamp", stamp)
        event.add("sequence", version)
        event.add("summary", say(kind, name))
        event.add("dtstart", begins)
        event.add("dtend", ends)
        event.add(KIND, kind)
        if name:
            event.add("description", name)
        if rest:
            event.add(REST, rest.isoformat())
        book.add_component(event)
    return bytes(book.to_ical())


def _entries(spec: CalendarSpec) -> Iterator[tuple[str, str, Any, Any, date | None]]:
    """Kind, name, beginning, end and the day off that a swap belongs to."""
    zone = ZoneInfo(spec.zone)
    for _year, plan in sorted(spec.years.items()):
        for off in plan.holidays:
            yield "lieu" if off.lieu else "holiday", off.name, off.day, (off.until or off.day) + ONE_DAY, None
        for swap in plan.swaps:
            yield "swap", "", swap.rest, swap.rest + ONE_DAY, None
            yield "make_up", "", swap.work, swap.work + ONE_DAY, swap.rest
        for day in plan.make_up:
            yield "make_up", "", day, day + ONE_DAY, None
    for closure in spec.closures:
        begins, ends = _instants(closure, zone)
        yield "closure", closure.reason, begins, ends, None


def _instants(closure: Closure, zone: ZoneInfo) -> tuple[date | datetime, date | datetime]:
    if closure.hours is None:
        return closure.day, closure.day + ONE_DAY
    midnight = datetime(closure.day.year, closure.day.month, closure.day.day, tzinfo=zone)
    opens, shuts = minutes_of(closure.hours)
    return midnight + timedelta(minutes=opens), midnight + timedelta(minutes=shuts)


@dataclass(slots=True)
class Imported:
    """What an iCalendar file became.

    Attributes:
        content: the calendar it was put into, with what the file says.
        used: how many events were used.
        unused: title and reason (`repeats`, `too_long`, `no_day`, `out_of_range`, `not_a_day_off`) of the others.
    """

    content: Content
    used: int = 0
    unused: list[tuple[str, str]] = field(default_factory=list)


class UnusableError(Exception):
    """An event that cannot be used; its text is the reason."""


def imported(content: Content, file: bytes) -> Imported:
    """Put the events of an iCalendar file into a calendar; the years it speaks of are planned by it alone.

    Args:
        content: the calendar to begin with.
        file: the file.

    Raises:
        InvalidCalendar: this is no iCalendar file, or there is no event in it.
    """
    events = _events(file)
    done = Imported(_cleared(content, events))
    for event in events:
        title = _text(event.get("summary", ""))
        try:
            done.content = _with_event(done.content, event, title)
            done.used += 1
        except UnusableError as error:
            done.unused.append((title, str(error)))
        except OverflowError:
            done.unused.append((title, "out_of_range"))
        except InvalidCalendar:
            done.unused.append((title, "too_long"))
    return done


def _events(file: bytes) -> list[Event]:
    if len(file) > LARGEST_FILE:
        raise InvalidCalendar("the file is larger than a calendar can be")
    try:
        book = Calendar.from_ical(file)
        events = [event for event in book.walk("VEVENT") if isinstance(event, Event)]
    except (ValueError, KeyError, IndexError, AttributeError, TypeError, RecursionError) as error:
        raise InvalidCalendar("this is not an iCalendar file") from error
    if not events or len(events) > MOST_EVENTS:
        raise InvalidCalendar("there is no event in it" if not events else "there are too many events in it")
    return events


def _cleared(content: Content, events: list[Event]) -> Content:
    """The calendar without the plans of the years that the file speaks of."""
    changed = {**content, "years": dict(content.get("years", {}))}
    for event in events:
        try:
            begins, _ends = _span(event)
        except (UnusableError, OverflowError):
            continue
        if _kind(event) != "closure":
            changed["years"][str(begins.year)] = {"decision": "", "holidays": [], "swaps": [], "make_up": []}
    return changed


def _kind(event: Event) -> str:
    """What an event of ours says it is; whole days of others are holidays, hours are closures."""
    known = str(event.get(KIND, ""))
    if known:
        return known
    return "closure" if isinstance(_value(event, "dtstart"), datetime) else "holiday"


def _text(value: Any) -> str:
    """A title as one short line, without anything that cannot be printed or stored."""
    return "".join(letter if letter.isprintable() else " " for letter in str(value)[:200]).strip()


def _value(event: Event, name: str) -> Any:
    found = event.get(name)
    return getattr(found, "dt", None)


def _span(event: Event) -> tuple[Any, Any]:
    """First and last moment, or first day and the day after the last."""
    begins, ends = _value(event, "dtstart"), _value(event, "dtend")
    if not isinstance(begins, date):
        raise UnusableError("no_day")
    if not FIRST_YEAR <= begins.year <= LAST_YEAR:
        raise UnusableError("out_of_range")
    if ends is None:
        ends = begins + (_value(event, "duration") or ONE_DAY)
    if type(ends) is not type(begins):
        raise UnusableError("no_day")
    return begins, ends


def _with_event(content: Content, event: Event, title: str) -> Content:
    if event.get("rrule") is not None or event.get("rdate") is not None:
        raise UnusableError("repeats")
    begins, ends = _span(event)
    kind, name = _kind(event), _text(event.get("description", "")) or title
    if kind == "closure":
        return _with_closure(content, begins, ends, name)
    if isinstance(begins, datetime):
        raise UnusableError("not_a_day_off")
    last = ends - ONE_DAY
    if not begins <= last <= begins + LONGEST * ONE_DAY:
        raise UnusableError("too_long")
    if kind == "swap":
        return with_year(content, begins.year)
    if kind == "make_up":
        rest = str(event.get(REST, ""))
        return with_swap(content, rest=_day(rest), work=begins) if rest else with_make_up(content, day=begins)
    until = last if last != begins else None
    return with_day_off(content, day=begins, until=until, name=name or kind, lieu=kind == "lieu")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UnusableError("no_day") from error


def _with_closure(content: Content, begins: Any, ends: Any, reason: str) -> Content:
    zone = ZoneInfo(content["zone"])
    if not isinstance(begins, datetime):
        begins, ends = (datetime(day.year, day.month, day.day, tzinfo=zone) for day in (begins, ends))
    if begins.tzinfo is None:
        begins, ends = begins.replace(tzinfo=zone), ends.replace(tzinfo=zone)
    closures = closures_between(begins, ends, reason=reason or "closure", zone=zone)
    if len(content.get("closures", [])) + len(closures) > MOST_CLOSURES:
        raise UnusableError("too_long")
    return with_closures(content, closures)
