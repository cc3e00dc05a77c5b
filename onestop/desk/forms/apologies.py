"""The forms of the dossier's act panel that concern an apology (form 04)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onestop.desk import words
from onestop.desk.forms.acts import DossierActForm, area
from workflows import services

if TYPE_CHECKING:
    from offices.models import User
    from workflows.models import Apology


def day_field(label: Any, **options: Any) -> forms.DateField:
    """A day, chosen from the browser's own calendar."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


class ApologyForm(DossierActForm):
    """Base: speaks of the apology of the present run."""

    icon = "warning"

    @property
    def duty(self) -> Apology | None:
        """The apology that is owed or proposed."""
        rows = [row for row in self.page.apologies if row.lifted_at is None and row.approved_at is None]
        return rows[-1] if rows else None


class ProposeApologyForm(ApologyForm):
    """Propose an apology with its reason and the one new date."""

    title = gettext_lazy("Propose an apology and a new date (form 04)")
    button = gettext_lazy("Send to the head for approval")
    done = gettext_lazy("The apology is proposed and waits for the head's approval.")
    reason = forms.CharField(label=gettext_lazy("Reason, as it stands on form 04"), max_length=2000, widget=area(3))
    new_day = day_field(
        gettext_lazy("New date"),
        help_text=gettext_lazy("A working day; the result is promised for its close of office. Only once."),
    )

    @property
    def intro(self) -> str:
        """Until when the apology must be out, and why the last proposal came back."""
        duty = self.duty
        if duty is None:
            return _("The date itself does not move: lateness is judged by it.")
        due = _("The apology must be out by %(moment)s.") % {"moment": words.moment(duty.due_by)}
        back = _("Sent back: %(words)s") % {"words": duty.rejected_because} if duty.rejected_because else ""
        return "\n".join(filter(None, [due, back]))

    def first_values(self) -> dict[str, Any]:
        duty = self.duty
        return {"reason": duty.reason} if duty else {}

    def perform(self, by: User) -> None:
        given = self.on_dossier(by)
        services.propose_apology(**given, reason=self.said("reason"), new_day=self.cleaned_data["new_day"])


class DecideApologyForm(ApologyForm):
    """Base: shows what is proposed."""

    @property
    def intro(self) -> str:
        """Reason and new date, by whom they are proposed, and until when."""
        duty = self.duty
        if duty is None or duty.new_date_at is None:
            return ""
        known = {
            "who": duty.proposed_by or "",
            "old": words.moment(duty.due_at),
            "new": words.long_moment(duty.new_date_at),
            "until": words.moment(duty.due_by),
        }
        lines = [
            duty.reason,
            _("New date: %(new)s instead of %(old)s.") % known,
            _("Proposed by %(who)s; must be out by %(until)s.") % known,
        ]
        return "\n".join(lines)


class ApproveApologyForm(DecideApologyForm):
    """Sign the apology: the new date is set and the applicant is told."""

    title = gettext_lazy("Approve the apology and the new date (form 04)")
    button = gettext_lazy("Approve and print form 04")
    icon = "sign"
    done = gettext_lazy("The apology is approved; the desk and the applicant are told. Form 04 is ready to print.")

    def perform(self, by: User) -> None:
        services.approve_apology(**self.on_dossier(by))


class RejectApologyForm(ApologyForm):
    """Send the proposal back with words."""

    title = gettext_lazy("Send the proposed apology back")
    icon = "back"
    done = gettext_lazy("The proposal was sent back. The apology is still owed.")
    words = forms.CharField(label=gettext_lazy("What must be changed"), max_length=2000, widget=area())

    def perform(self, by: User) -> None:
        services.reject_apology(**self.on_dossier(by), words=self.said("words"))
