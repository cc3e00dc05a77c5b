"""What the checker of calendars found, in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext, gettext_lazy

from sla.checking import Finding, Problem

if TYPE_CHECKING:
    from django.utils.functional import Promise

WEEKDAY_NAMES = (
    gettext_lazy("Monday"),
    gettext_lazy("Tuesday"),
    gettext_lazy("Wednesday"),
    gettext_lazy("Thursday"),
    gettext_lazy("Friday"),
    gettext_lazy("Saturday"),
    gettext_lazy("Sunday"),
)
SENTENCES: dict[Problem, Promise] = {
    Problem.NO_PLAN: gettext_lazy("There is no plan for %(year)s: its days are computed and provisional."),
    Problem.HOLIDAY_MISSING: gettext_lazy("%(day)s (%(name)s) is a public holiday: it is missing."),
    Problem.LIEU_MISSING: gettext_lazy(
        "%(other)s (%(name)s) is a %(weekday)s: the day off in lieu on %(day)s is missing."
    ),
    Problem.NATIONAL_DAY_SHORT: gettext_lazy("National Day is two days off: %(other)s or %(day)s is missing."),
    Problem.TET_SHORT: gettext_lazy("Lunar New Year from %(day)s on is five days off: some are missing."),
    Problem.SWAP_MISSING: gettext_lazy("%(day)s was swapped with %(other)s: the swap is missing."),
    Problem.MAKE_UP_MISSING: gettext_lazy("%(day)s is worked in exchange for a day off: it is missing."),
    Problem.SWAP_OF_REST_DAY: gettext_lazy("%(day)s is taken off in a swap, but nobody works on that day anyway."),
    Problem.SWAP_ON_WORKING_DAY: gettext_lazy("%(day)s is to be worked in exchange, but it is a working day anyway."),
    Problem.REST_DAY_AS_HOLIDAY: gettext_lazy("%(day)s (%(name)s) is a weekly rest day, not a public holiday."),
    Problem.BRIDGE: gettext_lazy(
        "%(day)s lies between days off; such days were swapped the year before. Is a swap announced?"
    ),
    Problem.EXTRA: gettext_lazy("%(day)s (%(name)s) is no public holiday by law. Is there a decision?"),
}


def in_words(finding: Finding) -> str:
    """The finding as one sentence."""
    weekday = finding.other.weekday() if finding.other else finding.day.weekday()
    return str(SENTENCES[finding.problem]) % {
        "day": f"{finding.day:%d/%m/%Y}",
        "year": finding.day.year,
        "other": f"{finding.other:%d/%m/%Y}" if finding.other else "",
        "weekday": WEEKDAY_NAMES[weekday],
        "name": holiday_name(finding.name),
    }


def holiday_name(name: str) -> str:
    """A holiday in the language of the page; one that an office named itself stays as it is."""
    return gettext(name) if name else ""
