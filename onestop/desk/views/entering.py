"""The way in and the language of the screen."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from onestop.throttling import Limit, address_of

FAILURES = Limit("login", tries=5, seconds=300)
FAILURES_OF_ADDRESS = Limit("login-address", tries=100, seconds=300)


class LogInForm(AuthenticationForm):
    """User name and password; after repeated failures the answer waits, right or wrong."""

    def clean(self) -> dict[str, Any]:
        """Count failures of this user from this address; a success clears them."""
        name = str(self.cleaned_data.get("username", "")).strip().lower()
        address = address_of(self.request) if self.request else ""
        if FAILURES.is_used_up(name, address) or FAILURES_OF_ADDRESS.is_used_up(address):
            raise forms.ValidationError(too_many_failures(), code="too_many")
        try:
            cleaned = super().clean()
        except forms.ValidationError:
            FAILURES.count(name, address)
            FAILURES_OF_ADDRESS.count(address)
            raise
        FAILURES.forget(name, address)
        return cleaned


def too_many_failures() -> str:
    """What whoever failed too often reads."""
    minutes = FAILURES.seconds // 60
    sentence = ngettext(
        "Too many failed tries. Wait %(minutes)d minute and try again, or ask your administrator for a new password.",
        "Too many failed tries. Wait %(minutes)d minutes and try again, or ask your administrator for a new password.",
        minutes,
    )
    return sentence % {"minutes": minutes}


class LogIn(LoginView):
    """The login page."""

    authentication_form = LogInForm
    redirect_authenticated_user = True

    def form_invalid(self, form: AuthenticationForm) -> HttpResponse:
        """Say 429 where tries are used up, so that programs understand it too."""
        response = super().form_invalid(form)
        if form.has_error("__all__", code="too_many"):
            response.status_code = 429
            response.headers["Retry-After"] = str(FAILURES.seconds)
        return response


@require_POST
def switch_language(request: HttpRequest) -> HttpResponse:
    """Change the language of the screen: for people who are logged in it is theirs, on every computer."""
    response = set_language(request)
    wish = request.POST.get("language", "")
    if request.user.is_authenticated and wish in dict(settings.LANGUAGES):
        request.user.language = wish
        request.user.save(update_fields=["language"])
        response.delete_cookie(settings.LANGUAGE_COOKIE_NAME)
    return response


@require_POST
def switch_theme(request: HttpRequest) -> HttpResponse:
    """Choose light, dark, or what the computer says; it is the person's, on every computer."""
    wish = request.POST.get("theme", "")
    if request.user.is_authenticated and wish in {"", "light", "dark"}:
        request.user.theme = wish
        request.user.save(update_fields=["theme"])
    return HttpResponse(status=204) if request.POST.get("quietly") else redirect(next_page(request))


def next_page(request: HttpRequest) -> str:
    """The page that somebody came from, where it is one of ours."""
    wish = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wish, {request.get_host()}, require_https=request.is_secure())
    return wish if is_ours else "/"
