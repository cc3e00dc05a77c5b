"""The forms on the page of a review: explanation, conclusion, what came of the action."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from offices.models import Office
from onestop.desk.forms.acts import area
from onestop.desk.forms.apologies import day_field
from workflows.models import BreachCause
from workflows.services import Conclusion, conclude_breach, explain_breach, follow_up_breach, set_aside_breach

if TYPE_CHECKING:
    from datetime import datetime

    from django.utils.functional import Promise

    from offices.models import User
    from workflows.models import BreachReview


class ReviewForm(forms.Form):
    """Base: one act on a review.

    Attributes:
        title: what the act is called.
        button: what the button says.
        done: what is said when it is done.
    """

    title: ClassVar[str | Promise] = ""
    button: ClassVar[str | Promise] = ""
    done: ClassVar[str | Promise] = ""
    use_required_attribute = False

    def __init__(self, *args: Any, review: BreachReview, **kwargs: Any) -> None:
        self.review = review
        super().__init__(*args, **kwargs)

    def perform(self, *, by: User, at: datetime | None = None) -> None:
        """Call the service."""
        raise NotImplementedError


class ExplainForm(ReviewForm):
    """The unit says what happened."""

    title = gettext_lazy("Explain what happened")
    button = gettext_lazy("Send the explanation")
    done = gettext_lazy("The explanation is sent to the supervisor.")
    words = forms.CharField(
        label=gettext_lazy("What happened, and why the limit was missed"), max_length=8000, widget=area(5)
    )

    def perform(self, *, by: User, at: datetime | None = None) -> None:
        explain_breach(review_id=self.review.pk, words=self.cleaned_data["words"], by=by, at=at)


class ConcludeForm(ReviewForm):
    """The supervisor concludes."""

    title = gettext_lazy("Conclude")
    button = gettext_lazy("Conclude the review")
    done = gettext_lazy("The review is concluded; the unit and the office that must act are told.")
    cause = forms.ChoiceField(label=gettext_lazy("Cause"))
    words = forms.CharField(label=gettext_lazy("What you found"), max_length=8000, widget=area(4))
    is_excused = forms.BooleanField(
        label=gettext_lazy("Nobody is to blame: excused. It stays a missed limit, with this note."), required=False
    )
    action = forms.CharField(
        label=gettext_lazy("Corrective action"),
        required=False,
        max_length=2000,
        widget=area(2),
        help_text=gettext_lazy("May be left empty only where the breach is excused."),
    )
    action_office = forms.ModelChoiceField(
        Office.objects.none(), label=gettext_lazy("Who does it"), required=False, empty_label=""
    )
    action_due_on = day_field(gettext_lazy("Until when"), required=False)

    def __init__(self, *args: Any, review: BreachReview, **kwargs: Any) -> None:
        kwargs["initial"] = {"action_office": review.office_id} | kwargs.get("initial", {})
        super().__init__(*args, review=review, **kwargs)
        causes = [(value, capfirst(label)) for value, label in BreachCause.choices]
        self.fields["cause"].choices = [("", gettext_lazy("Choose the cause")), *causes]  # type: ignore[attr-defined]  # has choices
        offices = Office.objects.filter(is_active=True)
        self.fields["action_office"].queryset = offices  # type: ignore[attr-defined]  # it has one

    def perform(self, *, by: User, at: datetime | None = None) -> None:
        given = self.cleaned_data
        office = given["action_office"] if given["action"].strip() else None
        conclusion = Conclusion(
            cause=given["cause"],
            words=given["words"],
            is_excused=given["is_excused"],
            action=given["action"],
            action_office_id=office.pk if office else None,
            action_due_on=given["action_due_on"] if office else None,
        )
        conclude_breach(review_id=self.review.pk, conclusion=conclusion, by=by, at=at)


class SetAsideForm(ReviewForm):
    """The date was moved: the supervisor sets the review aside."""

    title = gettext_lazy("Set aside: the limit is no longer missed")
    button = gettext_lazy("Set the review aside")
    done = gettext_lazy("The review is set aside. It stays here; if the limit is missed after all, another one opens.")
    words = forms.CharField(label=gettext_lazy("What you found"), max_length=8000, widget=area(3))

    def perform(self, *, by: User, at: datetime | None = None) -> None:
        set_aside_breach(review_id=self.review.pk, words=self.cleaned_data["words"], by=by, at=at)


class FollowUpForm(ReviewForm):
    """The supervisor looks after the action."""

    title = gettext_lazy("What came of the action")
    button = gettext_lazy("Note it and end the review")
    done = gettext_lazy("Noted. The review has ended.")
    outcome = forms.CharField(
        label=gettext_lazy("What was done, and whether it helped"), max_length=8000, widget=area(4)
    )

    def perform(self, *, by: User, at: datetime | None = None) -> None:
        follow_up_breach(review_id=self.review.pk, outcome=self.cleaned_data["outcome"], by=by, at=at)


FORMS: dict[str, type[ReviewForm]] = {
    "explain": ExplainForm,
    "conclude": ConcludeForm,
    "set_aside": SetAsideForm,
    "follow_up": FollowUpForm,
}
