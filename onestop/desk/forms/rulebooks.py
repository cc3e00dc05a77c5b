"""What an administrator types to move open dossiers to another rulebook."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sla.rulebook import rulebooks


class MoveForm(forms.Form):
    """From which rulebook to which, by what decision and why."""

    source = forms.ChoiceField(label=_("Dossiers that keep"))
    target = forms.ChoiceField(label=_("Are to follow"))
    decision = forms.CharField(label=_("Decision"), max_length=250, required=False)
    reason = forms.CharField(
        label=_("Reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(book.code, book.decree) for book in reversed(rulebooks())]
        self.fields["source"].choices = self.fields["target"].choices = choices  # type: ignore[attr-defined]
        if len(choices) > 1:
            self.initial.setdefault("source", choices[1][0])
