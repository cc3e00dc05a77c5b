"""The counter: find the procedure, take the file in, end the conversation in one of three ways."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offices.models import Office, Role
from onestop.desk.access import DeskRequest, desk_page, visible_dossier
from onestop.desk.drafting import Kept, became, draft_of, keep_draft, open_drafts, typed_in
from onestop.desk.forms.answers import PREFIX
from onestop.desk.forms.reception import DETAILS, ENDS, ApplicantForm
from onestop.desk.models import ReceptionDraft
from onestop.desk.reading.earlier_papers import earlier_papers, places_of
from onestop.desk.reading.incoming import FilesOnCounter
from onestop.desk.reading.reception import (
    KnownApplicant,
    desks_of,
    known_applicant,
    promise,
    suggestions,
    version_to_receive,
)
from onestop.desk.reception import Reception, linked
from onestop.desk.slips.links import slip_of
from onestop.desk.taking_in import take_in
from procedures.models import ProcedureVersion
from workflows.exceptions import NotComplete, NotFound, NotPossibleNow
from workflows.file_types import ACCEPT
from workflows.models import Dossier

LOOK_UP = "check"
SAVING_TAKES = 60  # seconds after which a file that is being saved may be sent again
REMEMBERED = 60 * 60


@desk_page(Role.CLERK)
@require_http_methods(["GET", "HEAD", "POST"])
def receive(request: DeskRequest) -> HttpResponse:
    """The counter: an empty screen, a procedure's screen, or a file sent off."""
    desks = desks_of(request.capacities)
    procedure_id = number(request.POST.get("procedure") or request.GET.get("procedure", ""))
    if procedure_id is None:
        return choose_procedure(request, desks)
    version = chosen_version(procedure_id)
    if request.method != "POST":
        return opened(request, version, desks)
    sent = Reception.sent(version, desks, request.POST, request.FILES)
    if draft_key := key_in(request.POST.get("draft", "")):
        sent = with_files(request, sent, draft_key)
    end = request.POST.get("end", LOOK_UP)
    if end not in ENDS:
        return show(request, looked_up(request, version, desks))
    return end_with(request, sent, end)


def number(text: str) -> int | None:
    """An id from an address; None where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def chosen_version(procedure_id: int) -> ProcedureVersion:
    """The version in force, or 404."""
    version = version_to_receive(procedure_id, at=timezone.now())
    if version is None:
        raise NotFound(_("This procedure is not in force any more. Choose another one."))
    return version


def choose_procedure(request: DeskRequest, desks: list[Office]) -> HttpResponse:
    """The first question; words that fit one procedure alone open it at once."""
    words = request.GET.get("q", "")
    follows = number(request.GET.get("follows", ""))
    found = suggestions(words, desks=desks, at=timezone.now())
    if words.strip() and len(found) == 1:
        link = f"&follows={follows}" if follows else ""
        return redirect(f"{reverse('desk:receive')}?procedure={found[0].procedure.pk}{link}")
    earlier = linked(follows, Dossier.objects.visible_to(request.capacities))
    context = {
        "suggestions": found,
        "words": words,
        "done": done(request),
        "has_desk": bool(desks),
        "drafts": open_drafts(request.user) if desks else (),
        "earlier": earlier,
        "follows": earlier.pk if earlier else "",
    }
    return render(request, "desk/receiving/choose.html", context)


def done(request: DeskRequest) -> dict[str, Any] | None:
    """The file that was just taken in, with the slip to print."""
    dossier_id = number(request.GET.get("done", ""))
    if dossier_id is None:
        return None
    dossier = visible_dossier(request, dossier_id)
    return {"dossier": dossier, "slip": slip_of(dossier)}


@desk_page(Role.CLERK)
@require_safe
def suggest(request: DeskRequest) -> HttpResponse:
    """Procedures that fit what was typed so far."""
    words = request.GET.get("q", "")
    found = suggestions(words, desks=desks_of(request.capacities), at=timezone.now())
    follows = number(request.GET.get("follows", "")) or ""
    return render(
        request, "desk/receiving/suggestions.html", {"suggestions": found, "words": words, "follows": follows}
    )


def opened(request: DeskRequest, version: ProcedureVersion, desks: list[Office]) -> HttpResponse:
    """A screen to type into: with the draft that was asked for, or empty."""
    key = key_in(request.GET.get("draft", ""))
    draft = draft_of(request.user, key) if key else None
    if draft is None:
        return show(request, prepared(request, version, desks))
    if draft.dossier_id:
        return redirect(f"{reverse('desk:receive')}?done={draft.dossier_id}")
    return show(request, Reception.fresh(version, desks, typed_in(draft)), draft=draft)


def prepared(request: DeskRequest, version: ProcedureVersion, desks: list[Office]) -> Reception:
    """An empty screen, or one with the applicant of the file it takes the place of."""
    earlier = linked(number(request.GET.get("follows", "")), Dossier.objects.visible_to(request.capacities))
    if earlier is None:
        return Reception.fresh(version, desks)
    reception = Reception.fresh(version, desks, known=earlier.submitter)
    reception.choices.initial["follows"] = earlier.pk
    return reception


def key_in(text: str) -> UUID | None:
    """The key of a draft in what a browser sent; None where there is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def keep_sent(request: DeskRequest, version: ProcedureVersion) -> Kept:
    """Keep what came with a form.

    Raises:
        NotComplete: there is more text, or there are more drafts, than are kept.
    """
    return keep_draft(
        key=key_in(request.POST.get("draft", "")) or uuid4(),
        procedure_id=version.procedure_id,
        typed=request.POST,
        revision=number(request.POST.get("draft_revision", "")) or 0,
        window=window_of(request),
        by=request.user,
        at=timezone.now(),
    )


def window_of(request: DeskRequest) -> str:
    """The name of the screen that sent something."""
    return request.POST.get("token", "")[:40]


def looked_up(request: DeskRequest, version: ProcedureVersion, desks: list[Office]) -> Reception:
    """Without scripts: the same screen with the applicant filled in and the checklist counted."""
    identifier = request.POST.get("identifier", "")[:20]
    known = known_applicant(identifier, capacities=request.capacities, procedure_id=version.procedure_id)
    details = {name: getattr(known.applicant, name) for name in (*DETAILS, "kind")} if known else {}
    return Reception.fresh(
        version, desks, request.POST, known={name: value for name, value in details.items() if value}
    )


def with_files(request: DeskRequest, reception: Reception, key: UUID) -> Reception:
    """The screen with the files that came in for it."""
    return replace(reception, counter_files=FilesOnCounter.of(request.capacities, reception.version, key))


def show(
    request: DeskRequest,
    reception: Reception,
    *,
    sentence: str = "",
    status: int = 200,
    draft: ReceptionDraft | None = None,
) -> HttpResponse:
    """The screen of one procedure."""
    at = timezone.now()
    identifier = str(reception.applicant["identifier"].value() or "")[:20]
    known = known_applicant(
        identifier,
        capacities=request.capacities,
        procedure_id=reception.version.procedure_id,
        at=at,
        answers=typed_answers(reception.data),
    )
    if request.method == "POST":
        draft = keep_sent(request, reception.version).draft
    key = draft.key if draft else uuid4()
    reception = with_files(request, reception, key)
    others = open_drafts(request.user).filter(procedure=reception.version.procedure_id)
    context = {
        "reception": reception,
        "counter": reception.counter_files,
        **earlier_of(request, known, reception.version),
        "accept": ACCEPT,
        "procedure": reception.version.procedure,
        "promise": reception.promise(at),
        "known": known,
        "sentence": sentence,
        "token": uuid4().hex,
        "draft": draft,
        "draft_key": key,
        "other_drafts": () if draft else others,
    }
    return render(request, "desk/receiving/page.html", context, status=status)


def earlier_of(request: DeskRequest, known: KnownApplicant | None, version: ProcedureVersion | None) -> dict[str, Any]:
    """Papers of a known person that may be used again."""
    if known is None or version is None:
        return {}
    found = earlier_papers(known.applicant.pk, request.capacities, version)
    return {"earlier_papers": found, "places": places_of(version)}


def typed_answers(data: Mapping[str, Any]) -> dict[str, Any]:
    """What stands in the fields of the e-form, by key."""
    return {name.removeprefix(PREFIX): data.get(name) for name in data if name.startswith(PREFIX)}


def end_with(request: DeskRequest, reception: Reception, end: str) -> HttpResponse:
    """Bring the conversation to its end, or say beside the fields what is missing."""
    if not reception.is_valid:
        return show(request, reception, sentence=_("Please look at the marked fields."), status=422)
    try:
        reception.require_extra_reason(end)
        dossier_id = once(request, reception, end)
    except NotComplete as error:
        reception.complain(error, end)
        return show(request, reception, sentence=str(error), status=422)
    return redirect(f"{reverse('desk:receive')}?done={dossier_id}")


def once(request: DeskRequest, reception: Reception, end: str) -> int:
    """Take the file in; the same screen sent twice, and the same draft, is the same file."""
    draft_key = key_in(request.POST.get("draft", ""))
    draft = draft_of(request.user, draft_key) if draft_key else None
    if draft is not None and draft.dossier_id and draft.window == window_of(request):
        return draft.dossier_id
    key = f"taken-in-{request.user.pk}-{window_of(request)}"
    if not cache.add(key, 0, SAVING_TAKES):
        before = cache.get(key)
        if before:
            return int(before)
        raise NotPossibleNow(_("This file is being saved already. Look at the list of files in a moment."))
    try:
        dossier = taken_in(request, reception, end, draft_key)
    except BaseException:
        cache.delete(key)
        raise
    cache.set(key, dossier.pk, REMEMBERED)
    return dossier.pk


@transaction.atomic
def taken_in(request: DeskRequest, reception: Reception, end: str, key: UUID | None) -> Dossier:
    """The dossier, and its draft ended with it: both, or neither."""
    dossier = take_in(reception.counter(end), by=request.user)
    if key is not None:
        procedure_id = reception.version.procedure_id
        window = window_of(request)
        became(request.user, key, dossier, procedure_id=procedure_id, window=window, at=timezone.now())
    return dossier


@desk_page(Role.CLERK)
@require_POST
def applicant(request: DeskRequest) -> HttpResponse:
    """The applicant's fields once the number is typed: filled in where the person is known."""
    identifier = request.POST.get("identifier", "").strip()[:20]
    filled_for = request.POST.get("filled_for", "").strip()[:20]
    procedure_id = number(request.POST.get("procedure", ""))
    known = known_applicant(
        identifier,
        capacities=request.capacities,
        procedure_id=procedure_id,
        at=timezone.now(),
        answers=typed_answers(request.POST),
    )
    if known is None and not filled_for:
        return HttpResponse(status=204)
    typed = {name: request.POST.get(name, "") for name in ApplicantForm.base_fields}
    if known is None:
        before = known_applicant(filled_for, capacities=request.capacities, procedure_id=None)
        typed |= {name: "" for name in DETAILS if before and typed[name] == getattr(before.applicant, name)}
    else:
        typed |= {name: getattr(known.applicant, name) for name in DETAILS if getattr(known.applicant, name)}
    context = {"form": ApplicantForm(initial=typed), "known": known}
    context |= earlier_of(request, known, version_to_receive(procedure_id, at=timezone.now()) if procedure_id else None)
    return render(request, "desk/receiving/applicant.html", context)


@desk_page(Role.CLERK)
@require_safe
def date(request: DeskRequest) -> HttpResponse:
    """The date to be promised now, for the channel and the desk chosen."""
    version = chosen_version(number(request.GET.get("procedure", "")) or 0)
    desks = {str(desk.pk): desk for desk in desks_of(request.capacities)}
    desk = desks.get(request.GET.get("receiving_office", "")) or next(iter(desks.values()), None)
    channel = request.GET.get("channel", "")
    if desk is None or channel not in [allowed.value for allowed in version.spec.channels]:
        raise NotFound(_("The procedure or office is no longer there. Choose it again."))
    found = promise(version, channel=channel, desk=desk, at=timezone.now())
    return render(request, "desk/receiving/promise.html", {"promise": found})
