"""What is late, with whom, what keeps coming back and what stands still."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.reading import watch_board as board
from onestop.desk.reading.watched_rows import watched_page
from onestop.desk.reading.watching import Choice, Watch

TABLES = ("office", "procedure", "person")


@desk_page(Role.SUPERVISOR)
@require_safe
def supervise(request: DeskRequest) -> HttpResponse:
    """Tiles, the list that one of them opens, and where it comes from: by office, procedure and person."""
    at = timezone.now()
    watch = Watch(request.capacities, Choice.read(request.GET))
    kinds = watch.count_kinds()
    counts = {table: watch.count_by(table) for table in TABLES}
    column = "step" if watch.choice.procedure else "phase"
    cells = watch.count_cells("office", column)
    names = board.read_names(
        watch.choice,
        office={*counts["office"], *(office for office, _column in cells)},
        procedure=counts["procedure"],
        person=counts["person"],
    )
    total = kinds[watch.choice.kind]
    context = {
        "tiles": board.tiles(watch, kinds),
        "page": watched_page(watch.rows(), request.GET, at=at, total=total),
        "total": total,
        "choice": watch.choice,
        "chosen": board.chosen(watch, names),
        "tables": {table: board.lines(watch, table, counts[table], names) for table in TABLES},
        "heat": board.heat_map(watch, column, cells, names),
        "bars": board.weeks(request.capacities, at=at),
    }
    return render(request, "desk/supervising/board.html", context)
