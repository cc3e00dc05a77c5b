"""The applicant, the representative and the papers, as they stand on slips."""

from __future__ import annotations

from onestop.desk.slips.content import SlipPaper, SlipPerson
from workflows.models import Dossier, Paper


def applicant_of(dossier: Dossier) -> SlipPerson:
    """The applicant as given on the day."""
    given = dossier.submitter
    return SlipPerson(
        name=given.get("full_name") or dossier.applicant_name,
        title="Tổ chức" if given.get("kind") == "organisation" else "Ông/Bà",
        id_number=given.get("identifier", ""),
        address=given.get("address", ""),
        phone=given.get("phone", ""),
        email=given.get("email", ""),
    )


def representative_of(dossier: Dossier) -> SlipPerson | None:
    """Who acts for the applicant."""
    name = dossier.submitter.get("representative", "")
    return SlipPerson(name, id_number=dossier.submitter.get("representative_identifier", "")) if name else None


def handed_in(dossier: Dossier) -> tuple[SlipPaper, ...]:
    """The papers that lie in the file."""
    papers = dossier.papers.filter(kind=Paper.Kind.SUBMITTED, superseded_at__isnull=True).order_by("pk")
    return tuple(
        SlipPaper(
            paper.name, originals=paper.originals, copies=paper.copies, note="có bản điện tử" if paper.file else ""
        )
        for paper in papers
    )
