"""The forms of the acts that name an open step, or a question to an office."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from offices.capacities import local_day
from offices.models import Membership, Office, User
from onestop.desk.forms import acts, apologies, asking_again
from onestop.desk.forms.acts import DossierActForm, area
from onestop.desk.forms.answers import text
from onestop.desk.reading.steps import outcome_of, title_of
from procedures.definition import REFUSE
from sla.terms import Term, Unit
from workflows import services
from workflows.file_types import ACCEPT
from workflows.services.issuing_results import issue_result

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from workflows.possible_acts import PossibleAct

BACK_REASONS: dict[str, Promise] = {
    "grounds": gettext_lazy("The grounds are not sufficient"),
    "mismatch": gettext_lazy("The data do not match the papers"),
    "draft": gettext_lazy("The draft result must be corrected"),
    "opinion": gettext_lazy("The opinion of another office is missing"),
    "competence": gettext_lazy("The wrong office or the wrong step"),
    "other": gettext_lazy("Another reason"),
}


class StepForm(DossierActForm):
    """Base: speaks of one step."""

    @property
    def step_title(self) -> str:
        """What the step is called."""
        return title_of(self.act.step) if self.act.step else ""

    @property
    def target(self) -> str:
        """Where the outcome leads, in words."""
        return outcome_of(self.act.step, self.act.outcome).target if self.act.step and self.act.outcome else ""


class FinishForm(StepForm):
    """The way on, with a word to the next person; a reason only where the service wants one."""

    title = gettext_lazy("Finish the step")
    icon = "next"
    done = gettext_lazy("The dossier went on.")
    note = forms.CharField(
        label=gettext_lazy("Word to the next person"), required=False, max_length=4000, widget=area()
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=area())

    def fit(self) -> None:
        if not self.act.needs_reason:
            del self.fields["reason"]
        elif self.act.name != "refuse" and self.page.consultations:
            self.fields["reason"].label = _("Why the step goes on without the answer")

    @property
    def label(self) -> str:
        """The outcome by its own name, and where it leads."""
        return f"{self.button_label} → {self.target}" if self.target else self.button_label

    @property
    def button_label(self) -> str:
        """The outcome by its own name."""
        return capfirst(self.act.label)

    def perform(self, by: User) -> None:
        services.finish_step(
            **self.on_step(by),
            outcome=self.cleaned_data["outcome"],
            note=self.said("note"),
            reason=self.said("reason"),
        )


class ApproveForm(FinishForm):
    """Approve, by the service of its own."""

    icon = "sign"
    done = gettext_lazy("Approved.")

    def perform(self, by: User) -> None:
        if self.said("reason"):
            return super().perform(by)
        services.approve(**self.on_step(by), note=self.said("note"))
        return None


class SendBackForm(StepForm):
    """Back to an earlier step: a reason from the list, and words."""

    title = gettext_lazy("Send back")
    icon = "back"
    done = gettext_lazy("The dossier was sent back.")
    why = forms.ChoiceField(
        label=gettext_lazy("Reason"), choices=[("", gettext_lazy("Choose a reason")), *BACK_REASONS.items()]
    )
    words = forms.CharField(
        label=gettext_lazy("Say it clearly; the next person reads this first"), max_length=200, widget=area(3)
    )

    @property
    def label(self) -> str:
        """With the step it goes back to."""
        return f"{self.title} → {self.target}" if self.target else str(self.title)

    @property
    def button_label(self) -> str:
        """The act alone."""
        return str(self.title)

    def perform(self, by: User) -> None:
        reason = f"{BACK_REASONS[self.cleaned_data['why']]}: {self.said('words')}"
        services.finish_step(**self.on_step(by), outcome=self.cleaned_data["outcome"], reason=reason)


class RefuseForm(StepForm):
    """A refusal, or its proposal to a leader."""

    title = gettext_lazy("Refuse (form 03)")
    icon = "close"
    is_grave = True
    done = gettext_lazy("The refusal is noted.")
    reason = forms.CharField(label=gettext_lazy("Reason, as it stands on form 03"), max_length=2000, widget=area(3))

    def first_values(self) -> dict[str, Any]:
        step = self.act.step
        return {"reason": step.data.get("proposed_reason", "") if step else ""}

    @property
    def label(self) -> str:
        """A proposal says that it is one."""
        if self.act.step and self.act.step.key == REFUSE:
            return _("Approve the refusal (form 03)")
        return str(self.title) if self.act.step and self.act.step.role == "leader" else _("Propose a refusal (form 03)")

    def perform(self, by: User) -> None:
        services.refuse(**self.on_step(by), reason=self.said("reason"))


class RegisterForm(StepForm):
    """Number and day of the result."""

    title = gettext_lazy("Register the result")
    button = gettext_lazy("Register and pass on to the desk")
    icon = "catalogue"
    done = gettext_lazy("The result is registered.")
    number = forms.CharField(label=gettext_lazy("Number of the result"), max_length=60, widget=text())
    issued_on = forms.DateField(
        label=gettext_lazy("Day of issue"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        input_formats=["%Y-%m-%d", "%d/%m/%Y"],
    )

    file = forms.FileField(
        label=gettext_lazy("Scan of the signed result"),
        required=False,
        allow_empty_file=True,
        max_length=250,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
        help_text=gettext_lazy("Without one the draft as it was approved is kept as the digital result."),
    )

    def first_values(self) -> dict[str, Any]:
        return {"issued_on": timezone.localdate()}

    def clean_issued_on(self) -> date:
        """A result is not issued in the future."""
        day: date = self.cleaned_data["issued_on"]
        if day > timezone.localdate():
            raise ValidationError(_("This day lies in the future. Type the day on which the result was signed."))
        return day

    def perform(self, by: User) -> None:
        issue_result(
            **self.on_step(by),
            number=self.said("number"),
            issued_on=self.cleaned_data["issued_on"],
            file=self.cleaned_data.get("file"),
        )


class ClaimForm(StepForm):
    """Take the step up."""

    title = gettext_lazy("Claim")
    icon = "person"
    done = gettext_lazy("The step is yours now.")

    def perform(self, by: User) -> None:
        services.claim(step_id=self.cleaned_data.get("row") or 0, by=by)


class ReleaseForm(StepForm):
    """Put the step back."""

    title = gettext_lazy("Release")
    icon = "person"
    done = gettext_lazy("The step is open to everyone in your role again.")

    def perform(self, by: User) -> None:
        services.release(step_id=self.cleaned_data.get("row") or 0, by=by)


class ReassignForm(StepForm):
    """Give the step to a colleague."""

    title = gettext_lazy("Reassign")
    icon = "people"
    done = gettext_lazy("The step has another holder now.")
    to = forms.ModelChoiceField(label=gettext_lazy("To whom"), queryset=User.objects.none())
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=2000, widget=area())

    def fit(self) -> None:
        step = self.act.step
        if step is None:
            return
        held = Membership.objects.on(local_day(self.page.at)).filter(role=step.role, office=step.office)
        people = User.objects.filter(pk__in=held.values("user"), is_active=True).exclude(pk=step.owner_id)
        self.fields["to"].queryset = people.order_by("full_name")  # type: ignore[attr-defined]  # it has one

    def perform(self, by: User) -> None:
        services.reassign(
            step_id=self.cleaned_data.get("row") or 0,
            to_id=self.cleaned_data["to"].pk,
            reason=self.said("reason"),
            by=by,
        )


class PaymentForm(StepForm):
    """Ask for a fee."""

    title = gettext_lazy("Ask for a payment")
    icon = "payment"
    done = gettext_lazy("The payment is asked for; the dossier waits until the desk confirms it.")
    name = forms.CharField(label=gettext_lazy("What for"), max_length=250, widget=text())
    amount = forms.CharField(
        label=gettext_lazy("Amount in dong"), max_length=20, widget=text(inputmode="numeric", placeholder="50.000")
    )

    def first_values(self) -> dict[str, Any]:
        fee = next((fee for fee in self.page.definition.fees if fee.amount), None)
        return {"name": fee.name, "amount": f"{fee.amount:,.0f}".replace(",", ".")} if fee and fee.amount else {}

    def clean_amount(self) -> Decimal:
        """Dots and spaces between the digits are read over."""
        digits = self.cleaned_data["amount"].replace(".", "").replace(" ", "").removesuffix("đ")
        if not (digits.isascii() and digits.isdigit()) or len(digits) > 14:
            raise ValidationError(_("Type an amount, for example 50.000."))
        return Decimal(digits)

    def perform(self, by: User) -> None:
        services.request_payment(**self.on_step(by), name=self.said("name"), amount=self.cleaned_data["amount"])


class ConsultForm(StepForm):
    """Ask other offices for their opinion, with a term."""

    title = gettext_lazy("Ask another office for its opinion")
    button = gettext_lazy("Ask for the opinion")
    icon = "consult"
    done = gettext_lazy("The question is asked; no clock stops.")
    offices = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Offices"), queryset=Office.objects.none(), widget=forms.CheckboxSelectMultiple
    )
    question = forms.CharField(label=gettext_lazy("Question"), max_length=4000, widget=area(3))
    amount = forms.IntegerField(label=gettext_lazy("Term"), min_value=1, max_value=60, initial=3)
    unit = forms.ChoiceField(
        label=gettext_lazy("Counted in"),
        choices=[
            (Unit.WORKING_DAY.value, pgettext_lazy("unit of a term", "working days")),
            (Unit.WORKING_HOUR.value, pgettext_lazy("unit of a term", "working hours")),
        ],
    )

    def fit(self) -> None:
        step = self.act.step
        asked = [row.office_id for row in self.page.consultations if row.answered_at is None]
        offices = Office.objects.filter(is_active=True).exclude(pk__in=[*asked, step.office_id if step else 0])
        self.fields["offices"].queryset = offices  # type: ignore[attr-defined]  # it has one
        usual = step.flow_task.spec.consults if step else ()
        if usual:
            self.fields["offices"].help_text = _("Usually asked: %(names)s.") % {"names": "; ".join(usual)}

    def perform(self, by: User) -> None:
        given = self.cleaned_data
        term = Term(Decimal(given["amount"]), Unit(given["unit"]))
        services.consult(
            **self.on_step(by),
            office_ids=[office.pk for office in given["offices"]],
            question=self.said("question"),
            term=term,
        )


class AnswerForm(DossierActForm):
    """Answer for the asked office."""

    title = gettext_lazy("Answer the question")
    button = gettext_lazy("Send the answer")
    icon = "consult"
    done = gettext_lazy("The answer is sent.")
    answer = forms.CharField(label=gettext_lazy("Answer of your office"), max_length=8000, widget=area(4))

    def perform(self, by: User) -> None:
        services.answer_consultation(
            consultation_id=self.cleaned_data.get("row") or 0, answer=self.said("answer"), by=by
        )


FORMS: dict[str, type[DossierActForm]] = {
    "receive": acts.ReceiveForm,
    "decline_to_receive": acts.DeclineForm,
    "request_supplement": asking_again.SupplementForm,
    "ask_consent": asking_again.AskConsentForm,
    "decide_consent": asking_again.DecideConsentForm,
    "accept_supplement": acts.AcceptSupplementForm,
    "confirm_payment": acts.ConfirmPaymentForm,
    "withdraw": acts.WithdrawForm,
    "stop": acts.StopForm,
    "return_result": acts.ReturnForm,
    "add_paper": acts.PaperForm,
    "correct_data": acts.CorrectForm,
    "finish_step": FinishForm,
    "approve": ApproveForm,
    "send_back": SendBackForm,
    "refuse": RefuseForm,
    "register_result": RegisterForm,
    "claim": ClaimForm,
    "release": ReleaseForm,
    "reassign": ReassignForm,
    "request_payment": PaymentForm,
    "consult": ConsultForm,
    "answer_consultation": AnswerForm,
    "propose_apology": apologies.ProposeApologyForm,
    "approve_apology": apologies.ApproveApologyForm,
    "reject_apology": apologies.RejectApologyForm,
}


def form_for(act: PossibleAct, page: Any, *args: Any, **kwargs: Any) -> DossierActForm:
    """The form of an act on the page of its dossier."""
    return FORMS[act.name](*args, page=page, act=act, **kwargs)
