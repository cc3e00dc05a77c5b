"""The forms of the dossier's act panel: each names its act, asks what the service needs, and calls it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onestop.desk.forms.answers import PREFIX, AnswersForm, take_over, text
from onestop.desk.reading.trail import SUBMITTER
from workflows import services
from workflows.exceptions import NotComplete
from workflows.file_types import ACCEPT
from workflows.models import Dossier, Paper
from workflows.services.intake import PaperGiven

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from offices.models import User
    from onestop.desk.reading.dossier import DossierPage
    from workflows.possible_acts import PossibleAct

LARGEST_ID = 2**62


def area(rows: int = 2) -> forms.Textarea:
    """A field for sentences."""
    return forms.Textarea(attrs={"rows": rows})


class DossierActForm(forms.Form):
    """Base: carries what the person saw, and calls one service.

    Attributes:
        title: what the act is called.
        icon: its symbol.
        button: what the button says; the title where empty.
        is_grave: whether it ends the dossier.
        done: what is said when it is done.
    """

    title: ClassVar[str | Promise] = ""
    icon: ClassVar[str] = "done"
    button: ClassVar[str | Promise] = ""
    is_grave: ClassVar[bool] = False
    done: ClassVar[str | Promise] = gettext_lazy("Done.")
    use_required_attribute = False

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0, max_value=2**31 - 1)
    row = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=1, max_value=LARGEST_ID)
    outcome = forms.CharField(widget=forms.HiddenInput, required=False, max_length=80)

    def __init__(self, *args: Any, page: DossierPage, act: PossibleAct, **kwargs: Any) -> None:
        self.page, self.act = page, act
        named = act.named
        first = {"seen": page.dossier.acts, "row": named.pk if named else None, "outcome": act.outcome}
        kwargs["initial"] = self.first_values() | first | kwargs.get("initial", {})
        super().__init__(*args, auto_id=f"{act.key}-%s", **kwargs)
        self.fit()

    @property
    def dossier(self) -> Dossier:
        """The dossier as it is on the screen."""
        return self.page.dossier

    @property
    def label(self) -> str:
        """What the act is called, with the outcome's own name where the definition gives one."""
        return str(self.title)

    @property
    def button_label(self) -> str:
        """What the button says."""
        return str(self.button or self.label)

    @property
    def has_fields(self) -> bool:
        """Whether there is anything to fill in."""
        return bool(self.visible_fields())

    def first_values(self) -> dict[str, Any]:
        """What is filled in before anybody types."""
        return {}

    def fit(self) -> None:
        """Fit the fields to the dossier."""

    def said(self, name: str) -> str:
        """What was typed in a field."""
        return str(self.cleaned_data.get(name) or "").strip()

    def on_dossier(self, by: User) -> dict[str, Any]:
        """What every act on a dossier is given."""
        return {"dossier_id": self.dossier.pk, "by": by, "seen": self.cleaned_data.get("seen")}

    def on_step(self, by: User) -> dict[str, Any]:
        """What every act on a step is given."""
        return {"step_id": self.cleaned_data.get("row") or 0, "by": by, "seen": self.cleaned_data.get("seen")}

    def perform(self, by: User) -> None:
        """Call the service."""
        raise NotImplementedError

    def complain(self, error: NotComplete) -> None:
        """Show what the service found missing."""
        if not take_over(self, error):
            self.add_error(None, str(error))


class ReasonForm(DossierActForm):
    """An act that needs nothing but a reason."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=area())


class PapersForm(DossierActForm):
    """Papers of the definition, ticked as they lie on the counter."""

    paper = forms.MultipleChoiceField(
        label=gettext_lazy("Papers that came now"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def fit(self) -> None:
        given = self.page.given
        wanted = [d for d in self.page.definition.documents if not d.replaced_by and self.wants(d.key, d.name, given)]
        self.fields["paper"].choices = [(d.key, d.name) for d in wanted]  # type: ignore[attr-defined]  # has choices
        if not wanted:
            del self.fields["paper"]

    def wants(self, key: str, name: str, given: set[str]) -> bool:
        """Whether a paper is offered to be ticked."""
        return key not in given

    def papers(self) -> list[PaperGiven]:
        """The ticked papers with their numbers of originals and copies."""
        documents = {d.key: d for d in self.page.definition.documents}
        chosen = [documents[key] for key in self.cleaned_data.get("paper", [])]
        return [PaperGiven(key=d.key, originals=d.originals, copies=d.copies) for d in chosen]


class ReceiveForm(PapersForm):
    """Receive a file that was sent online."""

    title = gettext_lazy("Receive")
    button = gettext_lazy("Receive and print the receipt")
    icon = "receive"
    done = gettext_lazy("Received. The receipt is ready to print.")
    scan_later = forms.BooleanField(label=gettext_lazy("Papers are still to be scanned"), required=False)

    def perform(self, by: User) -> None:
        services.receive(**self.on_dossier(by), papers=self.papers(), forward=not self.cleaned_data["scan_later"])


class DeclineForm(ReasonForm):
    """Turn a file away."""

    title = gettext_lazy("Refuse to receive (form 03)")
    button = gettext_lazy("Refuse and print form 03")
    icon = "close"
    is_grave = True
    done = gettext_lazy("The file was turned away. Form 03 is ready to print.")

    def perform(self, by: User) -> None:
        services.decline_to_receive(**self.on_dossier(by), reason=self.said("reason"))


class AcceptSupplementForm(PapersForm):
    """Take in the papers that were asked for."""

    title = gettext_lazy("Take in the papers")
    button = gettext_lazy("Take in the papers, the clock goes on")
    icon = "receive"
    done = gettext_lazy("The papers are in; the dossier goes on.")

    def wants(self, key: str, name: str, given: set[str]) -> bool:
        """What was asked for, and what is missing."""
        request = self.page.open_supplement
        return key not in given or bool(request and name in request.items)

    def first_values(self) -> dict[str, Any]:
        request = self.page.open_supplement
        asked = request.items if request else []
        return {"paper": [d.key for d in self.page.definition.documents if d.name in asked]}

    def perform(self, by: User) -> None:
        services.accept_supplement(**self.on_dossier(by), papers=self.papers())


class ConfirmPaymentForm(DossierActForm):
    """Note that the applicant paid."""

    title = gettext_lazy("Confirm the payment")
    icon = "payment"
    done = gettext_lazy("The payment is confirmed; the dossier goes on.")
    receipt_number = forms.CharField(label=gettext_lazy("Receipt number"), required=False, max_length=60, widget=text())

    def perform(self, by: User) -> None:
        services.confirm_payment(**self.on_dossier(by), receipt_number=self.said("receipt_number"))


class WithdrawForm(ReasonForm):
    """The applicant takes the file back."""

    title = gettext_lazy("Withdraw at the applicant's request")
    button = gettext_lazy("Withdraw the file")
    icon = "leave"
    is_grave = True
    done = gettext_lazy("The file is withdrawn. Form 05 is ready to print.")

    def fit(self) -> None:
        self.fields["reason"].label = _("What the applicant asks for")

    def perform(self, by: User) -> None:
        services.withdraw(**self.on_dossier(by), reason=self.said("reason"))


class StopForm(ReasonForm):
    """The office stops the dossier."""

    title = gettext_lazy("Stop handling")
    button = gettext_lazy("Stop handling")
    icon = "stopped"
    is_grave = True
    done = gettext_lazy("Handling is stopped. The notice is ready to print.")

    def perform(self, by: User) -> None:
        services.stop(**self.on_dossier(by), reason=self.said("reason"))


class ReturnForm(DossierActForm):
    """Hand the result over at the counter."""

    title = gettext_lazy("Hand over the result")
    icon = "return"
    done = gettext_lazy("The result is handed over. The proof is ready to print.")
    handed_to = forms.CharField(label=gettext_lazy("Who receives it"), max_length=250, widget=text())

    def first_values(self) -> dict[str, Any]:
        given = self.page.dossier.submitter
        return {"handed_to": given.get("representative") or self.page.dossier.applicant_name}

    def perform(self, by: User) -> None:
        services.return_result(**self.on_dossier(by), handed_to=self.said("handed_to"))


class PaperForm(DossierActForm):
    """Lay a file into the dossier."""

    title = gettext_lazy("Add a paper")
    button = gettext_lazy("Add the paper")
    icon = "attach"
    done = gettext_lazy("The paper lies in the dossier.")
    what = forms.ChoiceField(label=gettext_lazy("What it is"))
    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,
        max_length=250,
        widget=text(),
        help_text=gettext_lazy("Only where it belongs to no paper of the list."),
    )
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, a picture, Word, Excel or OpenDocument."),
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        allow_empty_file=True,
        max_length=250,
    )

    def fit(self) -> None:
        kinds = [(kind.value, capfirst(kind.label)) for kind in (Paper.Kind.DRAFT, Paper.Kind.RESULT, Paper.Kind.OTHER)]
        listed = [(f"submitted:{d.key}", d.name) for d in self.page.definition.documents if not d.replaced_by]
        groups = [(_("Papers of the list"), listed)] if listed else []
        self.fields["what"].choices = [*kinds, *groups]  # type: ignore[attr-defined]  # a ChoiceField has choices

    def perform(self, by: User) -> None:
        kind, _colon, key = self.cleaned_data["what"].partition(":")
        given = self.on_dossier(by)
        given.pop("seen")
        services.add_paper(**given, kind=kind, key=key, name=self.said("name"), file=self.cleaned_data["file"])


class CorrectForm(AnswersForm, DossierActForm):
    """Correct what was typed, with a reason."""

    title = gettext_lazy("Correct the data")
    button = gettext_lazy("Save the correction")
    icon = "edit"
    done = gettext_lazy("Corrected. The old values stay in the history.")

    def __init__(self, *args: Any, page: DossierPage, act: PossibleAct, **kwargs: Any) -> None:
        super().__init__(*args, page=page, act=act, definition=page.definition, answers=page.dossier.data, **kwargs)
        for field in page.definition.form:
            if field.kind == "file":
                del self.fields[f"{PREFIX}{field.key}"]
        self.order_fields(["reason", *SUBMITTER])

    def first_values(self) -> dict[str, Any]:
        return {name: self.page.dossier.submitter.get(name, "") for name in SUBMITTER}

    def fit(self) -> None:
        for name, label in SUBMITTER.items():
            required = name == "full_name"
            self.fields[name] = forms.CharField(label=label, required=required, max_length=250, widget=text())
        self.fields["reason"] = forms.CharField(label=_("Why the data are corrected"), max_length=500, widget=area())

    def submitter_fields(self) -> list[forms.BoundField]:
        """The applicant's details."""
        return [self[name] for name in SUBMITTER]

    def perform(self, by: User) -> None:
        seen = str(self.cleaned_data.get("seen") or "")
        services.correct_data(
            dossier_id=self.dossier.pk,
            by=by,
            seen=int(seen) if seen.isdecimal() else None,
            reason=self.said("reason"),
            answers=self.answers(),
            submitter={name: str(self.cleaned_data.get(name) or "")[:250] for name in SUBMITTER},
        )
