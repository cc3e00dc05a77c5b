"""The board's list and tables as files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import Http404
from django.http.response import HttpResponseBase
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offices.models import Role
from onestop.desk import words
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.exporting.files import FORMS, as_file
from onestop.desk.reading import watch_board as board
from onestop.desk.reading.watch_causes import causes, causes_sheet
from onestop.desk.reading.watch_hours import hours_of, hours_sheet
from onestop.desk.reading.watch_kinds import BY_CODE
from onestop.desk.reading.watch_sheets import Sheet, Value
from onestop.desk.reading.watch_weeks import weeks, weeks_sheet
from onestop.desk.reading.watched_rows import WatchedRow, watched_rows
from onestop.desk.reading.watching import Watch
from onestop.desk.views.supervising import watch_of


def list_sheet(watch: Watch) -> Sheet:
    """The whole open list, a row of the screen in each line."""
    headers = [_("Code"), _("Procedure"), _("Where"), _("With whom"), _("Why, since when"), _("Time left"), _("Due")]
    rows = watched_rows(watch.rows(), watch.choice.kind, at=watch.scope.at)
    return Sheet(str(BY_CODE[watch.choice.kind].label), headers, list_rows(rows))


def list_rows(rows: Iterator[WatchedRow]) -> Iterator[list[Value]]:
    """What the screen prints of each row."""
    for row in rows:
        dossier = row.dossier
        due = words.moment(dossier.due_at) if dossier.due_at else ""
        yield [dossier.code, dossier.procedure.name, row.place, row.holder, row.evidence, row.badge.words, due]


SHEETS: dict[str, Callable[[Watch], Sheet]] = {
    "list": list_sheet,
    "table": lambda watch: board.table_sheet(watch, board.names_of_table(watch)),
    "heat": lambda watch: board.heat_sheet(board.heat_map(watch, board.names_of_heat(watch))),
    "weeks": lambda watch: weeks_sheet(weeks(watch)),
    "hours": lambda watch: hours_sheet(hours_of(watch)),
    "causes": lambda watch: causes_sheet(causes(watch)),
}


@desk_page(Role.SUPERVISOR)
@require_safe
def supervise_file(request: DeskRequest, name: str, form: str) -> HttpResponseBase:
    """The open list or a table of the board as CSV or XLSX, with the numbers of the screen."""
    if name not in SHEETS or form not in FORMS:
        raise Http404(_("There is no such file."))
    watch = watch_of(request)
    return as_file(SHEETS[name](watch), form, f"{name}-{localtime(watch.scope.at):%Y%m%d-%H%M}")
