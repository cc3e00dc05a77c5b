"""Unfinished files of the counter: kept as the clerk types, found again, thrown away."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.drafting import Kept, drop_draft
from onestop.desk.reading.reception import desks_of
from onestop.desk.reception import Reception
from onestop.desk.views.receiving import chosen_version, keep_sent, number
from onestop.desk.words import clock_time
from procedures.models import ProcedureVersion
from workflows.exceptions import NotComplete

MOST_MARKED = 200


@desk_page(Role.CLERK)
@require_POST
def draft(request: DeskRequest) -> HttpResponse:
    """Keep what was typed; say when, under which key, and which marked fields are mended."""
    version = chosen_version(number(request.POST.get("procedure", "")) or 0)
    try:
        kept = keep_sent(request, version)
    except NotComplete as error:
        return JsonResponse({"state": "failed", "words": str(error)}, status=422)
    return JsonResponse(told(kept) | {"errors": mended(request, version)})


def told(kept: Kept) -> dict[str, Any]:
    """What the screen must know of its draft."""
    draft = kept.draft
    if draft.dossier_id:
        return {"state": "taken", "url": f"{reverse('desk:receive')}?done={draft.dossier_id}"}
    place = urlencode({"procedure": draft.procedure_id, "draft": draft.key})
    return {
        "state": "parted" if kept.parted else "saved",
        "key": str(draft.key),
        "revision": draft.revision,
        "words": _("Saved %(time)s") % {"time": clock_time(draft.saved_at)},
        "notice": parting_words(kept) if kept.parted else "",
        "url": f"{reverse('desk:receive')}?{place}",
    }


def parting_words(kept: Kept) -> str:
    """Why this screen has a draft of its own now."""
    if kept.other is not None and kept.other.dossier_id is None:
        return _(
            "This draft is also open in another window, which saved it at %(time)s. "
            "Nothing is lost: what stands here is kept as a draft of its own."
        ) % {"time": clock_time(kept.other.saved_at)}
    return _(
        "This draft was taken in or thrown away in another window. "
        "Nothing is lost: what stands here is kept as a draft of its own."
    )


def mended(request: DeskRequest, version: ProcedureVersion) -> dict[str, str]:
    """What is wrong now with the fields that are marked on the screen; "" where nothing is any more."""
    names = [name for name in request.POST.get("marked", "").split(",") if name][:MOST_MARKED]
    desks = desks_of(request.capacities)
    if not names or not desks:
        return {}
    data: QueryDict = request.POST
    return Reception.sent(version, desks, data, MultiValueDict()).errors_at(names)


@desk_page(Role.CLERK)
@require_POST
def drop(request: DeskRequest, key: UUID) -> HttpResponse:
    """Forget an unfinished file."""
    drop_draft(request.user, key)
    messages.success(request, _("The draft is thrown away."))
    return redirect("desk:receive")
