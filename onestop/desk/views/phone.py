"""A code on the screen that lets a phone send pictures to this desk."""

from __future__ import annotations

from io import BytesIO
from ipaddress import ip_address

import segno
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from offices.models import Role
from onestop.desk.access import HANDLERS, DeskRequest, desk_page, visible_dossier
from onestop.desk.reading.reception import desks_of
from onestop.desk.views.incoming import counter_of, document_of, version_of
from workflows.phone_links import PhoneLink, close_link, make_link


@desk_page(Role.CLERK)
@require_POST
def phone_at_counter(request: DeskRequest) -> HttpResponse:
    """A link for the file on the counter, or for one paper of it."""
    version, key = version_of(request), document_of(request, version_of(request))
    names = {document.key: document.name for document in version.spec.documents}
    desks = desks_of(request.capacities)
    link = make_link(
        user_id=request.user.pk,
        paper=names.get(key, ""),
        office=desks[0].name if desks else "",
        document=key,
        counter=counter_of(request),
    )
    return shown(request, link)


@desk_page(*HANDLERS)
@require_POST
def phone_for_dossier(request: DeskRequest, pk: int) -> HttpResponse:
    """A link for a dossier."""
    dossier = visible_dossier(request, pk)
    link = make_link(
        user_id=request.user.pk, paper=dossier.code, office=dossier.receiving_office.name, dossier_id=dossier.pk
    )
    return shown(request, link)


@desk_page(*HANDLERS)
@require_POST
def close_phone(request: DeskRequest) -> HttpResponse:
    """The code was put away: it is good for nothing any more."""
    close_link(request.POST.get("token", ""), user_id=request.user.pk)
    return HttpResponse(status=204)


def shown(request: DeskRequest, link: PhoneLink) -> HttpResponse:
    """The code, to be scanned from the screen."""
    address = request.build_absolute_uri(reverse("portal:phone", args=[link.token]))
    context = {"link": link, "address": address, "code": code_of(address), "hint": hint_for(request.get_host())}
    return render(request, "desk/files/phone.html", context)


def code_of(address: str) -> str:
    """The address as a QR code, drawn as SVG."""
    buffer = BytesIO()
    segno.make(address, error="m", micro=False).save(
        buffer, kind="svg", border=2, xmldecl=False, svgclass=None, lineclass=None, omitsize=True, title=_("QR code")
    )
    return mark_safe(buffer.getvalue().decode())  # noqa: S308  # drawn here, from an address made here


def hint_for(host: str) -> str:
    """What stands in the way of a phone: an address that only this computer knows."""
    name = host.rpartition(":")[0] or host
    try:
        is_here = ip_address(name.strip("[]")).is_loopback
    except ValueError:
        is_here = name == "localhost"
    return _("A phone cannot reach this address. Open the desk by the server's name in the network.") if is_here else ""
