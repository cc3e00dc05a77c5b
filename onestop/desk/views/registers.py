"""The register of received files: its volumes, their lines, the closing, and copies on paper and as a table."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from offices.models import Role
from onestop.desk import register_files
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.paging import Column, page_of
from onestop.desk.slips.register import all_lines, line_of
from onestop.desk.views.slips import pdf
from workflows.exceptions import NotFound
from workflows.services.jobs import start
from workflows.services.registers import (
    Volume,
    close_volume,
    is_whole,
    lines_of,
    may_close,
    may_read,
    volume_named,
    volumes_of,
)

READ_BY = (Role.CLERK, Role.LEADER, Role.SUPERVISOR)
CLOSED_BY = (Role.LEADER, Role.SUPERVISOR)
IN_ORDER = (Column("number"),)


@desk_page(*READ_BY)
@require_safe
def registers(request: DeskRequest) -> HttpResponse:
    """Every volume of the registers that the person may read."""
    closers = may_close(request.capacities)
    rows = [
        (volume, volume.seal is None and volume.office.pk in closers)
        for volume in volumes_of(may_read(request.capacities))
    ]
    return render(request, "desk/registers/list.html", {"rows": rows})


@desk_page(*READ_BY)
@require_safe
def register(request: DeskRequest, office_id: int, year: int, number: int) -> HttpResponse:
    """The lines of one volume."""
    volume = volume_asked(request, office_id, year, number)
    page: Any = page_of(lines_of(volume), IN_ORDER, request.GET, total=volume.lines)
    context = {
        "volume": volume,
        "page": page,
        "rows": [(slip, line_of(slip)) for slip in page.rows],
        "may_close": volume.seal is None and volume.office.pk in may_close(request.capacities),
        "is_whole": volume.seal is not None and is_whole(volume.seal),
    }
    return render(request, "desk/registers/page.html", context)


@desk_page(*READ_BY)
@require_safe
def register_file(request: DeskRequest, office_id: int, year: int, number: int, form: str) -> HttpResponse:
    """A volume as a PDF or a spreadsheet: a short one at once, a long one as long work."""
    volume = volume_asked(request, office_id, year, number)
    kind = register_files.KINDS.get(form)
    if kind is None:
        raise NotFound(_("There is no such volume of the register."))
    if volume.lines > register_files.AT_ONCE:
        data = {
            "office": office_id,
            "year": year,
            "number": number,
            "chosen": f"{volume.office.name}, {year}/{number}",
        }
        begun = start(kind=kind, data=data, by=request.user, at=timezone.now(), total=volume.lines)
        return redirect("desk:job", begun.pk)
    content, name, content_type = register_files.made(kind, volume, all_lines(volume), at=timezone.now())
    if form == "pdf":
        return pdf(content, name)
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@desk_page(*CLOSED_BY)
@require_POST
def close(request: DeskRequest, office_id: int, year: int) -> HttpResponse:
    """Close the open volume of a year and seal it."""
    seal = close_volume(office_id=office_id, year=year, by=request.user)
    messages.success(
        request,
        _("Volume %(number)d of %(year)d is closed, numbers %(first)d to %(last)d.")
        % {"number": seal.volume, "year": seal.year, "first": seal.first_number, "last": seal.last_number},
    )
    return redirect("desk:register", office_id, year, seal.volume)


def volume_asked(request: DeskRequest, office_id: int, year: int, number: int) -> Volume:
    """The volume of the address, for somebody who may read it."""
    return volume_named(office_id=office_id, year=year, number=number, capacities=request.capacities)
