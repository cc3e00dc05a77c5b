"""Why a dossier is due when it is: as a page, as a certificate, and for another program."""

from __future__ import annotations

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from onestop.desk.access import READERS, DeskRequest, desk_page, visible_dossier
from onestop.desk.reading.deadline import DeadlinePage
from onestop.desk.slips.certificate import certificate
from onestop.desk.views.slips import pdf
from workflows.accounts import account_of


@desk_page(*READERS)
@require_safe
def deadline(request: DeskRequest, pk: int) -> HttpResponse:
    """Every clock of a dossier with everything counted and skipped."""
    dossier = visible_dossier(request, pk)
    page = DeadlinePage(dossier, at=timezone.now())
    return render(request, "desk/deadline/page.html", {"page": page, "dossier": dossier})


@desk_page(*READERS)
@require_safe
def deadline_data(request: DeskRequest, pk: int) -> JsonResponse:
    """The same for another program, by a schema of its own (docs/explanation-1.schema.json)."""
    dossier = visible_dossier(request, pk)
    account = account_of(dossier, at=timezone.now())
    response = JsonResponse(account.as_data(), json_dumps_params={"ensure_ascii": False, "indent": 1})
    response["Content-Disposition"] = f'attachment; filename="{dossier.code}-deadline.json"'
    response["Cache-Control"] = "private, no-store"
    return response


@desk_page(*READERS)
@require_safe
def deadline_certificate(request: DeskRequest, pk: int) -> HttpResponse:
    """The deadline certificate, whose QR code opens the public page."""
    dossier = visible_dossier(request, pk)
    look_up = request.build_absolute_uri(reverse("portal:why"))
    content = certificate(dossier, at=timezone.now(), by=request.user, look_up=look_up)
    return pdf(content, f"{dossier.code}-deadline.pdf")
