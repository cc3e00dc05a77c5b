"""Return: scan or type the code, hand the result over, print the proof."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.badges import dossier_badge
from onestop.desk.reading import results
from onestop.desk.slips import scanned_code
from workflows.exceptions import NotAllowed, NotComplete, NotPossibleNow, WorkflowError
from workflows.models import Dossier, LegalStatus
from workflows.services import return_result


class HandOverForm(forms.Form):
    """Who takes the result."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)
    handed_to = forms.CharField(
        label=gettext_lazy("Who receives and signs"),
        max_length=150,
        widget=forms.TextInput(attrs={"autofocus": True, "autocomplete": "off"}),
    )


@desk_page(Role.CLERK)
@require_safe
def hand_over(request: DeskRequest) -> HttpResponse:
    """Results that lie ready; `?code=` opens the one that was scanned, `?done=` shows its proof."""
    at = timezone.now()
    code = request.GET.get("code", "")
    hits = results.scanned(request.capacities, code) if code.strip() else []
    context = page_context(request, at=at) | {"code": scanned_code(code) if code.strip() else "", "hits": hits}
    if len(hits) == 1:
        context |= opened(hits[0], at=at)
    done = request.GET.get("done", "")
    if done.isascii() and done.isdigit():
        context["done"] = handed_over(request, int(done[:18]))
    return render(request, "desk/return/page.html", context)


def page_context(request: DeskRequest, *, at: datetime) -> dict[str, Any]:
    """The list of results that wait at the person's desk."""
    return {"page": results.results_page(request.capacities, request.GET, at=at)}


def opened(dossier: Dossier, *, at: datetime, form: HandOverForm | None = None) -> dict[str, Any]:
    """One dossier at the counter: ready to be handed over, or why not."""
    elsewhere = results.step_elsewhere(dossier)
    ready = dossier.legal_status == LegalStatus.DECIDED and elsewhere is None
    first = {"handed_to": dossier.submitter.get("representative") or dossier.applicant_name, "seen": dossier.acts}
    return {
        "dossier": dossier,
        "badge": dossier_badge(dossier, at=at),
        "issued_on": day_of(dossier.result.get("issued_on")),
        "elsewhere": elsewhere,
        "is_returned": dossier.legal_status == LegalStatus.RETURNED,
        "form": (form or HandOverForm(initial=first)) if ready or form else None,
    }


def day_of(value: Any) -> date | None:
    """The day a result was issued; None where none was noted."""
    return date.fromisoformat(value) if value else None


def handed_over(request: DeskRequest, pk: int) -> Dossier | None:
    """A dossier of the person's desk whose result was handed over."""
    dossiers = results.at_my_desk(request.capacities).filter(pk=pk, legal_status=LegalStatus.RETURNED)
    parts = ("procedure", "applicant", "receiving_office__parent", "statutory_clock")
    return dossiers.select_related(*parts).defer("search").first()


@desk_page(Role.CLERK)
@require_POST
def hand_over_result(request: DeskRequest, pk: int) -> HttpResponse:
    """Hand one result over; the proof opens to be printed."""
    parts = ("procedure", "applicant", "receiving_office__parent", "handling_office", "statutory_clock")
    dossier = results.at_my_desk(request.capacities).filter(pk=pk).select_related(*parts).defer("search").first()
    if dossier is None:
        raise Http404(_("There is no such dossier or step. It may belong to another office; search for its code."))
    form = HandOverForm(request.POST.copy())
    if not form.is_valid():
        return again(request, dossier, form, status=422)
    given = form.cleaned_data
    try:
        return_result(dossier_id=pk, handed_to=given["handed_to"], by=request.user, seen=given["seen"])
    except NotComplete as error:
        form.add_error("handed_to", str(error))
        return again(request, dossier, form, status=422)
    except (NotAllowed, NotPossibleNow) as error:
        return again(request, dossier, form, status=403 if isinstance(error, NotAllowed) else 409, refusal=error)
    return redirect(f"{reverse('desk:return')}?done={pk}")


def again(
    request: DeskRequest, dossier: Dossier, form: HandOverForm, *, status: int, refusal: WorkflowError | None = None
) -> HttpResponse:
    """The page once more, with what was typed and why it was not accepted."""
    at = timezone.now()
    dossier = results.at_my_desk(request.capacities).select_related("procedure", "statutory_clock").get(pk=dossier.pk)
    form.data["seen"] = dossier.acts  # type: ignore[index]  # a copy that may be changed
    context = page_context(request, at=at) | opened(dossier, at=at, form=form)
    context |= {"code": dossier.code, "hits": [dossier], "refusal": refusal}
    return render(request, "desk/return/page.html", context, status=status)
