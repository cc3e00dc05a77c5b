"""What somebody types who drafts or publishes a calendar."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from offices.capacities import OFFICE_ZONE
from onestop.desk.forms.administration import DayInput
from sla.calendar_edits import Content, with_day_off, with_hours, with_make_up, with_swap, without_day
from sla.calendar_spec import WEEKDAYS
from sla.findings_in_words import WEEKDAY_NAMES
from sla.models import Calendar

WINDOW = re.compile(r"^\s*(\d{1,2})[:h](\d{2})\s*[-–]\s*(\d{1,2})[:h](\d{2})\s*$")


class MomentInput(forms.DateTimeInput):
    """A day and a time, picked in the browser."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class DayOffForm(forms.Form):
    """One more holiday, or a day off in lieu of one."""

    day = forms.DateField(label=gettext_lazy("Day"), widget=DayInput())
    until = forms.DateField(label=gettext_lazy("Last day, if several"), widget=DayInput(), required=False)
    name = forms.CharField(label=gettext_lazy("Name of the holiday"), max_length=200)
    lieu = forms.BooleanField(label=gettext_lazy("in lieu of a holiday on a rest day"), required=False)

    def changed(self, content: Content) -> Content:
        """The content with it."""
        return with_day_off(content, **self.cleaned_data)


class SwapForm(forms.Form):
    """A working day taken off, and a rest day worked instead."""

    rest = forms.DateField(label=gettext_lazy("Day off"), widget=DayInput())
    work = forms.DateField(label=gettext_lazy("Worked instead"), widget=DayInput())

    def changed(self, content: Content) -> Content:
        """The content with it."""
        return with_swap(content, **self.cleaned_data)


class MakeUpForm(forms.Form):
    """A rest day that is worked."""

    day = forms.DateField(label=gettext_lazy("Day that is worked"), widget=DayInput())

    def changed(self, content: Content) -> Content:
        """The content with it."""
        return with_make_up(content, **self.cleaned_data)


class RemovalForm(forms.Form):
    """A day of which the plan shall say nothing."""

    day = forms.DateField(widget=forms.HiddenInput())

    def changed(self, content: Content) -> Content:
        """The content without it."""
        return without_day(content, self.cleaned_data["day"])


class HoursForm(forms.Form):
    """Opening hours of every weekday from a day on."""

    valid_from = forms.DateField(label=gettext_lazy("From"), widget=DayInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, label in zip(WEEKDAYS, WEEKDAY_NAMES, strict=True):
            self.fields[name] = forms.CharField(label=label, required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        """Read the windows of each day; an empty field is a rest day."""
        values = super().clean() or {}
        for name in WEEKDAYS:
            try:
                values[name] = windows_of(values.get(name, ""))
            except ValueError:
                self.add_error(name, _("Write hours like 07:30-11:30, 13:00-17:00."))
        return values

    def changed(self, content: Content) -> Content:
        """The content with them."""
        week = {name: self.cleaned_data[name] for name in WEEKDAYS}
        return with_hours(content, valid_from=self.cleaned_data["valid_from"], week=week)


def windows_of(text: str) -> list[str]:
    """Windows as a calendar stores them.

    Raises:
        ValueError: one of them cannot be read.
    """
    found = []
    for part in filter(str.strip, re.split(r"[,;]", text)):
        match = WINDOW.match(part)
        if match is None:
            raise ValueError(part)
        a, b, c, d = (int(number) for number in match.groups())
        found.append(f"{a:02}:{b:02}-{c:02}:{d:02}")
    return found


CHANGES: dict[str, type[DayOffForm | SwapForm | MakeUpForm | RemovalForm | HoursForm]] = {
    "day_off": DayOffForm,
    "swap": SwapForm,
    "make_up": MakeUpForm,
    "remove": RemovalForm,
    "hours": HoursForm,
}


class ReasonForm(forms.Form):
    """What a new version changes, and why."""

    reason = forms.CharField(
        label=gettext_lazy("What changes, and why"),
        max_length=500,
        help_text=gettext_lazy("It stands with every date that moves."),
    )


class ImportForm(forms.Form):
    """An iCalendar file."""

    file = forms.FileField(label=gettext_lazy("iCalendar file (.ics)"))


class PublicationForm(forms.Form):
    """By which decision a draft is published."""

    decision = forms.CharField(label=gettext_lazy("Number of the decision"), max_length=250)


class ClosureForm(forms.Form):
    """A storm, an outage: which calendars stood still, from when to when, and by which decision."""

    codes = forms.MultipleChoiceField(label=gettext_lazy("Calendars"), widget=forms.CheckboxSelectMultiple)
    begins = forms.DateTimeField(label=gettext_lazy("Closed from"), widget=MomentInput())
    ends = forms.DateTimeField(label=gettext_lazy("Closed until"), widget=MomentInput())
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500)
    decision = forms.CharField(label=gettext_lazy("Number of the decision"), max_length=250)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["codes"].choices = list(Calendar.objects.order_by("name").values_list("code", "name"))  # type: ignore[attr-defined]

    def clean_begins(self) -> datetime:
        """In the offices' own zone."""
        return in_zone(self.cleaned_data["begins"])

    def clean_ends(self) -> datetime:
        """In the offices' own zone."""
        return in_zone(self.cleaned_data["ends"])


def in_zone(moment: datetime, zone: ZoneInfo = OFFICE_ZONE) -> datetime:
    """The time on the wall, in the offices' zone, whatever zone the form was read in."""
    return moment.replace(tzinfo=zone)
