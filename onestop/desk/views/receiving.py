"""The counter: find the procedure, take the file in, end the conversation in one of three ways."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from offices.models import Office, Role
from onestop.desk.access import DeskRequest, desk_page, visible_dossier
from onestop.desk.forms.answers import PREFIX
from onestop.desk.forms.reception import DETAILS, ENDS, ApplicantForm
from onestop.desk.reading.reception import desks_of, known_applicant, promise, suggestions, version_to_receive
from onestop.desk.reception import Reception, drop_draft, keep_draft, kept_draft, linked
from onestop.desk.slips.gathering import slip_of
from onestop.desk.taking_in import take_in
from onestop.desk.words import clock_time
from procedures.models import ProcedureVersion
from workflows.exceptions import NotComplete, NotFound, NotPossibleNow
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
        return show(request, prepared(request, version, desks))
    sent = Reception.sent(version, desks, request.POST, request.FILES)
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


def prepared(request: DeskRequest, version: ProcedureVersion, desks: list[Office]) -> Reception:
    """A screen to type into: with the draft, or with the applicant of the file it takes the place of."""
    draft = kept_draft(request.user, version.procedure_id)
    typed = draft[0] if draft else None
    if typed is None:
        earlier = linked(number(request.GET.get("follows", "")), Dossier.objects.visible_to(request.capacities))
        if earlier is not None:
            reception = Reception.fresh(version, desks, known=earlier.submitter)
            reception.choices.initial["follows"] = earlier.pk
            return reception
    return Reception.fresh(version, desks, typed)


def looked_up(request: DeskRequest, version: ProcedureVersion, desks: list[Office]) -> Reception:
    """Without scripts: the same screen with the applicant filled in and the checklist counted."""
    identifier = request.POST.get("identifier", "")[:20]
    known = known_applicant(identifier, capacities=request.capacities, procedure_id=version.procedure_id)
    details = {name: getattr(known.applicant, name) for name in (*DETAILS, "kind")} if known else {}
    return Reception.fresh(
        version, desks, request.POST, known={name: value for name, value in details.items() if value}
    )


def show(request: DeskRequest, reception: Reception, *, sentence: str = "", status: int = 200) -> HttpResponse:
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
    draft = None if request.method == "POST" else kept_draft(request.user, reception.version.procedure_id)
    context = {
        "reception": reception,
        "procedure": reception.version.procedure,
        "promise": reception.promise(at),
        "known": known,
        "sentence": sentence,
        "token": uuid4().hex,
        "draft_at": draft[1] if draft else None,
    }
    return render(request, "desk/receiving/page.html", context, status=status)


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
    drop_draft(request.user, reception.version.procedure_id)
    return redirect(f"{reverse('desk:receive')}?done={dossier_id}")


def once(request: DeskRequest, reception: Reception, end: str) -> int:
    """Take the file in; the same screen sent twice is the same file."""
    key = f"taken-in-{request.user.pk}-{request.POST.get('token', '')[:40]}"
    if not cache.add(key, 0, SAVING_TAKES):
        before = cache.get(key)
        if before:
            return int(before)
        raise NotPossibleNow(_("This file is being saved already. Look at the list of files in a moment."))
    try:
        dossier = take_in(reception.counter(end), by=request.user)
    except BaseException:
        cache.delete(key)
        raise
    cache.set(key, dossier.pk, REMEMBERED)
    return dossier.pk


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


@desk_page(Role.CLERK)
@require_POST
def draft(request: DeskRequest) -> HttpResponse:
    """Keep what was typed, and say when; or forget it."""
    version = chosen_version(number(request.POST.get("procedure", "")) or 0)
    if "drop" in request.POST:
        drop_draft(request.user, version.procedure_id)
        return redirect(f"{reverse('desk:receive')}?procedure={version.procedure_id}")
    at = timezone.now()
    keep_draft(request.user, version.procedure_id, request.POST, at=at)
    return HttpResponse(_("Saved %(time)s") % {"time": clock_time(at)})
