"""Which calendar an office follows: timetables from files and from published versions."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from django.db import connection, transaction

from sla.calendar_spec import CalendarSpec, SpecRules, spec_from
from sla.exceptions import InvalidCalendar, UnknownCalendar
from sla.models import Calendar, CalendarVersion
from sla.working_time import Book, Timetable

CALENDAR_FILES = Path(__file__).parent / "calendar_data"
_timetables: dict[tuple[str, int], Timetable] = {}


@lru_cache(maxsize=64)
def _book(spec: str) -> Book:
    return Book(SpecRules(spec_from(json.loads(spec))))


def _canonical(spec: CalendarSpec) -> str:
    return json.dumps(spec.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)


def timetable_from_spec(data: Any, *, version: int = 0) -> Timetable:
    """Build the timetable of a calendar that is given as plain data, the way the calendar files are written.

    Raises:
        InvalidCalendar: a key is unknown, missing or wrong.
    """
    spec = data if isinstance(data, CalendarSpec) else spec_from(data)
    return Timetable(_book(_canonical(spec)), code=spec.code, version=version)


def timetable_of(version_id: int) -> Timetable:
    """The timetable of one published version, kept for the life of the process (it can never change)."""
    key = (str(connection.settings_dict["NAME"]), version_id)
    if key not in _timetables:
        version = CalendarVersion.objects.get(pk=version_id, published_at__isnull=False)
        _timetables[key] = timetable_from_spec(version.spec, version=version.pk)
    return _timetables[key]


def timetable_for(calendar_code: str = "default") -> Timetable:
    """The timetable a calendar has now: one small statement, the rest is kept.

    Raises:
        UnknownCalendar: no version of such a calendar has been published.
    """
    newest = CalendarVersion.objects.filter(calendar__code=calendar_code, published_at__isnull=False)
    version_id = newest.order_by("-number").values_list("pk", flat=True).first()
    if version_id is None:
        raise UnknownCalendar(calendar_code, sorted(Calendar.objects.values_list("code", flat=True)))
    return timetable_of(version_id)


@transaction.atomic
def publish_calendar(data: Any, *, at: datetime, by_id: int | None = None) -> CalendarVersion:
    """Publish what a calendar says from now on; the same content is not published twice in a row.

    Open clocks keep their version until somebody moves them; who keeps dossiers does so soon after.

    Raises:
        InvalidCalendar: the data does not describe a calendar.
    """
    spec = data if isinstance(data, CalendarSpec) else spec_from(data)
    calendar, _ = Calendar.objects.get_or_create(code=spec.code, defaults={"name": spec.name, "zone": spec.zone})
    Calendar.objects.select_for_update().get(pk=calendar.pk)
    newest = calendar.versions.filter(published_at__isnull=False).order_by("-number").first()
    content = spec.model_dump(mode="json")
    if newest and newest.spec == content:
        return newest
    Calendar.objects.filter(pk=calendar.pk).update(name=spec.name, zone=spec.zone)
    highest = calendar.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return CalendarVersion.objects.create(
        calendar=calendar,
        number=highest + 1,
        spec=content,
        decision=spec.decision,
        published_at=at,
        published_by_id=by_id,
    )


@lru_cache(maxsize=1)
def calendar_files() -> dict[str, CalendarSpec]:
    """The calendars shipped with the program, by code.

    Raises:
        InvalidCalendar: a file contradicts itself; the message names the file and the place.
    """
    found = {
        path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(CALENDAR_FILES.glob("*.yaml"))
    }
    for name, data in found.items():
        lender = data.pop("years_as_in", None)
        if lender:
            data["years"] = found[lender]["years"]
        if data.get("code") != name:
            raise InvalidCalendar(f"{name}.yaml: the code must be {name}")
    return {name: spec_from(data) for name, data in found.items()}


def load_calendars() -> list[CalendarVersion]:
    """Publish the shipped calendars where they are missing, or have changed and nobody here has changed them."""
    now, loaded = datetime.now(UTC), []
    for code, spec in calendar_files().items():
        ours = (
            CalendarVersion.objects.filter(calendar__code=code, published_at__isnull=False).order_by("-number").first()
        )
        loaded.append(ours if ours and ours.published_by_id else publish_calendar(spec, at=now))
    return loaded
