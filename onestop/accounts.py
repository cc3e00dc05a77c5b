"""How the account of a clock is laid out, on the pages of the desk, on the public page and on paper."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from sla.accounts import Account, Move, Run
from sla.limits import Term, Unit
from sla.sentences import Sentence, amount_in_words, day_in_words, moment_in_words, weekday
from workflows.accounts import ClockAccount

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
LONGEST_STRIP = 400  # days
STRIP = 1000  # its width
Notes = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class ShownRun:
    """One line of the table of days: when, counted or not, how much, how much so far, and why."""

    when: str
    counted: bool
    amount: str
    so_far: str
    why: str


@dataclass(frozen=True, slots=True)
class ShownMove:
    """One line of the history of a date."""

    at: datetime
    what: str
    why: str
    clause: str
    by: str
    before: datetime | None
    after: datetime | None
    moved: bool


@dataclass(frozen=True, slots=True)
class StripDay:
    """One day of the strip: counted, skipped or paused; numbers in a picture 1000 wide."""

    x: float
    width: float
    state: str
    title: str


@dataclass(frozen=True, slots=True)
class ShownClock:
    """The account of one clock, ready to print."""

    title: str
    account: Account
    term: str
    clause: str
    total: str
    runs: list[ShownRun]
    strip: list[StripDay]
    moves: list[ShownMove]

    @property
    def due_at(self) -> datetime | None:
        """The date, where there is one."""
        return self.account.due_at

    @property
    def remarks(self) -> Sequence[str]:
        """What moved the counting as a whole."""
        return self.account.told.remarks

    @property
    def rules(self) -> Sequence[Sentence]:
        """The rules behind it."""
        return self.account.told.rules


def shown(one: ClockAccount, *, say_note: Notes | None = None) -> ShownClock:
    """Lay out the account of one clock.

    Args:
        one: the account.
        say_note: what the note of a line says to people; without it nothing is shown by which people or the procedure
            could be told (R26): no notes, names or articles of the procedure's own.
    """
    account = one.account
    runs = account.runs
    term = account.clock.term
    return ShownClock(
        one.title,
        account,
        term_in_words(term) if term else "",
        account.clock.clause if say_note is not None else "",
        amount_in_words(account.counted, term.unit) if term and runs else "",
        list(_runs(runs)),
        strip_of(runs),
        [_move(move, say_note) for move in account.moves],
    )


def term_in_words(term: Term) -> str:
    """A limit as an amount; one of nothing ends with the day on which it began."""
    return amount_in_words(term.amount, term.unit) if term.amount else _("on the day of reception")


def _runs(runs: Sequence[Run]) -> Iterator[ShownRun]:
    so_far = Decimal(0)
    for run in runs:
        amount = amount_in_words(run.amount, run.unit) if run.counted else _days(run)
        so_far += run.amount if run.counted else 0
        yield ShownRun(
            when_of(run), run.counted, amount, amount_in_words(so_far, run.unit) if run.counted else "", run.words
        )


def _days(run: Run) -> str:
    return amount_in_words(run.amount, Unit.CALENDAR_DAY if run.whole_days else run.unit)


def when_of(run: Run) -> str:
    """From when to when, days with their weekdays."""
    first, last = run.start.date(), (run.end - INSTANT).date()
    if run.whole_days:
        return _day(first) if first == last else f"{_day(first)} – {_day(last)}"
    if run.start.date() == run.end.date():
        return f"{run.start:%H:%M}–{run.end:%H:%M} {day_in_words(first)}"
    return f"{moment_in_words(run.start)} – {moment_in_words(run.end)}"


def _day(day: date) -> str:
    return f"{weekday(day)} {day_in_words(day)}"


def strip_of(runs: Sequence[Run]) -> list[StripDay]:
    """The days of a term side by side; nothing for a term of very many days."""
    states: dict[date, tuple[str, str]] = {}
    for run in sorted(runs, key=lambda one: (not one.counted, one.start)):
        state = "counted" if run.counted else "paused" if run.reason == "stopped" else "skipped"
        if (run.end - run.start).days > LONGEST_STRIP:
            return []
        for day in _each_day(run):
            if run.whole_days or day not in states:
                states[day] = (state, run.words)
    if not states or len(states) > LONGEST_STRIP:
        return []
    width = STRIP / len(states)
    return [
        StripDay(round(number * width, 2), round(width, 2), state, f"{_day(day)}: {words}")
        for number, (day, (state, words)) in enumerate(sorted(states.items()))
    ]


def _each_day(run: Run) -> Iterator[date]:
    day = run.start.date()
    while day <= (run.end - INSTANT).date():
        yield day
        day += DAY


def _move(move: Move, say_note: Notes | None) -> ShownMove:
    private = say_note is not None
    return ShownMove(
        localtime(move.at),
        move.words,
        say_note(move.note) if say_note is not None else "",
        move.clause if private else "",
        move.by if private else "",
        move.before,
        move.after,
        move.moved,
    )
