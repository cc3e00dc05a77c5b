"""Why a row stands in its list and since when, in one sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from onestop.desk import words
from onestop.desk.reading import watch_kinds as kinds
from onestop.desk.reading.flag_words import extra_sentence, pause_sentence
from onestop.desk.templatetags.desk import NUMBERS, STATUSES
from workflows.models import Flag, Step

if TYPE_CHECKING:
    from django.utils.functional import Promise


def step_title(step: Step) -> str:
    """The step's name in its procedure."""
    return str(step.flow_task.task_title) if step.flow_task else step.key


def evidence_of(row: Any, steps: Sequence[Step], *, kind: str = "") -> str:
    """Why a row stands in its list and since when; the kind of a flag is its own."""
    return SAY[kind or row.kind](row, steps)


def since(row: Any) -> datetime:
    """What a list is sorted by; of a flag read elsewhere, when it was raised."""
    moment: datetime = getattr(row, "since", None) or row.raised_at
    return moment


def at_moment(sentence: Promise) -> Callable[[Any, Sequence[Step]], str]:
    """A sentence with the moment the list is sorted by."""

    def say(row: Any, _steps: Sequence[Step]) -> str:
        return str(sentence) % {"moment": words.moment(since(row))}

    return say


def due_words(row: Any, _steps: Sequence[Step]) -> str:
    """When it will be due."""
    due_at = moment_in(row.evidence, "due_at") or since(row)
    return _("Due %(moment)s") % {"moment": words.moment(due_at)}


def stuck_words(row: Any, _steps: Sequence[Step]) -> str:
    """Since when nothing has happened."""
    last = moment_in(row.evidence, "last_act_at") or since(row)
    return _("Nothing done since %(moment)s") % {"moment": words.moment(last)}


def resubmitted_words(row: Any, steps: Sequence[Step]) -> str:
    """What keeps coming back, and since when."""
    return with_day(what_came_back(row.evidence, steps), row)


def pause_words(row: Any, _steps: Sequence[Step]) -> str:
    """What is doubtful about a pause."""
    return with_day(capfirst(pause_sentence(row.evidence)), row)


def extra_paper_words(row: Any, _steps: Sequence[Step]) -> str:
    """Which papers were asked for beyond the list."""
    return with_day(extra_sentence(row.evidence), row)


def breach_words(row: Any, _steps: Sequence[Step]) -> str:
    """Why the limit was missed, as far as it is known."""
    return with_day(row.get_cause_display() if row.cause else _("Not concluded yet"), row)


def with_day(what: str, row: Any) -> str:
    """What it is, and since which day."""
    return _("%(what)s; since %(day)s") % {"what": what, "day": words.short_day(since(row))}


def what_came_back(evidence: dict[str, Any], steps: Sequence[Step]) -> str:
    """Papers, a step, or the whole file."""
    why = evidence.get("why")
    if why == "supplement":
        values = {"number": evidence.get("number", 2), "items": ", ".join(map(str, evidence.get("items", [])))}
        return _("Papers asked for %(number)s times: %(items)s") % values
    if why == "earlier_file":
        status = STATUSES[NUMBERS[int(evidence["status"])]].words
        return _("Earlier file %(code)s: %(status)s") % {"code": evidence.get("earlier", ""), "status": status}
    titles = {step.key: step_title(step) for step in steps}
    key, times = evidence.get("step", ""), int(evidence.get("times", 0))
    sentence = ngettext("%(step)s sent back %(times)d time", "%(step)s sent back %(times)d times", times)
    return sentence % {"step": titles.get(key, key), "times": times}


def moment_in(evidence: dict[str, Any], name: str) -> datetime | None:
    """A moment kept in a flag's evidence."""
    text = evidence.get(name)
    return datetime.fromisoformat(text) if text else None


LATE = at_moment(gettext_lazy("Late since %(moment)s"))
SAY: dict[str, Callable[[Any, Sequence[Step]], str]] = {
    Flag.Kind.OVERDUE: LATE,
    Flag.Kind.STEP_OVERDUE: LATE,
    kinds.TWO_DAYS: at_moment(gettext_lazy("Due %(moment)s")),
    Flag.Kind.DUE_SOON: due_words,
    Flag.Kind.RESUBMITTED: resubmitted_words,
    Flag.Kind.EXTRA_PAPER: extra_paper_words,
    Flag.Kind.STUCK: stuck_words,
    kinds.PAUSED: at_moment(gettext_lazy("Paused since %(moment)s")),
    Flag.Kind.PAUSE: pause_words,
    kinds.APOLOGY: at_moment(gettext_lazy("Apologise by %(moment)s")),
    Flag.Kind.NO_APOLOGY: at_moment(gettext_lazy("No apology by %(moment)s")),
    kinds.RECEIVED: at_moment(gettext_lazy("Received %(moment)s")),
    kinds.DECIDED: at_moment(gettext_lazy("Decided %(moment)s")),
    kinds.DECIDED_LATE: at_moment(gettext_lazy("Decided %(moment)s")),
    kinds.APOLOGISED: at_moment(gettext_lazy("Decided %(moment)s")),
    kinds.BREACH: breach_words,
}
