"""Pages of the hall without a login: the kiosk, the display, and the page of one's own number.

Kiosk and display show the secret that an administrator gave their device; a ticket is known by its key.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from hall.exceptions import UnknownDevice
from hall.models import Device, Ticket
from hall.services import check_in, device_with, draw_number
from offices.exceptions import NotFound, NotPossibleNow
from onestop.portal.hall_reading import board_of, code_of, offered, place_of

COOKIE = "hall_device"
KEPT = 2 * 365 * 24 * 60 * 60

View = Callable[..., HttpResponse]


def for_device(kind: str) -> Callable[[View], View]:
    """Wrap a page that only a device of a kind may show; it gets the device."""

    def wrap(view: View) -> View:
        @wraps(view)
        @never_cache
        def guarded(request: HttpRequest) -> HttpResponse:
            try:
                device = device_with(request.COOKIES.get(COOKIE, ""), kind=kind)
            except UnknownDevice as error:
                return render(request, "portal/hall/unknown.html", {"sentence": str(error)}, status=403)
            return view(request, device)

        return guarded

    return wrap


@require_safe
@never_cache
def device(request: HttpRequest, secret: str) -> HttpResponse:
    """A device shows its secret once; from then on a cookie shows it, so that it stands in no address."""
    try:
        found = device_with(secret)
    except UnknownDevice as error:
        return render(request, "portal/hall/unknown.html", {"sentence": str(error)}, status=403)
    answer = redirect("portal:hall_kiosk" if found.kind == Device.Kind.KIOSK else "portal:hall_display")
    answer.set_cookie(
        COOKIE,
        secret,
        max_age=KEPT,
        path=reverse("portal:hall_kiosk").rsplit("/", 2)[0] + "/",
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@for_device(Device.Kind.KIOSK)
def kiosk(request: HttpRequest, device: Device) -> HttpResponse:
    """Draw a number by touch, or say that one has an appointment."""
    sentence = ""
    if request.method == "POST":
        try:
            ticket = drawn(request, device)
        except (NotFound, NotPossibleNow) as error:
            sentence = str(error)
        else:
            return redirect(f"{reverse('portal:hall_ticket', args=[ticket.key])}?print")
    context = {
        "office": device.hall.office,
        "errands": offered(device.hall),
        "priorities": Ticket.Priority.choices,
        "key": token_urlsafe(16),
        "sentence": sentence,
        "typed": request.POST.get("code", "")[:12],
    }
    return render(request, "portal/hall/kiosk.html", context, status=409 if sentence else 200)


def drawn(request: HttpRequest, device: Device) -> Ticket:
    """The number that somebody asks for at a kiosk."""
    at, key = timezone.now(), request.POST.get("key", "")[:32] or token_urlsafe(16)
    code = request.POST.get("code", "")[:12]
    errand = request.POST.get("errand", "")
    if errand.isascii() and errand.isdigit() and len(errand) < 19:
        priority = request.POST.get("priority", "")
        return draw_number(hall_id=device.hall_id, errand_id=int(errand), key=key, priority=priority, by=None, at=at)
    return check_in(hall_id=device.hall_id, code=code, key=key, by=None, at=at)


@require_safe
@for_device(Device.Kind.DISPLAY)
def display(request: HttpRequest, device: Device) -> HttpResponse:
    """Which number goes to which counter."""
    context = {"office": device.hall.office, "board": board_of(device.hall, at=timezone.now())}
    return render(request, "portal/hall/display.html", context)


@require_safe
@for_device(Device.Kind.DISPLAY)
def display_now(request: HttpRequest, device: Device) -> HttpResponse:
    """The numbers for a display that is open; 304 where nothing has changed."""
    text = render_to_string("portal/hall/board.html", {"board": board_of(device.hall, at=timezone.now())})
    tag = quote_etag(sha256(f"{get_language()}{text}".encode()).hexdigest()[:32])
    is_known = tag in parse_etags(request.headers.get("If-None-Match", ""))
    answer = HttpResponseNotModified() if is_known else HttpResponse(text)
    answer["ETag"], answer["Cache-Control"] = tag, "private, no-cache"
    return answer


@require_safe
@never_cache
def ticket(request: HttpRequest, key: str) -> HttpResponse:
    """One's own number: how many stand before it, and where to go once it is called."""
    found = place_of(key, at=timezone.now())
    if found is None:
        raise Http404(_("There is no such number."))
    address = request.build_absolute_uri(reverse("portal:hall_ticket", args=[key]))
    at_kiosk = "print" in request.GET and COOKIE in request.COOKIES
    context: dict[str, Any] = {"place": found, "ticket": found.ticket, "office": found.ticket.hall.office}
    context |= {"code": code_of(address), "at_kiosk": at_kiosk}
    return render(request, "portal/hall/ticket.html", context)
