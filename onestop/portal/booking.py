"""People give themselves a time at a desk, or ask to be visited at home, without a login."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hall.exceptions import SlotTaken
from hall.models import Appointment, Errand, Hall
from hall.services import book, slots_on
from hall.services.booking import DAYS_AHEAD, Slot
from offices.capacities import OFFICE_ZONE, local_day
from offices.exceptions import NotComplete
from onestop.portal.views import too_many
from onestop.throttling import Limit, address_of

BOOKINGS = Limit("booking", tries=5, seconds=60 * 60)


class BookingForm(forms.Form):
    """Who comes, when, and what for; the times are those still free on the day chosen."""

    errand = forms.ModelChoiceField(
        label=gettext_lazy("Errand"), queryset=Errand.objects.none(), empty_label=None, widget=forms.RadioSelect
    )
    starts_at = forms.ChoiceField(label=gettext_lazy("Appointed time"), widget=forms.RadioSelect)
    person = forms.CharField(label=gettext_lazy("full name"), max_length=150)
    phone = forms.RegexField(label=gettext_lazy("phone"), regex=r"^[0-9+ .]{8,20}$", max_length=20)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=250)
    wish = forms.CharField(label=gettext_lazy("what it is about"), max_length=250, required=False)

    def __init__(self, *args: Any, hall: Hall, slots: list[Slot], at_home: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        free = [(slot.starts_at.isoformat(), f"{slot.starts_at:%H:%M}") for slot in slots if slot.free]
        self.fields["starts_at"].choices = free  # type: ignore[attr-defined]
        self.fields["errand"].queryset = Errand.objects.filter(hall=hall, is_active=True)  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.label = capfirst(field.label or "")
        if not at_home:
            del self.fields["address"]

    def values(self) -> dict[str, Any]:
        """What was typed, as the service takes it."""
        typed = dict(self.cleaned_data)
        typed["errand_id"] = typed.pop("errand").pk
        typed["starts_at"] = datetime.fromisoformat(typed["starts_at"]).astimezone(OFFICE_ZONE)
        return typed


@require_safe
def desks(request: HttpRequest) -> HttpResponse:
    """The desks that give times."""
    halls = Hall.objects.select_related("office").filter(office__is_active=True).order_by("office__code")
    return render(request, "portal/hall/desks.html", {"halls": halls})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def booking(request: HttpRequest, pk: int) -> HttpResponse:
    """The free times of a day at one desk, and a form to take one; then the code to show at the kiosk."""
    hall = Hall.objects.select_related("office").filter(pk=pk, office__is_active=True).first()
    if hall is None:
        raise Http404(_("This office has no waiting hall. Ask an administrator to open one."))
    at = timezone.now()
    at_home = request.GET.get("place") == Appointment.Place.HOME
    place = Appointment.Place.HOME if at_home else Appointment.Place.DESK
    days = offered_days(hall, place=place, at=at)
    day = next((one for one in days if one.isoformat() == request.GET.get("day")), days[0] if days else local_day(at))
    slots = slots_on(hall, day, place=place, at=at)
    form = BookingForm(request.POST or None, hall=hall, slots=slots, at_home=at_home)
    if form.is_valid():
        if BOOKINGS.count(address_of(request)) > BOOKINGS.tries:
            return too_many(request)
        made = booked(form, hall, place, at)
        if made is not None:
            return render(request, "portal/hall/booked.html", {"made": made, "hall": hall})
    context = {"hall": hall, "form": form, "days": days, "day": day, "at_home": at_home}
    return render(request, "portal/hall/booking.html", context, status=422 if form.errors else 200)


def booked(form: BookingForm, hall: Hall, place: str, at: datetime) -> Appointment | None:
    """Take the time; None where somebody was faster, said beside the times."""
    try:
        return book(hall_id=hall.pk, place=place, **form.values(), by=None, at=at)
    except (SlotTaken, NotComplete) as error:
        for name, sentences in error.fields.items():
            form.add_error(name if name in form.fields else None, sentences)
    return None


def offered_days(hall: Hall, *, place: str, at: datetime) -> list[date]:
    """The next working days on which a time is free, five at most."""
    found: list[date] = []
    for ahead in range(DAYS_AHEAD + 1):
        day = local_day(at) + timedelta(days=ahead)
        if any(slot.free for slot in slots_on(hall, day, place=place, at=at)):
            found.append(day)
        if len(found) == 5:
            break
    return found
