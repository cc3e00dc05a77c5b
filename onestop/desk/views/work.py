"""My work: the list of open steps and the panel beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onestop.desk.access import HANDLERS, DeskRequest, desk_page, visible_dossier
from onestop.desk.forms.acts import DossierActForm
from onestop.desk.forms.acts_on_steps import form_for
from onestop.desk.paging import with_parameters
from onestop.desk.reading import work
from onestop.desk.reading.consents import consent_rows
from onestop.desk.reading.consultations import asked_page, asked_rows, find_question
from onestop.desk.reading.dossier import DossierPage
from onestop.desk.reading.step_panel import StepPanel, dossier_of, panel_of, term_badge
from onestop.desk.reading.undoing import offer_in
from onestop.desk.reading.work_choices import choices_of
from onestop.desk.reading.work_order import sort_in
from onestop.desk.reading.work_overview import Overview
from onestop.desk.views.offers import offers_in
from workflows.models import Consultation, Step
from workflows.possible_acts import PossibleAct

LONGEST_ID = 18


@desk_page(*HANDLERS)
@require_safe
def my_work(request: DeskRequest) -> HttpResponse:
    """Open steps of the person's roles and offices, due first on top; `?open=` opens one beside the list."""
    context = list_context(request, at=timezone.now())
    if is_part(request, "work"):
        return render(request, "desk/work/list.html", context)
    context |= opened_context(request, context["opened"])
    return render(request, "desk/work/page.html", context)


def opened_context(request: DeskRequest, opened: str) -> dict[str, Any]:
    """The panel that the address names; nothing where it names none the person may see."""
    number = opened.removeprefix("q")
    if not (number.isascii() and number.isdigit()) or len(number) > LONGEST_ID:
        return {}
    try:
        if opened.startswith("q"):
            return question_context(request, question_or_404(request, int(number)))
        return panel_context(panel_or_404(request, int(number)))
    except Http404:
        return {}


@desk_page(*HANDLERS)
@require_safe
def step(request: DeskRequest, pk: int) -> HttpResponse:
    """The panel of one step; without htmx the list with the panel open."""
    if not is_htmx(request):
        return redirect(f"{reverse('desk:my_work')}?open={pk}")
    return render(request, "desk/work/panel.html", panel_context(panel_or_404(request, pk)))


@desk_page(*HANDLERS)
@require_safe
def question(request: DeskRequest, pk: int) -> HttpResponse:
    """The panel of one question to the person's office."""
    if not is_htmx(request):
        return redirect(f"{reverse('desk:my_work')}?open=q{pk}")
    found = question_or_404(request, pk)
    return render(request, "desk/work/question.html", question_context(request, found))


def list_context(request: DeskRequest, *, at: datetime) -> dict[str, Any]:
    """What the list prints."""
    query = shown_query(request)
    chosen = work.WorkFilter.of(query)
    waiting = Step.objects.waiting_for(request.capacities)
    overview = Overview(waiting, at=at)
    if chosen.held == "asked":
        page, asked = asked_page(request.capacities, query, at=at), []
    else:
        page = work.work_page(waiting, chosen, query, overview, at=at)
        asked = asked_rows(request.capacities, at=at) if shows_asked(chosen, query) else []
    procedures, steps = overview.choices(chosen)
    return {
        "page": page,
        "asked": asked,
        "consents": consent_rows(request.capacities, at=at) if shows_consents(chosen, query) else [],
        "asked_count": Consultation.objects.waiting_for(request.capacities).count(),
        "chosen": chosen,
        "procedures": procedures,
        "steps": steps,
        "held": held_links(query, chosen),
        "opened": query.get("open", ""),
        "hint": work.empty_hint(chosen),
        "undo": offer_in(request.session, at=at),
        "look": choices_of(request.user.pk, query),
        "sort": sort_in(query),
    }


def shows_asked(chosen: work.WorkFilter, query: QueryDict) -> bool:
    """Whether questions to one's office head the list: on its first page, unfiltered."""
    return not chosen.is_on and "after" not in query and "before" not in query


def shows_consents(chosen: work.WorkFilter, query: QueryDict) -> bool:
    """Whether questions about further requests head the list: with all work, and with what is asked."""
    return shows_asked(replace(chosen, held="") if chosen.held == "asked" else chosen, query)


def held_links(query: QueryDict, chosen: work.WorkFilter) -> list[tuple[str, str, bool]]:
    """The switch between all, mine, offered and asked: address, words, whether it is on."""
    links = []
    for held, words in work.HELD.items():
        changes = {"held": held or None, "after": None, "before": None, "open": None}
        links.append((with_parameters(query, changes), str(words), chosen.held == held))
    return links


def panel_context(panel: StepPanel, sent: DossierActForm | None = None) -> dict[str, Any]:
    """What the panel prints: the step, and its acts with their forms."""
    return {"panel": panel, "offers": offers_in(panel, sent)}


def question_context(
    request: DeskRequest, question: Consultation, sent: DossierActForm | None = None
) -> dict[str, Any]:
    """What the panel of a question prints."""
    page = dossier_page(request, question.dossier_id)
    act = PossibleAct("answer_consultation", consultation=question, is_main=True)
    return {
        "question": question,
        "badge": term_badge(question, at=page.at),
        "papers": [paper for paper in page.papers if paper.superseded_at is None],
        "form": sent or form_for(act, page),
    }


def dossier_page(request: DeskRequest, dossier_id: int) -> DossierPage:
    """The dossier as this person sees it now, or 404."""
    return DossierPage(visible_dossier(request, dossier_id), request.capacities, at=timezone.now())


def panel_or_404(request: DeskRequest, pk: int) -> StepPanel:
    """A step of a dossier the person may see."""
    dossier_id = dossier_of(pk)
    if dossier_id is None:
        raise Http404(_("There is no such dossier or step. It may belong to another office; search for its code."))
    return panel_of(pk, dossier_page(request, dossier_id))


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
