"""The rules of the law behind a term, in sentences that name their article or say that none is known."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from sla.limits import CountingRules, Term, Unit
from sla.rulebook import Rulebook
from sla.sentences import Sentence

RULES: dict[str, dict[str, str]] = {
    "clock_start": {
        "complete_file_received": gettext_noop("The limit is counted from the reception of a complete file"),
    },
    "nonterritorial_start": {
        "competent_agency_receives": gettext_noop(
            "For a file received for an agency elsewhere the limit is counted from when that agency has it"
        ),
        "receiving_desk": gettext_noop("The limit is counted from the reception of a complete file"),
    },
    "first_day": {
        "day_after": gettext_noop("A term in days or months begins on the day after reception"),
        "same_day": gettext_noop("The day of reception is the first day of a term in days or months"),
    },
    "last_day_off": {
        "next_working_day": gettext_noop("A term that would end on a day off ends on the next working day"),
    },
    "due_time": {
        "close_of_office": gettext_noop("A term in days or months ends at the close of office"),
        "same_time": gettext_noop("A term in days or months ends at the time of day of reception"),
    },
    "supplement_effect": {
        "restart": gettext_noop("After a supplement the limit is counted from the beginning"),
    },
    "last_hour": {
        "": gettext_noop(
            "What is received in the last %(value)s minutes before the close of office counts as received on the "
            "next working day"
        ),
    },
}


def rule_told(book: Rulebook, key: str, value: str | int | None = None) -> Sentence:
    """One rule of a rulebook with its article; `value` is what holds for a clock, where the clock says so itself.

    A value that is not the rulebook's own was laid down for the procedure, so no article of the rulebook stands behind
    it.
    """
    rule = book.clause(key)
    holds = rule.value if value is None else value
    own = holds == rule.value
    words = _(RULES[key].get(str(holds)) or RULES[key].get("") or next(iter(RULES[key].values()))) % {"value": holds}
    clause = rule.clause if own else ""
    source = clause or (_("no article of law known") if own else _("laid down for this procedure"))
    unverified = rule.unverified or not own
    template = _("%(rule)s (%(source)s; not verified).") if unverified else _("%(rule)s (%(source)s).")
    return Sentence(
        template % {"rule": words, "source": source}, clause=clause, unverified=unverified, rule=key, rulebook=book.code
    )


def rules_behind(term: Term, book: Rulebook, rules: CountingRules) -> tuple[Sentence, ...]:
    """The rules that a term rests on; each says whether its text was verified."""
    last_hour = (rule_told(book, "last_hour", rules.last_hour),) if rules.last_hour else ()
    if term.unit is Unit.WORKING_HOUR:
        return last_hour
    first = (rule_told(book, "first_day", str(rules.first_day)),) if term.amount else ()
    due_time = rule_told(book, "due_time", str(rules.due_time))
    days_off = () if term.unit is Unit.WORKING_DAY else (rule_told(book, "last_day_off"),)
    return (*first, due_time, *days_off, *last_hour)
