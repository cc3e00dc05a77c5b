"""The rulebooks: what the law says about time, and moving open dossiers from one to another."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from offices.capacities import local_day
from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.forms.rulebooks import MoveForm
from onestop.desk.reading import rulebooks as reading
from sla.rulebook import rulebook_on
from workflows.exceptions import NotComplete
from workflows.models import Reprojection
from workflows.services.moving_rulebooks import order_move, preview_move


@desk_page()
@require_safe
def rulebooks(request: DeskRequest) -> HttpResponse:
    """Every rulebook with its rules and clauses, and the moves that were ordered."""
    in_force = rulebook_on(local_day(timezone.now()))
    moves = Reprojection.objects.filter(kind=Reprojection.Kind.RULEBOOK).select_related("ordered_by")[:20]
    context = {
        "books": reading.books(in_force),
        "moves": moves,
        "may_move": request.capacities.has(Role.ADMINISTRATOR),
    }
    return render(request, "desk/rulebooks/list.html", context)


@desk_page(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: DeskRequest) -> HttpResponse:
    """Foresee what moving open dossiers to another rulebook changes, then order it."""
    form = MoveForm(request.POST or request.GET or None)
    if request.method == "POST" and form.is_valid() and "order" in request.POST:
        try:
            order_move(**form.cleaned_data, by=request.user)
        except NotComplete as error:
            for name, words in error.fields.items():
                form.add_error(name, words)
        else:
            messages.success(request, _("The move is ordered. It runs in the background; each dossier says why."))
            return redirect("desk:rulebooks")
    return render(request, "desk/rulebooks/move.html", foreseen(form), status=422 if form.errors else 200)


def foreseen(form: MoveForm) -> dict[str, Any]:
    """The form with what the chosen move would change."""
    context: dict[str, Any] = {"form": form, "preview": None}
    if not form.is_bound or any(name in form.errors for name in ("source", "target")):
        return context
    chosen = {name: str(form.data.get(name, "")) for name in ("source", "target")}
    try:
        preview = preview_move(**chosen, at=timezone.now())
    except NotComplete as error:
        for name, words in error.fields.items():
            form.add_error(name, words)
        return context
    rules = [(reading.line(one.before), reading.line(one.after)) for one in preview.rules]
    return context | {"preview": preview, "rules": rules}
