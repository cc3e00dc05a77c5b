"""Apologies: what is owed, and the report of what was given in time, late, or not at all."""

from __future__ import annotations

import csv

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from offices.capacities import local_day
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.exporting.files import harmless
from onestop.desk.reading import apologies as reading

DIMENSIONS = ("office", "procedure")


def report_of(request: DeskRequest) -> reading.Report:
    """The report that the address asks for."""
    at = timezone.now()
    return reading.Report(request.capacities, reading.Choice.read(request.GET, today=local_day(at)), at=at)


@desk_page(*reading.ROLES)
@require_safe
def apologies(request: DeskRequest) -> HttpResponse:
    """What is owed now, ordered by its last moment; beside it the period by office and procedure."""
    report = report_of(request)
    tiles = reading.tiles(report)
    current = next(tile for tile in tiles if tile.current)
    context = {
        "tiles": tiles,
        "current": current,
        "page": reading.page(report, request.GET, total=current.count),
        "choice": report.choice,
        "states": [reading.LABELS[state] for state in reading.STATES],
        "tables": {dimension: reading.lines(report, dimension) for dimension in DIMENSIONS},
        "csv_query": report.choice.to(),
    }
    return render(request, "desk/apologies/page.html", context)


@desk_page(*reading.ROLES)
@require_safe
def apologies_csv(request: DeskRequest) -> HttpResponse:
    """The report as a table for a spreadsheet: the same numbers as on the page."""
    report = report_of(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    name = f"apologies-{report.choice.first:%Y%m%d}-{report.choice.last:%Y%m%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    response.write("\ufeff")
    csv.writer(response).writerows([harmless(cell) for cell in row] for row in reading.table(report))
    return response
