"""Why limits were missed, in the weeks that the trend shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _

from onestop.desk.reading.watch_choice import NO_CAUSE
from onestop.desk.reading.watch_kinds import BREACH
from onestop.desk.reading.watch_names import cause_name
from onestop.desk.reading.watch_sheets import Cell, Sheet
from onestop.desk.reading.watching import Watch


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause with the breaches it explains; an excused breach stays a breach."""

    name: str
    cell: Cell
    excused: int
    share: float


def causes(watch: Watch) -> list[Cause]:
    """Missed limits by cause, the most frequent first: one statement."""
    found = watch.other(watch.choice.with_changes(kind=BREACH, cause="").fitting()).rows()
    counts = found.order_by().values_list("cause")
    rows = list(counts.annotate(total=Count("pk"), excused=Count("pk", filter=Q(is_excused=True))).order_by("-total"))
    most = max((total for _cause, total, _excused in rows), default=1)
    return [
        Cause(cause_name(cause), cell_of(watch, cause, total), excused, round(100 * total / most, 1))
        for cause, total, excused in rows
    ]


def cell_of(watch: Watch, cause: str, total: int) -> Cell:
    """The number of a cause and the list it opens."""
    value = cause or NO_CAUSE
    choice = watch.choice
    is_current = choice.kind == BREACH and choice.cause == value
    return Cell(total, choice.to(kind=BREACH, cause=value), f"{cause_name(cause)}: {total}", current=is_current)


def causes_sheet(found: list[Cause]) -> Sheet:
    """The causes as rows."""
    headers = [_("Cause"), _("Missed limits"), _("Excused")]
    return Sheet(_("Missed limits by cause"), headers, [[one.name, one.cell.count, one.excused] for one in found])
