"""Ladders of alarms as a picture and as words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from offices.models import Role
from sla.ladder import newest_ladders, shipped_ladders
from sla.ladder_spec import LadderSpec, Rung, When, spec_from
from sla.models import Ladder
from workflows.models import LadderChoice, Notice
from workflows.services.laddering import current_choices

if TYPE_CHECKING:
    from django.utils.functional import Promise

START, DUE, DAY, REACH = 30, 700, 55, 4
HOURS_A_DAY = 8
PAST = 50
AUDIENCES: dict[str, Promise | str] = {
    "holder": gettext_lazy("whoever has to act"),
    "clerk": Role.CLERK.label,
    "specialist": Role.SPECIALIST.label,
    "division_head": Role.DIVISION_HEAD.label,
    "leader": Role.LEADER.label,
    "registry": Role.REGISTRY.label,
    "supervisor": Role.SUPERVISOR.label,
    "office_above": gettext_lazy("supervisors of the office above"),
    "applicant": gettext_lazy("applicant"),
}
FAMILIES: dict[str, Promise] = {
    "dossier": gettext_lazy("of the dossier"),
    "step": gettext_lazy("of a step"),
    "desk": gettext_lazy("of an online file"),
    "consultation": gettext_lazy("of a consulted office"),
}
DUTIES: dict[str, Promise] = {
    "eighty": gettext_lazy("flag “due soon”"),
    "apology": gettext_lazy("duty to apologise"),
    "due": gettext_lazy("flag “overdue”"),
}


@dataclass(frozen=True, slots=True)
class RungRow:
    """One rung: its place in the picture, and what it does in words."""

    x: int
    label_y: int
    short: str
    words: str
    told: tuple[tuple[str, str], ...]
    ways: str
    duty: str
    is_late: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A ladder with the version that new clocks take; `version` is None while only the program's file says it."""

    spec: LadderSpec
    version: Ladder | None
    rungs: tuple[RungRow, ...]
    quiet: str


def pictures() -> list[Picture]:
    """Every ladder that can be chosen, by code."""
    versions = {ladder.code: ladder for ladder in newest_ladders()}
    codes = sorted({*versions, *shipped_ladders()}, key=lambda code: (code != "default", code))
    return [picture(versions.get(code), code) for code in codes]


def picture(version: Ladder | None, code: str) -> Picture:
    """One ladder as it stands on the page."""
    spec = spec_from(version.spec) if version else shipped_ladders()[code]
    ordered = sorted(spec.rungs, key=lambda rung: place(rung.when))
    rows = tuple(row_of(rung, number) for number, rung in enumerate(ordered))
    return Picture(spec, version, rows, quiet_words(spec))


def row_of(rung: Rung, number: int) -> RungRow:
    """One rung; labels stand above and below the line in turn."""
    told = tuple(
        (str(FAMILIES[family]), ", ".join(str(AUDIENCES[who]) for who in whom)) for family, whom in rung.whom.items()
    )
    ways = ", ".join(str(Notice.Channel(way).label) for way in rung.through)
    duty = str(DUTIES[rung.acts_as]) if rung.acts_as else ""
    is_late = rung.when.at is not None or rung.when.after is not None
    return RungRow(
        place(rung.when), 26 if number % 2 else 74, short(rung.when), words(rung.when), told, ways, duty, is_late
    )


def place(when: When) -> int:
    """Where a rung stands on the line, from the start to the due time and beyond."""
    if when.percent is not None:
        return START + (DUE - START) * when.percent // 100
    span = when.before or when.after
    if span is None:
        return DUE
    days = span.amount if span.unit == "working_day" else span.amount / HOURS_A_DAY
    away = round(DAY * min(days, REACH))
    return DUE - away if when.before else DUE + away


def short(when: When) -> str:
    """When a rung falls, in as few words as fit beside a dot."""
    if when.percent is not None:
        return f"{when.percent}\u00a0%"
    span = when.before or when.after
    if span is None:
        return _("due")
    sign = "\u2212" if when.before else "+"
    said = _("%(count)d days") if span.unit == "working_day" else _("%(count)d hrs")
    return sign + said % {"count": span.amount}


def words(when: When) -> str:
    """When a rung falls, as a sentence part."""
    if when.percent is not None:
        return _("%(percent)s%% of the time used up") % {"percent": when.percent}
    span = when.before or when.after
    if span is None:
        return _("when it is due")
    counted = {"count": span.amount}
    if span.unit == "working_day":
        length = ngettext("%(count)d working day", "%(count)d working days", span.amount) % counted
    else:
        length = ngettext("%(count)d working hour", "%(count)d working hours", span.amount) % counted
    said = _("%(length)s before") if when.before else _("%(length)s after")
    return said % {"length": length}


def quiet_words(spec: LadderSpec) -> str:
    """When messages wait."""
    parts = []
    if spec.quiet.begins and spec.quiet.ends:
        parts.append(
            _("from %(begins)s to %(ends)s") % {"begins": spec.quiet.begins, "ends": spec.quiet.ends},
        )
    if spec.quiet.outside_office_hours:
        parts.append(_("outside office hours"))
    return ", ".join(parts) or _("never")


def choices(below: Iterable[int] | None) -> list[LadderChoice]:
    """Where another ladder is chosen; for a supervisor only of the offices below."""
    rows = current_choices().select_related("procedure", "office", "chosen_by").order_by("-chosen_at", "pk")
    return list(rows if below is None else rows.filter(office__in=below))


def past_choices(below: Iterable[int] | None) -> list[LadderChoice]:
    """The choices that were withdrawn or replaced last, the newest end first."""
    ended = LadderChoice.objects.filter(ended_at__isnull=False).order_by("-ended_at", "-pk")
    rows = ended.select_related("procedure", "office", "chosen_by", "ended_by")
    return list((rows if below is None else rows.filter(office__in=below))[:PAST])
