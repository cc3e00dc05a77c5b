"""What a catalogue editor changes: versions, offices that offer a procedure, officers in charge."""

from __future__ import annotations

from functools import partial

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from offices.models import Office, Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.answering import answering, done_and_back
from onestop.desk.forms.catalogue import OfferingForm, OfficerForm, WithdrawalForm
from onestop.desk.views.catalogue import findings_on, found_procedure, render_procedure
from procedures.models import Procedure, ProcedureVersion
from procedures.services import draft_of, end_offer, offer, publish_version, put_in_charge, relieve, withdraw_version
from workflows.exceptions import NotFound


@desk_page(Role.CATALOGUE_EDITOR)
@require_POST
@answering
def publish(request: DeskRequest, pk: int) -> HttpResponse:
    """Publish the draft of a procedure; errors of the linter block it."""
    found, at = found_procedure(request, pk), timezone.now()

    def change() -> None:
        draft = draft_of(found)
        publish_version(version=draft, by=request.user, at=at, findings=findings_on(draft))

    said = _("The version is published: new files get it from its first day on.")
    return done_and_back(request, change, said=said, to="desk:procedure", pk=pk)


@desk_page(Role.CATALOGUE_EDITOR)
@require_POST
@answering
def withdraw(request: DeskRequest, pk: int, number: int) -> HttpResponse:
    """Withdraw a published version, with a reason."""
    found = found_procedure(request, pk)
    form = WithdrawalForm(request.POST)
    if not form.is_valid():
        return render_procedure(request, found, status=422, withdrawal=form)
    version = version_of(found, number)
    change = partial(
        withdraw_version, version=version, by=request.user, at=timezone.now(), reason=form.cleaned_data["reason"]
    )
    said = _("The version is withdrawn. Files that have it keep it.")
    return done_and_back(request, change, said=said, to="desk:procedure", pk=pk)


def version_of(found: Procedure, number: int) -> ProcedureVersion:
    """A version by its number.

    Raises:
        NotFound: There is none.
    """
    version = found.versions.filter(number=number).first()
    if version is None:
        raise NotFound(_("This procedure has no such version. Look at the list of its versions."))
    return version


@desk_page(Role.CATALOGUE_EDITOR)
@require_POST
@answering
def add_offering(request: DeskRequest, pk: int) -> HttpResponse:
    """Let another office handle the procedure."""
    found = found_procedure(request, pk)
    form = OfferingForm(request.POST, procedure=found)
    if not form.is_valid():
        return render_procedure(request, found, status=422, offering=form)
    offer(found, form.cleaned_data["office"], by=request.user, at=timezone.now())
    return redirect("desk:procedure", pk=pk)


@desk_page(Role.CATALOGUE_EDITOR)
@require_POST
@answering
def remove_offering(request: DeskRequest, pk: int, office_id: int) -> HttpResponse:
    """New files of the procedure no longer go to an office."""
    found = found_procedure(request, pk)
    for office in Office.objects.filter(pk=office_id):
        end_offer(procedure=found, office=office, by=request.user, at=timezone.now())
    return redirect("desk:procedure", pk=pk)


@desk_page(Role.CATALOGUE_EDITOR)
@require_POST
@answering
def add_officer(request: DeskRequest, pk: int) -> HttpResponse:
    """Put a person in charge."""
    found = found_procedure(request, pk)
    form = OfficerForm(request.POST)
    if not form.is_valid():
        return render_procedure(request, found, status=422, officer=form)
    put_in_charge(procedure=found, by=request.user, at=timezone.now(), **form.cleaned_data)
    return redirect("desk:procedure", pk=pk)


@desk_page(Role.CATALOGUE_EDITOR)
@require_POST
@answering
def remove_officer(request: DeskRequest, pk: int, officer_id: int) -> HttpResponse:
    """A person is no longer in charge."""
    relieve(officer_id=officer_id, procedure=found_procedure(request, pk), by=request.user, at=timezone.now())
    return redirect("desk:procedure", pk=pk)
