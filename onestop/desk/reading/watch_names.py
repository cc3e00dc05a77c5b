"""Names of what is counted: offices, procedures, people, parties, phases and steps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from offices.models import Office, User
from onestop.desk import words
from onestop.desk.reading.watch_choice import NO_CAUSE, Choice
from onestop.desk.reading.watch_sources import NOBODY, NOWHERE, week_of
from procedures.models import Procedure
from sla.models import PartyKind
from workflows.models import BreachCause, Dossier

if TYPE_CHECKING:
    from django.utils.functional import Promise

PHASES: dict[str, Promise] = {
    NOWHERE: gettext_lazy("Before reception"),
    "receive": pgettext_lazy("phase", "Reception"),
    "process": pgettext_lazy("phase", "Handling"),
    "approve": pgettext_lazy("phase", "Approval"),
    "return": pgettext_lazy("phase", "Return of the result"),
}
# In the order in which a dossier passes through their hands.
PARTIES: dict[str, Promise] = {
    PartyKind.DESK: pgettext_lazy("whose time", "One-stop desk"),
    PartyKind.DIVISION: pgettext_lazy("whose time", "Divisions, not taken by anybody"),
    PartyKind.PERSON: pgettext_lazy("whose time", "Officers"),
    PartyKind.CONSULTED: pgettext_lazy("whose time", "Consulted offices"),
    PartyKind.CITIZEN: pgettext_lazy("whose time", "Applicants"),
    PartyKind.PAYMENT: pgettext_lazy("whose time", "Waiting for payment"),
}


@dataclass(frozen=True, slots=True)
class Names:
    """Names read once for the whole page."""

    office: dict[str, str]
    procedure: dict[str, str]
    person: dict[str, str]
    step: dict[str, str]

    def of(self, dimension: str, value: str) -> str:
        """The name of one value of a dimension."""
        if dimension == "person" and value == NOBODY:
            return _("Nobody yet")
        if dimension == "step" and value == NOWHERE:
            return str(PHASES[NOWHERE])
        fixed: dict[str, dict[str, Any]] = {"phase": PHASES, "party": PARTIES}
        found = fixed[dimension] if dimension in fixed else getattr(self, dimension)
        return str(found.get(value, value))


def read_names(choice: Choice, **counted: Iterable[str]) -> Names:
    """Names of everything that is counted or chosen: one statement per table, none where nothing is named."""
    wanted = {name: {int(value) for value in counted.get(name, ())} for name in ("office", "procedure", "person")}
    for name, ids in wanted.items():
        if getattr(choice, name):
            ids.add(int(getattr(choice, name)))
    people = User.objects.filter(pk__in=wanted["person"]).values_list("pk", "full_name", "username")
    procedures = Procedure.objects.filter(pk__in=wanted["procedure"]).values_list("pk", "code", "name")
    offices = Office.objects.filter(pk__in=wanted["office"]).values_list("pk", "short_name")
    return Names(
        office={str(pk): name for pk, name in offices} if wanted["office"] else {},
        procedure={str(pk): f"{code} {name}" for pk, code, name in procedures} if wanted["procedure"] else {},
        person={str(pk): name or login for pk, name, login in people} if wanted["person"] else {},
        step=step_names(choice.procedure),
    )


def step_names(procedure_id: str) -> dict[str, str]:
    """The steps of a chosen procedure in the order of the work, named as in its newest dossier."""
    if not procedure_id:
        return {}
    newest = Dossier.objects.filter(procedure=int(procedure_id)).only("flow_class").order_by("-pk").first()
    if newest is None or newest.flow_class is None:
        return {}
    return {step.key: step.title for step in newest.flow_class.definition.human_steps()}


@dataclass(frozen=True, slots=True)
class Chosen:
    """One thing the list is narrowed by, and the way to widen it again."""

    words: str
    href: str


def chosen(choice: Choice, names: Names) -> list[Chosen]:
    """What the list is narrowed by."""
    found = [Chosen(names.of(name, value), choice.to(**{name: ""})) for name, value in choice.narrowed_by.items()]
    week = week_of(choice)
    if week:
        found.append(Chosen(_("Week from %(day)s") % {"day": words.day(week[0])}, choice.to(week="")))
    if choice.cause:
        found.append(Chosen(cause_name(choice.cause), choice.to(cause="")))
    return found


def cause_name(cause: str) -> str:
    """The words for a cause of breaches."""
    return _("Not concluded yet") if cause in {"", NO_CAUSE} else str(BreachCause(cause).label)
