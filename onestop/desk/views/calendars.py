"""Working calendars: everybody reads them; administrators and the topmost supervisor draft and publish them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.forms.calendars import ClosureForm, ImportForm, ReasonForm
from onestop.desk.reading import calendars as reading
from sla.calendar_spec import spec_from
from sla.exceptions import InvalidCalendar
from sla.ical import LARGEST_FILE, exported, imported
from sla.models import Calendar, CalendarVersion
from workflows.exceptions import NotComplete, NotPossibleNow
from workflows.services.calendar_acts import draft_calendar, draft_closure, may_keep_calendars

KEEPERS = (Role.ADMINISTRATOR, Role.SUPERVISOR)
UNUSED = {
    "repeats": lambda: _("it repeats; write each day"),
    "too_long": lambda: _("its length cannot be"),
    "no_day": lambda: _("it names no day"),
    "out_of_range": lambda: _("its year cannot be computed"),
    "not_a_day_off": lambda: _("it is no whole day"),
}


@desk_page()
@require_safe
def calendars(request: DeskRequest) -> HttpResponse:
    """All calendars with what holds now and what is missing."""
    may_keep = may_keep_calendars(request.capacities)
    rows = list(reading.calendar_rows(with_drafts=may_keep))
    return render(request, "desk/calendars/list.html", {"rows": rows, "may_keep": may_keep})


@desk_page()
@require_safe
def calendar(request: DeskRequest, code: str) -> HttpResponse:
    """One calendar: the year as a grid, its versions, what the checker says, moves under way."""
    return render_calendar(request, found_calendar(code))


def found_calendar(code: str) -> Calendar:
    """The calendar, or 404."""
    found = Calendar.objects.filter(code=code).first()
    if found is None:
        raise Http404(_("There is no such calendar. Look at the list of calendars."))
    return found


def shown_version(request: HttpRequest, versions: list[CalendarVersion]) -> CalendarVersion:
    """The version asked for, else the newest."""
    asked = [one for one in versions if str(one.number) == request.GET.get("version")]
    if not versions:
        raise Http404(_("There is no such calendar. Look at the list of calendars."))
    return [*asked, *versions][0]


def shown_year(request: HttpRequest, years: list[int]) -> int:
    """The year asked for, else this one."""
    asked = request.GET.get("year", "")
    return int(asked) if asked.isdecimal() and int(asked) in years else timezone.localdate().year


def render_calendar(request: DeskRequest, found: Calendar, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of a calendar; `forms` are those that could not be accepted."""
    published = found.versions.filter(published_at__isnull=False).select_related("published_by", "drafted_by")
    versions = list(published.order_by("-number"))
    version = shown_version(request, versions)
    spec = spec_from(version.spec)
    years = reading.years_of(spec)
    year, may_keep = shown_year(request, years), may_keep_calendars(request.capacities)
    context: dict[str, Any] = {
        "calendar": found,
        "versions": versions,
        "version": version,
        "year": year,
        "years": years,
        "months": reading.months_of(spec, year),
        "entries": reading.entries_of(spec, year),
        "decision": spec.years[year].decision if year in spec.years else "",
        "week": reading.week_in_words(spec, timezone.localdate()),
        "findings": reading.findings_of(spec) if version == versions[0] else [],
        "moves": reading.moves_of(found),
        "may_keep": may_keep,
        "drafts": reading.drafts_of(found) if may_keep else [],
        "reason": ReasonForm(),
        "import": ImportForm(),
    }
    return render(request, "desk/calendars/calendar.html", context | forms, status=status)


@desk_page()
@require_safe
def moves(request: DeskRequest, code: str) -> HttpResponse:
    """How far the moves of open clocks are."""
    found = found_calendar(code)
    return render(request, "desk/calendars/moves.html", {"calendar": found, "moves": reading.moves_of(found)})


@desk_page()
@require_safe
def ical(request: DeskRequest, code: str) -> HttpResponse:
    """A version's days off, swaps, make-up days and closures as an iCalendar file."""
    found = found_calendar(code)
    published = found.versions.filter(published_at__isnull=False).order_by("-number")
    version = shown_version(request, list(published))
    file = exported(
        spec_from(version.spec), version=version.number, published_at=version.published_at, say=reading.title_of
    )
    return HttpResponse(
        file,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{found.code}-{version.number}.ics"'},
    )


@desk_page(*KEEPERS)
@require_POST
def draft(request: DeskRequest, code: str) -> HttpResponse:
    """Begin a new version from the one that holds now."""
    found, form = found_calendar(code), ReasonForm(request.POST)
    if not form.is_valid():
        return render_calendar(request, found, status=422, reason=form)
    begun = draft_calendar(code=code, by=request.user, reason=form.cleaned_data["reason"])
    return redirect("desk:calendar_act", key=begun.act_key)


@desk_page(*KEEPERS)
@require_POST
def import_file(request: DeskRequest, code: str) -> HttpResponse:
    """Begin a new version from an iCalendar file, and say what of it could not be used."""
    found, form = found_calendar(code), ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return render_calendar(request, found, status=422, **{"import": form})
    newest = found.versions.filter(published_at__isnull=False).order_by("-number").first()
    try:
        done = imported(newest.spec if newest else {}, form.cleaned_data["file"].read(LARGEST_FILE + 1))
        name = form.cleaned_data["file"].name
        reason = (_("From the file %(name)s") % {"name": name})[:500]
        begun = draft_calendar(code=code, by=request.user, content=done.content, reason=reason)
    except (InvalidCalendar, NotComplete):
        form.add_error(
            "file", _("This file cannot be read as a calendar. Export it as iCalendar (.ics) and try again.")
        )
        return render_calendar(request, found, status=422, **{"import": form})
    messages.success(request, _("%(count)d entries of the file were used.") % {"count": done.used})
    for title, why in done.unused[:10]:
        messages.warning(request, _("Not used: “%(title)s”: %(why)s.") % {"title": title, "why": UNUSED[why]()})
    return redirect("desk:calendar_act", key=begun.act_key)


@desk_page(*KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: DeskRequest) -> HttpResponse:
    """Draft a closure: a storm, an outage."""
    form = ClosureForm(request.POST or None, initial={"codes": request.GET.getlist("calendar")})
    if form.is_valid():
        try:
            (first, *_others) = draft_closure(**form.cleaned_data, by=request.user)
            return redirect("desk:calendar_act", key=first.act_key)
        except NotComplete as error:
            for name, words in error.fields.items():
                form.add_error(name, words)
        except NotPossibleNow as error:
            form.add_error(None, str(error))
    return render(request, "desk/calendars/close.html", {"form": form}, status=422 if form.errors else 200)
