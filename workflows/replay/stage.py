"""What must exist in the scratch database before the first case: calendar, office, people, the derived procedure."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from django.contrib.auth.hashers import make_password
from django.db import transaction

from offices.models import Membership, Office, Role, User
from procedures.definition import Definition
from procedures.models import ProcedureVersion
from procedures.services import import_definition, offer, publish_version
from sla.calendars import publish_calendar
from workflows.replay.derivation import LEVEL, Derived
from workflows.replay.survey import Survey

CALENDAR: Final = "replay"
OFFICE: Final = "LOG"
ROLES: Final = (Role.CLERK, Role.SPECIALIST)
WEEK: Final = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("08:00-12:00", "13:00-17:00"))
NO_LOGIN: Final = make_password(None)
NOBODY: Final = "(nobody named)"


@dataclass(frozen=True)
class Stage:
    """The rows every case is played with; `people` finds the user of a person of the log (case-sensitive)."""

    office: Office
    version: ProcedureVersion
    people: dict[str, User]


@transaction.atomic
def set_stage(survey: Survey, derived: Derived, *, now: datetime) -> Stage:
    """Make the calendar, the office, one user per person and the published procedure.

    Args:
        survey: What the log says.
        derived: The procedure derived from it; published as it is, without the linter.
        now: Aware.
    """
    publish_calendar(_calendar(survey), at=now)
    office = Office.objects.create(
        name="Event log", short_name="Log", code=OFFICE, level=LEVEL, calendar_code=CALENDAR, is_desk=True
    )
    people = _people(survey.people)
    _employ(people.values(), office, since=_day_before(survey))
    draft = import_definition(spec=Definition.model_validate(derived.definition), at=now)
    offer(draft.procedure, office)
    return Stage(office, publish_version(version=draft, at=now), people)


def _calendar(survey: Survey) -> dict[str, object]:
    """Monday to Friday in the log's zone, every year alike: a foreign log does not keep our holidays."""
    return {
        "code": CALENDAR,
        "name": "Calendar of the replay",
        "zone": survey.zone.key,
        "every_year": True,
        "hours": [{"week": WEEK}],
    }


def _people(names: Iterable[str]) -> dict[str, User]:
    """One user per person, without a password; the user name is a number because names may differ in case alone."""
    users = {
        name: User(username=f"person-{number:05}", full_name=_full_name(name), password=NO_LOGIN)
        for number, name in enumerate(sorted(names), start=1)
    }
    User.objects.bulk_create(users.values(), batch_size=1000)
    return users


def _full_name(name: str) -> str:
    return unicodedata.normalize("NFC", name)[:150] or NOBODY


def _employ(users: Iterable[User], office: Office, *, since: date) -> None:
    """Everybody may receive and process: the log says who did, not who was allowed to."""
    roles = [Membership(user=user, office=office, role=role, valid_from=since) for user in users for role in ROLES]
    Membership.objects.bulk_create(roles, batch_size=1000)


def _day_before(survey: Survey) -> date:
    first = survey.first_at or datetime.now(UTC)
    return (first - timedelta(days=1)).date()
