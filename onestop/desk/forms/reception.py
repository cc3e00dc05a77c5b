"""What a clerk types at the counter: the applicant, the channel, the papers, one of three ends."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from offices.models import Office
from onestop.desk.forms.answers import text
from onestop.desk.forms.asking_again import replaced_reasons
from procedures.definition import Definition
from workflows.models import Applicant, Channel
from workflows.services import ApplicantDetails

DETAILS = ("full_name", "phone", "email", "address")
ENDS = ("receive", "supplement", "decline", "register")


class ApplicantForm(forms.Form):
    """Who hands the file in, and who acts for them."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("Applicant"),
        choices=[
            (Applicant.Kind.PERSON.value, pgettext_lazy("applicant", "Person")),
            (Applicant.Kind.ORGANISATION.value, pgettext_lazy("applicant", "Organisation")),
        ],
        widget=forms.RadioSelect,
        initial=Applicant.Kind.PERSON.value,
    )
    identifier = forms.CharField(
        label=_("Id number"),
        required=False,
        max_length=20,
        validators=[RegexValidator(r"^[0-9A-Za-z.-]+$", _("Type digits only; a tax number may have a hyphen."))],
        widget=text(inputmode="numeric"),
    )
    full_name = forms.CharField(label=_("Full name"), max_length=250, widget=text())
    phone = forms.CharField(label=_("Phone"), required=False, max_length=30, widget=text(type="tel"))
    email = forms.EmailField(label=_("E-mail"), required=False, max_length=254, widget=text(type="email"))
    address = forms.CharField(label=_("Address"), required=False, max_length=250, widget=text())
    representative = forms.CharField(
        label=_("Name of the representative"), required=False, max_length=250, widget=text()
    )
    representative_identifier = forms.CharField(
        label=_("Id number of the representative"), required=False, max_length=20, widget=text(inputmode="numeric")
    )
    power_of_attorney = forms.CharField(
        label=_("Power of attorney"),
        required=False,
        max_length=250,
        widget=text(),
        help_text=_("Number, day and who certified it."),
    )

    def clean(self) -> dict[str, Any]:
        """Somebody who acts for another has a power of attorney."""
        values = super().clean() or self.cleaned_data
        if values.get("representative") and not values.get("power_of_attorney"):
            self.add_error("power_of_attorney", _("Write which power of attorney the representative showed."))
        return values

    def details(self) -> ApplicantDetails:
        """The applicant as the services take it."""
        return ApplicantDetails(**{name: str(self.cleaned_data.get(name) or "").strip() for name in self.fields})

    @property
    def has_representative(self) -> bool:
        """Whether anything was typed about a representative."""
        names = ("representative", "representative_identifier", "power_of_attorney")
        return any(self[name].value() for name in names) or any(name in self.errors for name in names)


class ReceptionForm(forms.Form):
    """Where the file came in, who handles it, which papers are there."""

    use_required_attribute = False

    receiving_office = forms.ModelChoiceField(
        label=_("Receiving desk"), queryset=Office.objects.none(), empty_label=None
    )
    handling_office = forms.ModelChoiceField(
        label=_("Handling office"), queryset=Office.objects.none(), empty_label=None
    )
    channel = forms.ChoiceField(label=_("How it came in"), widget=forms.RadioSelect)
    paper = forms.MultipleChoiceField(label=_("Papers"), required=False)
    scan_later = forms.BooleanField(label=_("Papers are still to be scanned"), required=False)
    item = forms.MultipleChoiceField(label=_("Missing papers"), required=False)
    other_items = forms.CharField(
        label=_("What else is missing or must be mended"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("One line for each paper."),
    )
    extra_reason = forms.CharField(
        label=_("Why papers beyond the published list"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 1}),
        help_text=_("Only where a paper is not on the list, or a database of the State has it."),
    )
    replaced_reason = forms.ChoiceField(
        label=_("Why papers are asked for that the State has"),
        choices=replaced_reasons,
        required=False,
        help_text=_("Only where a database of the State has the paper: nothing else allows asking for it."),
    )
    supplement_reason = forms.CharField(
        label=_("Reason, as it stands on form 02"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    decline_reason = forms.CharField(
        label=_("Reason, as it stands on form 03"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    is_nonterritorial = forms.BooleanField(
        label=_("Received here for an agency elsewhere"),
        required=False,
        help_text=_("The legal limit starts when that agency has the file."),
    )
    follows = forms.IntegerField(required=False, widget=forms.HiddenInput, min_value=1, max_value=2**62)

    def __init__(
        self, *args: Any, definition: Definition, desks: Sequence[Office], handlers: Sequence[Office], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.definition, self.desks, self.handlers = definition, desks, handlers
        keys = [(document.key, document.name) for document in definition.documents if not document.replaced_by]
        self.fields["paper"].choices = keys  # type: ignore[attr-defined]  # it has choices
        self.fields["item"].choices = [(d.key, d.name) for d in definition.documents]  # type: ignore[attr-defined]  # too
        self.fields["channel"].choices = [  # type: ignore[attr-defined]  # a ChoiceField has choices
            (value, label) for value, label in CHANNELS.items() if value in definition.channels
        ]
        for name, offices in (("receiving_office", desks), ("handling_office", handlers)):
            ids = [office.pk for office in offices]
            self.fields[name].queryset = Office.objects.filter(pk__in=ids)  # type: ignore[attr-defined]  # it has one
            self.initial.setdefault(name, ids[0] if ids else None)
            if len(ids) == 1:
                self.fields[name].widget = forms.HiddenInput()
        if not definition.nonterritorial:
            del self.fields["is_nonterritorial"]
        self.initial.setdefault("channel", next(iter(definition.channels)).value)

    def items(self) -> list[str]:
        """Everything asked for: papers of the list by name, and what was written besides."""
        names = {document.key: document.name for document in self.definition.documents}
        lines = str(self.cleaned_data.get("other_items", "")).splitlines()
        return [
            *(names[key] for key in self.cleaned_data.get("item", [])),
            *(line.strip() for line in lines if line.strip()),
        ]


CHANNELS = {
    Channel.DESK.value: pgettext_lazy("channel", "At the desk"),
    Channel.POST.value: pgettext_lazy("channel", "By post"),
    Channel.ONLINE.value: pgettext_lazy("channel", "Online"),
}
