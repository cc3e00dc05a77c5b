"""What the receiving screen knows: procedures on offer, the applicant's earlier files, the date to be promised."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from offices.capacities import Capacities, local_day
from offices.models import Office, Role
from onestop.desk.reading.attempts import NextAttempt, next_attempt
from onestop.desk.reading.clocks import Line, lines_of
from onestop.desk.terms_in_words import copies_in_words, fees_in_words, limit_in_words
from procedures.definition import Definition, Document
from procedures.folding import plain_number
from procedures.models import Offering, Procedure, ProcedureVersion
from sla.calendars import timetable_for
from sla.explanations import in_words
from sla.rulebook import rulebook_on
from sla.terms import Cutoff, Term, Unit, deadline
from workflows.models import Applicant, Dossier, IncomingFile
from workflows.services.starting import counting_of

SUGGESTIONS = 12
EARLIER = 5


def desks_of(capacities: Capacities) -> list[Office]:
    """The desks at which the person receives files."""
    return list(Office.objects.filter(pk__in=capacities.offices_as(Role.CLERK), is_active=True).order_by("code"))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One procedure that can be received today."""

    version: ProcedureVersion
    limit: str

    @property
    def procedure(self) -> Procedure:
        """What the citizen asks for."""
        return self.version.procedure


def suggestions(words: str, *, desks: Sequence[Office], at: datetime) -> list[Suggestion]:
    """Procedures in force that some office handles, found by code or words; those of the desk's level first.

    Two statements, however many procedures there are.
    """
    offered = Offering.objects.filter(procedure=OuterRef("procedure"), office__is_active=True)
    versions = ProcedureVersion.objects.current_on(local_day(at)).filter(Exists(offered)).select_related("procedure")
    if words.strip():
        ranked = list(Procedure.objects.search(words[:200].replace("\0", "")).values_list("pk", flat=True)[:200])
        order = {pk: place for place, pk in enumerate(ranked)}
        found = sorted(versions.filter(procedure__in=ranked), key=lambda version: order[version.procedure_id])
    else:
        found = list(versions.order_by("procedure__field_code", "procedure__code"))
    levels = {desk.level for desk in desks}
    found.sort(key=lambda version: version.procedure.level not in levels)
    return [Suggestion(version, limit_in_words(version.spec.limits[0])) for version in found[:SUGGESTIONS]]


def version_to_receive(procedure_id: int, *, at: datetime) -> ProcedureVersion | None:
    """The version new files of a procedure get today."""
    versions = ProcedureVersion.objects.current_on(local_day(at)).select_related("procedure")
    return versions.filter(procedure=procedure_id).first()


def handlers_of(version: ProcedureVersion, desks: Sequence[Office]) -> list[Office]:
    """Offices that handle the procedure, those nearest to the desk first."""
    offices = Office.objects.filter(offerings__procedure=version.procedure_id, is_active=True).select_related("parent")
    near = {office_id for desk in desks for office_id in (desk.pk, desk.parent_id)}
    return sorted(offices, key=lambda office: (office.pk not in near and office.parent_id not in near, office.code))


# Papers


@dataclass(frozen=True, slots=True)
class PaperRow:
    """One line of the checklist."""

    document: Document
    is_here: bool
    error: str = ""
    incoming: Sequence[IncomingFile] = ()

    @property
    def key(self) -> str:
        """Key of the document."""
        return self.document.key

    @property
    def name(self) -> str:
        """Name of the document."""
        return self.document.name

    @property
    def amount(self) -> str:
        """How many originals and copies."""
        return copies_in_words(self.document.originals, self.document.copies)

    @property
    def required(self) -> bool:
        """Whether the file is incomplete without it."""
        return self.document.required

    @property
    def replaced_by(self) -> str:
        """The database that makes it needless."""
        return self.document.replaced_by or ""

    @property
    def note(self) -> str:
        """What else is known of it."""
        return self.document.note

    @property
    def accepts_file(self) -> bool:
        """A scan can be laid beside it."""
        return True

    @property
    def is_missing(self) -> bool:
        """Whether it must still be brought."""
        return self.required and not self.replaced_by and not self.is_here


def paper_rows(
    definition: Definition, given: Iterable[str], incoming: Mapping[str, Sequence[IncomingFile]] | None = None
) -> list[PaperRow]:
    """The checklist with the files beside its papers: those to bring first, those the State already holds last."""
    here, files = set(given), incoming or {}
    rows = [
        PaperRow(document, document.key in here, incoming=files.get(document.key, ()))
        for document in definition.documents
    ]
    return sorted(rows, key=lambda row: bool(row.replaced_by))


# The date to be promised


@dataclass(frozen=True, slots=True)
class Promise:
    """When the result will be there if the file is received now, and why then."""

    due_at: datetime
    provisional: bool
    limit: str
    fee: str
    clause: str
    lines: list[Line]


def promise(version: ProcedureVersion, *, channel: str, desk: Office, at: datetime) -> Promise:
    """Compute the due date as the services will, without storing anything."""
    limit = version.spec.limit_for(channel)
    cutoff = Cutoff(limit.cutoff.after, limit.cutoff.amount) if limit.cutoff else None
    term = Term(limit.amount, Unit(limit.unit), cutoff)
    rules = counting_of(version.spec, rulebook_on(local_day(at)))
    found = deadline(start=at, term=term, timetable=timetable_for(desk.calendar_code), rules=rules)
    told = in_words(found, term=term, received_on=local_day(at), rules=rules)
    return Promise(
        due_at=found.due_at,
        provisional=found.provisional,
        limit=limit_in_words(limit),
        fee=fees_in_words(version.spec, channel),
        clause=limit.clause,
        lines=lines_of(told),
    )


# The applicant


@dataclass(frozen=True, slots=True)
class KnownApplicant:
    """Somebody who has been here before."""

    applicant: Applicant
    earlier: list[Dossier]
    returned: int
    previous: dict[str, Any]
    next: NextAttempt | None = None

    @property
    def words(self) -> str:
        """One line under the number that was typed."""
        return _("Known: name and address are filled in.")


def known_applicant(
    identifier: str,
    *,
    capacities: Capacities,
    procedure_id: int | None,
    at: datetime | None = None,
    answers: Mapping[str, Any] | None = None,
) -> KnownApplicant | None:
    """Find a person by the id number: details, the newest files one may see, and how often they were turned back.

    Args:
        at: now, where it should be said which attempt a new file would be.
        answers: what was typed into the e-form so far.
    """
    number = plain_number(identifier)
    if not number:
        return None
    applicant = Applicant.objects.filter(identifier=number).first()
    if applicant is None:
        return None
    files = Dossier.objects.filter(applicant=applicant).order_by("-pk")
    seen = files.visible_to(capacities).select_related("procedure").defer("search", "submitter")
    before = files.filter(procedure=procedure_id).values_list("data", flat=True).first() if procedure_id else None
    turned_back = files.filter(legal_status__in=[3, 7, 8]).count()
    version = version_to_receive(procedure_id, at=at) if procedure_id and at else None
    following = next_attempt(applicant, version, answers or {}, at=at) if version and at else None
    return KnownApplicant(applicant, list(seen[:EARLIER]), turned_back, before or {}, following)


def reused_answers(definition: Definition, details: dict[str, Any], previous: dict[str, Any]) -> dict[str, Any]:
    """Answers that are known already: of the applicant, or of the file before."""
    sources = {"applicant": details, "previous": previous}
    found: dict[str, Any] = {}
    for field in definition.form:
        if field.reuse_from:
            source, _dot, name = field.reuse_from.partition(".")
            value = sources[source].get(name)
            if value:
                found[field.key] = value
    return found
