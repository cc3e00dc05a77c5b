"""The forms of the acts on a step; each is made for one panel and says what it needs of it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from offices.models import Office, Role
from onestop.desk.reading.steps import outcomes_of
from sla.terms import Term, Unit
from workflows.exceptions import NotComplete

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from onestop.desk.reading.step_panel import StepPanel
    from onestop.desk.reading.steps import Outcome

BACK_REASONS: dict[str, Promise] = {
    "grounds": gettext_lazy("The grounds are not sufficient"),
    "mismatch": gettext_lazy("The data do not match the papers"),
    "draft": gettext_lazy("The draft result must be corrected"),
    "opinion": gettext_lazy("The opinion of another office is missing"),
    "competence": gettext_lazy("The wrong office or the wrong step"),
    "other": gettext_lazy("Another reason"),
}


def area(rows: int = 3, **attributes: Any) -> forms.Textarea:
    """A field for sentences."""
    return forms.Textarea(attrs={"rows": rows, **attributes})


class ActForm(forms.Form):
    """Base: carries the version of the dossier the person saw, and takes over a service's complaint."""

    act = ""
    use_required_attribute = False
    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, panel: StepPanel, **kwargs: Any) -> None:
        self.panel = panel
        kwargs.setdefault("auto_id", f"{self.act}-%s")
        kwargs.setdefault("initial", {})
        kwargs["initial"] = self.first_values() | {"seen": panel.dossier.acts} | kwargs["initial"]
        super().__init__(*args, **kwargs)
        self.fit(panel)

    def first_values(self) -> dict[str, Any]:
        """What is filled in before anybody types."""
        return {}

    def fit(self, panel: StepPanel) -> None:
        """Fit the fields to the panel."""

    def complain(self, error: NotComplete) -> None:
        """Show what a service found missing, beside the field where there is one."""
        known = {name: words for name, words in error.fields.items() if name in self.fields}
        for name, words in known.items():
            self.add_error(name, words)
        if len(known) < max(1, len(error.fields)):
            self.add_error(None, str(error))


class ClaimForm(ActForm):
    """Nothing to fill in."""

    act = "claim"


class ReleaseForm(ActForm):
    """Nothing to fill in."""

    act = "release"


class FinishForm(ActForm):
    """The way on, with a word to the next person."""

    act = "finish"
    outcome = forms.CharField(max_length=80, required=False)
    reason = forms.CharField(
        label=gettext_lazy("Why the step goes on without the answer"), max_length=250, required=False, widget=area(2)
    )
    note = forms.CharField(
        label=gettext_lazy("Word to the next person"), max_length=4000, required=False, widget=area(2)
    )

    def fit(self, panel: StepPanel) -> None:
        self.fields["note"].widget.attrs |= {"data-row-key": "f", "data-key-label": _("Forward")}
        if panel.main is None or not panel.main.act.needs_reason:
            del self.fields["reason"]


class ChoiceOfOutcome(ActForm):
    """An outcome to choose where there is more than one of its kind."""

    outcome = forms.ChoiceField(label=gettext_lazy("To which step"))

    def offer(self, outcomes: Iterable[Outcome]) -> None:
        """Offer these outcomes; a single one is not asked for."""
        choices = [(outcome.name, outcome.target or outcome.label) for outcome in outcomes]
        self.fields["outcome"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField has choices
        if len(choices) == 1:
            self.fields["outcome"].widget = forms.HiddenInput()
            self.initial["outcome"] = choices[0][0]


class SendBackForm(ChoiceOfOutcome):
    """Back to an earlier step: a reason from the list, and words."""

    act = "send_back"
    reason = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=[("", gettext_lazy("Choose a reason")), *BACK_REASONS.items()]
    )
    words = forms.CharField(
        label=gettext_lazy("Say it clearly; the next person reads this first"), max_length=200, widget=area(3)
    )

    def fit(self, panel: StepPanel) -> None:
        self.offer(outcomes_of(panel.step, "back"))

    @property
    def sentence(self) -> str:
        """Reason and words in one line."""
        return f"{BACK_REASONS[self.cleaned_data['reason']]}: {self.cleaned_data['words'].strip()}"


class RefuseForm(ChoiceOfOutcome):
    """A refusal with its reason, which the applicant reads."""

    act = "refuse"
    reason = forms.CharField(label=gettext_lazy("Reason, as it stands on form 03"), max_length=2000, widget=area(4))

    def first_values(self) -> dict[str, Any]:
        return {"reason": self.panel.step.data.get("proposed_reason", "")}

    def fit(self, panel: StepPanel) -> None:
        self.offer(outcomes_of(panel.step, "refuse"))
        if panel.step.role != Role.LEADER:
            self.fields["reason"].help_text = _("A leader approves the refusal before the applicant gets it.")


class ResultForm(ActForm):
    """Number and day of the result."""

    act = "number"
    number = forms.CharField(label=gettext_lazy("Number of the result"), max_length=60)
    issued_on = forms.DateField(
        label=gettext_lazy("Day of issue"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
    )

    def first_values(self) -> dict[str, Any]:
        return {"issued_on": timezone.localdate()}

    def clean_issued_on(self) -> date:
        """A result is not issued in the future."""
        day: date = self.cleaned_data["issued_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day lies in the future. Type the day on which the result was signed."))
        return day


class SupplementForm(ActForm):
    """Every missing paper at once, with the reason (form 02)."""

    act = "ask_papers"
    papers = forms.MultipleChoiceField(
        label=gettext_lazy("Papers"), required=False, widget=forms.CheckboxSelectMultiple
    )
    others = forms.CharField(
        label=gettext_lazy("What else is missing or must be mended"),
        required=False,
        max_length=2000,
        widget=area(2),
        help_text=gettext_lazy("One line for each paper."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason, as it stands on form 02"), max_length=2000, widget=area(3))

    def fit(self, panel: StepPanel) -> None:
        definition = panel.step.flow_task.flow_class.definition
        names = [document.name for document in definition.documents if not document.replaced_by]
        self.fields["papers"].choices = [(name, name) for name in names]  # type: ignore[attr-defined]  # has choices

    def clean(self) -> dict[str, Any]:
        """At least one paper."""
        if not self.errors and not self.items:
            self.add_error("papers", _("Choose or write the missing papers."))
        return self.cleaned_data

    @property
    def items(self) -> list[str]:
        """The papers asked for."""
        lines = self.cleaned_data.get("others", "").splitlines()
        return [*self.cleaned_data.get("papers", []), *(line.strip() for line in lines if line.strip())]


class ConsultForm(ActForm):
    """A question to other offices, with a term."""

    act = "consult"
    offices = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Offices"), queryset=Office.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    question = forms.CharField(label=gettext_lazy("Question"), max_length=4000, widget=area(3))
    amount = forms.IntegerField(label=gettext_lazy("Term"), min_value=1, max_value=60)
    unit = forms.ChoiceField(
        label=gettext_lazy("Counted in"),
        choices=[
            (Unit.WORKING_DAY.value, pgettext_lazy("unit of a term", "working days")),
            (Unit.WORKING_HOUR.value, pgettext_lazy("unit of a term", "working hours")),
        ],
    )

    def first_values(self) -> dict[str, Any]:
        return {"amount": 3, "unit": Unit.WORKING_DAY.value}

    def fit(self, panel: StepPanel) -> None:
        asked = [question.row.office_id for question in panel.questions if question.row.answered_at is None]
        offices = Office.objects.filter(is_active=True).exclude(pk=panel.step.office_id)
        if not self.is_bound:
            offices = offices.exclude(pk__in=asked)
        field = self.fields["offices"]
        field.queryset = offices  # type: ignore[attr-defined]  # a ModelMultipleChoiceField has a queryset
        if panel.spec.consults:
            field.help_text = _("Usually asked: %(names)s.") % {"names": "; ".join(panel.spec.consults)}

    @property
    def term(self) -> Term:
        """How long the offices have."""
        return Term(Decimal(self.cleaned_data["amount"]), Unit(self.cleaned_data["unit"]))


class PaymentForm(ActForm):
    """A fee the applicant owes before the work goes on."""

    act = "ask_payment"
    name = forms.CharField(label=gettext_lazy("What for"), max_length=250)
    amount = forms.CharField(
        label=gettext_lazy("Amount in dong"), max_length=20, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )

    def first_values(self) -> dict[str, Any]:
        fees = self.panel.step.flow_task.flow_class.definition.fees
        fee = next((fee for fee in fees if fee.amount), None)
        return {"name": fee.name, "amount": f"{fee.amount:,.0f}".replace(",", ".")} if fee else {}

    def clean_amount(self) -> Decimal:
        """Dots and spaces between the digits are read over."""
        digits = self.cleaned_data["amount"].replace(".", "").replace(" ", "").removesuffix("đ")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 14:
            raise ValidationError(_("Type an amount, for example 50.000."))
        return Decimal(digits)


class DraftForm(ActForm):
    """The draft result as a file; a newer one supersedes the older."""

    act = "draft"
    file = forms.FileField(label=gettext_lazy("Draft result"), allow_empty_file=True)

    def fit(self, panel: StepPanel) -> None:
        self.fields["file"].widget.attrs |= {
            "data-autosubmit": True,
            "accept": ".pdf,.png,.jpg,.jpeg,.docx,.doc,.odt,.xlsx,.xls,.ods",
        }


class AnswerForm(forms.Form):
    """The answer of an asked office."""

    act = "answer"
    use_required_attribute = False
    answer = forms.CharField(
        label=gettext_lazy("Answer of your office"), max_length=8000, widget=area(6, **{"data-row-key": "f"})
    )
    complain = ActForm.complain
