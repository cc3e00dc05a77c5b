"""What a catalogue editor types."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from offices.models import Office, Role, User
from procedures.definition import StepRole
from procedures.models import Procedure


class WithdrawalForm(forms.Form):
    """Why no new file shall get a version."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Name the decision that replaces or ends the procedure.")
    )


class OfferingForm(forms.Form):
    """Another office that handles the procedure."""

    office = forms.ModelChoiceField(label=_("Office"), queryset=Office.objects.none())

    def __init__(self, *args: Any, procedure: Procedure, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        others = Office.objects.filter(is_active=True).exclude(offerings__procedure=procedure)
        self.fields["office"].queryset = others  # type: ignore[attr-defined]


class OfficerForm(forms.Form):
    """A person in charge of the steps of one role in one office."""

    office = forms.ModelChoiceField(label=_("Office"), queryset=Office.objects.filter(is_active=True))
    role = forms.ChoiceField(label=_("Role"), choices=[(role.value, Role(role.value).label) for role in StepRole])
    user = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.filter(is_active=True).order_by("full_name"))
