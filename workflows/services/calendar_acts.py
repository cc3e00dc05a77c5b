"""Calendars as acts of law: somebody drafts, somebody else publishes with a decision number.

    draft ──▶ (edit …) ──▶ preview ──▶ publish by a second person ──▶ every open clock is moved (`reprojecting`)

One act may change several calendars: a closure draws a line through all of them. Its drafts share `act_key`.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.capacities import Capacities, capacities_of
from offices.models import User
from sla.calendar_edits import checked, closures_between, with_closures
from sla.calendar_spec import spec_from
from sla.exceptions import InvalidCalendar
from sla.models import Calendar, CalendarVersion
from workflows.exceptions import NotAllowed, NotComplete, NotFound, NotPossibleNow
from workflows.services.calendar_drafts import (
    authors_of,
    content_to_publish,
    drafts_of_act,
    fingerprint_of,
    keeping,
    newest_of,
    people_behind,
)
from workflows.services.foreseeing import Foreseen, foresee
from workflows.services.reprojecting import order_move_to

Content = dict[str, Any]
Kind = CalendarVersion.Kind


def may_keep_calendars(capacities: Capacities) -> bool:
    """Whether somebody drafts and publishes calendars: an administrator, or a supervisor of a topmost office."""
    return bool(keeping(capacities))


def require_keeper(by: User, at: datetime) -> set[int]:
    """Refuse whoever may not change calendars; say who acts: the person, and in whose place alone they can."""
    capacities = capacities_of(by, at)
    if not may_keep_calendars(capacities):
        raise NotAllowed(
            _("Only an administrator, or the supervisor of the topmost office, drafts and publishes calendars.")
        )
    return people_behind(capacities)


def locked_calendar(code: str) -> Calendar:
    """A calendar, its row locked until the transaction ends."""
    calendar = Calendar.objects.select_for_update().filter(code=code).first()
    if calendar is None:
        raise NotFound(_("There is no such calendar. Look at the list of calendars."))
    return calendar


@transaction.atomic
def draft_calendar(
    *, code: str, by: User, at: datetime | None = None, content: Content | None = None, reason: str = ""
) -> CalendarVersion:
    """Begin a new version of a calendar, from the one that holds now or from given content.

    Raises:
        NotAllowed: the person keeps no calendars.
        NotPossibleNow: there is a draft already.
        NotComplete: the content does not describe this calendar.
    """
    now = at or timezone.now()
    require_keeper(by, now)
    calendar = locked_calendar(code)
    open_draft = (
        calendar.versions.filter(published_at__isnull=True, kind=Kind.PLAN).select_related("drafted_by").first()
    )
    if open_draft is not None:
        raise NotPossibleNow(
            _("%(who)s has begun a draft of this calendar. Change that one, or discard it first.")
            % {"who": open_draft.drafted_by or _("The program")}
        )
    newest = newest_of(calendar)
    given = content if content is not None else (newest.spec if newest else {})
    return new_draft(calendar, newest, valid(given, code), Kind.PLAN, uuid4(), reason, "", by, now)


def valid(content: Content, code: str) -> Content:
    """The content, checked, for the calendar with this code."""
    try:
        found = checked(content)
    except InvalidCalendar as error:
        raise NotComplete(
            _("This is not a calendar: %(what)s.") % {"what": error}, fields={"content": str(error)}
        ) from error
    if found["code"] != code:
        raise NotComplete(
            _("This is the content of calendar %(other)s, not of %(code)s.") % {"other": found["code"], "code": code}
        )
    return found


def new_draft(
    calendar: Calendar,
    newest: CalendarVersion | None,
    content: Content,
    kind: str,
    act_key: UUID,
    reason: str,
    decision: str,
    by: User,
    at: datetime,
) -> CalendarVersion:
    """Store a draft behind all other versions of its calendar."""
    highest = calendar.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return CalendarVersion.objects.create(
        calendar=calendar,
        number=highest + 1,
        spec=content,
        kind=kind,
        reason=reason.strip(),
        decision=decision.strip(),
        act_key=act_key,
        based_on=newest,
        drafted_at=at,
        drafted_by=by,
        editors=sorted(people_behind(capacities_of(by, at))),
    )


def locked_drafts(act_key: UUID) -> list[CalendarVersion]:
    """The drafts of an act and their calendars, locked in one order."""
    codes = CalendarVersion.objects.filter(act_key=act_key).values_list("calendar__code", flat=True)
    for code in sorted(codes):
        locked_calendar(code)
    found = drafts_of_act(act_key)
    if not found:
        raise NotFound(_("This draft is no longer there: it was discarded."))
    if found[0].published_at is not None:
        raise NotPossibleNow(_("This draft has been published. Begin a new one to change the calendar again."))
    return found


@transaction.atomic
def edit_draft(
    *, act_key: UUID, content: Content, by: User, at: datetime | None = None, reason: str | None = None
) -> CalendarVersion:
    """Give a draft other content; whoever does so is one of its authors from then on, and cannot publish it.

    Raises:
        NotAllowed, NotFound, NotComplete
        NotPossibleNow: it was published, or it is a closure.
    """
    now = at or timezone.now()
    people = require_keeper(by, now)
    (draft, *others) = locked_drafts(act_key)
    if others or draft.kind != Kind.PLAN:
        raise NotPossibleNow(_("A closure is not changed: discard it and draft another one."))
    draft.spec, draft.drafted_at = valid(content, draft.calendar.code), now
    draft.editors = sorted({*draft.editors, *people})
    draft.reason = draft.reason if reason is None else reason.strip()
    draft.save(update_fields=["spec", "editors", "drafted_at", "reason"])
    return draft


@transaction.atomic
def discard_draft(*, act_key: UUID, by: User, at: datetime | None = None) -> None:
    """Throw the drafts of an act away; nobody ever went by them.

    Raises:
        NotAllowed, NotFound, NotPossibleNow
    """
    require_keeper(by, at or timezone.now())
    CalendarVersion.objects.filter(pk__in=[draft.pk for draft in locked_drafts(act_key)]).delete()


@transaction.atomic
def draft_closure(
    *,
    codes: Sequence[str],
    begins: datetime,
    ends: datetime,
    reason: str,
    decision: str,
    by: User,
    at: datetime | None = None,
) -> list[CalendarVersion]:
    """Draft the closure of offices for a storm or an outage, also one that is over: one act for all their calendars.

    Raises:
        NotAllowed, NotFound
        NotComplete: calendars, reason or decision are missing, or it ends before it begins.
    """
    now = at or timezone.now()
    require_keeper(by, now)
    missing = {"codes": not codes, "reason": not reason.strip(), "decision": not decision.strip()}
    fields = {name: _("This is needed.") for name, is_missing in missing.items() if is_missing}
    if fields:
        raise NotComplete(_("A closure needs calendars, a reason and a decision."), fields=fields)
    key = uuid4()
    return [
        closure_of(code, begins, ends, reason=reason, decision=decision, key=key, by=by, at=now)
        for code in sorted(set(codes))
    ]


def closure_of(
    code: str, begins: datetime, ends: datetime, *, reason: str, decision: str, key: UUID, by: User, at: datetime
) -> CalendarVersion:
    """The draft of a closure in one calendar."""
    calendar = locked_calendar(code)
    newest = newest_of(calendar)
    if newest is None:
        raise NotFound(_("There is no such calendar. Look at the list of calendars."))
    try:
        pieces = closures_between(begins, ends, reason=reason.strip(), zone=spec_from(newest.spec).zone_info)
        content = with_closures(newest.spec, pieces)
    except InvalidCalendar as error:
        words = _("A closure ends after it begins, and lasts a year at most.")
        raise NotComplete(words, fields={"ends": words}) from error
    return new_draft(calendar, newest, content, Kind.CLOSURE, key, reason, decision, by, at)


@transaction.atomic
def publish_act(
    *, act_key: UUID, decision: str, by: User, seen: str, at: datetime | None = None, foreseen: Foreseen | None = None
) -> list[CalendarVersion]:
    """Publish the drafts of an act as a second person; all open clocks of their calendars are moved afterwards.

    Args:
        act_key: the act.
        decision: number of the decision; for a closure the one it was drafted with, where none is given.
        by: somebody else than its authors.
        seen: the fingerprint (`Foreseen.content`) of what this person was shown.
        foreseen: the numbers kept with the order, where they were worked out for this content; None: worked out now.

    Raises:
        NotAllowed: the person keeps no calendars, or had a hand in the draft.
        NotFound: it was discarded.
        NotComplete: the decision is missing.
        NotPossibleNow: it was published, changes nothing, or is no longer what was shown.
    """
    now = at or timezone.now()
    people = require_keeper(by, now)
    drafts = locked_drafts(act_key)
    if people & authors_of(drafts):
        raise NotAllowed(_("You drafted this. A calendar is published by a second person."))
    number = decision.strip() or (drafts[0].decision if drafts[0].kind == Kind.CLOSURE else "")
    if not number:
        raise NotComplete(
            _("Give the number of the decision."), fields={"decision": _("This is needed: it stands with every date.")}
        )
    content = fingerprint_of(drafts)
    for draft in drafts:
        require_newest(draft)
    if seen != content:
        raise NotPossibleNow(_("This is no longer what you were shown: the draft or the calendar changed. Look again."))
    numbers = foreseen if foreseen and foreseen.content == content else foresee(act_key=act_key, at=now)
    for draft in drafts:
        publish_draft(draft, number, by, now)
        order_move_to(draft, preview=numbers.as_data(), by_id=by.pk, at=now)
    return drafts


def require_newest(draft: CalendarVersion) -> None:
    """Refuse a plan that was begun before another version was published; a closure is put onto that one."""
    newest = newest_of(draft.calendar)
    if newest is not None and newest.pk != draft.based_on_id and draft.kind != Kind.CLOSURE:
        raise NotPossibleNow(
            _("Version %(number)s was published after this draft was begun. Take it over into the draft first.")
            % {"number": newest.number}
        )


def publish_draft(draft: CalendarVersion, decision: str, by: User, at: datetime) -> None:
    """Let one draft hold from now on; a closure is put onto whatever holds now."""
    newest, draft.spec = newest_of(draft.calendar), content_to_publish(draft)
    if newest is not None and newest.spec == draft.spec:
        raise NotPossibleNow(_("This draft says the same as the version that holds. Discard it."))
    highest = draft.calendar.versions.exclude(pk=draft.pk).order_by("-number").values_list("number", flat=True).first()
    draft.number = (highest or 0) + 1
    draft.decision, draft.published_at, draft.published_by = decision, at, by
    draft.save()
    Calendar.objects.filter(pk=draft.calendar_id).update(name=draft.spec["name"], zone=draft.spec["zone"])


@transaction.atomic
def take_over_newest(*, act_key: UUID, by: User, at: datetime | None = None) -> CalendarVersion:
    """Put closures published meanwhile under a draft; its authors stay its authors, another plan is drafted anew.

    Raises:
        NotAllowed, NotFound
        NotPossibleNow: nothing was published meanwhile, or something else than closures.
    """
    require_keeper(by, at or timezone.now())
    (draft, *_others) = locked_drafts(act_key)
    newest, base = newest_of(draft.calendar), draft.based_on
    since = draft.calendar.versions.filter(published_at__isnull=False, number__gt=base.number if base else 0)
    if newest is None or newest == base:
        raise NotPossibleNow(_("Nothing was published after this draft was begun: there is nothing to take over."))
    if since.exclude(kind=Kind.CLOSURE).exists():
        raise NotPossibleNow(
            _("Another plan was published meanwhile. Discard this draft and begin again from what holds now.")
        )
    draft.spec = with_closures(draft.spec, newest.spec.get("closures", []))
    draft.based_on = newest
    draft.save(update_fields=["spec", "based_on"])
    return draft
