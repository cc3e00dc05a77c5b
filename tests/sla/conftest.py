"""Calendars and moments that the tests on time share."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from sla.calendars import calendar_files, load_calendars, timetable_for, timetable_from_spec

HANOI = ZoneInfo("Asia/Ho_Chi_Minh")


def at(text):
    """A moment written as people write it: `23/11/2026 09:00`."""
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=HANOI)


@pytest.fixture(scope="session")
def shipped():
    return {code: timetable_from_spec(spec) for code, spec in calendar_files().items()}


@pytest.fixture(scope="session")
def office(shipped):
    return shipped["default"]


@pytest.fixture(scope="session")
def saturday_desk(shipped):
    return shipped["saturday-desk"]


@pytest.fixture(scope="session")
def amsterdam():
    hours = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("09:00-17:00",))
    data = {"code": "log", "name": "Log", "zone": "Europe/Amsterdam", "every_year": True, "hours": [{"week": hours}]}
    return timetable_from_spec(data)


@pytest.fixture
def published(db):
    load_calendars()
    return timetable_for("default")
