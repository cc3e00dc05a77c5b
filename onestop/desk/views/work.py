"""My work: the list of open steps and the panel beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onestop.desk import act_forms
from onestop.desk.access import HANDLERS, DeskRequest, desk_page
from onestop.desk.paging import with_parameters
from onestop.desk.reading import work
from onestop.desk.reading.consultations import asked_page, asked_rows, find_question, question_panel
from onestop.desk.reading.step_panel import StepPanel, find_step, panel_of
from workflows.models import Consultation, Step

Forms = dict[str, Any]


@desk_page(*HANDLERS)
@require_safe
def my_work(request: DeskRequest) -> HttpResponse:
    """Open steps of the person's roles and offices, due first on top; `?open=` opens one beside the list."""
    at = timezone.now()
    context = list_context(request, at=at)
    if is_part(request, "work"):
        return render(request, "desk/work/list.html", context)
    opened = context["opened"]
    if opened.isdigit():
        step = find_step(request.capacities, int(opened[:18]))
        context |= panel_context(request, panel_of(step, request.capacities, at=at)) if step else {}
    elif opened.startswith("q") and opened[1:].isdigit():
        question = find_question(request.capacities, int(opened[1:19]))
        context |= question_panel(question, at=at) if question else {}
    return render(request, "desk/work/page.html", context)


@desk_page(*HANDLERS)
@require_safe
def step(request: DeskRequest, pk: int) -> HttpResponse:
    """The panel of one step; without htmx the list with the panel open."""
    if not is_htmx(request):
        return redirect(f"{reverse('desk:my_work')}?open={pk}")
    found = step_or_404(request, pk)
    panel = panel_of(found, request.capacities, at=timezone.now())
    return render(request, "desk/work/panel.html", panel_context(request, panel))


@desk_page(*HANDLERS)
@require_safe
def question(request: DeskRequest, pk: int) -> HttpResponse:
    """The panel of one question to the person's office."""
    if not is_htmx(request):
        return redirect(f"{reverse('desk:my_work')}?open=q{pk}")
    found = question_or_404(request, pk)
    return render(request, "desk/work/question.html", question_panel(found, at=timezone.now()))


def list_context(request: DeskRequest, *, at: datetime) -> dict[str, Any]:
    """What the list prints."""
    query = shown_query(request)
    chosen = work.WorkFilter.of(query)
    if chosen.held == "asked":
        page, asked = asked_page(request.capacities, query, at=at), []
    else:
        waiting = Step.objects.waiting_for(request.capacities)
        page, _counts = work.work_page(chosen.choose(waiting), query, at=at)
        asked = asked_rows(request.capacities, at=at) if shows_asked(chosen, query) else []
    procedures, steps = work.choices_in(Step.objects.waiting_for(request.capacities), chosen)
    return {
        "page": page,
        "asked": asked,
        "asked_count": Consultation.objects.waiting_for(request.capacities).count(),
        "chosen": chosen,
        "procedures": procedures,
        "steps": steps,
        "held": held_links(query, chosen),
        "opened": query.get("open", ""),
        "address": f"{reverse('desk:my_work')}?{query.urlencode()}",
        "hint": work.empty_hint(chosen),
    }


def shows_asked(chosen: work.WorkFilter, query: QueryDict) -> bool:
    """Whether questions to one's office head the list: on its first page, unfiltered."""
    return not chosen.is_on and "after" not in query and "before" not in query


def held_links(query: QueryDict, chosen: work.WorkFilter) -> list[tuple[str, str, bool]]:
    """The switch between all, mine, offered and asked: address, words, whether it is on."""
    links = []
    for held, words in work.HELD.items():
        changes = {"held": held or None, "after": None, "before": None, "open": None}
        links.append((with_parameters(query, changes), str(words), chosen.held == held))
    return links


def panel_context(request: HttpRequest, panel: StepPanel, forms: Forms | None = None) -> dict[str, Any]:
    """What the panel prints: the step, and a form for each act that is possible now."""
    return {"panel": panel, "step": panel.step, "forms": forms_for(panel) | (forms or {})}


def forms_for(panel: StepPanel) -> Forms:
    """One empty form for each act that is possible now."""
    main = panel.main.act.name if panel.main else ""
    kinds = {
        act_forms.ClaimForm: panel.may("claim"),
        act_forms.ReleaseForm: panel.may("release"),
        act_forms.FinishForm: main in {"finish_step", "approve"} or bool(panel.others),
        act_forms.ResultForm: main == "register_result",
        act_forms.SendBackForm: bool(panel.back),
        act_forms.RefuseForm: main == "refuse" or bool(panel.refusals),
        act_forms.SupplementForm: panel.may("request_supplement"),
        act_forms.ConsultForm: panel.may("consult"),
        act_forms.PaymentForm: panel.may("request_payment"),
        act_forms.DraftForm: panel.can_draft,
    }
    return {kind.act: kind(panel=panel) for kind, is_possible in kinds.items() if is_possible}


def step_or_404(request: DeskRequest, pk: int) -> Step:
    """A step of a dossier the person may see."""
    found = find_step(request.capacities, pk)
    if found is None:
        raise Http404(_("There is no such dossier or step. It may belong to another office; search for its code."))
    return found


def question_or_404(request: DeskRequest, pk: int) -> Consultation:
    """A question to an office of the person."""
    found = find_question(request.capacities, pk)
    if found is None:
        raise Http404(_("There is no such question. Look at the dossier."))
    return found


def is_htmx(request: HttpRequest) -> bool:
    """Whether a part of a page is asked for."""
    return bool(request.headers.get("HX-Request"))


def is_part(request: HttpRequest, target: str) -> bool:
    """Whether htmx renews just this part."""
    return is_htmx(request) and request.headers.get("HX-Target") == target


def shown_query(request: HttpRequest) -> QueryDict:
    """The parameters of the page as the person sees it; htmx tells its address."""
    if not is_part(request, "work"):
        return request.GET
    return QueryDict(urlsplit(request.headers.get("HX-Current-URL", "")).query)
