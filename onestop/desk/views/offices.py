"""Offices: the tree, and what may change of each."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offices.capacities import local_day
from offices.models import Office, Role
from offices.services import change_office, close_office, open_office, reopen_office
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.answering import accepted, answering, done_and_back
from onestop.desk.forms.administration import KnownOfficeForm, OfficeForm
from onestop.desk.reading.staff import office_tree


@desk_page(Role.ADMINISTRATOR)
@require_safe
def offices(request: DeskRequest) -> HttpResponse:
    """The tree of offices with the people who work there."""
    return render(request, "desk/offices/tree.html", {"branches": office_tree(on=local_day(timezone.now()))})


@desk_page(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
@answering
def add(request: DeskRequest) -> HttpResponse:
    """Open an office."""
    form = OfficeForm(request.POST or None, initial={"parent": request.GET.get("below", "")})
    if form.is_valid() and accepted(
        form, partial(open_office, **form.cleaned_data, by=request.user, at=timezone.now())
    ):
        return redirect("desk:offices")
    return render(request, "desk/offices/office.html", {"form": form}, status=422 if form.errors else 200)


@desk_page(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
@answering
def office(request: DeskRequest, pk: int) -> HttpResponse:
    """One office: what may change of it."""
    found = Office.objects.filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such office. Look for it in the tree of offices."))
    form = KnownOfficeForm(request.POST or None, instance=found)
    if form.is_valid() and accepted(form, partial(change_office, **changes(form), by=request.user, at=timezone.now())):
        return redirect("desk:offices")
    context = {"form": form, "office": Office.objects.select_related("parent").get(pk=pk)}
    return render(request, "desk/offices/office.html", context, status=422 if form.errors else 200)


def changes(form: KnownOfficeForm) -> dict[str, Any]:
    """What was typed, as the service takes it."""
    values = dict(form.cleaned_data)
    above = values.pop("parent")
    return {**values, "office_id": form.instance.pk, "parent_id": above.pk if above else None}


@desk_page(Role.ADMINISTRATOR)
@require_POST
@answering
def activity(request: DeskRequest, pk: int) -> HttpResponse:
    """Close an office in which nobody works any more, or open it again."""
    closes = request.POST.get("active") != "yes"
    service = close_office if closes else reopen_office
    said = _("The office is closed; its history stays.") if closes else _("The office is open again.")
    change = partial(service, office_id=pk, by=request.user, at=timezone.now())
    return done_and_back(request, change, said=said, to="desk:office", pk=pk)
