"""One line per open flag: which dossier, where and with whom it is, and why it was flagged."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from onestop.desk import words
from onestop.desk.badges import Timetables, dossier_badge, step_badge
from onestop.desk.paging import Column, Page, page_of
from onestop.desk.templatetags.desk import NUMBERS, STATUSES
from workflows.models import Flag, Step

ROWS = 25


def aware_moment(text: str) -> datetime:
    """Read a moment with its offset.

    Raises:
        ValueError: It is none, or has no offset.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment


ORDER = (Column("raised_at", aware_moment), Column("pk"))


@dataclass(frozen=True, slots=True)
class WatchedRow:
    """What one line of the list prints."""

    flag: Flag
    steps: Sequence[Step]
    badge: words.TimeBadge
    evidence: str

    @property
    def place(self) -> str:
        """Which step, in which office."""
        names = [f"{step_title(step)} · {step.office.short_name}" for step in self.steps if step.office]
        return ", ".join(names) or self.flag.dossier.receiving_office.short_name

    @property
    def holder(self) -> str:
        """Who has claimed the work; nobody yet where nobody did."""
        owners = [step.owner.full_name for step in self.steps if step.owner]
        return ", ".join(owners) or _("Nobody yet")


def step_title(step: Step) -> str:
    """The step's name in its procedure."""
    return str(step.flow_task.task_title) if step.flow_task else step.key


def watched_page(flags: QuerySet[Flag], query: QueryDict, *, at: datetime, total: int) -> Page[Any]:
    """One page of the list, the longest flagged first: three statements, however many rows.

    Args:
        flags: the whole list.
        query: parameters of the address.
        at: now.
        total: how long the list is.
    """
    parts = ("procedure", "statutory_clock", "receiving_office", "applicant")
    full = flags.select_related(*(f"dossier__{part}" for part in parts)).defer("dossier__search")
    page = page_of(full, ORDER, query, size=ROWS, total=total)
    steps = open_steps({flag.dossier_id for flag in page.rows})
    timetables = Timetables()
    rows = [row_of(flag, steps[flag.dossier_id], at, timetables) for flag in page.rows]
    return Page(rows, page.words, page.next_url, page.previous_url)  # type: ignore[type-var]


def open_steps(dossier_ids: Iterable[int]) -> dict[int, list[Step]]:
    """The open steps of some dossiers, with holder, office and clock: one statement."""
    found: dict[int, list[Step]] = defaultdict(list)
    steps = Step.objects.open().filter(process__in=dossier_ids).select_related("owner", "office", "clock")
    for step in steps.order_by("pk"):
        found[step.process_id].append(step)
    return found


def row_of(flag: Flag, steps: Sequence[Step], at: datetime, timetables: Timetables) -> WatchedRow:
    """One line; a flag about one step shows that step alone."""
    own = [step for step in steps if flag.step_id is None or step.pk == flag.step_id]
    if flag.step_id is not None and own:
        own[0].process = flag.dossier
        badge = step_badge(own[0], at=at, timetables=timetables)
    else:
        is_soon = flag.kind == Flag.Kind.DUE_SOON
        badge = dossier_badge(flag.dossier, at=at, due_soon=is_soon, timetables=timetables)
    return WatchedRow(flag, own, badge, evidence_of(flag, steps))


def evidence_of(flag: Flag, steps: Sequence[Step]) -> str:
    """Why the flag was raised and since when, in one sentence."""
    say = {
        Flag.Kind.DUE_SOON: due_words,
        Flag.Kind.RESUBMITTED: resubmitted_words,
        Flag.Kind.STUCK: stuck_words,
    }.get(Flag.Kind(flag.kind), late_words)
    return say(flag, steps)


def late_words(flag: Flag, _steps: Sequence[Step]) -> str:
    """Since when it is late."""
    return _("Late since %(moment)s") % {"moment": words.moment(flag.raised_at)}


def due_words(flag: Flag, _steps: Sequence[Step]) -> str:
    """When it will be due."""
    due_at = moment_in(flag.evidence, "due_at") or flag.raised_at
    return _("Due %(moment)s") % {"moment": words.moment(due_at)}


def stuck_words(flag: Flag, _steps: Sequence[Step]) -> str:
    """Since when nothing has happened."""
    last = moment_in(flag.evidence, "last_act_at") or flag.raised_at
    return _("Nothing done since %(moment)s") % {"moment": words.moment(last)}


def resubmitted_words(flag: Flag, steps: Sequence[Step]) -> str:
    """What keeps coming back, and since when."""
    values = {"what": what_came_back(flag.evidence, steps), "day": words.short_day(flag.raised_at)}
    return _("%(what)s; since %(day)s") % values


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
