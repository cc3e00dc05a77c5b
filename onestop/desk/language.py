"""Vietnamese first: another language is shown only to whoever chose it, whatever the browser asks for."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation


class ChosenLanguageMiddleware:
    """Uses the language of the switch, else the person's own, else the office's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = chosen_language(request)
        request.LANGUAGE_CODE = language
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        return response


def chosen_language(request: HttpRequest) -> str:
    """The language for this request, always one that is offered."""
    offered = {code for code, _name in settings.LANGUAGES}
    wishes = [request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, ""), getattr(request.user, "language", "")]
    return next((wish for wish in wishes if wish in offered), settings.LANGUAGE_CODE)
