"""A file coming in: the applicant, the papers, the answers of the e-form, the file code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import connection, models
from django.utils.translation import gettext as _

from offices.capacities import Capacities, capacities_of, local_day
from offices.models import Office, User
from procedures.folding import plain_number
from procedures.models import Offering, OfficerInCharge, ProcedureVersion
from sla.rulebook import rulebook_on
from workflows.exceptions import IncompleteDossier, NotComplete, NotFound
from workflows.flows import flow_of
from workflows.form_answers import checked_answers
from workflows.models import Applicant, Dossier, Paper
from workflows.services.act import Act
from workflows.services.attempts import link_attempt
from workflows.services.laddering import ladder_for
from workflows.services.scene import Scene
from workflows.services.search_words import index_for_search


@dataclass(frozen=True, kw_only=True, slots=True)
class ApplicantDetails:
    """Who hands the file in, as given on the day; `representative` acts with a power of attorney."""

    full_name: str
    identifier: str = ""
    kind: str = "person"
    address: str = ""
    phone: str = ""
    email: str = ""
    representative: str = ""
    representative_identifier: str = ""
    power_of_attorney: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PaperGiven:
    """One paper on the counter: how many originals and copies."""

    key: str
    originals: int = 0
    copies: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class Intake:
    """A file as it comes in, before anything is stored."""

    version_id: int
    receiving_office_id: int
    handling_office_id: int
    applicant: ApplicantDetails
    channel: str = "desk"
    answers: Mapping[str, Any] = field(default_factory=dict)
    papers: tuple[PaperGiven, ...] = ()
    follows_id: int | None = None
    is_nonterritorial: bool = False


def new_act(*, name: str, intake: Intake, status: int, by: User, at: datetime) -> Act:
    """Begin an act on a dossier that does not exist yet; the caller checks rights, then calls `insert`."""
    version = find(ProcedureVersion.objects.select_related("procedure"), intake.version_id)
    offices = find_offices(intake)
    officers = OfficerInCharge.objects.filter(procedure=version.procedure_id, user__is_active=True)
    scene = Scene(
        capacities_of(by, at),
        officers=[dict(row) for row in officers.values("user_id", "office_id", "role")],
        ladder_id=ladder_for(procedure_id=version.procedure_id, office_id=intake.handling_office_id),
    )
    require_visible(intake.follows_id, scene.capacities)
    dossier = Dossier(
        flow_class=flow_of(version),
        version=version,
        procedure=version.procedure,
        channel=intake.channel,
        receiving_office=offices[intake.receiving_office_id],
        handling_office=offices[intake.handling_office_id],
        rulebook=rulebook_on(local_day(at)).code,
        calendar_code=offices[intake.receiving_office_id].calendar_code,
        created=at,
        follows_id=intake.follows_id,
        is_nonterritorial=intake.is_nonterritorial,
        legal_status=status,
    )
    return Act(name=name, dossier=dossier, by=by, at=at, scene=scene)


def require_visible(dossier_id: int | None, capacities: Capacities) -> None:
    """Refuse to follow a dossier the person may not see."""
    if dossier_id and not Dossier.objects.visible_to(capacities).filter(pk=dossier_id).exists():
        raise NotFound(_("There is no such dossier or step. It may belong to another office; search for its code."))


def find(queryset: models.QuerySet[Any], pk: int) -> Any:
    """The row, or a sentence for the screen."""
    row = queryset.filter(pk=pk).first()
    if row is None:
        raise NotFound(_("The procedure or office is no longer there. Choose it again."))
    return row


def find_offices(intake: Intake) -> dict[int, Office]:
    """Receiving and handling office by id."""
    wanted = {intake.receiving_office_id, intake.handling_office_id}
    offices = Office.objects.select_related("parent").in_bulk(wanted)
    if len(offices) < len(wanted):
        raise NotFound(_("The procedure or office is no longer there. Choose it again."))
    return offices


def check_offer(act: Act) -> None:
    """Refuse a version that is not in force or an office that does not handle the procedure."""
    version, office = act.dossier.version, act.dossier.handling_office
    day = local_day(act.at)
    in_force = version.valid_from <= day and (version.valid_to is None or day <= version.valid_to)
    if version.status != ProcedureVersion.Status.PUBLISHED or not in_force:
        raise NotComplete(_("This version of the procedure is not in force. Choose the procedure again."))
    if act.dossier.is_nonterritorial and not version.spec.nonterritorial:
        raise NotComplete(
            _("This procedure is not on the list of those that any desk may receive. Send the file to its own desk.")
        )
    if not Offering.objects.filter(procedure=version.procedure_id, office=office).exists():
        raise NotComplete(
            _("%(office)s does not handle this procedure. Choose another office.") % {"office": office.name},
            fields={"handling_office": _("Choose an office that handles this procedure.")},
        )


def missing_papers(version: ProcedureVersion, given: Iterable[str]) -> list[tuple[str, str]]:
    """Required papers not handed in, as key and name; papers the State already holds are never missing (R23)."""
    present = set(given)
    return [
        (d.key, d.name) for d in version.spec.documents if d.required and not d.replaced_by and d.key not in present
    ]


def require_papers(version: ProcedureVersion, given: Iterable[str]) -> None:
    """Refuse a file that is not complete."""
    missing = missing_papers(version, given)
    if missing:
        raise IncompleteDossier(missing)


def insert(act: Act, intake: Intake, *, check_required: bool = True) -> None:
    """Store the applicant, the dossier with its code and its earlier attempts, and its papers."""
    dossier = act.dossier
    if not intake.applicant.full_name.strip():
        raise NotComplete(
            _("The name of the applicant is missing."), fields={"full_name": _("Type the name of the applicant.")}
        )
    dossier.data = checked_answers(dossier.version.spec, intake.answers, required=check_required)
    dossier.applicant = keep_applicant(intake.applicant)
    dossier.applicant_name = intake.applicant.full_name.strip()
    dossier.submitter = asdict(intake.applicant)
    dossier.last_act_at = act.at
    dossier.code = next_code(dossier.receiving_office, local_day(act.at))
    link_attempt(act)
    dossier.save(force_insert=True)
    keep_papers(act, intake.papers)
    index_for_search(dossier)


def keep_applicant(details: ApplicantDetails) -> Applicant:
    """Find the applicant by identification number and bring the details up to date, or store a new one."""
    values = {
        "kind": details.kind,
        "full_name": details.full_name.strip(),
        "address": details.address,
        "phone": details.phone,
        "email": details.email,
    }
    identifier = plain_number(details.identifier)
    if not identifier:
        return Applicant.objects.create(**values)
    given = {name: value for name, value in values.items() if value}
    return Applicant.objects.update_or_create(identifier=identifier, defaults=given, create_defaults=values)[0]


def keep_papers(act: Act, papers: Iterable[PaperGiven]) -> None:
    """Note the papers on the counter; a key the definition does not know is refused."""
    names = {document.key: document.name for document in act.definition.documents}
    unknown = [paper.key for paper in papers if paper.key not in names]
    if unknown:
        raise NotComplete(_("This procedure has no paper “%(key)s”. Reload the page.") % {"key": unknown[0]})
    Paper.objects.bulk_create(
        Paper(
            dossier=act.dossier,
            kind=Paper.Kind.SUBMITTED,
            key=paper.key,
            name=names[paper.key],
            originals=paper.originals,
            copies=paper.copies,
            added_by=act.by,
            added_at=act.at,
        )
        for paper in papers
    )


def next_code(office: Office, day: date) -> str:
    """The next file code of an agency on a day (form fixed by the rulebook: agency code, date, serial of the day).

    The counter's row stays locked until the transaction ends: no duplicate, and no gap after a rollback.

    Source: Circular 03/2025/TT-VPCP Đ.13; Decision 20/2020/QĐ-TTg.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO workflows_dailyserial (agency_code, day, last) VALUES (%s, %s, 1) "
            "ON CONFLICT ON CONSTRAINT daily_serial_once "
            "DO UPDATE SET last = workflows_dailyserial.last + 1 RETURNING last",
            [office.code, day],
        )
        serial = cursor.fetchone()[0]
    return rulebook_on(day).file_code(agency=office.code, day=day, serial=serial)
