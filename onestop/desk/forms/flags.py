"""The review of one flag."""

from __future__ import annotations

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from onestop.desk.forms.answers import take_over
from workflows.exceptions import NotComplete
from workflows.models import FlagReview


class ReviewFlagForm(forms.Form):
    """What looking into a flag has shown."""

    use_required_attribute = False

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    finding = forms.ChoiceField(
        label=gettext_lazy("Finding"),
        choices=lambda: [(value, capfirst(label)) for value, label in FlagReview.Finding.choices],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("What was found"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )

    def complain(self, error: NotComplete) -> None:
        """Show what the service found missing."""
        if not take_over(self, error):
            self.add_error(None, str(error))
