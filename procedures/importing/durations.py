"""Times as people write them into tables: "½ ngày", "04 giờ làm việc", "0,5 ngày", "1-2 ngày", "giờ hành chính".

A step's budget is kept in working hours (8 hours a day), with the words of the source beside it. A legal limit keeps
its own unit: a day of the law is never turned into hours.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from procedures.definition import Unit
from procedures.folding import fold
from procedures.importing.report import HOURS_IN_DAY, number_words

FRACTIONS = {"½": " 1/2", "¼": " 1/4", "¾": " 3/4", "⅓": " 1/3", "⅔": " 2/3", "⅛": " 1/8"}
NUMERALS = {
    "nua": "1/2",
    "mot phan tu": "1/4",
    "mot": "1",
    "hai": "2",
    "ba": "3",
    "bon": "4",
    "nam": "5",
    "sau": "6",
    "bay": "7",
    "tam": "8",
    "chin": "9",
    "muoi": "10",
}
HOURS_OF = {
    "phut": Decimal(1) / 60,
    "gio": Decimal(1),
    "buoi": Decimal(4),
    "ngay": HOURS_IN_DAY,
    "tuan": HOURS_IN_DAY * 5,
}
NUMBER = r"(?:\d+\s+\d+/\d+|\d+/\d+|\d+(?:[.,]\d+)?)"
AMOUNT = re.compile(
    rf"(?P<low>{NUMBER})\s*(?:(?:-|–|den|toi)\s*(?P<high>{NUMBER}))?\s*"
    r"(?P<unit>phut|gio|h\b|buoi|ngay|tuan|thang)(?P<working>\s*(?:hanh chinh|lam viec))?"
)
WORDED = re.compile(rf"\b({'|'.join(NUMERALS)})\s+(?=gio|ngay|buoi|tuan|thang)")
NOT_COUNTED = (
    "gio hanh chinh",
    "khong tinh thoi gian",
    "khong tinh",
    "khong quy dinh",
    "theo lich hen",
    "theo giay hen",
    "ngay sau khi",
    "thuong xuyen",
)
SMALLEST_STEP = Decimal(3)
MINUTES_IN_HOUR = 60
LONGEST_TEXT = 1000


@dataclass(frozen=True, slots=True)
class Reading:
    """What a time in a table says.

    Attributes:
        text: the words of the source.
        hours: working hours; None where no time is counted or none was understood.
        is_understood: whether the words are a time at all, a counted one or not.
        notes: sentences for the report.
    """

    text: str
    hours: Decimal | None
    is_understood: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TermReading:
    """What a total or a legal limit says; `notes` are for the report."""

    amount: Decimal
    unit: Unit
    hours: Decimal | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Amount:
    low: Decimal
    high: Decimal
    unit: str
    is_working: bool
    is_range: bool

    @property
    def hours(self) -> Decimal | None:
        return None if self.unit == "thang" else self.high * HOURS_OF[self.unit]


def read_time(text: str) -> Reading:
    """Read the time of one step.

    Args:
        text: the cell, for example "04 giờ làm việc", "½ ngày", "01 ngày 04 giờ", "2-3 ngày", "Giờ hành chính".

    Returns:
        Working hours at 8 h a day; of a range the longer end, with a note; months are not understood.
    """
    folded = _plain(text)
    found = _amounts(_without_brackets(folded)) or _amounts(folded)
    if not found:
        return _uncounted(text, folded)
    if any(one.hours is None for one in found):
        return Reading(text, None, False, (_("A time in months is no budget of a step."),))
    notes = [_("The time is a range: the longer end is taken.")] if any(one.is_range for one in found) else []
    if len(found) > 1:
        notes.append(_("Several times stand in one cell: they are added up."))
    hours, rounded = _whole_minutes(sum((one.hours or Decimal(0) for one in found), Decimal(0)))
    if rounded:
        notes.append(_("The time gives no whole minutes: it is rounded to %(hours)s hours.") % {"hours": hours})
    if hours == 0:
        return Reading(text, None, True, (*notes, _("A time of 0 is taken as: no time is counted.")))
    return Reading(text, hours, True, tuple(notes))


def is_time(text: str) -> bool:
    """Whether a cell holds nothing but a time."""
    folded = _plain(text)
    if not folded or len(folded) > 60:
        return False
    if any(folded.startswith(words) for words in NOT_COUNTED):
        return True
    rest = re.sub(r"[\s.,;:+()]|khong qua|trong|toi da|tu|va|moi", "", AMOUNT.sub("", folded))
    return not rest and AMOUNT.search(folded) is not None


def read_term(text: str) -> TermReading | None:
    """Read a total or a legal limit in its own unit; None where there is none.

    Where hours stand beside the same time in days, the days are taken: they are what the law says.
    """
    folded = _plain(text)
    found = _amounts(folded)
    if not found:
        return None
    if "theo lich" in folded and found[0].unit == "ngay":
        return TermReading(found[0].high, Unit.CALENDAR_DAY, None)
    days = [one for one in found if one.unit == "ngay"]
    first = days[0] if days and found[0].unit == "gio" else found[0]
    notes = list(_term_notes(found, first))
    unit = Unit.MONTH if first.unit == "thang" else Unit.WORKING_DAY if first.unit == "ngay" else Unit.WORKING_HOUR
    amount = first.high if first.unit in ("thang", "ngay") else first.hours or Decimal(0)
    if unit is Unit.WORKING_DAY and amount != amount.to_integral_value():
        unit, amount = Unit.WORKING_HOUR, amount * HOURS_IN_DAY
        notes.append(_("A limit of a part of a day is kept in working hours."))
    return TermReading(amount, unit, first.hours, tuple(notes))


def _term_notes(found: list[_Amount], first: _Amount) -> list[str]:
    notes = []
    if first.unit == "ngay" and not any(one.is_working for one in found if one.unit == "ngay"):
        notes.append(_("The limit says days, not working days: it is taken as working days. Compare the law."))
    if {one.hours for one in found} != {first.hours}:
        named = ", ".join(f"{number_words(one.high)} {UNIT_WORDS[one.unit]}" for one in found)
        notes.append(_("Several limits are named (%(all)s): the first is taken.") % {"all": named})
    return notes


UNIT_WORDS = {"phut": "phút", "gio": "giờ", "buoi": "buổi", "ngay": "ngày", "tuan": "tuần", "thang": "tháng"}


def _uncounted(text: str, folded: str) -> Reading:
    if any(words in folded for words in NOT_COUNTED):
        return Reading(text, None, True)
    if folded in ("trong ngay", "trong ngay lam viec"):
        return Reading(text, HOURS_IN_DAY, True, (_("Within the day is taken as 8 working hours."),))
    return Reading(text, None, False)


def _plain(text: str) -> str:
    text = text[:LONGEST_TEXT]
    for sign, written in FRACTIONS.items():
        text = text.replace(sign, written)
    return WORDED.sub(lambda found: NUMERALS[found[1]] + " ", fold(text))


def _without_brackets(folded: str) -> str:
    return re.sub(r"\([^)]*\)", " ", folded)


def _amounts(folded: str) -> list[_Amount]:
    return [_amount(found) for found in AMOUNT.finditer(folded)]


def _amount(found: re.Match[str]) -> _Amount:
    low = _number(found["low"])
    high = _number(found["high"]) if found["high"] else low
    unit = "gio" if found["unit"] == "h" else found["unit"]
    return _Amount(low, max(low, high), unit, bool(found["working"]), bool(found["high"]))


def _number(text: str) -> Decimal:
    whole, _space, part = text.rpartition(" ")
    if "/" in part:
        above, below = part.split("/")
        value = Decimal(above) / Decimal(below) if Decimal(below) else Decimal(0)
        return value + (Decimal(whole) if whole.strip() else 0)
    return Decimal(part.replace(",", "."))


def _whole_minutes(hours: Decimal) -> tuple[Decimal, bool]:
    """Hours that give whole minutes and can be written down, and whether they had to be rounded."""
    minutes = hours * MINUTES_IN_HOUR
    kept = (minutes / SMALLEST_STEP).to_integral_value() * SMALLEST_STEP
    return (kept / MINUTES_IN_HOUR).normalize(), abs(kept - minutes) > Decimal("0.000001")
