"""The acts of the panel: each form calls one service; a refusal comes back on the form, with what was typed."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onestop.desk.access import HANDLERS, DeskRequest, desk_page
from onestop.desk.forms.acts import DossierActForm
from onestop.desk.forms.acts_on_steps import form_for
from onestop.desk.reading.dossier import DossierPage
from onestop.desk.reading.undoing import Done, remember
from onestop.desk.reading.work import next_step
from onestop.desk.slips.links import slip_of
from onestop.desk.views.dossier import PRINTED_AFTER, chosen, renewed
from onestop.desk.views.offers import offer_of
from onestop.desk.views.work import (
    dossier_page,
    is_htmx,
    list_context,
    panel_context,
    panel_or_404,
    question_context,
    question_or_404,
)
from workflows.exceptions import NotAllowed, NotComplete, NotPossibleNow, WorkflowError
from workflows.models import Dossier

ON_STEPS = {
    "add_paper", "approve", "ask_consent", "claim", "consult", "finish_step", "reassign", "refuse", "register_result",
    "release", "request_payment", "request_supplement", "send_back",
}  # fmt: skip
UNDOABLE = {"claim", "finish_step"}
ON_THE_DOSSIER = {"add_paper", "ask_consent", "request_supplement"}  # named without a step
SHAPES = {"main", "at_once", "dialog", "draft"}  # templates of desk/work/acts
NOT_COMPLETE, OVERTAKEN, FORBIDDEN = 422, 409, 403


@desk_page(*HANDLERS)
@require_POST
def act(request: DeskRequest, pk: int, name: str) -> HttpResponse:
    """Do one act on a step; what is refused or not complete comes back on its form."""
    if name not in ON_STEPS:
        raise Http404(_("There is no such act."))
    complete(request, row=pk if name not in ON_THE_DOSSIER else "")
    form = sent_form(request, panel_or_404(request, pk).page, name)
    status, refusal = attempt(form, request)
    if status:
        return again(request, pk, form, status, refusal)
    return done(request, pk, form)


def complete(request: HttpRequest, **values: object) -> None:
    """Say in the form what the address says."""
    given = request.POST.copy()
    for name, value in values.items():
        given[name] = str(value)
    request.POST = given


def sent_form(request: DeskRequest, page: DossierPage, name: str) -> DossierActForm:
    """The form that was sent, for the act it names."""
    return form_for(chosen(page, name, request), page, request.POST, request.FILES)


def attempt(form: DossierActForm, request: DeskRequest) -> tuple[int, WorkflowError | None]:
    """Call the service; 0 where it was done, else the status of the answer and the refusal."""
    if not form.is_valid():
        return NOT_COMPLETE, None
    try:
        form.perform(request.user)
    except NotComplete as error:
        form.complain(error)
        return NOT_COMPLETE, None
    except NotPossibleNow as error:
        return OVERTAKEN, error
    except NotAllowed as error:
        return FORBIDDEN, error
    return 0, None


def again(
    request: DeskRequest, pk: int, form: DossierActForm, status: int, refusal: WorkflowError | None
) -> HttpResponse:
    """The form once more, with what was typed and why it was not accepted."""
    panel = panel_or_404(request, pk)
    if refusal is not None:
        form = form_for(form.act, panel.page, renewed(request, panel.dossier.acts), request.FILES)
    offer = offer_of(form.act, panel, form)
    context = {"refusal": refusal, "refused": form.act.key, "place": request.POST.get("place", ""), "panel": panel}
    if is_htmx(request):
        shape = request.POST.get("shape", "")
        template = f"desk/work/acts/{shape if shape in SHAPES else 'dialog'}.html"
        return on_form(render(request, template, context | {"offer": offer}, status=status), form)
    context |= list_context(request, at=timezone.now()) | panel_context(panel, form)
    if not any(shown.is_open for shown in shown_offers(context["offers"])):
        context["lost"] = offer
    return render(request, "desk/work/page.html", context, status=status)


def shown_offers(offers: Any) -> list[Any]:
    """Every offer of a panel."""
    return [offer for offer in [offers.main, offers.draft, *offers.at_once, *offers.dialogs] if offer is not None]


def on_form(response: HttpResponse, form: DossierActForm) -> HttpResponse:
    """Put an answer in the place of the form, whatever its status."""
    response["HX-Retarget"] = response["HX-Reselect"] = f"#form-{form.act.key}"
    response["HX-Reswap"] = "outerHTML"
    return response


def done(request: DeskRequest, pk: int, form: DossierActForm) -> HttpResponse:
    """What is shown after an act: the step, if it still waits for the person, else what comes next."""
    if request.POST.get("place") == "approve":
        return leave(request, reverse("desk:approve"), form)
    panel = panel_or_404(request, pk)
    if form.act.name in UNDOABLE:
        remember(request.session, [Done(panel.dossier.pk, panel.dossier.acts)], said(form), at=timezone.now())
    if not is_htmx(request):
        return leave(request, f"{reverse('desk:my_work')}{f'?open={pk}' if panel.is_mine else ''}", form)
    if panel.is_mine:
        context = panel_context(panel) | {"said": said(form), "slip": slip_after(form)}
        return changed(render(request, "desk/work/panel.html", context))
    return gone_on(request, panel.dossier, form)


def gone_on(request: DeskRequest, dossier: Dossier, form: DossierActForm) -> HttpResponse:
    """What was done, and what comes next."""
    context = {"dossier": dossier, "said": said(form), "slip": slip_after(form)}
    context["next"] = next_step(request.capacities, at=timezone.now())
    return changed(render(request, "desk/work/done.html", context))


def said(form: DossierActForm) -> str:
    """What was done, with the dossier's code."""
    return f"{form.dossier.code}: {form.done}"


def slip_after(form: DossierActForm) -> Any:
    """The slip that the act makes ready to print, None where it makes none."""
    if form.act.name not in PRINTED_AFTER:
        return None
    return slip_of(Dossier.objects.select_related("procedure").get(pk=form.dossier.pk))


def changed(response: HttpResponse) -> HttpResponse:
    """Tell the page that its lists and counts must be renewed."""
    response["HX-Trigger"] = json.dumps({"work-changed": {}})
    return response


def leave(request: DeskRequest, address: str, form: DossierActForm) -> HttpResponse:
    """Go to another page and say there what was done."""
    messages.success(request, said(form))
    if not is_htmx(request):
        return redirect(address)
    response = HttpResponse()
    response["HX-Redirect"] = address
    return response


@desk_page(*HANDLERS)
@require_POST
def answer(request: DeskRequest, pk: int) -> HttpResponse:
    """Answer a question for one's office."""
    question = question_or_404(request, pk)
    complete(request, row=pk)
    form = sent_form(request, dossier_page(request, question.dossier_id), "answer_consultation")
    status, refusal = attempt(form, request)
    if not status:
        return answered(request, form)
    context = question_context(request, question, form) | {"refusal": refusal, "refused": form.act.key}
    if is_htmx(request):
        return on_form(render(request, "desk/work/acts/answer.html", context, status=status), form)
    context |= list_context(request, at=timezone.now())
    return render(request, "desk/work/page.html", context, status=status)


def answered(request: DeskRequest, form: DossierActForm) -> HttpResponse:
    """What is shown after an answer."""
    if not is_htmx(request):
        return leave(request, reverse("desk:my_work"), form)
    return gone_on(request, form.dossier, form)
