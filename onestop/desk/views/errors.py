"""Pages for what went wrong before any view could answer."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def sentence_of(exception: Exception) -> str:
    """The sentence an error carries for people; "" where it carries only technical details."""
    first = exception.args[0] if exception.args else ""
    return first if isinstance(first, str) else ""


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: another role's page."""
    return render(request, "403.html", {"sentence": sentence_of(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404: nothing here, or nothing that this person may see."""
    return render(request, "404.html", {"sentence": sentence_of(exception)}, status=404)
