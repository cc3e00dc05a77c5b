"""The dossier's page, and the acts done from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from onestop.desk.access import HANDLERS, READERS, DeskRequest, desk_page, visible_dossier
from onestop.desk.forms.acts import CorrectForm, DossierActForm
from onestop.desk.forms.acts_on_steps import FORMS, form_for
from onestop.desk.reading.dossier import DossierPage
from onestop.desk.reading.trail import timeline
from onestop.desk.slips.links import apology_link, slip_of
from workflows.exceptions import NotComplete, NotPossibleNow
from workflows.models import Consultation, Dossier
from workflows.possible_acts import PossibleAct

ON_STEP = "row"
PRINTED_AFTER = {"receive", "decline_to_receive", "request_supplement", "withdraw", "stop", "refuse", "return_result"}


@dataclass(frozen=True, slots=True)
class Offer:
    """One act of the panel: what it is, and its form."""

    act: PossibleAct
    form: DossierActForm
    is_open: bool = False


@desk_page(*READERS)
@require_safe
def dossier(request: DeskRequest, pk: int) -> HttpResponse:
    """One dossier: head, history, the open tab, and what may be done now."""
    page = page_of(request, pk)
    return show(request, page)


def page_of(request: DeskRequest, pk: int) -> DossierPage:
    """The dossier as this person sees it now, or 404."""
    found = visible_dossier(request, pk)
    return DossierPage(found, request.capacities, at=timezone.now(), tab=request.GET.get("tab", ""))


def show(
    request: DeskRequest, page: DossierPage, *, sent: DossierActForm | None = None, status: int = 200, **context: Any
) -> HttpResponse:
    """The page; `sent` is a form that came back, with what was typed."""
    offers = offers_on(page, sent, asked=request.GET.get("act", ""))
    correct = next((offer.form for offer in offers if isinstance(offer.form, CorrectForm)), None)
    correcting = isinstance(sent, CorrectForm) or (correct is not None and request.GET.get("edit") == "1")
    if correcting:
        page.tab = "form"
    context |= {
        "page": page,
        "dossier": page.dossier,
        "main": next((offer for offer in offers if offer.act.is_main), None),
        "offers": offers,
        "correct": correct if correcting else None,
        "lost": typed_in(sent) if sent is not None and not any(offer.is_open for offer in offers) else [],
        "next": request.GET.get("next") or request.POST.get("next", ""),
    }
    return render(request, "desk/dossier/page.html", context, status=status)


def offers_on(page: DossierPage, sent: DossierActForm | None = None, *, asked: str = "") -> list[Offer]:
    """Every act with its form; one that came back keeps what was typed and stays open, one asked for is opened."""
    offers = []
    for act in page.acts:
        if sent is not None and act.key == sent.act.key:
            offers.append(Offer(act, sent, is_open=True))
        else:
            offers.append(Offer(act, form_for(act, page), is_open=sent is None and act.name == asked))
    return offers


def typed_in(form: DossierActForm) -> list[tuple[str, str]]:
    """What was typed into a form whose act is not possible any more, so that it can be copied."""
    fields = [field for field in form.visible_fields() if isinstance(field.data, str) and field.data.strip()]
    return [(str(field.label), field.data) for field in fields]


@desk_page(*HANDLERS, "supervisor")
@require_POST
def act(request: DeskRequest, pk: int, name: str) -> HttpResponse:
    """Do one act; a refusal comes back on the page with what was typed and what changed meanwhile."""
    if name not in FORMS:
        raise Http404(_("There is no such act."))
    page = page_of(request, pk)
    form = form_for(chosen(page, name, request), page, request.POST, request.FILES)
    if not form.is_valid():
        return show(request, page, sent=form, status=422)
    try:
        form.perform(request.user)
    except NotComplete as error:
        form.complain(error)
        return show(request, page_of(request, pk), sent=form, status=422)
    except NotPossibleNow as error:
        return overtaken(request, pk, form, str(error))
    return after(request, page.dossier, form)


def chosen(page: DossierPage, name: str, request: DeskRequest) -> PossibleAct:
    """The act that was sent: an offer of the page, or what the screen showed before things changed."""
    row = request.POST.get(ON_STEP, "")
    row_id = int(row) if row.isascii() and row.isdigit() and len(row) < 19 else 0
    outcome = request.POST.get("outcome", "")
    for possible in page.acts:
        named = possible.named
        if (possible.name, possible.outcome, named.pk if named else 0) == (name, outcome, row_id):
            return possible
    if name == "answer_consultation":
        question = next((one for one in page.consultations if one.pk == row_id), None)
        return PossibleAct(name, consultation=question or Consultation(pk=row_id or None))
    if name == "decide_consent":
        return PossibleAct(name, consent=next((one for one in page.consents if one.pk == row_id), None))
    step = next((one for one in page.steps if one.pk == row_id), None)
    if row_id and step is None:
        raise Http404(_("There is no such dossier or step. It may belong to another office; search for its code."))
    known = step is not None and outcome in step.flow_task.outcomes
    return PossibleAct(name, step=step, outcome=outcome if known else "", label=outcome if known else "")


def overtaken(request: DeskRequest, pk: int, form: DossierActForm, sentence: str) -> HttpResponse:
    """Somebody was faster: the page as it is now, what changed since, and what was typed."""
    page = page_of(request, pk)
    seen = form.cleaned_data.get("seen")
    seen = int(seen) if str(seen or "").isdecimal() else page.dossier.acts
    newest = page.dossier.acts
    again = form_for(form.act, page, renewed(request, newest), request.FILES)
    changes = timeline(page.dossier, after=seen) if seen < newest else []
    return show(request, page, sent=again, status=409, sentence=sentence, changes=changes)


def renewed(request: DeskRequest, seen: int) -> Any:
    """What was typed, with the version of the dossier that is on the screen now."""
    data = request.POST.copy()
    data["seen"] = str(seen)
    return data


def after(request: DeskRequest, done: Dossier, form: DossierActForm) -> HttpResponse:
    """Say what was done, offer the slip, and go on."""
    fresh = Dossier.objects.select_related("procedure").get(pk=done.pk)
    slip = slip_of(fresh) if form.act.name in PRINTED_AFTER else None
    slip = apology_link(fresh) if form.act.name == "approve_apology" else slip
    words = str(form.done)
    if slip is not None:
        words = format_html('{} <a href="{}" target="_blank">{}</a>', words, slip.url, slip.label)
    messages.success(request, words)
    wanted = request.POST.get("next", "")
    if wanted and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return HttpResponseRedirect(wanted)
    if not Dossier.objects.visible_to(request.capacities).filter(pk=done.pk).exists():
        return redirect("desk:home")
    return redirect(reverse("desk:dossier", args=[done.pk]))
