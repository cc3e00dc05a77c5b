"""The e-form of any version as the counter shows it: looked at, tried out, never stored."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.reading.previewing import preview_of, tried
from onestop.desk.views.catalogue import found_procedure, visible_versions


@desk_page()
@require_http_methods(["GET", "HEAD", "POST"])
def form_preview(request: DeskRequest, pk: int, number: int) -> HttpResponse:
    """The form of one version: with sample answers, empty (`?empty=1`), or judged as it was sent."""
    procedure = found_procedure(request, pk)
    version = next((one for one in visible_versions(request, procedure) if one.number == number), None)
    if version is None:
        raise Http404(_("There is no such version of this procedure."))
    preview = (
        tried(version.spec, request.POST)
        if request.method == "POST"
        else preview_of(version.spec, with_samples="empty" not in request.GET)
    )
    context = {"procedure": procedure, "version": version, "spec": version.spec, "preview": preview}
    is_part = bool(request.headers.get("HX-Request"))
    return render(request, "desk/forms/preview.html" if is_part else "desk/forms/preview_page.html", context)
