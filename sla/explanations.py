"""Why a term ends when it does, in sentences for people."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from sla.calendars import timetable_of
from sla.limits import DEFAULT_RULES, CountingRules, Deadline, Remark, Stretch, Term
from sla.models import Clock, ClockKind, ClockState
from sla.projecting import counted
from sla.rulebook import Rulebook, rulebook_named, rulebook_on
from sla.rules_in_words import rule_told, rules_behind
from sla.sentences import Sentence, day_in_words, is_one_day, moment_in_words, weekday
from sla.stops import is_silent

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
    "early_close": gettext_noop(
        "On %(day)s the office shuts before its close of office (%(name)s), so the day is not counted."
    ),
    "stopped": gettext_noop("At the end of %(day)s the clock was paused, so it is not counted."),
}
NO_END = {
    "weekend": gettext_noop("%(day)s is a %(weekday)s, so the term cannot end on it."),
    "holiday": gettext_noop("%(day)s is a public holiday (%(name)s), so the term cannot end on it."),
    "lieu": gettext_noop("%(day)s is a day off in place of a public holiday (%(name)s), so the term cannot end on it."),
    "swap": gettext_noop("%(day)s is a day off, worked on %(name)s instead, so the term cannot end on it."),
    "closure": gettext_noop("On %(day)s the office is closed (%(name)s), so the term cannot end on it."),
    "early_close": gettext_noop(
        "On %(day)s the office shuts before its close of office (%(name)s), so the term cannot end on it."
    ),
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
    "ends_on_early_close": gettext_noop(
        "On the last day, %(day)s, the office shuts before its close of office, "
        "so the term ends on the next working day."
    ),
}


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


def name_of_day_off(stretch: Stretch) -> str:
    """What a day off is called: the holiday or closure, or the day that is worked instead."""
    if stretch.reason == "swap":
        return day_in_words(date.fromisoformat(stretch.detail))
    return _(stretch.detail) if stretch.detail else ""


def _hours(amount: Decimal) -> str:
    """An amount of hours to the second, so that the lines add up to the term."""
    minutes, seconds = divmod(int((amount * 3600).to_integral_value()), 60)
    hours, rest = divmod(minutes, 60)
    parts = [
        (hours, ngettext("%(count)d hour", "%(count)d hours", hours)),
        (rest, ngettext("%(count)d minute", "%(count)d minutes", rest)),
        (seconds, ngettext("%(count)d second", "%(count)d seconds", seconds)),
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
        "name": name_of_day_off(stretch),
        "from": f"{stretch.start:%H:%M}",
        "to": f"{stretch.end:%H:%M}",
        "amount": _hours(stretch.amount),
    }


def _said(stretch: Stretch) -> Sentence:
    return Sentence(words_of(stretch), stretch.reason, stretch.start, stretch.end, stretch=stretch)


def _remark(remark: Remark) -> str:
    places = {"moment": moment_in_words(remark.at), "day": day_in_words(remark.at.date()), "detail": remark.detail}
    return _(REMARKS[remark.code]) % places


def in_words(
    found: Deadline,
    *,
    term: Term,
    received_on: date | None = None,
    book: Rulebook | None = None,
    rules: CountingRules = DEFAULT_RULES,
) -> Explanation:
    """Put a deadline that was computed with `explain=True` into sentences.

    Args:
        found: what `deadline` returned.
        term: the term it was asked about.
        received_on: the day of reception, whose rulebook holds where `book` names none.
        book: the rulebook that holds.
        rules: how it was counted, as given to `deadline`.
    """
    remarks = [_remark(one) for one in found.remarks]
    if found.provisional:
        remarks.append(provisional_words())
    holds = book or rulebook_on(received_on or found.due_at.date())
    return Explanation(
        found.due_at,
        found.provisional,
        tuple(_said(one) for one in found.counted),
        tuple(_said(one) for one in found.skipped),
        tuple(remarks),
        rules_behind(term, holds, rules),
    )


def provisional_words() -> str:
    """What to say of a date that rests on a year without a published calendar."""
    return _("The calendar of a year in this term has not been published yet, so the date is provisional and may move.")


def explain(clock: Clock, *, received_on: date | None = None, start_rule: str = "clock_start") -> Explanation:
    """Say why a clock is due when it is: the same counting as for the due date itself, with its stretches in words.

    Args:
        clock: any clock; a paused one has no due date, unless its pause leaves the date alone.
        received_on: a day of reception whose rulebook holds; by default the clock's own rulebook, or where it names
            none, that of the day on which it started.
        start_rule: the rule of the rulebook by which the legal limit began.
    """
    if clock.state == ClockState.STOPPED and not is_silent(clock) and clock.stopped_at and clock.term:
        since = clock.stopped_at.astimezone(timetable_of(clock.calendar_version_id).zone)
        words = _("The clock has been paused since %(moment)s; the due date is set when it runs again.")
        return Explanation(None, provisional=False, remarks=(words % {"moment": moment_in_words(since)},))
    found = counted(clock, explain=True)
    if clock.kind == ClockKind.REAPPOINTMENT and clock.due_at:
        zone = timetable_of(clock.calendar_version_id).zone
        words = _("This date was promised with an apology; whether the dossier is late is judged by its first date.")
        return Explanation(clock.due_at.astimezone(zone), provisional=False, remarks=(words,))
    if clock.term is None or found is None:
        return Explanation(None, provisional=False, remarks=(_("This clock has no limit."),))
    book = rulebook_on(received_on) if received_on else rulebook_of(clock)
    rules = CountingRules.from_data(clock.counting)
    told = in_words(found, term=clock.term, book=book, rules=rules)
    return _capped(_with_legal_rules(told, clock, book, start_rule), clock, found.due_at)


def rulebook_of(clock: Clock) -> Rulebook:
    """The rulebook whose clauses hold for a clock."""
    if clock.rulebook:
        return rulebook_named(clock.rulebook)
    return rulebook_on(timetable_of(clock.calendar_version_id).day_of(clock.started_at))


def _capped(told: Explanation, clock: Clock, due_at: datetime) -> Explanation:
    """No step is due later than its dossier."""
    if clock.not_after is None or clock.not_after >= due_at:
        return told
    capped = clock.not_after.astimezone(due_at.tzinfo)
    words = _("No step is due later than its dossier, so it is due at %(moment)s.") % {
        "moment": moment_in_words(capped)
    }
    return replace(told, due_at=capped, remarks=(*told.remarks, words))


def _with_legal_rules(told: Explanation, clock: Clock, book: Rulebook, start_rule: str) -> Explanation:
    """Add when the clock began anew and, for the legal limit, by which rule it began."""
    statutory = clock.kind == ClockKind.STATUTORY
    if clock.run == 1:
        return replace(told, rules=(rule_told(book, start_rule), *told.rules)) if statutory else told
    since = clock.started_at.astimezone(timetable_of(clock.calendar_version_id).zone)
    words = _("The limit is counted anew since %(moment)s.") % {"moment": moment_in_words(since)}
    rules = (*told.rules, rule_told(book, "supplement_effect")) if statutory else told.rules
    return replace(told, remarks=(words, *told.remarks), rules=rules)
