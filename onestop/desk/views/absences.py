"""Absences: everybody plans their own, heads those of their people, administrators everybody's."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from offices.capacities import local_day
from offices.services import add_absence, end_absence
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.answering import accepted, answering, done_and_back
from onestop.desk.forms.administration import AbsenceForm, LastDayForm
from onestop.desk.reading.staff import absences_of, plannable_people


@desk_page()
@require_http_methods(["GET", "HEAD", "POST"])
@answering
def absences(request: DeskRequest) -> HttpResponse:
    """Who is away and who stands in; and a form to say so."""
    at = timezone.now()
    today = local_day(at)
    people = plannable_people(request.capacities, on=today)
    initial = {"absentee": request.user.pk, "valid_from": today}
    form = AbsenceForm(request.POST or None, absentees=people, initial=initial)
    if form.is_valid():
        values = dict(form.cleaned_data)
        ids = {"absentee_id": values.pop("absentee").pk, "stand_in_id": values.pop("stand_in").pk}
        if accepted(form, partial(add_absence, **ids, **values, by=request.user, at=at)):
            return redirect("desk:absences")
    context = {
        "form": form,
        "absences": absences_of(people, on=today),
        "plannable": set(people.values_list("pk", flat=True)),
        "today": today,
    }
    return render(request, "desk/absences/list.html", context, status=422 if form.errors else 200)


@desk_page()
@require_POST
@answering
def end(request: DeskRequest, pk: int) -> HttpResponse:
    """Shorten an absence: the person is back the day after."""
    form = LastDayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Name the last day of the absence."))
        return redirect("desk:absences")
    last_day = form.cleaned_data["last_day"]
    change = partial(end_absence, absence_id=pk, last_day=last_day, by=request.user, at=timezone.now())
    return done_and_back(request, change, said=_("The absence ends on that day."), to="desk:absences")
