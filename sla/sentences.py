"""Days, moments and sentences that explanations are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import ngettext, pgettext

from sla.limits import Stretch, Unit


@dataclass(frozen=True, slots=True)
class Sentence:
    """One counted or skipped stretch, or one rule, in words.

    A sentence on a stretch has its `reason`, its ends and the stretch itself; one on a rule has its key and rulebook.
    """

    words: str
    reason: str = ""
    start: datetime | None = None
    end: datetime | None = None
    clause: str = ""
    unverified: bool = False
    rule: str = ""
    rulebook: str = ""
    stretch: Stretch | None = None

    def as_data(self) -> dict[str, object]:
        """The sentence as JSON: a whole day by its date, hours by their two ends."""
        if self.start is None or self.end is None:
            return {"words": self.words, "clause": self.clause, "unverified": self.unverified}
        if is_one_day(self.start, self.end):
            return {"date": self.start.date().isoformat(), "reason": self.reason, "words": self.words}
        ends = {"from": self.start.isoformat(), "to": self.end.isoformat()}
        return {**ends, "reason": self.reason, "words": self.words}


def weekday(day: date) -> str:
    """The name of a day of the week inside a sentence."""
    names = (
        pgettext("inside a sentence", "Monday"),
        pgettext("inside a sentence", "Tuesday"),
        pgettext("inside a sentence", "Wednesday"),
        pgettext("inside a sentence", "Thursday"),
        pgettext("inside a sentence", "Friday"),
        pgettext("inside a sentence", "Saturday"),
        pgettext("inside a sentence", "Sunday"),
    )
    return names[day.weekday()]


def day_in_words(day: date) -> str:
    """A day as it is written here: 05/12/2026."""
    return f"{day:%d/%m/%Y}"


def moment_in_words(at: datetime) -> str:
    """A moment as it is written here: 17:00 24/11/2026."""
    return f"{at:%H:%M} {day_in_words(at.date())}"


def is_one_day(start: datetime, end: datetime) -> bool:
    """Whether a stretch is exactly one whole day."""
    return end.time() == start.time() == datetime.min.time() and (end - start).days == 1


def amount_in_words(amount: Decimal | int, unit: Unit | str) -> str:
    """An amount of time: 5 working days."""
    number = Decimal(amount)
    count = int(number) if number == number.to_integral_value() else 2
    units = {
        Unit.WORKING_HOUR: ngettext("%(count)s working hour", "%(count)s working hours", count),
        Unit.WORKING_DAY: ngettext("%(count)s working day", "%(count)s working days", count),
        Unit.CALENDAR_DAY: ngettext("%(count)s day", "%(count)s days", count),
        Unit.MONTH: ngettext("%(count)s month", "%(count)s months", count),
    }
    return units[Unit(unit)] % {"count": f"{number.normalize():f}".replace(".", ",")}
