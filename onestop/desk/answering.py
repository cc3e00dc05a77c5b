"""Refusals of the services for offices and procedures, as the desk answers them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect

from offices import exceptions as offices
from procedures import exceptions as procedures
from workflows.exceptions import NotAllowed, NotFound

View = Callable[..., HttpResponse]
Made = TypeVar("Made")

REFUSED_NOW = (offices.NotComplete, offices.NotPossibleNow, procedures.ProceduresError)


def answering(view: View) -> View:
    """Let `desk_page` answer when an administrator or editor may not do something, or it does not exist."""

    @wraps(view)
    def answered(request: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except (offices.NotAllowed, procedures.NotCatalogueEditor) as error:
            raise NotAllowed(str(error)) from error
        except offices.NotFound as error:
            raise NotFound(str(error)) from error

    return answered


def accepted(form: BaseForm, change: Callable[[], Made]) -> Made | None:
    """Make a change that a form asks for; a refusal is shown beside its field.

    Returns:
        What the service returned, None when it refused.
    """
    try:
        return change()
    except offices.NotComplete as error:
        for name, sentences in error.fields.items():
            form.add_error(name if name in form.fields else None, sentences)
    except offices.NotPossibleNow as error:
        form.add_error(None, str(error))
    return None


def done_and_back(
    request: HttpRequest, change: Callable[[], object], *, said: str, to: str, **kwargs: Any
) -> HttpResponseRedirect:
    """Make a change asked for by one button, say how it went, and go back to the page."""
    try:
        change()
    except procedures.NotCatalogueEditor:
        raise
    except REFUSED_NOW as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect(to, **kwargs)
