"""Halls are opened and furnished by administrators: errands, counters, kiosks and displays."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from hall import services
from hall.models import Hall
from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.answering import accepted, answering, done_and_back
from onestop.desk.forms.hall import CounterForm, DeviceForm, ErrandForm, HallForm, OpenHallForm
from onestop.desk.views.hall import number_in


@desk_page(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
@answering
def halls(request: DeskRequest) -> HttpResponse:
    """The halls there are, and a form to open one."""
    form = OpenHallForm(request.POST or None)
    if form.is_valid():
        office, counters = form.cleaned_data["office"], form.cleaned_data["counters"]
        change = partial(services.open_hall, office_id=office.pk, counters=counters, by=request.user, at=timezone.now())
        made = accepted(form, change)
        if made is not None:
            return redirect("desk:hall_setup", pk=made.pk)
    found = Hall.objects.select_related("office").prefetch_related("errands", "counters", "devices")
    context = {"form": form, "halls": found.order_by("office__code")}
    return render(request, "desk/hall/halls.html", context, status=422 if form.errors else 200)


def forms_of(hall: Hall, data: Any, part: str) -> dict[str, BaseForm]:
    """The forms of a hall; the one that was sent holds what was typed."""
    return {
        "hall": HallForm(data if part == "hall" else None, instance=hall),
        "errand": ErrandForm(data if part == "errand" else None, prefix="errand"),
        "counter": CounterForm(data if part == "counter" else None, hall=hall, prefix="counter"),
        "device": DeviceForm(data if part == "device" else None, prefix="device"),
    }


def change_of(part: str, hall: Hall, form: Any, request: DeskRequest) -> Callable[[], object]:
    """What a form asks the services for."""
    values, whose = form.cleaned_data, {"hall_id": hall.pk, "by": request.user, "at": timezone.now()}
    if part == "counter":
        ids = [errand.pk for errand in values["errands"]]
        named = {"name": values["name"], "is_active": values["is_active"], "errand_ids": ids}
        return partial(services.set_counter, **named, **whose)
    services_by_part: dict[str, Callable[..., object]] = {
        "hall": services.change_hall,
        "errand": services.set_errand,
        "device": services.let_device_in,
    }
    return partial(services_by_part[part], **values, **whose)


@desk_page(Role.ADMINISTRATOR)
@require_http_methods(["GET", "HEAD", "POST"])
@answering
def hall(request: DeskRequest, pk: int) -> HttpResponse:
    """One hall: what people come for, where they are served, which devices show its pages."""
    found = Hall.objects.select_related("office").filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such hall. Look for it in the list of halls."))
    part = request.POST.get("part", "")
    forms = forms_of(found, request.POST, part)
    sent: Any = forms.get(part)
    address = ""
    if sent is not None and sent.is_valid():
        made: Any = accepted(sent, change_of(part, found, sent, request))
        if made is not None and part == "device":
            address = request.build_absolute_uri(reverse("portal:hall_device", args=[made[1]]))
            forms["device"] = DeviceForm(prefix="device")
        elif made is not None:
            messages.success(request, _("Saved."))
            return redirect("desk:hall_setup", pk=pk)
    context = {
        "hall": Hall.objects.select_related("office").get(pk=pk),
        "forms": forms,
        "address": address,
        "devices": found.devices.filter(revoked_at=None),
        "counters": found.counters.select_related("clerk").prefetch_related("errands"),
    }
    is_wrong = sent is not None and bool(sent.errors)
    return render(request, "desk/hall/setup.html", context, status=422 if is_wrong else 200)


@desk_page(Role.ADMINISTRATOR)
@require_POST
@answering
def turn_away(request: DeskRequest, pk: int) -> HttpResponse:
    """Take a device's right away."""
    change = partial(services.turn_device_away, device_id=number_in(request, "device"), by=request.user)
    said = _("The device shows nothing any more.")
    return done_and_back(request, partial(change, at=timezone.now()), said=said, to="desk:hall_setup", pk=pk)
