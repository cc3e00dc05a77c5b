"""Pages without a login."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from onestop.portal.tracing import LONGEST_INPUT, trace_of, why_of
from onestop.throttling import Limit, address_of

LOOK_UPS = Limit("look-up", tries=20, seconds=60)


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The first page: people of the office go on to their work, everybody else may look up a dossier."""
    if request.user.is_authenticated:
        return redirect("desk:home")
    return render(request, "portal/lookup.html")


@require_safe
@never_cache
def lookup(request: HttpRequest) -> HttpResponse:
    """Say how far a dossier has come, to whoever knows its code; unknown codes get an answer of the same shape."""
    asked = request.GET.get("code", "").strip()[:LONGEST_INPUT]
    if not asked:
        return render(request, "portal/lookup.html")
    if LOOK_UPS.count(address_of(request)) > LOOK_UPS.tries:
        return too_many(request)
    context: dict[str, Any] = {"asked": asked, "trace": trace_of(asked), "at": timezone.now()}
    return render(request, "portal/lookup.html", context)


@require_safe
@never_cache
def why(request: HttpRequest) -> HttpResponse:
    """Say why a dossier is due when it is, so that whoever knows its code can count again; counted as a look-up."""
    asked = request.GET.get("code", "").strip()[:LONGEST_INPUT]
    if not asked:
        return redirect("portal:lookup")
    if LOOK_UPS.count(address_of(request)) > LOOK_UPS.tries:
        return too_many(request)
    now = timezone.now()
    context: dict[str, Any] = {"asked": asked, "trace": trace_of(asked), "at": now, "clock": why_of(asked, at=now)}
    return render(request, "portal/why.html", context)


def too_many(request: HttpRequest) -> HttpResponse:
    """Ask somebody who looks up very many codes to wait."""
    response = render(request, "portal/too_many.html", {"seconds": LOOK_UPS.seconds}, status=429)
    response.headers["Retry-After"] = str(LOOK_UPS.seconds)
    return response
