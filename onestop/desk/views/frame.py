"""The way in, the rail that renews itself, and the page that shows every component."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_required
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from offices.capacities import capacities_of
from onestop.desk import samples
from onestop.desk.frame import EVERYBODY, RAIL, rail_context

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the first page that belongs to the person's roles, else to the first that is everybody's."""
    roles = capacities_of(request.user, timezone.now()).roles
    offered = [item for item in RAIL if item.url and item.roles & roles]
    first = next((item for item in offered if item.roles != EVERYBODY), next(iter(offered), None))
    return redirect(first.url if first else "desk:password")


@login_required
@require_safe
def rail(request: HttpRequest) -> HttpResponse:
    """The rail and the bell with their counts as they are now; asked for once a minute by every open page."""
    at = timezone.now()
    capacities = getattr(request, "capacities", None) or capacities_of(request.user, at)
    context = rail_context(capacities, at=at, current=request.GET.get("current", ""))
    return render(request, "desk/parts/rail.html", context | {"renewed": True})


@login_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Every component of the desk with its states, for whoever draws a screen."""
    return render(request, "desk/styleguide.html", samples.styleguide(at=timezone.now()))
