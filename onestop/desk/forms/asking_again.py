"""Asking for papers: the first time, and again with the word of a head."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from offices.models import User
from onestop.desk.forms.acts import DossierActForm, area
from procedures.definition import Definition
from workflows import services
from workflows.exceptions import NotComplete
from workflows.models import NewPaperReason, ReplacedPaperReason
from workflows.services.asked_papers import asked_before, beyond_the_list
from workflows.services.intake import missing_papers


def extra_words(definition: Definition, items: list[str]) -> str:
    """Which papers stand outside the published list, as the clerk reads it before the request goes out."""
    extras = beyond_the_list(definition, items)
    if not extras:
        return ""
    replaced = _("%(paper)s (the State has it: %(database)s)")
    names = [
        replaced % {"paper": extra.name, "database": extra.replaced_by} if extra.replaced_by else extra.name
        for extra in extras
    ]
    sentence = _("Beyond the published list: %(items)s. Say by which provision they may be asked for.")
    return sentence % {"items": "; ".join(names)}


def reasons() -> list[tuple[str, Any]]:
    """Why something was not asked for the first time."""
    return [
        ("", pgettext_lazy("nothing chosen", "Choose")),
        *((value, capfirst(label)) for value, label in NewPaperReason.choices),
    ]


def replaced_reasons() -> list[tuple[str, Any]]:
    """Why a paper is asked for that a database of the State has."""
    return [
        ("", pgettext_lazy("nothing chosen", "Choose")),
        *((value, capfirst(label)) for value, label in ReplacedPaperReason.choices),
    ]


class AskingForm(DossierActForm):
    """Base: papers of the list, and what was written besides."""

    items = forms.MultipleChoiceField(label=gettext_lazy("Papers"), required=False, widget=forms.CheckboxSelectMultiple)
    others = forms.CharField(
        label=gettext_lazy("What else is missing or must be mended"),
        required=False,
        max_length=2000,
        widget=area(),
        help_text=gettext_lazy(
            "One line for each paper. What must be mended on a paper of the list: its name, a colon, and what."
        ),
    )
    reason = forms.CharField(label=gettext_lazy("Reason, as it stands on form 02"), max_length=2000, widget=area())

    def listed(self) -> list[str]:
        """The papers that can be ticked."""
        return [document.name for document in self.page.definition.documents if not document.replaced_by]

    def fit(self) -> None:
        self.offer("items", self.listed())

    def offer(self, field: str, names: list[str]) -> None:
        """Let these names be ticked; without names there is no field."""
        self.fields[field].choices = [(name, name) for name in names]  # type: ignore[attr-defined]  # has choices
        if not names:
            del self.fields[field]

    def wanted(self) -> list[str]:
        """All that is asked for."""
        lines = self.said("others").splitlines()
        return [*self.cleaned_data.get("items", []), *(line.strip() for line in lines if line.strip())]


class SupplementForm(AskingForm):
    """Ask for every missing paper at once; a further request asks for what a head agreed to."""

    title = gettext_lazy("Ask for papers (form 02)")
    button = gettext_lazy("Ask for papers and print form 02")
    icon = "send"
    done = gettext_lazy("The papers are asked for and the clock is paused. Form 02 is ready to print.")
    extra_reason = forms.CharField(
        label=gettext_lazy("Why papers beyond the published list"),
        required=False,
        max_length=2000,
        widget=area(1),
        help_text=gettext_lazy("Only where a paper is not on the list, or a database of the State has it."),
    )

    replaced_reason = forms.ChoiceField(
        label=gettext_lazy("Why papers are asked for that the State has"),
        choices=replaced_reasons,
        required=False,
        help_text=gettext_lazy("Only where a database of the State has the paper: nothing else allows asking for it."),
    )

    def first_values(self) -> dict[str, Any]:
        consent = self.page.usable_consent
        if consent is not None:
            return {"items": consent.items, "reason": consent.reason}
        return {"items": [name for _key, name in missing_papers(self.page.dossier.version, self.page.given)]}

    def fit(self) -> None:
        consent = self.page.usable_consent
        if consent is None:
            return super().fit()
        self.offer("items", consent.items)
        del self.fields["others"]
        sentence = _("%(who)s agreed to these papers and no others.")
        self.fields["items"].help_text = sentence % {"who": consent.decided_by}
        return None

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        extras = extra_words(self.page.definition, self.wanted())
        if extras and not self.said("extra_reason"):
            self.add_error("extra_reason", extras)
        return found

    def perform(self, by: User) -> None:
        services.request_supplement(
            **self.on_dossier(by),
            items=self.wanted(),
            reason=self.said("reason"),
            extra_reason=self.said("extra_reason"),
            replaced_reason=self.said("replaced_reason"),
        )


class AskConsentForm(AskingForm):
    """Ask a head for the word to ask the applicant again."""

    title = gettext_lazy("Ask the head for a further request")
    button = gettext_lazy("Send to the head of the division")
    icon = "consult"
    done = gettext_lazy("The head of the division is asked. The clock runs on.")
    field_order = ("items", "others", "repeated", "reason_code", "new_because", "reason")
    repeated = forms.MultipleChoiceField(
        label=gettext_lazy("Asked for before, and now asked for again"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    reason_code = forms.ChoiceField(
        label=gettext_lazy("Why it was not asked for the first time"),
        choices=reasons,
        help_text=gettext_lazy("What was overlooked counts against the office."),
    )
    new_because = forms.CharField(
        label=gettext_lazy("What is new since the last request"), max_length=2000, widget=area()
    )

    @property
    def before(self) -> list[str]:
        """Everything that was asked for so far."""
        return list(dict.fromkeys(item for request in self.page.supplements for item in request.items))

    def fit(self) -> None:
        names = self.listed()
        known = set(asked_before(names, self.before))
        self.fields["items"].label = _("New papers of the list")
        self.offer("items", [name for name in names if name not in known])
        self.offer("repeated", self.before)

    def complain(self, error: NotComplete) -> None:
        known = {name: words for name, words in error.fields.items() if name in self.fields}
        super().complain(NotComplete(str(error), fields=known))

    def perform(self, by: User) -> None:
        repeated = self.cleaned_data.get("repeated", [])
        services.ask_consent(
            **self.on_dossier(by),
            items=[*self.wanted(), *repeated],
            repeated=repeated,
            reason=self.said("reason"),
            new_because=self.said("new_because"),
            reason_code=self.said("reason_code"),
        )


class DecideConsentForm(DossierActForm):
    """Agree to a further request for papers, or refuse it."""

    title = gettext_lazy("Decide on a further request for papers")
    button = gettext_lazy("Send the decision")
    icon = "sign"
    done = gettext_lazy("The decision is sent.")
    granted = forms.ChoiceField(
        label=gettext_lazy("Decision"),
        choices=[("yes", gettext_lazy("Agree: exactly these papers, once")), ("no", gettext_lazy("Do not agree"))],
        widget=forms.RadioSelect,
    )
    words = forms.CharField(
        label=gettext_lazy("Your words"),
        required=False,
        max_length=2000,
        widget=area(),
        help_text=gettext_lazy("Needed where you do not agree."),
    )

    @property
    def consent_lines(self) -> list[tuple[str, bool, bool]]:
        """The papers: name, whether it was asked for before, whether it stands outside the published list."""
        consent = self.act.consent
        if consent is None:
            return []
        earlier = [item for request in self.page.supplements for item in request.items]
        again = set(asked_before(consent.items, earlier))
        extra = {found.name for found in beyond_the_list(self.page.definition, consent.items)}
        return [(item, item in again, item in extra) for item in consent.items]

    def perform(self, by: User) -> None:
        services.decide_consent(
            consent_id=self.act.consent.pk if self.act.consent else 0,
            granted=self.said("granted") == "yes",
            words=self.said("words"),
            by=by,
            seen=self.cleaned_data.get("seen"),
        )
