"""Two versions side by side, and a version tried out on paper."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.reading.catalogue import CHANNELS
from onestop.desk.reading.draft_boxes import channel_options
from onestop.desk.reading.dry_run import DryRun, dry_run
from onestop.desk.reading.version_changes import changes_between
from onestop.desk.views.catalogue import found_procedure, shown_version, visible_versions
from procedures.definition import Channel
from procedures.exceptions import NoLimitForChannel
from procedures.models import ProcedureVersion
from sla.calendars import timetable_for
from sla.exceptions import OutsideHorizon


@desk_page()
@require_safe
def compare(request: DeskRequest, pk: int) -> HttpResponse:
    """What changed between two versions, in words."""
    found = found_procedure(request, pk)
    versions = visible_versions(request, found)
    after = numbered(versions, request.GET.get("to")) or versions[0]
    older = [one for one in versions if one.number < after.number]
    before = numbered(versions, request.GET.get("from")) or (older[0] if older else after)
    context = {
        "procedure": found,
        "versions": versions,
        "before": before,
        "after": after,
        "parts": changes_between(before.spec, after.spec),
    }
    return render(request, "desk/draft/compare.html", context)


def numbered(versions: list[ProcedureVersion], number: str | None) -> ProcedureVersion | None:
    """The version with a number, None where there is none."""
    return next((one for one in versions if str(one.number) == number), None)


class DryRunForm(forms.Form):
    """When and how a file on paper comes."""

    received = forms.DateTimeField(
        label=_("Received"),
        input_formats=["%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    channel = forms.ChoiceField(label=_("Channel"))

    def __init__(self, *args: Any, version: ProcedureVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = {channel.value for channel in version.spec.channels}
        choices = [one for one in channel_options() if one[0] in channels]
        self.fields["channel"].choices = choices  # type: ignore[attr-defined]


@desk_page()
@require_safe
def dry_run_page(request: DeskRequest, pk: int) -> HttpResponse:
    """When a file received at a moment would have been due, step by step."""
    found = found_procedure(request, pk)
    versions = visible_versions(request, found)
    version = shown_version(versions, request.GET)
    now = timezone.localtime().replace(second=0, microsecond=0)
    first = {"received": f"{now:%Y-%m-%dT%H:%M}", "channel": version.spec.channels[0].value}
    asked = {name: request.GET.get(name) or value for name, value in first.items()}
    form = DryRunForm(asked, version=version)
    run = None
    if form.is_valid():
        run = tried(form, version, form.cleaned_data["received"], form.cleaned_data["channel"])
    context = {"procedure": found, "versions": versions, "version": version, "form": form, "run": run}
    return render(request, "desk/draft/dry_run.html", context | {"channels": CHANNELS})


def tried(form: DryRunForm, version: ProcedureVersion, at: datetime, channel: str) -> DryRun | None:
    """The run, None with an error on the form where it cannot be computed."""
    try:
        return dry_run(version.spec, channel=Channel(channel), timetable=timetable_for(), at=at)
    except (NoLimitForChannel, OutsideHorizon) as error:
        form.add_error(None, str(error))
    return None
