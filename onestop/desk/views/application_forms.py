"""The application form of a procedure as PDF: from a dossier, from an unfinished file, or blank."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offices.models import Office, Role
from onestop.desk.access import READERS, DeskRequest, desk_page, visible_dossier
from onestop.desk.drafting import draft_of, typed_in
from onestop.desk.reading.reception import desks_of
from onestop.desk.reception import Reception
from onestop.desk.slips.application import blank_form, filled_form, typed_form
from onestop.desk.slips.content import SlipPerson
from onestop.desk.views.catalogue import found_procedure, visible_versions
from onestop.desk.views.receiving import chosen_version
from onestop.desk.views.slips import pdf
from procedures.models import Procedure


@desk_page(*READERS)
@require_safe
def of_dossier(request: DeskRequest, pk: int) -> HttpResponse:
    """The form with what is stored."""
    dossier = visible_dossier(request, pk)
    return pdf(filled_form(dossier), f"{dossier.code}-form.pdf")


@desk_page(Role.CLERK)
@require_safe
def of_draft(request: DeskRequest, key: UUID) -> HttpResponse:
    """The form with what was typed so far, for the applicant to read and sign."""
    draft = draft_of(request.user, key)
    desks = desks_of(request.capacities)
    if draft is None or draft.dossier_id or not desks:
        raise Http404(_("There is no such draft. It may have been taken in."))
    version = chosen_version(draft.procedure_id)
    sent = Reception.sent(version, desks, typed_in(draft), MultiValueDict())
    handlers = {str(office.pk): office for office in sent.choices.handlers}
    chosen = str(sent.choices["handling_office"].value() or "")
    to = handlers.get(chosen) or next(iter(handlers.values()), sent.desk)
    form = typed_form(
        version.spec, sent.answers.answers(), person=person_on(sent), desk=sent.desk, to=to, at=timezone.now()
    )
    return pdf(form, f"{version.procedure.code}-form.pdf")


def person_on(reception: Reception) -> SlipPerson:
    """The applicant as typed."""
    named = {"name": "full_name", "id_number": "identifier", "address": "address", "phone": "phone", "email": "email"}
    typed = {name: str(reception.applicant[field].value() or "")[:250] for name, field in named.items()}
    kind = reception.applicant["kind"].value()
    return SlipPerson(**typed, title="Tổ chức" if kind == "organisation" else "Ông/Bà")


@desk_page()
@require_safe
def blank(request: DeskRequest, pk: int, number: int) -> HttpResponse:
    """The form to be filled in by hand, of any version."""
    procedure = found_procedure(request, pk)
    version = next((one for one in visible_versions(request, procedure) if one.number == number), None)
    if version is None:
        raise Http404(_("There is no such version of this procedure."))
    content = blank_form(version.spec, office=only_handler(procedure), at=timezone.now())
    return pdf(content, f"{procedure.code}-form.pdf")


def only_handler(procedure: Procedure) -> Office | None:
    """The office that handles the procedure, where there is just one."""
    offices = Office.objects.filter(offerings__procedure=procedure, is_active=True).select_related("parent")[:2]
    return offices[0] if len(offices) == 1 else None
