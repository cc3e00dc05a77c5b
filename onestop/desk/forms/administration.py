"""What administrators type about people and offices, and everybody about their absences."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from offices.models import Absence, Membership, Office, User
from sla.models import Calendar


class DayInput(forms.DateInput):
    """A day, picked in the browser's own calendar."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class PersonForm(forms.ModelForm):  # type: ignore[type-arg]
    """A person's name, position and addresses."""

    class Meta:
        model = User
        fields = ["username", "full_name", "title", "phone", "email", "language"]


class KnownPersonForm(PersonForm):
    """The same for a person who is there already: the user name stays."""

    class Meta(PersonForm.Meta):
        fields = ["full_name", "title", "phone", "email", "language"]


class MembershipForm(forms.ModelForm):  # type: ignore[type-arg]
    """A role in an office, from a day on."""

    class Meta:
        model = Membership
        fields = ["office", "role", "valid_from", "valid_to"]
        widgets = {"valid_from": DayInput(), "valid_to": DayInput()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["office"].queryset = Office.objects.filter(is_active=True)  # type: ignore[attr-defined]


class LastDayForm(forms.Form):
    """The last day of a role or an absence."""

    last_day = forms.DateField(label=_("Last day"), widget=DayInput())


class OfficeForm(forms.ModelForm):  # type: ignore[type-arg]
    """An office that is to be opened."""

    calendar_code = forms.ChoiceField(label=_("Working calendar"))

    class Meta:
        model = Office
        fields = ["name", "short_name", "code", "level", "parent", "calendar_code", "address", "phone", "is_desk"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        above = Office.objects.filter(is_active=True)
        self.fields["parent"].queryset = above.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
        self.fields["calendar_code"].choices = list(Calendar.objects.values_list("code", "name"))  # type: ignore[attr-defined]


class KnownOfficeForm(OfficeForm):
    """The same for an office that is there already: code and level stay, since file codes carry them."""

    class Meta(OfficeForm.Meta):
        fields = ["name", "short_name", "parent", "calendar_code", "address", "phone", "is_desk"]


class AbsenceForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who is away, from when to when, and who stands in."""

    class Meta:
        model = Absence
        fields = ["absentee", "stand_in", "valid_from", "valid_to", "reason"]
        widgets = {"valid_from": DayInput(), "valid_to": DayInput()}

    def __init__(self, *args: Any, absentees: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["absentee"].queryset = absentees  # type: ignore[attr-defined]
        self.fields["absentee"].empty_label = None  # type: ignore[attr-defined]
        self.fields["stand_in"].queryset = User.objects.filter(is_active=True).order_by("full_name", "pk")  # type: ignore[attr-defined]
