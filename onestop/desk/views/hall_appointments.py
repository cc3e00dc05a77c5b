"""Appointments at the desk and visits at home: the agenda of a day, giving a time, how it ended."""

from __future__ import annotations

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hall.models import Hall
from hall.services import book, end_appointment
from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.answering import accepted, answering
from onestop.desk.forms.hall import AppointmentForm
from onestop.desk.reading.hall import halls_of
from onestop.desk.reading.hall_appointments import agenda, clerks_of
from onestop.desk.views.hall import answering_now, number_in
from workflows.exceptions import NotFound


def chosen_hall(request: DeskRequest) -> Hall:
    """The hall in the address, else the first one; 404 for a clerk whose desk has none."""
    halls = list(halls_of(request.capacities))
    wanted = request.GET.get("hall", "")
    found = next((hall for hall in halls if str(hall.pk) == wanted), halls[0] if halls else None)
    if found is None:
        raise NotFound(_("This office has no waiting hall. Ask an administrator to open one."))
    return found


@desk_page(Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
@answering
def appointments(request: DeskRequest) -> HttpResponse:
    """Who is expected on a day, and a form to give a time."""
    at = timezone.now()
    hall = chosen_hall(request)
    found = agenda(hall, day=request.GET.get("day", ""), place=request.GET.get("place", ""), at=at)
    form = AppointmentForm(
        request.POST or None,
        hall=hall,
        slots=found.slots,
        at_home=found.at_home,
        clerks=clerks_of(hall, on=found.today),
    )
    if form.is_valid():
        change = partial(book, hall_id=hall.pk, place=found.place, **form.values(), by=request.user, at=at)
        made = accepted(form, change)
        if made is not None:
            said = _("%(person)s is expected; the code of the appointment is %(code)s.")
            messages.success(request, said % {"person": made.person, "code": made.code})
            return redirect(f"{reverse('desk:hall_appointments')}?hall={hall.pk}&day={found.day}&place={found.place}")
    context = {"agenda": found, "form": form}
    return render(request, "desk/hall/appointments.html", context, status=422 if form.errors else 200)


@desk_page(Role.CLERK)
@require_POST
@answering_now
def end(request: DeskRequest, pk: int) -> HttpResponse:
    """Say how an appointment ended."""
    status = request.POST.get("status", "")
    found = end_appointment(appointment_id=pk, status=status, by=request.user, at=timezone.now())
    messages.success(request, _("The appointment of %(person)s is noted.") % {"person": found.person})
    day = request.POST.get("day", "")[:10]
    return redirect(f"{reverse('desk:hall_appointments')}?hall={number_in(request, 'hall')}&day={day}")
