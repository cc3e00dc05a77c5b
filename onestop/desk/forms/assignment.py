"""What is typed to choose a rule of assignment."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from offices.models import Office, Role, User
from procedures.models import Procedure
from workflows.models import AssignmentRule
from workflows.services.ruling import RULED_ROLES


class RuleForm(forms.Form):
    """Which rule gives the steps of a role in an office, for one procedure or for all."""

    office = forms.ModelChoiceField(Office.objects.none(), label=_("Office"))
    procedure = forms.ModelChoiceField(
        Procedure.objects.none(), label=_("Procedure"), required=False, empty_label=_("Every procedure")
    )
    role = forms.ChoiceField(label=_("Role"), choices=[(role, Role(role).label) for role in RULED_ROLES])
    kind = forms.ChoiceField(label=_("Rule"), choices=AssignmentRule.Kind.choices, initial=AssignmentRule.Kind.IN_TURN)
    officer = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Officer"),
        required=False,
        empty_label=_("Only for a named officer"),
        help_text=_("Where the rule is a named officer."),
    )

    def __init__(self, *args: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = User.objects.filter(is_active=True, memberships__office__in=offices, memberships__role__in=RULED_ROLES)
        fields: Any = self.fields
        fields["office"].queryset = offices
        fields["procedure"].queryset = Procedure.objects.order_by("name")
        fields["officer"].queryset = people.distinct().order_by("full_name")
        if len(offices) == 1:
            fields["office"].initial = offices[0]

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        named = {f"{name}_id": given[name].pk if given[name] else None for name in ("office", "procedure", "officer")}
        return named | {"role": given["role"], "kind": given["kind"]}
