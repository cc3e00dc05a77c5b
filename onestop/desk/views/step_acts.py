"""The acts on a step: each form calls one service; a refusal comes back on the form, with what was typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, cast

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from onestop.desk import act_forms
from onestop.desk.access import HANDLERS, DeskRequest, desk_page
from onestop.desk.reading.consultations import question_panel
from onestop.desk.reading.step_panel import StepPanel, find_step, panel_of
from onestop.desk.reading.work import next_step
from onestop.desk.views.work import is_htmx, list_context, panel_context, question_or_404, step_or_404
from workflows import services
from workflows.exceptions import NotAllowed, NotComplete, NotPossibleNow, StaleScreen, WorkflowError
from workflows.models import Step

Run = Callable[[StepPanel, Any, DeskRequest], str]


def claim(panel: StepPanel, form: Any, request: DeskRequest) -> str:
    """Take the step up."""
    services.claim(step_id=panel.step.pk, by=request.user)
    return _("The step is yours now.")


def release(panel: StepPanel, form: Any, request: DeskRequest) -> str:
    """Put the step back for everyone in the role."""
    services.release(step_id=panel.step.pk, by=request.user)
    return _("The step is open to everyone in your role again.")


def finish(panel: StepPanel, form: act_forms.FinishForm, request: DeskRequest) -> str:
    """Finish the step with the outcome whose button was pressed; an approval goes through its own service."""
    given = form.cleaned_data
    node = panel.step.flow_task
    outcome = given["outcome"] or node.main_outcome
    common = {"step_id": panel.step.pk, "by": request.user, "seen": given["seen"], "note": given["note"]}
    if panel.approves and outcome == node.main_outcome:
        services.approve(**common)
        return _("Dossier %(code)s is approved.") % {"code": panel.dossier.code}
    services.finish_step(**common, outcome=outcome, reason=given.get("reason", ""))
    return _("Dossier %(code)s went on.") % {"code": panel.dossier.code}


def number(panel: StepPanel, form: act_forms.ResultForm, request: DeskRequest) -> str:
    """Give the result its number and day."""
    given = form.cleaned_data
    services.register_result(
        step_id=panel.step.pk, number=given["number"], issued_on=given["issued_on"], by=request.user, seen=given["seen"]
    )
    return _("The result of %(code)s has number %(number)s and goes to the desk.") % {
        "code": panel.dossier.code,
        "number": given["number"],
    }


def send_back(panel: StepPanel, form: act_forms.SendBackForm, request: DeskRequest) -> str:
    """Send the dossier back to an earlier step."""
    given = form.cleaned_data
    services.finish_step(
        step_id=panel.step.pk, outcome=given["outcome"], reason=form.sentence, by=request.user, seen=given["seen"]
    )
    return _("Dossier %(code)s was sent back.") % {"code": panel.dossier.code}


def refuse(panel: StepPanel, form: act_forms.RefuseForm, request: DeskRequest) -> str:
    """Refuse the dossier, or propose it to a leader."""
    given = form.cleaned_data
    services.refuse(step_id=panel.step.pk, reason=given["reason"], by=request.user, seen=given["seen"])
    if find_status(panel) == panel.dossier.legal_status:
        return _("The refusal of %(code)s waits for a leader's approval.") % {"code": panel.dossier.code}
    return _("Dossier %(code)s is refused.") % {"code": panel.dossier.code}


def find_status(panel: StepPanel) -> int:
    """The legal status after the act."""
    return cast(int, type(panel.dossier).objects.values_list("legal_status", flat=True).get(pk=panel.dossier.pk))


def ask_papers(panel: StepPanel, form: act_forms.SupplementForm, request: DeskRequest) -> str:
    """Ask the applicant for every missing paper at once."""
    given = form.cleaned_data
    services.request_supplement(
        dossier_id=panel.dossier.pk, items=form.items, reason=given["reason"], by=request.user, seen=given["seen"]
    )
    return _("Papers are asked for and the clock is paused. Print form 02 from the dossier.")


def consult(panel: StepPanel, form: act_forms.ConsultForm, request: DeskRequest) -> str:
    """Ask other offices."""
    given = form.cleaned_data
    offices = given["offices"]
    services.consult(
        step_id=panel.step.pk,
        office_ids=[office.pk for office in offices],
        question=given["question"],
        term=form.term,
        by=request.user,
        seen=given["seen"],
    )
    return _("Asked: %(names)s.") % {"names": ", ".join(office.short_name for office in offices)}


def ask_payment(panel: StepPanel, form: act_forms.PaymentForm, request: DeskRequest) -> str:
    """Ask the applicant to pay."""
    given = form.cleaned_data
    services.request_payment(
        step_id=panel.step.pk, name=given["name"], amount=given["amount"], by=request.user, seen=given["seen"]
    )
    return _("The payment is asked for; the dossier waits until the desk confirms it.")


def draft(panel: StepPanel, form: act_forms.DraftForm, request: DeskRequest) -> str:
    """Lay a draft result into the dossier."""
    paper = services.add_paper(
        dossier_id=panel.dossier.pk, kind="draft", file=form.cleaned_data["file"], by=request.user
    )
    return _("The draft “%(name)s” is in the dossier.") % {"name": paper.filename}


ACTS: dict[str, tuple[type[act_forms.ActForm], Run]] = {
    "claim": (act_forms.ClaimForm, claim),
    "release": (act_forms.ReleaseForm, release),
    "finish": (act_forms.FinishForm, finish),
    "number": (act_forms.ResultForm, number),
    "send_back": (act_forms.SendBackForm, send_back),
    "refuse": (act_forms.RefuseForm, refuse),
    "ask_papers": (act_forms.SupplementForm, ask_papers),
    "consult": (act_forms.ConsultForm, consult),
    "ask_payment": (act_forms.PaymentForm, ask_payment),
    "draft": (act_forms.DraftForm, draft),
}


@desk_page(*HANDLERS)
@require_POST
def act(request: DeskRequest, pk: int, name: str) -> HttpResponse:
    """Do one act on a step; what is refused or not complete comes back on its form."""
    if name not in ACTS:
        raise Http404(_("There is no such act. Reload the page."))
    kind, run = ACTS[name]
    panel = panel_of(step_or_404(request, pk), request.capacities, at=timezone.now())
    form = kind(request.POST.copy(), request.FILES, panel=panel)
    if not form.is_valid():
        return again(request, panel, form, status=422)
    try:
        sentence = run(panel, form, request)
    except NotComplete as error:
        form.complain(error)
        return again(request, panel, form, status=422)
    except (NotPossibleNow, NotAllowed) as error:
        return again(request, panel, form, status=403 if isinstance(error, NotAllowed) else 409, refusal=error)
    return done(request, pk, sentence)


def again(
    request: DeskRequest,
    panel: StepPanel,
    form: act_forms.ActForm,
    *,
    status: int,
    refusal: WorkflowError | None = None,
) -> HttpResponse:
    """The form once more, with what was typed and why it was not accepted."""
    if isinstance(refusal, StaleScreen):
        form.data["seen"] = refusal.dossier.acts  # type: ignore[index]  # a copy that may be changed
    context = panel_context(request, panel, {form.act: form}) | {
        "form": form,
        "refusal": refusal,
        "refused_act": form.act,
        "place": request.POST.get("place", ""),
    }
    if not is_htmx(request):
        context |= list_context(request, at=timezone.now())
        return render(request, "desk/work/page.html", context, status=status)
    return on_form(render(request, f"desk/work/forms/{form.act}.html", context, status=status), form.act)


def on_form(response: HttpResponse, act_name: str) -> HttpResponse:
    """Put an answer in the place of the form, whatever its status."""
    response["HX-Retarget"] = response["HX-Reselect"] = f"#form-{act_name}"
    response["HX-Reswap"] = "outerHTML"
    return response


def done(request: DeskRequest, step_id: int, sentence: str) -> HttpResponse:
    """What is shown after an act: the step, if it still waits for the person, else what comes next."""
    if request.POST.get("place") == "approve":
        return leave(request, reverse("desk:approve"), sentence)
    at = timezone.now()
    step = cast(Step, find_step(request.capacities, step_id))
    panel = panel_of(step, request.capacities, at=at)
    if not is_htmx(request):
        messages.success(request, sentence)
        return redirect(f"{reverse('desk:my_work')}{f'?open={step_id}' if panel.is_mine else ''}")
    if panel.is_mine:
        return changed(render(request, "desk/work/panel.html", panel_context(request, panel) | {"said": sentence}))
    context = {"dossier": step.process, "said": sentence, "next": next_step(request.capacities, at=at)}
    return changed(render(request, "desk/work/done.html", context))


def changed(response: HttpResponse) -> HttpResponse:
    """Tell the page that its lists and counts must be renewed."""
    response["HX-Trigger"] = json.dumps({"work-changed": {}})
    return response


def leave(request: DeskRequest, address: str, sentence: str) -> HttpResponse:
    """Go to another page and say there what was done."""
    messages.success(request, sentence)
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
    form = act_forms.AnswerForm(request.POST, auto_id="answer-%s")
    refusal, status = None, 422
    if form.is_valid():
        try:
            services.answer_consultation(consultation_id=pk, answer=form.cleaned_data["answer"], by=request.user)
        except NotComplete as error:
            form.complain(error)
        except (NotPossibleNow, NotAllowed) as error:
            refusal, status = error, 403 if isinstance(error, NotAllowed) else 409
        else:
            return answered(request, pk)
    context = question_panel(question, at=timezone.now(), form=form) | {"refusal": refusal}
    if not is_htmx(request):
        context |= list_context(request, at=timezone.now())
        return render(request, "desk/work/page.html", context, status=status)
    return on_form(render(request, "desk/work/forms/answer.html", context, status=status), "answer")


def answered(request: DeskRequest, pk: int) -> HttpResponse:
    """What is shown after an answer."""
    sentence = _("Your answer is with whoever asked.")
    if not is_htmx(request):
        messages.success(request, sentence)
        return redirect("desk:my_work")
    at = timezone.now()
    context = {"dossier": question_or_404(request, pk).dossier, "said": sentence}
    context["next"] = next_step(request.capacities, at=at)
    return changed(render(request, "desk/work/done.html", context))
