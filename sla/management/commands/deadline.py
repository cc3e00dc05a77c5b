"""Says when a term ends and why: `manage.py deadline --received ISO --limit "10 working_day"`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from sla.calendars import timetable_for
from sla.exceptions import InvalidRules, InvalidTerm, OutsideHorizon, TimeError, UnknownCalendar
from sla.explanations import Explanation, in_words, moment_in_words, weekday
from sla.limits import LARGEST_AMOUNT
from sla.terms import DEFAULT_RULES, CountingRules, Cutoff, DueTime, FirstDay, Term, deadline, parse_term
from sla.working_time import Timetable

KEYS = {"received", "amount", "unit", "calendar", "cutoff", "rules"}


class BadQuestionError(Exception):
    """A question has no answer; the message says what to write instead."""


class Command(BaseCommand):
    """Say when a term ends, and which days were counted and skipped."""

    help = "Say when a term ends, and which days were counted and skipped."

    def add_arguments(self, parser: CommandParser) -> None:
        """One question as options, or many on standard input."""
        parser.add_argument("--received", help="moment of reception, ISO 8601 with an offset")
        parser.add_argument("--limit", help="amount and unit: working_hour, working_day, calendar_day or month")
        parser.add_argument("--calendar", default="default", help="code of the calendar (default: default)")
        parser.add_argument("--rules", help='other counting rules, such as {"first_day": "same_day", "last_hour": 60}')
        parser.add_argument("--json", action="store_true", help="answer in JSON")
        parser.add_argument("--stdin", action="store_true", help="read one JSON object per line, answer one per line")

    def handle(self, *args: Any, **options: Any) -> None:
        """Answer one question, or each line of standard input."""
        if options["stdin"]:
            return self._answer_lines(options["calendar"])
        if not options["received"] or not options["limit"]:
            raise CommandError(_("Give --received and --limit, or --stdin."))
        try:
            term = _term(options["limit"])
            rules = _rules(_question(options["rules"])) if options["rules"] else DEFAULT_RULES
            told = answer(_moment(options["received"]), term, _timetable(options["calendar"], {}), rules)
        except BadQuestionError as error:
            raise CommandError(str(error)) from error
        if options["json"]:
            self.stdout.write(json.dumps(told.as_data(), ensure_ascii=False))
        else:
            self.stdout.writelines(_lines(told))
        return None

    def _answer_lines(self, calendar: str) -> None:
        timetables: dict[str, Timetable] = {}
        failed = False
        for number, line in enumerate(_input_lines(), start=1):
            try:
                found = _answer_line(line, calendar, timetables)
            except BadQuestionError as error:
                found, failed = {"line": number, "error": str(error)}, True
            self.stdout.write(json.dumps(found, ensure_ascii=False, separators=(",", ":")))
        if failed:
            self.stdout.flush()
            sys.exit(1)


def _input_lines() -> Iterator[str]:
    """Lines of standard input; bytes that are not UTF-8 make a bad line, not the end."""
    raw = getattr(sys.stdin, "buffer", None)
    for line in raw if raw is not None else sys.stdin:
        yield line.decode("utf-8", errors="replace") if isinstance(line, bytes) else line


def _answer_line(line: str, calendar: str, timetables: dict[str, Timetable]) -> dict[str, object]:
    question = _question(line)
    unknown = set(question) - KEYS
    if unknown:
        raise BadQuestionError(_("Unknown key: %(keys)s.") % {"keys": ", ".join(sorted(unknown))})
    missing = {"received", "amount", "unit"} - set(question)
    if missing:
        raise BadQuestionError(_("Missing key: %(keys)s.") % {"keys": ", ".join(sorted(missing))})
    timetable = _timetable(question.get("calendar", calendar), timetables)
    try:
        term = Term(question["amount"], question["unit"], _cutoff(question.get("cutoff")))
    except InvalidTerm as error:
        raise BadQuestionError(_wrong_term(f"{question['amount']} {question['unit']}")) from error
    return answer(_moment(question["received"]), term, timetable, _rules(question.get("rules"))).as_data()


def _question(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line.lstrip("\ufeff"), parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise BadQuestionError(_("This line is not JSON.")) from error
    if not isinstance(found, dict):
        raise BadQuestionError(_("This line is not a JSON object."))
    return found


def _cutoff(data: Any) -> Cutoff | None:
    if data is None:
        return None
    try:
        return Cutoff(time.fromisoformat(data["after"]), data["amount"])
    except (TypeError, KeyError, ValueError) as error:
        raise BadQuestionError(_('A cut-off is written {"after": "15:00", "amount": 1}.')) from error


def _rules(data: Any) -> CountingRules:
    try:
        return CountingRules.from_data(data)
    except InvalidRules as error:
        raise BadQuestionError(
            _("Counting rules are first_day (%(days)s), due_time (%(times)s) and last_hour (minutes).")
            % {"days": ", ".join(FirstDay), "times": ", ".join(DueTime)}
        ) from error


def _moment(text: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise BadQuestionError(_("%(text)s is not a moment in ISO 8601.") % {"text": text}) from error
    if moment.tzinfo is None:
        raise BadQuestionError(_("%(text)s has no offset; write for example 2026-11-23T09:00+07:00.") % {"text": text})
    return moment


def _term(text: str) -> Term:
    try:
        return parse_term(text)
    except InvalidTerm as error:
        raise BadQuestionError(_wrong_term(text)) from error


def _wrong_term(limit: str) -> str:
    return _(
        "“%(limit)s” is not a limit. Write an amount from 0 to %(most)s and a unit, such as “10 working_day”; the "
        "units are working_hour, working_day, calendar_day and month, and only working_hour may have fractions."
    ) % {"limit": limit, "most": LARGEST_AMOUNT}


def _timetable(code: Any, known: dict[str, Timetable]) -> Timetable:
    if not isinstance(code, str):
        raise BadQuestionError(_("A calendar is named by its code."))
    if code not in known:
        try:
            known[code] = timetable_for(code)
        except UnknownCalendar as error:
            places = {"code": code, "known": ", ".join(error.known) or "–"}
            raise BadQuestionError(_("No calendar %(code)s is published; there are: %(known)s.") % places) from error
    return known[code]


def answer(received: datetime, term: Term, timetable: Timetable, rules: CountingRules = DEFAULT_RULES) -> Explanation:
    """Compute and explain one term."""
    try:
        found = deadline(start=received, term=term, timetable=timetable, rules=rules)
        return in_words(found, term=term, received_on=timetable.day_of(received), rules=rules)
    except OutsideHorizon as error:
        years = {"first": error.first, "last": error.last}
        raise BadQuestionError(_("Calendars can be computed for %(first)s to %(last)s only.") % years) from error
    except TimeError as error:
        raise BadQuestionError(str(error)) from error


def _lines(told: Explanation) -> Iterator[str]:
    """The answer as text: due time, remarks, what was counted, what was skipped, the rules."""
    if told.due_at:
        yield (
            _("Due at %(moment)s (%(weekday)s).")
            % {
                "moment": moment_in_words(told.due_at),
                "weekday": weekday(told.due_at.date()),
            }
            + "\n"
        )
    yield from (f"{words}\n" for words in told.remarks)
    for title, sentences in (
        (_("Counted:"), told.counted),
        (_("Not counted:"), told.skipped),
        (_("Rules:"), told.rules),
    ):
        if sentences:
            yield f"{title}\n"
        yield from (f"  {one.words}\n" for one in sentences)
