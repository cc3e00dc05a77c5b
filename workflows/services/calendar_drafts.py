"""What a draft of a calendar would let hold, and who had a hand in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from offices.capacities import Capacities, Capacity
from offices.models import Office, Role
from sla.calendar_edits import with_closures
from sla.models import Calendar, CalendarVersion

Content = dict[str, Any]


def keeping(capacities: Capacities) -> list[Capacity]:
    """The capacities in which somebody keeps calendars: as administrator, or as supervisor of a topmost office."""
    offices = capacities.offices_as(Role.SUPERVISOR)
    topmost = set(Office.objects.filter(pk__in=offices, parent__isnull=True).values_list("pk", flat=True))
    return [
        one
        for one in capacities
        if one.role == Role.ADMINISTRATOR or (one.role == Role.SUPERVISOR and one.office_id in topmost)
    ]


def people_behind(capacities: Capacities) -> set[int]:
    """Who acts where somebody changes or publishes a calendar: the person, and whom they can do so only in place of."""
    principals = {one.user_id for one in keeping(capacities)}
    own = capacities.user_id
    return {own} if own in principals else {own, *principals}


def authors_of(drafts: Sequence[CalendarVersion]) -> set[int]:
    """Everybody who drafted or changed one of these drafts, and in whose place."""
    return {pk for draft in drafts for pk in (draft.drafted_by_id, *draft.editors) if pk is not None}


def newest_of(calendar: Calendar) -> CalendarVersion | None:
    """The version that holds now."""
    return calendar.versions.filter(published_at__isnull=False).order_by("-number").first()


def added_closures(draft: CalendarVersion) -> list[Content]:
    """The closures that a draft adds to what it was drafted from."""
    before = draft.based_on.spec.get("closures", []) if draft.based_on else []
    return [one for one in draft.spec.get("closures", []) if one not in before]


def content_to_publish(draft: CalendarVersion) -> Content:
    """What would hold if the draft were published now: a closure is put onto whatever holds, a plan is itself."""
    newest = newest_of(draft.calendar)
    if draft.kind != CalendarVersion.Kind.CLOSURE or newest is None or newest.pk == draft.based_on_id:
        content: Content = draft.spec
        return content
    return with_closures(newest.spec, added_closures(draft))


def drafts_of_act(act_key: UUID) -> list[CalendarVersion]:
    """The drafts of an act, in one order."""
    parts = ("calendar", "based_on", "drafted_by")
    found = CalendarVersion.objects.filter(act_key=act_key).select_related(*parts)
    return list(found.order_by("calendar__code"))


def fingerprint_of(drafts: Sequence[CalendarVersion]) -> str:
    """A short text that stays the same as long as publishing these drafts would let the very same hold."""
    said = []
    for draft in sorted(drafts, key=lambda one: one.calendar.code):
        newest = newest_of(draft.calendar)
        said.append([draft.calendar.code, newest.pk if newest else 0, content_to_publish(draft)])
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]
