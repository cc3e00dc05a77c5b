"""A draft of a calendar: change it, see what it would move, publish it as a second person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.forms.calendars import CHANGES, PublicationForm
from onestop.desk.reading import calendars as reading
from onestop.desk.views.calendars import KEEPERS, shown_year
from sla.calendar_spec import spec_from
from sla.exceptions import InvalidCalendar
from sla.models import CalendarVersion
from workflows.exceptions import NotComplete
from workflows.services.calendar_acts import (
    discard_draft,
    edit_draft,
    publish_act,
    require_keeper,
    take_over_newest,
)
from workflows.services.calendar_drafts import authors_of, content_to_publish, people_behind


def found_drafts(request: DeskRequest, key: UUID) -> list[CalendarVersion]:
    """The drafts of an act, or 404; only for who keeps calendars."""
    require_keeper(request.user, timezone.now())
    drafts = CalendarVersion.objects.filter(act_key=key).select_related("calendar", "based_on", "drafted_by")
    found = list(drafts.order_by("calendar__code"))
    if not found:
        raise Http404(_("This draft is no longer there: it was discarded."))
    return found


@desk_page(*KEEPERS)
@require_safe
def act(request: DeskRequest, key: UUID) -> HttpResponse:
    """A draft with its year, its forms and what the checker says; a published one leads to its calendar."""
    drafts = found_drafts(request, key)
    if drafts[0].published_at is not None:
        return redirect("desk:calendar", code=drafts[0].calendar.code)
    return render_draft(request, drafts)


def render_draft(
    request: DeskRequest, drafts: list[CalendarVersion], *, status: int = 200, **forms: Any
) -> HttpResponse:
    """The page of a draft; `forms` are those that could not be accepted."""
    draft = drafts[0]
    spec = spec_from(draft.spec)
    before = spec_from(draft.based_on.spec) if draft.based_on else None
    years = reading.years_of(spec)
    year = shown_year(request, years) if "year" in request.GET else changed_year(spec, before, years)
    context: dict[str, Any] = {
        "drafts": drafts,
        "draft": draft,
        "is_closure": draft.kind == CalendarVersion.Kind.CLOSURE,
        "year": year,
        "years": years,
        "months": reading.months_of(spec, year, before=before),
        "entries": reading.entries_of(spec, year),
        "week": reading.week_in_words(spec, timezone.localdate()),
        "findings": reading.findings_of(spec),
        "is_mine": is_mine(request, drafts),
        "is_outdated": is_outdated(draft),
        "changes": {name: form() for name, form in CHANGES.items() if name != "remove"},
    }
    context["changes"] |= forms
    return render(request, "desk/calendars/draft.html", context, status=status)


def changed_year(spec: Any, before: Any, years: list[int]) -> int:
    """The first year in which a draft differs from what holds, else this year."""
    now = timezone.localdate().year
    if before is None:
        return now
    differing = [year for year in years if reading.entries_of(spec, year) != reading.entries_of(before, year)]
    return differing[0] if differing else now


def is_mine(request: DeskRequest, drafts: list[CalendarVersion]) -> bool:
    """Whether the person, or whom they act for, had a hand in a draft and so cannot publish it."""
    return bool(people_behind(request.capacities) & authors_of(drafts))


def is_outdated(draft: CalendarVersion) -> bool:
    """Whether another version was published after the draft was begun."""
    published = draft.calendar.versions.filter(published_at__isnull=False).order_by("-number")
    return published.values_list("pk", flat=True).first() != draft.based_on_id


@desk_page(*KEEPERS)
@require_POST
def edit(request: DeskRequest, key: UUID, name: str) -> HttpResponse:
    """One change of a draft."""
    drafts = found_drafts(request, key)
    if name not in CHANGES:
        raise Http404(_("There is no such page."))
    form = CHANGES[name](request.POST)
    if form.is_valid():
        try:
            edit_draft(act_key=key, content=form.changed(drafts[0].spec), by=request.user)
            return redirect(f"{draft_url(key)}?year={request.POST.get('year', '')}")
        except (InvalidCalendar, NotComplete):
            form.add_error(None, _("These days or hours contradict each other. Check them."))
    return render_draft(request, drafts, status=422, **{name: form})


def draft_url(key: UUID) -> str:
    """Where a draft is shown."""
    return redirect("desk:calendar_act", key=key).url


@desk_page(*KEEPERS)
@require_POST
def discard(request: DeskRequest, key: UUID) -> HttpResponse:
    """Throw a draft away."""
    code = found_drafts(request, key)[0].calendar.code
    discard_draft(act_key=key, by=request.user)
    messages.success(request, _("The draft is discarded. Nothing has changed."))
    return redirect("desk:calendar", code=code)


@desk_page(*KEEPERS)
@require_POST
def catch_up(request: DeskRequest, key: UUID) -> HttpResponse:
    """Take closures over into a draft that were published after it was begun."""
    found_drafts(request, key)
    take_over_newest(act_key=key, by=request.user)
    return redirect("desk:calendar_act", key=key)


@desk_page(*KEEPERS)
@require_safe
def preview(request: DeskRequest, key: UUID) -> HttpResponse:
    """Which dates would move, before anything changes."""
    drafts = found_drafts(request, key)
    if drafts[0].published_at is not None:
        return redirect("desk:calendar", code=drafts[0].calendar.code)
    return render_preview(request, drafts, PublicationForm(initial={"decision": drafts[0].decision}))


def render_preview(
    request: DeskRequest, drafts: list[CalendarVersion], form: PublicationForm, *, status: int = 200
) -> HttpResponse:
    """The page with what is foreseen, and the form that publishes."""
    seen = reading.foreseen_of(drafts[0].act_key, drafts, timezone.now())
    context = {
        "drafts": drafts,
        "draft": drafts[0],
        "seen": seen,
        "tabs": reading.tabs_of(seen),
        "examples": reading.examples_of(seen, request.GET),
        "findings": [one for draft in drafts for one in reading.findings_of(spec_from(content_to_publish(draft)))],
        "form": form,
        "is_mine": is_mine(request, drafts),
        "is_outdated": any(is_outdated(draft) for draft in drafts) and drafts[0].kind == CalendarVersion.Kind.PLAN,
    }
    return render(request, "desk/calendars/preview.html", context, status=status)


@desk_page(*KEEPERS)
@require_POST
def publish(request: DeskRequest, key: UUID) -> HttpResponse:
    """Publish as a second person; the dates move in the background."""
    drafts, form = found_drafts(request, key), PublicationForm(request.POST)
    if not form.is_valid():
        return render_preview(request, drafts, form, status=422)
    seen = reading.foreseen_of(key, drafts, timezone.now())
    shown, decision = request.POST.get("seen", ""), form.cleaned_data["decision"]
    publish_act(act_key=key, decision=decision, by=request.user, seen=shown, foreseen=seen)
    messages.success(request, _("The calendar is published. The dates of open dossiers are being moved."))
    return redirect("desk:calendar", code=drafts[0].calendar.code)
