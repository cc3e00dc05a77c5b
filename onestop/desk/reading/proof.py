"""What stands on the proof that a result was handed over."""

from __future__ import annotations

from datetime import datetime

from django.utils.timezone import localdate

from onestop.desk.slips import HandoverSlip, Letterhead, SlipPerson
from workflows.models import Applicant, Dossier


def proof_of(dossier: Dossier) -> HandoverSlip:
    """The slip of a dossier that was handed over, read with its applicant, procedure and receiving office."""
    result = dossier.result
    handed_at = datetime.fromisoformat(result["handed_at"])
    office = dossier.receiving_office
    clock = dossier.statutory_clock
    return HandoverSlip(
        letterhead=Letterhead(
            superior=office.parent.name if office.parent else "", office=office.name, place="", on=localdate(handed_at)
        ),
        code=dossier.code,
        desk=office.name,
        applicant=applicant_of(dossier),
        content=dossier.procedure.name,
        result=dossier.version.spec.result.name,
        result_number=str(result.get("number", "")),
        return_at=clock.due_at if clock else dossier.due_at,
        handed_at=handed_at,
        handed_to=str(result.get("handed_to", "")),
        clerk=str(result.get("handed_by", "")),
    )


def applicant_of(dossier: Dossier) -> SlipPerson:
    """The applicant as given on the day the file came in."""
    given = dossier.submitter
    title = "Tổ chức" if given.get("kind") == Applicant.Kind.ORGANISATION else "Ông/Bà"
    return SlipPerson(
        name=dossier.applicant_name,
        title=title,
        id_number=given.get("identifier", ""),
        address=given.get("address", ""),
        phone=given.get("phone", ""),
        email=given.get("email", ""),
    )
