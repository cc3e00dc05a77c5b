"""Pages without a login."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from onestop.portal.tracing import LONGEST_INPUT, trace_of, why_of
from onestop.throttling import Limit, address_of
from workflows.receipts import receipt_in
from workflows.services.receipt_keys import published_keys

LONGEST_ADDRESS = 1000
KEYS_KEPT_FOR = 300  # seconds
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
    context["receipt"] = receipt_in(request.get_full_path()[:LONGEST_ADDRESS])
    return render(request, "portal/lookup.html", context)


@require_safe
@cache_control(public=True, max_age=KEYS_KEPT_FOR)
def keys(request: HttpRequest) -> JsonResponse:
    """The public keys with which receipts are verified, for everybody (RFC 7517)."""
    response = JsonResponse(published_keys(), content_type="application/jwk-set+json")
    response["Access-Control-Allow-Origin"] = "*"
    return response


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
