"""What is late, with whom, what will be late, what keeps coming back, what stands still, which apologies are owed.

The board is one page; what takes a statement of its own (weeks, hours, causes) is loaded beside it. Every number leads
to its list, and everything that was chosen stands in the address.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from django.http import HttpResponse, HttpResponseNotModified
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import parse_etags, quote_etag
from django.views.decorators.http import require_safe

from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.charts.heat import heat as draw_heat
from onestop.desk.reading import watch_board as board
from onestop.desk.reading.watch_causes import causes
from onestop.desk.reading.watch_choice import PERIODS, Choice
from onestop.desk.reading.watch_hours import hours_of
from onestop.desk.reading.watch_kinds import BY_CODE, KINDS
from onestop.desk.reading.watch_names import chosen, read_names
from onestop.desk.reading.watch_sheets import grouped
from onestop.desk.reading.watch_sources import Scope
from onestop.desk.reading.watch_weeks import COLUMNS, drawing, weeks
from onestop.desk.reading.watched_rows import watched_page
from onestop.desk.reading.watching import Watch


def watch_of(request: DeskRequest) -> Watch:
    """What the person watches now, and what the address chooses of it."""
    return Watch(Scope(request.capacities, timezone.now()), Choice.read(request.GET))


def board_context(request: DeskRequest) -> dict[str, Any]:
    """What the board prints: the numbers and the open list."""
    watch = watch_of(request)
    page = watched_page(watch.rows(), watch.choice.kind, request.GET, at=watch.scope.at, total=watch.total)
    return {
        "choice": watch.choice,
        "here": watch.choice.to(),
        "answers": board.answers(watch),
        "kind": BY_CODE[watch.choice.kind],
        "total": watch.total,
        "total_text": grouped(watch.total),
        "page": page,
        "chosen": chosen(watch.choice, read_names(watch.choice)),
    }


@desk_page(Role.SUPERVISOR)
@require_safe
def supervise(request: DeskRequest) -> HttpResponse:
    """The numbers, the list that one of them opens, and where it comes from."""
    return render(request, "desk/supervising/board.html", board_context(request))


@desk_page(Role.SUPERVISOR)
@require_safe
def supervise_now(request: DeskRequest) -> HttpResponse:
    """The board's present state without its frame, for a page that is already open; 304 where nothing changed."""
    text = render_to_string("desk/supervising/live.html", board_context(request))
    tag = quote_etag(sha256(text.encode()).hexdigest()[:32])
    is_known = tag in parse_etags(request.headers.get("If-None-Match", ""))
    answer = HttpResponseNotModified() if is_known else HttpResponse(text)
    answer["ETag"], answer["Cache-Control"] = tag, "private, no-cache"
    return answer


def part(request: DeskRequest, name: str, context: dict[str, Any]) -> HttpResponse:
    """One part of the board: by itself where htmx asks for it, else as a page."""
    is_part = bool(request.headers.get("HX-Request"))
    template = f"desk/supervising/{name}.html" if is_part else "desk/supervising/alone.html"
    return render(request, template, context | {"part": f"desk/supervising/{name}.html"})


@desk_page(Role.SUPERVISOR)
@require_safe
def supervise_table(request: DeskRequest) -> HttpResponse:
    """With whom and where: the numbers by office, procedure, officer, party, phase or step."""
    watch = watch_of(request)
    context = {
        "kinds": [BY_CODE[kind] for kind in KINDS],
        "current": BY_CODE[watch.choice.kind],
        "tabs": board.tabs(watch.choice),
        "table": board.lines(watch, board.names_of_table(watch)),
    }
    return part(request, "table", context | {"choice": watch.choice, "here": watch.choice.to()})


@desk_page(Role.SUPERVISOR)
@require_safe
def supervise_heat(request: DeskRequest) -> HttpResponse:
    """Where the open list stands."""
    watch = watch_of(request)
    heat = board.heat_map(watch, board.names_of_heat(watch))
    rows = board.part_of(heat.rows, watch.choice)
    context = {"heat": heat, "heat_rows": rows, "picture": draw_heat(heat.columns, rows.shown)}
    return part(request, "heat", context | {"choice": watch.choice, "here": watch.choice.to()})


@desk_page(Role.SUPERVISOR)
@require_safe
def supervise_weeks(request: DeskRequest) -> HttpResponse:
    """What was received and decided, week by week."""
    watch = watch_of(request)
    found = weeks(watch)
    periods = [(count, watch.choice.to(weeks=count), count == watch.choice.weeks) for count in PERIODS]
    context = {"weeks": found, "picture": drawing(found), "periods": periods, "choice": watch.choice}
    return part(request, "weeks", context | {"kinds": [BY_CODE[kind] for kind in COLUMNS], "here": watch.choice.to()})


@desk_page(Role.SUPERVISOR)
@require_safe
def supervise_hours(request: DeskRequest) -> HttpResponse:
    """Whose working time went into the dossiers of the open list."""
    watch = watch_of(request)
    context = {"hours": hours_of(watch), "kind": BY_CODE[watch.choice.kind], "here": watch.choice.to()}
    return part(request, "hours", context)


@desk_page(Role.SUPERVISOR)
@require_safe
def supervise_causes(request: DeskRequest) -> HttpResponse:
    """Why limits were missed."""
    watch = watch_of(request)
    return part(request, "causes", {"causes": causes(watch), "choice": watch.choice, "here": watch.choice.to()})
