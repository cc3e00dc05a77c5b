"""A file is taken in at the counter: one act of the services, then its scans, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone

from hall.services import note_received
from offices.models import User
from workflows.models import Dossier, IncomingFile, Paper
from workflows.services import Intake, add_paper, decline_to_receive, receive, register_online, request_supplement
from workflows.services.incoming_files import make_paper


@dataclass(frozen=True, kw_only=True)
class AtTheCounter:
    """Everything that lies on the counter, and how the conversation ended.

    Attributes:
        intake: applicant, answers and papers.
        end: receive, supplement, decline or register (sent online, to be answered later).
        forward: whether the first step is finished at once.
        items, reason: what is asked for and why, or why the file is turned away.
        extra_reason: why papers beyond the published list are asked for.
        replaced_reason: code of why papers are asked for that the State has.
        scans: files by key of the document.
        enclosures: files of the e-form by name of the question.
        incoming: files that came in before, by key of the document.
    """

    intake: Intake
    end: str
    forward: bool = True
    items: list[str] = field(default_factory=list)
    reason: str = ""
    extra_reason: str = ""
    replaced_reason: str = ""
    scans: Mapping[str, UploadedFile] = field(default_factory=dict)
    enclosures: Mapping[str, UploadedFile] = field(default_factory=dict)
    incoming: Mapping[str, Sequence[IncomingFile]] = field(default_factory=dict)


@transaction.atomic
def take_in(counter: AtTheCounter, *, by: User) -> Dossier:
    """Bring the file to its end and keep its scans.

    Raises:
        NotAllowed, NotComplete, NotPossibleNow: see the services; nothing is stored then.
    """
    intake = counter.intake
    ends: dict[str, Callable[[], Dossier]] = {
        "receive": lambda: receive(intake=intake, by=by, forward=counter.forward),
        "supplement": lambda: request_supplement(
            intake=intake,
            items=counter.items,
            reason=counter.reason,
            extra_reason=counter.extra_reason,
            replaced_reason=counter.replaced_reason,
            by=by,
        ),
        "decline": lambda: decline_to_receive(intake=intake, reason=counter.reason, by=by),
        "register": lambda: register_online(intake=intake, by=by),
    }
    dossier = ends[counter.end]()
    if not dossier.is_closed:
        keep_scans(counter, dossier, by)
    note_received(dossier_id=dossier.pk, dossier_code=dossier.code or "", by=by, at=timezone.now())
    return dossier


def keep_scans(counter: AtTheCounter, dossier: Dossier, by: User) -> None:
    """Lay the scans beside the papers they show."""
    for key, files in counter.incoming.items():
        make_paper(files=files, dossier_id=dossier.pk, document=key, by=by)
    for key, file in counter.scans.items():
        add_paper(dossier_id=dossier.pk, kind=Paper.Kind.SUBMITTED, key=key, file=file, by=by)
    for name, file in counter.enclosures.items():
        add_paper(dossier_id=dossier.pk, kind=Paper.Kind.SUBMITTED, name=name[:250], file=file, by=by)
