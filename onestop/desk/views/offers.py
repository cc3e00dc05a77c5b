"""The acts of a panel with their forms: the way on, what can be done at once, and what a dialog asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from onestop.desk.forms.acts import DossierActForm
from onestop.desk.forms.acts_on_steps import form_for
from onestop.desk.reading.step_panel import StepPanel
from workflows.possible_acts import PossibleAct

if TYPE_CHECKING:
    from django.utils.functional import Promise

AT_ONCE = {"claim", "release"}
KEYS = {"claim": "c", "release": "c", "send_back": "b", "request_supplement": "s"}
SHORT: dict[str, Promise] = {
    "send_back": gettext_lazy("Send back"),
    "request_supplement": gettext_lazy("Ask for papers"),
    "ask_consent": gettext_lazy("Ask for papers again"),
    "consult": gettext_lazy("Ask an office"),
    "request_payment": gettext_lazy("Ask for payment"),
    "refuse": gettext_lazy("Refuse"),
}


@dataclass(frozen=True, slots=True)
class PanelOffer:
    """One act of the panel with its form; `is_open` where it came back with what was typed."""

    act: PossibleAct
    form: DossierActForm
    words: str
    is_open: bool = False

    @property
    def key(self) -> str:
        """The letter that starts the act."""
        return KEYS.get(self.act.name, "")


@dataclass(slots=True)
class PanelOffers:
    """The acts of a panel by the way they are offered."""

    main: PanelOffer | None = None
    at_once: list[PanelOffer] = field(default_factory=list)
    dialogs: list[PanelOffer] = field(default_factory=list)
    draft: PanelOffer | None = None


def offers_in(panel: StepPanel, sent: DossierActForm | None = None) -> PanelOffers:
    """Every act of the panel; `sent` is a form that came back, with what was typed."""
    offers = PanelOffers()
    several = sum(act.name == "send_back" for act in panel.acts) > 1
    for act in panel.acts:
        offer = offer_of(act, panel, sent, several=several)
        if act.is_main and offers.main is None:
            offers.main = offer
        else:
            (offers.at_once if act.name in AT_ONCE else offers.dialogs).append(offer)
    if panel.draft_act:
        offers.draft = offer_of(panel.draft_act, panel, sent)
    if offers.main:
        start_with_f(offers.main.form)
    return offers


def offer_of(
    act: PossibleAct, panel: StepPanel, sent: DossierActForm | None = None, *, several: bool = False
) -> PanelOffer:
    """One act with its form, or with the form that came back."""
    is_open = sent is not None and sent.act.key == act.key
    form = sent if sent is not None and is_open else form_for(act, panel.page)
    named = act.name in SHORT and not (several and act.name == "send_back")
    return PanelOffer(act, form, str(SHORT[act.name]) if named else form.label, is_open)


def start_with_f(form: DossierActForm) -> None:
    """Let the key f lead to the first field of the way on."""
    for bound in form.visible_fields()[:1]:
        bound.field.widget.attrs |= {"data-row-key": "f"}
