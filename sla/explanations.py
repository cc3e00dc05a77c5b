"""Why a term ends when it does, in sentences for people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext, pgettext

from sla.calendars import timetable_of
from sla.limits import Deadline, Remark, Stretch, Term, Unit
from sla.models import Clock, ClockKind, ClockState
from sla.rulebook import Clause, rulebook_on
from sla.stops import is_silent, resuming_stops
from sla.terms import deadline

INSTANT = timedelta(microseconds=1)
HOLIDAYS = (
    gettext_noop("New Year's Day"),
    gettext_noop("Lunar New Year"),
    gettext_noop("Hung Kings' Commemoration Day"),
    gettext_noop("Reunification Day"),
    gettext_noop("International Labour Day"),
    gettext_noop("National Day"),
    gettext_noop("Vietnamese Culture Day"),
    gettext_noop("Public holiday"),
)
COUNTED = {
    "working_day": gettext_noop("%(day)s (%(weekday)s) is a working day, so it is counted."),
    "make_up": gettext_noop("%(day)s (%(weekday)s) is worked in exchange for a day off, so it is counted."),
    "calendar_day": gettext_noop("%(day)s (%(weekday)s) is counted."),
    "working_hours": gettext_noop("%(day)s from %(from)s to %(to)s is counted: %(amount)s."),
}
NOT_COUNTED = {
    "weekend": gettext_noop("%(day)s is a %(weekday)s, so it is not counted."),
    "holiday": gettext_noop("%(day)s is a public holiday (%(name)s), so it is not counted."),
    "lieu": gettext_noop("%(day)s is a day off in place of a public holiday (%(name)s), so it is not counted."),
    "swap": gettext_noop("%(day)s is a day off, worked on %(name)s instead, so it is not counted."),
    "closure": gettext_noop("On %(day)s the office is closed (%(name)s), so it is not counted."),
    "stopped": gettext_noop("At the end of %(day)s the clock was paused, so it is not counted."),
}
NO_END = {
    "weekend": gettext_noop("%(day)s is a %(weekday)s, so the term cannot end on it."),
    "holiday": gettext_noop("%(day)s is a public holiday (%(name)s), so the term cannot end on it."),
    "lieu": gettext_noop("%(day)s is a day off in place of a public holiday (%(name)s), so the term cannot end on it."),
    "swap": gettext_noop("%(day)s is a day off, worked on %(name)s instead, so the term cannot end on it."),
    "closure": gettext_noop("On %(day)s the office is closed (%(name)s), so the term cannot end on it."),
    "stopped": gettext_noop("At the end of %(day)s the clock was paused, so the term cannot end on it."),
}
REMARKS = {
    "outside_hours": gettext_noop("Received outside office hours, so it counts as received at %(moment)s."),
    "cutoff": gettext_noop("Received after %(detail)s, so the limit for late reception applies."),
    "first_day": gettext_noop("The day of reception is not counted; counting begins on %(day)s."),
    "last_hour": gettext_noop(
        "Received in the last %(detail)s minutes before the close of office, so it counts as received at %(moment)s."
    ),
    "same_day": gettext_noop("The day of reception is counted as the first day; counting begins on %(day)s."),
    "same_time": gettext_noop(
        "The term ends on its last day at the time of day of reception, %(detail)s, as far as the office is open then."
    ),
    "stopped_at_time": gettext_noop(
        "At that time of the last day the clock was paused, so the term ends at the close of office."
    ),
    "ends_on_day_off": gettext_noop("The last day, %(day)s, is a day off, so the term ends on the next working day."),
}
RULES = {
    "first_day": gettext_noop("A term in days or months begins on the day after reception"),
    "last_day_off": gettext_noop("A term that would end on a day off ends on the next working day"),
    "due_time": gettext_noop("A term in days or months ends at the close of office"),
    "supplement_effect": gettext_noop("After a supplement the limit is counted from the beginning"),
}


@dataclass(frozen=True, slots=True)
class Sentence:
    """One counted or skipped stretch, or one rule, in words."""

    words: str
    reason: str = ""
    start: datetime | None = None
    end: datetime | None = None
    clause: str = ""
    unverified: bool = False

    def as_data(self) -> dict[str, object]:
        """The sentence as JSON: a whole day by its date, hours by their two ends."""
        if self.start is None or self.end is None:
            return {"words": self.words, "clause": self.clause, "unverified": self.unverified}
        if is_one_day(self.start, self.end):
            return {"date": self.start.date().isoformat(), "reason": self.reason, "words": self.words}
        ends = {"from": self.start.isoformat(), "to": self.end.isoformat()}
        return {**ends, "reason": self.reason, "words": self.words}


@dataclass(frozen=True, slots=True)
class Explanation:
    """A due time with everything that led to it; without a due time, `remarks` say why there is none."""

    due_at: datetime | None
    provisional: bool
    counted: tuple[Sentence, ...] = ()
    skipped: tuple[Sentence, ...] = ()
    remarks: tuple[str, ...] = ()
    rules: tuple[Sentence, ...] = ()

    def as_data(self) -> dict[str, object]:
        """The explanation as JSON; `due_at` in ISO 8601 with its offset."""
        return {
            "due_at": self.due_at.isoformat() if self.due_at else None,
            "provisional": self.provisional,
            "counted": [one.as_data() for one in self.counted],
            "skipped": [one.as_data() for one in self.skipped],
            "remarks": list(self.remarks),
            "rules": [one.as_data() for one in self.rules],
        }


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
    """A day as it is written here: 24/11/2026."""
    return f"{day.day}/{day.month}/{day.year}"


def moment_in_words(at: datetime) -> str:
    """A moment as it is written here: 17:00 24/11/2026."""
    return f"{at:%H:%M} {day_in_words(at.date())}"


def is_one_day(start: datetime, end: datetime) -> bool:
    """Whether a stretch is exactly one whole day."""
    return end.time() == start.time() == datetime.min.time() and (end - start).days == 1


def _name(stretch: Stretch) -> str:
    if stretch.reason == "swap":
        return day_in_words(date.fromisoformat(stretch.detail))
    return _(stretch.detail) if stretch.detail else ""


def _hours(amount: Decimal) -> str:
    minutes = int(amount * 60)
    hours, rest = divmod(minutes, 60)
    parts = [
        (hours, ngettext("%(count)d hour", "%(count)d hours", hours)),
        (rest, ngettext("%(count)d minute", "%(count)d minutes", rest)),
    ]
    return " ".join(text % {"count": number} for number, text in parts if number) or parts[1][1] % {"count": 0}


def words_of(stretch: Stretch) -> str:
    """One stretch in a sentence."""
    day = stretch.start.date()
    if stretch.reason == "months":
        last = (stretch.end - INSTANT).date()
        ends = {"count": stretch.amount, "first": day_in_words(day), "last": day_in_words(last)}
        return ngettext(
            "%(count)d month runs from %(first)s to %(last)s.",
            "%(count)d months run from %(first)s to %(last)s.",
            int(stretch.amount),
        ) % {**ends, "count": int(stretch.amount)}
    if stretch.reason == "stopped" and not is_one_day(stretch.start, stretch.end):
        ends = {"from": moment_in_words(stretch.start), "to": moment_in_words(stretch.end)}
        return _("From %(from)s to %(to)s the clock was paused, so this time is not counted.") % ends
    templates = NO_END if stretch.ends_nothing else {**COUNTED, **NOT_COUNTED}
    return _(templates[stretch.reason]) % {
        "day": day_in_words(day),
        "weekday": weekday(day),
        "name": _name(stretch),
        "from": f"{stretch.start:%H:%M}",
        "to": f"{stretch.end:%H:%M}",
        "amount": _hours(stretch.amount),
    }


def _said(stretch: Stretch) -> Sentence:
    return Sentence(words_of(stretch), stretch.reason, stretch.start, stretch.end)


def _remark(remark: Remark) -> str:
    places = {"moment": moment_in_words(remark.at), "day": day_in_words(remark.at.date()), "detail": remark.detail}
    return _(REMARKS[remark.code]) % places


def _rule(rule: Clause) -> Sentence:
    words = _(RULES[rule.key])
    source = rule.clause or _("no article of law known")
    template = _("%(rule)s (%(source)s; not verified).") if rule.unverified else _("%(rule)s (%(source)s).")
    return Sentence(template % {"rule": words, "source": source}, clause=rule.clause, unverified=rule.unverified)


def rules_behind(term: Term, day: date) -> tuple[Sentence, ...]:
    """The rules of the rulebook of a day that this term rests on; each says whether its text was verified."""
    if term.unit is Unit.WORKING_HOUR:
        return ()
    keys = ["first_day", "due_time"] if term.amount else ["due_time"]
    if term.unit is not Unit.WORKING_DAY:
        keys.append("last_day_off")
    book = rulebook_on(day)
    return tuple(_rule(book.clause(key)) for key in keys)


def in_words(found: Deadline, *, term: Term, received_on: date) -> Explanation:
    """Put a deadline that was computed with `explain=True` into sentences.

    Args:
        found: what `deadline` returned.
        term: the term it was asked about.
        received_on: the day of reception; its rulebook holds.
    """
    remarks = [_remark(one) for one in found.remarks]
    if found.provisional:
        remarks.append(provisional_words())
    return Explanation(
        found.due_at,
        found.provisional,
        tuple(_said(one) for one in found.counted),
        tuple(_said(one) for one in found.skipped),
        tuple(remarks),
        rules_behind(term, received_on),
    )


def provisional_words() -> str:
    """What to say of a date that rests on a year without a published calendar."""
    return _("The calendar of a year in this term has not been published yet, so the date is provisional and may move.")


def explain(clock: Clock, *, received_on: date | None = None) -> Explanation:
    """Say why a clock is due when it is: the same counting as for the due date itself, with its stretches in words.

    Args:
        clock: any clock; a paused one has no due date, unless its pause leaves the date alone.
        received_on: the day of reception, whose rulebook holds; by default the day on which the clock started.
    """
    term = clock.term
    if term is None:
        return Explanation(None, provisional=False, remarks=(_("This clock has no limit."),))
    if clock.state == ClockState.STOPPED and not is_silent(clock) and clock.stopped_at:
        since = clock.stopped_at.astimezone(timetable_of(clock.calendar_version_id).zone)
        words = _("The clock has been paused since %(moment)s; the due date is set when it runs again.")
        return Explanation(None, provisional=False, remarks=(words % {"moment": moment_in_words(since)},))
    return _explain_running(clock, term, received_on)


def _explain_running(clock: Clock, term: Term, received_on: date | None) -> Explanation:
    timetable = timetable_of(clock.calendar_version_id)
    found = deadline(start=clock.started_at, term=term, timetable=timetable, stops=resuming_stops(clock))
    day = received_on or timetable.day_of(clock.started_at)
    told = in_words(found, term=term, received_on=day)
    if clock.run > 1:
        told = _begun_anew(told, clock, clock.started_at.astimezone(timetable.zone), day)
    if clock.not_after is None or clock.not_after >= found.due_at:
        return told
    capped = clock.not_after.astimezone(timetable.zone)
    words = _("No step is due later than its dossier, so it is due at %(moment)s.") % {
        "moment": moment_in_words(capped)
    }
    return replace(told, due_at=capped, remarks=(*told.remarks, words))


def _begun_anew(told: Explanation, clock: Clock, since: datetime, day: date) -> Explanation:
    """Add when the clock began anew and, for the legal limit, by which rule."""
    words = _("The limit is counted anew since %(moment)s.") % {"moment": moment_in_words(since)}
    rules = told.rules
    if clock.kind == ClockKind.STATUTORY:
        rules = (*rules, _rule(rulebook_on(day).clause("supplement_effect")))
    return replace(told, remarks=(words, *told.remarks), rules=rules)
