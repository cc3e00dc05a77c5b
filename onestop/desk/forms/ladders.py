"""What is typed to choose a ladder of alarms or to publish a new version of one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from offices.models import Office
from onestop.desk.reading.ladders import AUDIENCES, pictures
from procedures.models import Procedure
from sla.ladder_spec import LadderSpec, Rung
from workflows.models import Notice

MOMENTS = [
    ("", _("no alarm")),
    ("percent", _("percent of the time")),
    ("before_working_day", _("working days before")),
    ("before_working_hour", _("working hours before")),
    ("after_working_day", _("working days after")),
    ("after_working_hour", _("working hours after")),
]
DUTY_MOMENTS = {"eighty": ["percent"], "apology": ["before_working_day"], "due": ["due"]}
FOR_DOSSIERS = [key for key in AUDIENCES if key != "registry"]
FOR_STEPS = [key for key in AUDIENCES if key not in {"applicant", "registry", "clerk"}]


class ChoiceForm(forms.Form):
    """Which ladder holds for which office, which procedure, or which procedure in an office."""

    ladder = forms.ChoiceField(label=_("Ladder of alarms"))
    office = forms.ModelChoiceField(
        Office.objects.none(), label=_("Handling office"), required=False, empty_label=_("Every office")
    )
    procedure = forms.ModelChoiceField(
        Procedure.objects.none(), label=_("Procedure"), required=False, empty_label=_("Every procedure")
    )

    def __init__(self, *args: Any, offices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ladder"].choices = [(one.spec.code, one.spec.name) for one in pictures()]  # type: ignore[attr-defined]
        self.fields["office"].queryset = offices  # type: ignore[attr-defined]
        self.fields["procedure"].queryset = Procedure.objects.order_by("name")  # type: ignore[attr-defined]


class LadderForm(forms.Form):
    """What belongs to the whole ladder."""

    code = forms.SlugField(
        label=_("Short name"), max_length=50, help_text=_("Small letters, digits and hyphens; it stays for ever.")
    )
    name = forms.CharField(label=_("Name of the ladder"), max_length=200)
    begins = forms.TimeField(
        label=_("Quiet from"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("Quiet until"), required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    outside_office_hours = forms.BooleanField(label=_("Quiet outside office hours"), required=False)
    more_than = forms.IntegerField(label=_("One message instead of more than"), min_value=1, max_value=1000)

    def clean(self) -> dict[str, Any]:
        """Quiet hours have both ends, or none."""
        given: dict[str, Any] = super().clean() or {}
        begins, ends = given.get("begins"), given.get("ends")
        if (begins is None) != (ends is None):
            self.add_error("ends", _("Give both ends of the quiet hours, or none."))
        elif begins is not None and begins == ends:
            self.add_error("ends", _("The quiet hours must end at another time than they begin."))
        return given


class RungForm(forms.Form):
    """One rung: when, whom, by which ways."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    duty = forms.CharField(widget=forms.HiddenInput, required=False)
    moment = forms.ChoiceField(label=_("When"), choices=MOMENTS, required=False)
    amount = forms.IntegerField(label=_("How much"), required=False, min_value=1, max_value=400)
    dossier = forms.MultipleChoiceField(
        label=_("Told of a dossier"),
        required=False,
        choices=[(key, AUDIENCES[key]) for key in FOR_DOSSIERS],
        widget=forms.CheckboxSelectMultiple,
    )
    step = forms.MultipleChoiceField(
        label=_("Told of a step"),
        required=False,
        choices=[(key, AUDIENCES[key]) for key in FOR_STEPS],
        widget=forms.CheckboxSelectMultiple,
    )
    through = forms.MultipleChoiceField(
        label=_("Ways"), required=False, choices=Notice.Channel.choices, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        duty = str(self["duty"].value() or "")
        if duty in DUTY_MOMENTS:
            allowed = DUTY_MOMENTS[duty]
            words = dict(MOMENTS) | {"due": _("when it is due")}
            self.fields["moment"].choices = [(key, words[key]) for key in allowed]  # type: ignore[attr-defined]
            self.fields["moment"].required = True

    def clean(self) -> dict[str, Any]:
        """Everything but the due time has an amount; a share is less than the whole."""
        given: dict[str, Any] = super().clean() or {}
        moment, amount = given.get("moment"), given.get("amount")
        if moment and moment != "due" and amount is None:
            self.add_error("amount", _("Give a number."))
        elif moment == "percent" and amount is not None and amount > 99:
            self.add_error("amount", _("A share lies between 1 and 99 percent."))
        return given


RungForms = forms.formset_factory(RungForm, extra=2, max_num=12)


def initial_of(spec: LadderSpec) -> dict[str, Any]:
    """The whole ladder's part as it stands now."""
    return {
        "code": spec.code,
        "name": spec.name,
        "begins": spec.quiet.begins,
        "ends": spec.quiet.ends,
        "outside_office_hours": spec.quiet.outside_office_hours,
        "more_than": spec.digest.more_than,
    }


def rungs_of(spec: LadderSpec) -> list[dict[str, Any]]:
    """Its rungs as the forms show them."""
    return [rung_initial(rung) for rung in spec.rungs]


def rung_initial(rung: Rung) -> dict[str, Any]:
    """One rung as its form shows it."""
    when, moment, amount = rung.when, "due", None
    if when.percent is not None:
        moment, amount = "percent", when.percent
    elif when.before is not None:
        moment, amount = f"before_{when.before.unit}", when.before.amount
    elif when.after is not None:
        moment, amount = f"after_{when.after.unit}", when.after.amount
    told = {family: list(rung.whom.get(family, ())) for family in ("dossier", "step")}
    known = {"key": rung.key, "duty": rung.acts_as, "moment": moment, "amount": amount, "through": list(rung.through)}
    return known | told


def spec_of(whole: dict[str, Any], rungs: list[dict[str, Any]], before: LadderSpec) -> dict[str, Any]:
    """The ladder that was typed, as plain data.

    What the forms do not show stays as it was: on which clocks a rung falls, and what desks and consulted offices hear.
    """
    old = {rung.key: rung.model_dump(mode="json") for rung in before.rungs}
    clock = {name: f"{whole[name]:%H:%M}" if whole[name] else None for name in ("begins", "ends")}
    return {
        "code": whole["code"],
        "name": whole["name"],
        "rungs": [rung_of(given, old) for given in rungs if given.get("moment")],
        "quiet": clock | {"outside_office_hours": whole["outside_office_hours"]},
        "digest": {"more_than": whole["more_than"]},
    }


def rung_of(given: dict[str, Any], old: dict[str, Any]) -> dict[str, Any]:
    """One rung as plain data; a new one is named for its moment."""
    known = old.get(given["key"], {"acts_as": "", "whom": {"desk": ["clerk"], "consultation": ["holder"]}})
    moment, amount = given["moment"], given["amount"]
    if moment == "due":
        when: dict[str, Any] = {"at": "due"}
    elif moment == "percent":
        when = {"percent": amount}
    else:
        side, unit = moment.split("_", 1)
        when = {side: {"amount": amount, "unit": unit}}
    told = {family: given[family] for family in ("dossier", "step")}
    key = given["key"] if given["key"] in old else f"{moment.replace('working_', '')}_{amount}"
    whom = {family: list(heard) for family, heard in (known["whom"] | told).items() if heard}
    return known | {"key": key, "when": when, "whom": whom, "through": given["through"]}
