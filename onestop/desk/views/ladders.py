"""Ladders of alarms: what they say, where which one holds, and publishing a new version."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from offices.models import Office, Role
from offices.tree import office_ids_below
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.forms.ladders import ChoiceForm, LadderForm, RungForms, initial_of, rungs_of, spec_of
from onestop.desk.reading import ladders as reading
from sla.ladder_spec import LadderSpec
from workflows.exceptions import NotComplete
from workflows.services import laddering

LOOKED_AFTER_BY = (Role.ADMINISTRATOR, Role.SUPERVISOR)


@desk_page(*LOOKED_AFTER_BY)
@require_http_methods(["GET", "HEAD", "POST"])
def ladders(request: DeskRequest) -> HttpResponse:
    """Every ladder as a picture; where another than the default one was chosen; a form to choose."""
    everywhere = request.capacities.has(Role.ADMINISTRATOR)
    below = None if everywhere else office_ids_below(request.capacities.offices_as(Role.SUPERVISOR))
    offices = Office.objects.filter(is_active=True)
    form = ChoiceForm(request.POST or None, offices=offices if below is None else offices.filter(pk__in=below))
    if form.is_valid() and chosen(request, form):
        messages.success(request, _("New time limits follow this ladder from now on; running ones keep theirs."))
        return redirect("desk:ladders")
    context = {
        "pictures": reading.pictures(),
        "choices": reading.choices(below),
        "past": reading.past_choices(below),
        "form": form,
        "may_publish": everywhere,
    }
    return render(request, "desk/ladders/page.html", context, status=422 if form.errors else 200)


def chosen(request: DeskRequest, form: ChoiceForm) -> bool:
    """Whether the choice was accepted; a refusal is shown beside its field."""
    given = form.cleaned_data
    try:
        laddering.choose_ladder(
            ladder_code=given["ladder"],
            office_id=given["office"].pk if given["office"] else None,
            procedure_id=given["procedure"].pk if given["procedure"] else None,
            by=request.user,
            at=timezone.now(),
        )
    except NotComplete as error:
        add_errors(form, error)
        return False
    return True


def add_errors(form: Any, error: NotComplete) -> None:
    """Show a refusal beside its fields, or above them."""
    for name, sentence in (error.fields or {"": str(error)}).items():
        form.add_error(name if name in form.fields else None, sentence)


@desk_page(*LOOKED_AFTER_BY)
@require_POST
def end_choice(request: DeskRequest, pk: int) -> HttpResponse:
    """Let the general rule hold again."""
    laddering.withdraw_choice(choice_id=pk, by=request.user, at=timezone.now())
    messages.success(request, _("The choice is withdrawn; running time limits keep their ladder."))
    return redirect("desk:ladders")


@desk_page(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def ladder(request: DeskRequest, code: str) -> HttpResponse:
    """A new version of a ladder."""
    spec, version = laddering.current_spec(code)
    return edit(request, spec, is_new=False, number=version.number + 1 if version else 1)


@desk_page(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: DeskRequest) -> HttpResponse:
    """A new ladder, which begins as the default one."""
    spec, _version = laddering.current_spec("default")
    return edit(request, spec, is_new=True, number=1)


def edit(request: DeskRequest, spec: LadderSpec, *, is_new: bool, number: int) -> HttpResponse:
    """The forms of a ladder, filled with what it says now; publishing leads back to the pictures."""
    initial = initial_of(spec) | ({"code": "", "name": ""} if is_new else {})
    form = LadderForm(request.POST or None, initial=initial)
    form.fields["code"].disabled = not is_new
    rungs = RungForms(request.POST or None, initial=rungs_of(spec))
    if form.is_valid() and rungs.is_valid() and published(request, form, rungs, spec, is_new=is_new):
        messages.success(request, _("The ladder is published. New time limits follow it; running ones keep theirs."))
        return redirect("desk:ladders")
    context = {"form": form, "rungs": rungs, "spec": spec, "is_new": is_new, "number": number}
    failed = form.is_bound and bool(form.errors or rungs.total_error_count())
    return render(request, "desk/ladders/edit.html", context, status=422 if failed else 200)


def published(request: DeskRequest, form: LadderForm, rungs: Any, spec: LadderSpec, *, is_new: bool) -> bool:
    """Whether the version was published; a refusal is shown above the form."""
    if is_new and form.cleaned_data["code"] in laddering.known_codes():
        form.add_error("code", _("There is a ladder with this short name already."))
        return False
    typed = [given for given in rungs.cleaned_data if given.get("moment")]
    moments = [(given["moment"], given["amount"]) for given in typed]
    if len(moments) != len(set(moments)):
        form.add_error(None, _("Two alarms fall at the same moment. Leave one of them out."))
        return False
    try:
        laddering.publish_version(spec=spec_of(form.cleaned_data, typed, spec), by=request.user, at=timezone.now())
    except NotComplete as error:
        add_errors(form, error)
        return False
    return True
