"""What is typed about halls: appointments, errands, counters, devices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hall.models import Appointment, Counter, Device, Errand, Hall
from hall.services.booking import Slot
from offices.models import Office, User
from onestop.desk.words import clock_time


class AppointmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """Somebody who is expected; the times are those still free on the day chosen."""

    starts_at = forms.ChoiceField(label=_("Appointed time"), widget=forms.RadioSelect)

    class Meta:
        model = Appointment
        fields = ["errand", "starts_at", "person", "phone", "address", "wish", "officer"]

    def __init__(
        self, *args: Any, hall: Hall, slots: Sequence[Slot], at_home: bool, clerks: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        free = [slot for slot in slots if slot.free]
        self.fields["starts_at"].choices = [(slot.starts_at.isoformat(), clock_time(slot.starts_at)) for slot in free]  # type: ignore[attr-defined]
        self.fields["errand"].queryset = Errand.objects.filter(hall=hall, is_active=True)  # type: ignore[attr-defined]
        self.fields["errand"].empty_label = None  # type: ignore[attr-defined]
        if at_home:
            self.fields["address"].required = True
        else:
            del self.fields["address"]
        if at_home and clerks is not None:
            self.fields["officer"].queryset = clerks  # type: ignore[attr-defined]
        else:
            del self.fields["officer"]

    def _post_clean(self) -> None:
        """Leave the judging of the whole appointment to the service."""

    def values(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        typed = dict(self.cleaned_data)
        officer: User | None = typed.pop("officer", None)
        typed["errand_id"] = typed.pop("errand").pk
        typed["starts_at"] = datetime.fromisoformat(typed["starts_at"])
        return typed | {"officer_id": officer.pk if officer else None}


class HallForm(forms.ModelForm):  # type: ignore[type-arg]
    """How appointments are given in a hall."""

    class Meta:
        model = Hall
        fields = ["slot_minutes", "places", "home_places"]


class OpenHallForm(forms.Form):
    """A hall that is to be opened at a desk without one."""

    office = forms.ModelChoiceField(label=_("Office"), queryset=Office.objects.none(), empty_label=None)
    counters = forms.IntegerField(label=_("Counters"), min_value=1, max_value=40, initial=3)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = Office.objects.filter(is_desk=True, is_active=True, hall=None)  # type: ignore[attr-defined]


class ErrandForm(forms.Form):
    """An errand by its letter."""

    letter = forms.CharField(label=_("Letter"), max_length=1)
    name = forms.CharField(label=_("What it is called"), max_length=80)
    is_active = forms.BooleanField(label=_("Offered"), required=False, initial=True)


class CounterForm(forms.ModelForm):  # type: ignore[type-arg]
    """A counter by its name, and what it serves."""

    class Meta:
        model = Counter
        fields = ["name", "errands", "is_active"]
        widgets = {"errands": forms.CheckboxSelectMultiple}

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["errands"].queryset = Errand.objects.filter(hall=hall)  # type: ignore[attr-defined]
        self.fields["errands"].help_text = _("None chosen: the counter serves all.")


class DeviceForm(forms.Form):
    """A kiosk or display that is let in."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Device.Kind.choices)
    name = forms.CharField(
        label=_("What it is called"), max_length=60, help_text=_("Where it stands, for example: entrance.")
    )
