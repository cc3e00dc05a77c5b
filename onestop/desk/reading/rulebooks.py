"""The rulebooks in words: each rule, what it says, where it stands, and whether its text was read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from onestop.desk.terms_in_words import amount_in_words
from sla.rulebook import Clause, Rulebook, rulebooks
from workflows.models import Dossier
from workflows.models.dossier import CLOSED

if TYPE_CHECKING:
    from django.utils.functional import Promise

RULES: dict[str, Promise] = {
    "clock_start": gettext_lazy("The limit starts"),
    "nonterritorial_start": gettext_lazy("For a file received for an agency elsewhere it starts"),
    "first_day": gettext_lazy("First day counted"),
    "last_day_off": gettext_lazy("A last day that is a day off"),
    "due_time": gettext_lazy("A term in days or months ends"),
    "last_hour": gettext_lazy("Received in the last minutes of the day"),
    "hand_over_cutoff": gettext_lazy("Received later, a file goes on at the start of the next working day"),
    "result_cutoff": gettext_lazy("Result on the next day when received late"),
    "supplements_allowed": gettext_lazy("How often papers may be asked for"),
    "ask_within": gettext_lazy("Papers are asked for within"),
    "supplement_effect": gettext_lazy("After a supplement the limit"),
    "citizen_term": gettext_lazy("Time the applicant has for a supplement"),
    "payment_effect": gettext_lazy("After a payment the limit"),
    "consultation_effect": gettext_lazy("While another office is asked the limit"),
    "online_answer_within": gettext_lazy("An online file is answered within"),
    "apology_before": gettext_lazy("An apology is due before the date by"),
    "apology_opens_before": gettext_lazy("The apology is called for before the date by"),
    "reappointments_allowed": gettext_lazy("How often a new date may be set"),
    "stop_on_request": gettext_lazy("Who withdraws a file gets"),
    "day_in_hours": gettext_lazy("Hours of a working day in the budgets of steps"),
}
VALUES: dict[str, Promise] = {
    "complete_file_received": gettext_lazy("when the complete file is received"),
    "competent_agency_receives": gettext_lazy("when the competent agency has the file"),
    "receiving_desk": gettext_lazy("when the receiving desk has the file"),
    "day_after": gettext_lazy("the day after reception"),
    "same_day": gettext_lazy("the day of reception"),
    "next_working_day": gettext_lazy("gives way to the next working day"),
    "close_of_office": gettext_lazy("at the close of office"),
    "same_time": gettext_lazy("at the time of day of reception"),
    "per_procedure": gettext_lazy("as the procedure's own text says"),
    "restart": gettext_lazy("is counted from the beginning"),
    "resume": gettext_lazy("runs on with what was left"),
    "pause_only": gettext_lazy("keeps its date"),
    "runs_on": gettext_lazy("runs on"),
    "notice": gettext_lazy("a notice that the handling was stopped"),
    "nothing": gettext_lazy("no form of its own"),
}


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule as the page prints it."""

    key: str
    words: str
    value: str
    clause: str
    unverified: bool


@dataclass(frozen=True, slots=True)
class Book:
    """One rulebook with the number of open dossiers that keep it."""

    book: Rulebook
    lines: list[RuleLine]
    dossiers: int
    in_force: bool


def value_in_words(rule: Clause) -> str:
    """What a rule says: a term, a number, a time of day or a choice."""
    if rule.term is not None:
        return amount_in_words(rule.term.amount, rule.term.unit)
    if rule.key == "last_hour":
        return _("%(count)d minutes") % {"count": int(rule.value or 0)} if rule.value else _("counts the same day")
    return str(VALUES.get(str(rule.value), rule.value))


def line(rule: Clause) -> RuleLine:
    """One rule in words."""
    return RuleLine(rule.key, str(RULES[rule.key]), value_in_words(rule), rule.clause, rule.unverified)


def books(in_force: Rulebook) -> list[Book]:
    """Every rulebook, the newest first; one statement."""
    counts = dict(
        Dossier.objects.exclude(legal_status__in=CLOSED).values_list("rulebook").annotate(number=Count("pk")).order_by()
    )
    return [
        Book(book, [line(rule) for rule in book.clauses.values()], counts.get(book.code, 0), book.code == in_force.code)
        for book in reversed(rulebooks())
    ]
