"""The page a phone opens from a code on the desk's screen: it takes pictures and sends them there, without a login."""

from __future__ import annotations

import secrets

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from offices.models import User
from onestop.middleware import PHONE
from onestop.throttling import Limit, address_of
from workflows.exceptions import NotComplete
from workflows.models import IncomingFile
from workflows.phone_links import LASTS, PhoneLink, count_file, link_of, take
from workflows.services.incoming_files import take_in_file

OPENINGS = Limit("phone-link", tries=60, seconds=60)
PLAIN = "text/plain; charset=utf-8"


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: HttpRequest, token: str) -> HttpResponse:
    """Show what is to be photographed, and take the pictures in."""
    link = None if OPENINGS.count(address_of(request)) > OPENINGS.tries else link_of(token)
    if link is None:
        return gone(request)
    if request.method != "POST":
        if PHONE not in request.session:
            request.session[PHONE] = secrets.token_urlsafe(12)
            if not request.user.is_authenticated:
                request.session.set_expiry(LASTS)
        return render(request, "portal/phone.html", {"link": link})
    mine = request.session.get(PHONE, "")
    if not mine or not take(link, mine):
        return gone(request)
    return take_pictures(request, link)


def gone(request: HttpRequest) -> HttpResponse:
    """Say that the link is good for nothing."""
    return render(request, "portal/phone_gone.html", status=410)


def take_pictures(request: HttpRequest, link: PhoneLink) -> HttpResponse:
    """Take in what was sent; each file is kept or refused on its own."""
    kept: list[str] = []
    wrong: list[str] = []
    for file in request.FILES.getlist("file"):
        try:
            kept.append(take_one(link, file))
        except NotComplete as error:
            wrong.append(str(error))
    if not kept and not wrong:
        wrong.append(_("Choose a file."))
    if request.headers.get("X-Requested-With") == "phone":
        return HttpResponse("\n".join(wrong or kept), status=422 if wrong else 200, content_type=PLAIN)
    context = {"link": link, "kept": kept, "wrong": wrong}
    return render(request, "portal/phone.html", context, status=422 if wrong else 200)


def take_one(link: PhoneLink, file: UploadedFile) -> str:
    """Keep one file on the clerk's desk.

    Raises:
        NotComplete: it is not kept, or the link has brought enough.
    """
    if not count_file(link):
        raise NotComplete(_("This code has brought as many files as it may. Ask the desk for a new one."))
    kept = take_in_file(
        file=file,
        source=IncomingFile.Source.PHONE,
        owner=User.objects.get(pk=link.user_id),
        counter=link.counter,
        dossier_id=link.dossier_id,
        document=link.document,
        at=timezone.now(),
    )
    return kept.filename
