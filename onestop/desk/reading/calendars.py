"""Calendars for the screen: the grid of a year, what a version says in words, drafts, moves, what is foreseen."""

from __future__ import annotations

from calendar import Calendar as Weeks
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.cache import cache
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from sla.calendar_spec import WEEKDAYS, CalendarSpec, SpecRules, spec_from
from sla.checking import Finding, check_calendar
from sla.findings_in_words import WEEKDAY_NAMES, holiday_name, in_words
from sla.models import Calendar, CalendarVersion
from workflows.models import Dossier, Reprojection
from workflows.services.calendar_drafts import fingerprint_of
from workflows.services.foreseeing import EFFECTS, Example, Foreseen, foresee

EXAMPLES_ON_PAGE = 50
KEPT_FOR = 300  # seconds


@dataclass(frozen=True, slots=True)
class DayCell:
    """One day of the grid; `kind` is work, short, rest, off, make_up or closure."""

    day: date
    kind: str
    words: str
    is_today: bool
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the grid, in weeks from Monday; days of other months are left empty."""

    first: date
    weeks: list[list[DayCell | None]]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the plan: a day, or a stretch of days, and what it is."""

    day: date
    until: date | None
    words: str
    kind: str


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """One calendar in the list."""

    calendar: Calendar
    version: CalendarVersion | None
    hours: str
    draft: CalendarVersion | None
    missing: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A finding in words."""

    is_hint: bool
    sentence: str


def reason_in_words(reason: str) -> str:
    """Why nobody works on a day."""
    kind, _sep, detail = reason.partition(":")
    if kind == "holiday":
        return holiday_name(detail)
    if kind == "lieu":
        return _("day off in lieu: %(name)s") % {"name": holiday_name(detail)}
    if kind == "swap":
        return _("swapped with %(day)s") % {"day": f"{date.fromisoformat(detail):%d/%m/%Y}"}
    if kind == "closure":
        return _("office closed: %(why)s") % {"why": detail}
    if kind == "early_close":
        return _("shut early: %(why)s") % {"why": detail}
    return _("weekly rest day")


def hours_in_words(hours: Sequence[tuple[int, int]]) -> str:
    """Windows of a day, as people write them."""
    return ", ".join(f"{a // 60:02}:{a % 60:02}–{b // 60:02}:{b % 60:02}" for a, b in hours)


def cell_of(rules: SpecRules, day: date, today: date, before: SpecRules | None) -> DayCell:
    """A day as the grid shows it."""
    hours, usual = rules.hours_on(day), rules.pattern_on(day)
    reason = rules.why_off(day)
    if rules.is_make_up(day):
        kind, words = "make_up", _("worked in exchange: %(hours)s") % {"hours": hours_in_words(hours)}
    elif reason:
        kind = {"weekend": "rest", "closure": "closure", "early_close": "closure"}.get(reason.partition(":")[0], "off")
        words = "; ".join(filter(None, (hours_in_words(hours), reason_in_words(reason))))
    else:
        kind, words = ("work" if hours == usual else "closure"), hours_in_words(hours)
        longest = max((sum(b - a for a, b in rules.pattern_on(date(2024, 1, n))) for n in range(1, 8)), default=0)
        if kind == "work" and sum(b - a for a, b in hours) < longest:
            kind = "short"
    changed = before is not None and (before.hours_on(day), before.why_off(day)) != (hours, reason)
    return DayCell(day, kind, words, day == today, changed)


def months_of(spec: CalendarSpec, year: int, *, before: CalendarSpec | None = None) -> list[Month]:
    """The grid of a year.

    Args:
        spec: what to show.
        year: of which year.
        before: what held before; days that differ are marked.
    """
    rules, old, today = SpecRules(spec), SpecRules(before) if before else None, timezone.localdate()
    found = []
    for number in range(1, 13):
        weeks = Weeks().monthdatescalendar(year, number)
        cells = [[cell_of(rules, day, today, old) if day.month == number else None for day in week] for week in weeks]
        found.append(Month(date(year, number, 1), cells))
    return found


def entries_of(spec: CalendarSpec, year: int) -> list[Entry]:
    """The plan of a year and its closures, in the order of days."""
    plan, found = spec.years.get(year), []
    if plan is not None:
        for off in plan.holidays:
            words = reason_in_words(f"{'lieu' if off.lieu else 'holiday'}:{off.name}")
            found.append(Entry(off.day, off.until, words, "off"))
        for swap in plan.swaps:
            found.append(Entry(swap.rest, None, reason_in_words(f"swap:{swap.work.isoformat()}"), "off"))
            words = _("worked in exchange for %(day)s") % {"day": f"{swap.rest:%d/%m/%Y}"}
            found.append(Entry(swap.work, None, words, "make_up"))
        found += [Entry(day, None, _("worked in exchange"), "make_up") for day in plan.make_up]
    for closure in spec.closures:
        if closure.day.year == year:
            hours = closure.hours.replace("-", "–") if closure.hours else _("the whole day")
            found.append(Entry(closure.day, None, f"{closure.reason} ({hours})", "closure"))
    return sorted(found, key=lambda one: (one.day, one.kind))


def week_in_words(spec: CalendarSpec, on: date) -> list[tuple[str, str]]:
    """The opening hours of each weekday, by the pattern that holds on a day."""
    period = next((one for one in spec.hours if one.holds_on(on)), spec.hours[-1])
    return [
        (str(WEEKDAY_NAMES[place]), ", ".join(period.week.get(name, ())).replace("-", "–") or "–")
        for place, name in enumerate(WEEKDAYS)
    ]


def short_hours(spec: CalendarSpec) -> str:
    """The hours of a Monday and the days on which the office opens, for a list."""
    days = week_in_words(spec, timezone.localdate())
    opened = [name for name, hours in days if hours != "–"]
    return f"{days[0][1]} · {opened[0]} – {opened[-1]}" if opened else "–"


def years_of(spec: CalendarSpec) -> list[int]:
    """The years that can be looked at: those planned lately, this one and the next."""
    now = timezone.localdate().year
    return sorted({now, now + 1, *(year for year in spec.years if year >= now - 3)})


def findings_of(spec: CalendarSpec, years: Sequence[int] | None = None) -> list[Shown]:
    """What the checker says of this year and every later one that is planned."""
    now = timezone.localdate().year
    wanted = years or sorted({now, *(year for year in spec.years if year > now)})
    return [Shown(one.is_hint, in_words(one)) for one in check_calendar(spec, list(wanted))]


def errors_in(findings: Sequence[Finding | Shown]) -> int:
    """How many of them say that something is missing."""
    return sum(not one.is_hint for one in findings)


def calendar_rows(*, with_drafts: bool) -> Iterator[CalendarRow]:
    """Every calendar with the version that holds now; two statements for each."""
    for calendar in Calendar.objects.order_by("name"):
        version = calendar.versions.filter(published_at__isnull=False).order_by("-number").first()
        draft = calendar.versions.filter(published_at__isnull=True).order_by("number").first() if with_drafts else None
        spec = spec_from(version.spec) if version else None
        missing = errors_in(findings_of(spec)) if spec else 0
        yield CalendarRow(calendar, version, short_hours(spec) if spec else "", draft, missing)


def drafts_of(calendar: Calendar) -> list[CalendarVersion]:
    """The drafts of a calendar, closures included."""
    return list(calendar.versions.filter(published_at__isnull=True).select_related("drafted_by").order_by("number"))


def moves_of(calendar: Calendar) -> list[Reprojection]:
    """The latest moves of open clocks to versions of a calendar."""
    moves = Reprojection.objects.filter(version__calendar=calendar).select_related("version", "ordered_by")[:8]
    return list(moves)


def foreseen_of(act_key: UUID, drafts: Sequence[CalendarVersion], at: datetime) -> Foreseen:
    """What the drafts of an act would change; kept for a few minutes, since a million clocks take seconds."""
    key = f"foreseen:{act_key}:{fingerprint_of(drafts)}"
    found: Foreseen | None = cache.get(key)
    if found is None:
        found = foresee(act_key=act_key, at=at)
        cache.set(key, found, KEPT_FOR)
    return found


@dataclass(frozen=True, slots=True)
class ExampleRow:
    """A dossier whose date would move."""

    code: str
    procedure: str
    before: datetime
    after: datetime


@dataclass(frozen=True, slots=True)
class Examples:
    """A page of dossiers whose dates would move in one way."""

    effect: str
    rows: list[ExampleRow]
    page: int
    words: str
    has_next: bool


def examples_of(seen: Foreseen, query: Any) -> Examples:
    """The examples that the address asks for: by effect, in pages."""
    usual = next((effect for effect in EFFECTS if seen.examples.get(effect)), EFFECTS[-1])
    effect = query.get("effect") if query.get("effect") in EFFECTS else usual
    page = int(query["page"]) if str(query.get("page", "")).isdecimal() else 1
    all_, first = seen.examples.get(effect, []), (max(page, 1) - 1) * EXAMPLES_ON_PAGE
    shown = all_[first : first + EXAMPLES_ON_PAGE]
    total = {"late": seen.late, "punctual": seen.punctual}.get(effect, seen.moved - seen.late - seen.punctual)
    words = _("%(shown)d of %(total)d") % {"shown": first + len(shown), "total": total}
    return Examples(effect, rows_of(shown), max(page, 1), words, first + EXAMPLES_ON_PAGE < len(all_))


def rows_of(examples: Sequence[Example]) -> list[ExampleRow]:
    """The dossiers of these clocks; one statement."""
    ids = [one.clock_id for one in examples]
    found: dict[str, Dossier] = {}
    dossiers = Dossier.objects.filter(Q(statutory_clock__in=ids) | Q(desk_clock__in=ids)).select_related("procedure")
    for dossier in dossiers.defer("search", "data"):
        found |= {str(dossier.statutory_clock_id): dossier, str(dossier.desk_clock_id): dossier}
    return [
        ExampleRow(
            found[one.clock_id].code,
            found[one.clock_id].procedure.name,
            datetime.fromisoformat(one.before),
            datetime.fromisoformat(one.after),
        )
        for one in examples
        if one.clock_id in found
    ]


def title_of(kind: str, name: str) -> str:
    """The title of an event in an exported file."""
    if kind == "swap":
        return _("Day off, swapped")
    if kind == "make_up":
        return _("Worked in exchange")
    return reason_in_words(f"{kind}:{name}")


@dataclass(frozen=True, slots=True)
class Tab:
    """One way in which dates move, with how many do."""

    effect: str
    words: str
    count: int


def tabs_of(seen: Foreseen) -> list[Tab]:
    """The ways in which dates move."""
    rest = seen.moved - seen.late - seen.punctual
    return [
        Tab("late", _("become late"), seen.late),
        Tab("punctual", _("become punctual"), seen.punctual),
        Tab("moved", _("move otherwise"), rest),
    ]
