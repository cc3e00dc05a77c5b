"""How a person's list of work looks: its columns, and filters kept under a name."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onestop.desk.access import HANDLERS, DeskRequest, desk_page
from onestop.desk.reading import work_choices as choices


@desk_page(*HANDLERS)
@require_POST
def columns(request: DeskRequest) -> HttpResponse:
    """Show the ticked columns from now on."""
    choices.choose_columns(request.user.pk, request.POST.getlist("column"))
    return back(request)


@desk_page(*HANDLERS)
@require_POST
def keep(request: DeskRequest) -> HttpResponse:
    """Keep the filter and the order of the list under a name."""
    if not choices.keep_filter(request.user.pk, request.POST.get("name", ""), request.POST.get("query", "")):
        messages.warning(request, _("Filter or sort the list first, then give that a name."))
    return back(request)


@desk_page(*HANDLERS)
@require_POST
def drop(request: DeskRequest) -> HttpResponse:
    """Keep a filter no more."""
    choices.drop_filter(request.user.pk, request.POST.get("name", ""))
    return back(request)


def back(request: DeskRequest) -> HttpResponse:
    """To the list as it was filtered."""
    query = choices.kept_part(request.POST.get("query", ""))
    return redirect(f"{reverse('desk:my_work')}{'?' if query else ''}{query}")
