"""Who may open a screen, and what a refused act looks like.

Every view of the desk is wrapped in `desk_page`: it knows the person's capacities, answers 403 to a wrong role,
and turns the refusals of the services into pages: 403 not allowed, 404 not found, 409 somebody was faster.
What is merely not complete is shown by the view itself, beside the field.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg2.errors import LockNotAvailable

from offices.capacities import Capacities, capacities_of
from offices.models import Role, User
from workflows.exceptions import DossierBusy, NotAllowed, NotComplete, NotFound, NotPossibleNow, StaleScreen
from workflows.models import Dossier

HANDLERS = (Role.CLERK, Role.SPECIALIST, Role.DIVISION_HEAD, Role.LEADER, Role.REGISTRY)
READERS = (*HANDLERS, Role.SUPERVISOR)

View = Callable[..., HttpResponse]


class DeskRequest(HttpRequest):
    """A request of somebody who is logged in, with their rights to act."""

    user: User
    capacities: Capacities


def desk_page(*roles: str) -> Callable[[View], View]:
    """Wrap a view of the desk: a login, one of `roles` (none given: any), and an answer to every refusal."""

    def wrap(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
            request.capacities = capacities_of(request.user, timezone.now())
            try:
                if roles and not request.capacities.has(*roles):
                    raise NotAllowed(
                        _("This page belongs to another role. Ask an administrator if you should have it.")
                    )
                return view(request, *args, **kwargs)
            except (NotAllowed, NotFound, NotPossibleNow, NotComplete) as error:
                return refused(request, error)
            except OperationalError as error:
                if not isinstance(error.__cause__, LockNotAvailable):
                    raise
                return refused(request, DossierBusy(moving=False))

        guarded.roles = roles  # type: ignore[attr-defined]  # read by the test that walks every page as every role
        return guarded

    return wrap


def refused(request: HttpRequest, error: Exception) -> HttpResponse:
    """The page that says why an act was refused and what to do now."""
    if isinstance(error, NotFound):
        raise Http404(str(error))
    context: dict[str, Any] = {"sentence": str(error)}
    if isinstance(error, NotAllowed):
        return render(request, "403.html", context, status=403)
    if isinstance(error, StaleScreen):
        context |= {
            "href": reverse("desk:dossier", args=[error.dossier.pk]),
            "link": _("Look at the changes"),
            "changes": error.changes,
        }
    return render(request, "409.html", context, status=409)


def visible_dossier(request: DeskRequest, dossier_id: int) -> Dossier:
    """The dossier, or 404 where the person may not see it: both look the same."""
    parts = (
        "version",
        "procedure",
        "applicant",
        "receiving_office",
        "handling_office__parent",
        "statutory_clock",
        "citizen_clock",
        "desk_clock",
        "received_by",
    )
    found = (
        Dossier.objects.visible_to(request.capacities)
        .select_related(*parts)
        .defer("search")
        .filter(pk=dossier_id)
        .first()
    )
    if found is None:
        raise Http404(_("There is no such dossier or step. It may belong to another office; search for its code."))
    return found
