"""What an applicant handed in or was given before, offered for use again instead of being asked for anew."""

from __future__ import annotations

from dataclasses import dataclass

from offices.capacities import Capacities
from onestop.desk.reading.incoming import PlaceForFiles
from procedures.models import ProcedureVersion
from workflows.models import Dossier, Paper, Scan
from workflows.services.asked_papers import identity

LOOKED_AT = 60
OFFERED = 8


@dataclass(frozen=True, slots=True)
class EarlierPaper:
    """One paper that lies in an earlier dossier; `fits` is the document it can stand for, where the names say so."""

    paper: Paper
    name: str
    fits: str


def earlier_papers(applicant_id: int, capacities: Capacities, version: ProcedureVersion) -> list[EarlierPaper]:
    """Papers and results of a person's earlier dossiers, those that fit first, each content once.

    Args:
        capacities: only dossiers the person at the desk may see are looked into.
        version: the procedure on the counter.
    """
    dossiers = Dossier.objects.visible_to(capacities).filter(applicant=applicant_id)
    papers = (
        Paper.objects.filter(dossier__in=dossiers.values("pk"), superseded_at__isnull=True)
        .filter(kind__in=[Paper.Kind.SUBMITTED, Paper.Kind.RESULT], scan__in=[Scan.NONE, Scan.CLEAN])
        .exclude(file="")
        .select_related("dossier__procedure", "dossier__version")
        .order_by("-pk")[:LOOKED_AT]
    )
    found = {paper.sha256: offered(paper, version) for paper in reversed(papers)}
    newest_first = list(reversed(found.values()))
    return sorted(newest_first, key=lambda one: not one.fits)[:OFFERED]


def offered(paper: Paper, version: ProcedureVersion) -> EarlierPaper:
    """A paper with its name and what it can stand for; a result goes by the name of what the procedure gives."""
    name = paper.dossier.version.spec.result.name if paper.kind == Paper.Kind.RESULT else paper.name
    listed = (document for document in version.spec.documents if not document.replaced_by)
    fits = next((document.key for document in listed if identity(document.name) == identity(name)), "")
    return EarlierPaper(paper, name, fits)


def places_of(version: ProcedureVersion) -> list[PlaceForFiles]:
    """What a paper may be used as."""
    return [PlaceForFiles(d.key, d.name, []) for d in version.spec.documents if not d.replaced_by]
