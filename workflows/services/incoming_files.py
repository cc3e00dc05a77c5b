"""Files on their way into a dossier: taken in, laid beside a paper, made papers, or thrown away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from offices.capacities import Capacities
from offices.models import Role, User
from workflows.exceptions import NotComplete, NotFound
from workflows.file_checks import CheckedFile, FileRefused
from workflows.file_checks.joining import joined
from workflows.file_checks.refusals import refuse
from workflows.models import Dossier, IncomingFile, Paper, Scan
from workflows.services.keeping_papers import ReadyFile, add_paper, make_ready

KEPT_FOR = timedelta(days=30)  # as long as what was typed with them
MOST_WAITING = 100  # files of one person, so that a phone or a stuck key fills no disk


def take_in_file(
    *,
    file: UploadedFile | CheckedFile,
    source: str,
    at: datetime,
    owner: User | None = None,
    office_id: int | None = None,
    counter: UUID | None = None,
    dossier_id: int | None = None,
    document: str = "",
    copied_from_id: int | None = None,
) -> IncomingFile:
    """Check a file and keep it until somebody makes it a paper.

    Args:
        file: what was sent.
        source: screen, phone, scanner or earlier.
        at: now (aware).
        owner: on whose counter it lies; None: anybody's at the desk `office_id`.
        counter: key of the unfinished file on the counter, or
        dossier_id: the dossier it is for.
        document: key of the paper it was laid beside.

    Raises:
        FileRefused: it is not kept; the sentence says why.
        NotComplete: too many files wait already.
    """
    if owner is not None and IncomingFile.objects.filter(owner=owner).count() >= MOST_WAITING:
        raise NotComplete(_("Too many files wait on your desk. Take them in or throw them away first."))
    ready = make_ready(file)
    checked = ready.checked
    incoming = IncomingFile(
        source=source,
        owner=owner,
        office_id=office_id,
        counter=counter,
        dossier_id=dossier_id,
        document=document,
        filename=checked.name,
        content_type=checked.media_type,
        size=checked.size,
        sha256=checked.sha256,
        pages=checked.pages,
        scan=ready.scan,
        copied_from_id=copied_from_id,
        received_at=at,
    )
    incoming.file.save(incoming.filename, ContentFile(checked.content), save=False)
    incoming.save(force_insert=True)
    return incoming


def note_refused(*, name: str, error: FileRefused, office_id: int, at: datetime) -> IncomingFile:
    """Say at the desk why a file of the scanner is not kept."""
    return IncomingFile.objects.create(
        source=IncomingFile.Source.SCANNER,
        office_id=office_id,
        filename=name[:250] or "?",
        refusal=str(error),
        received_at=at,
    )


# Whose files


def files_of(capacities: Capacities) -> QuerySet[IncomingFile]:
    """Files a person may see and use: their own, and those nobody has taken at the desks where they are clerk."""
    desks = capacities.offices_as(Role.CLERK)
    mine = Q(owner=capacities.user_id) | Q(owner__isnull=True, office__in=desks)
    return IncomingFile.objects.filter(mine).order_by("pk")


def on_the_counter(capacities: Capacities, counter: UUID) -> list[IncomingFile]:
    """Files for the file on the counter: its own, and what waits from the scanner."""
    return list(files_of(capacities).filter(Q(counter=counter) | Q(owner__isnull=True)))


def for_the_dossier(capacities: Capacities, dossier_id: int) -> list[IncomingFile]:
    """Files for a dossier: sent for it, and what waits from the scanner."""
    return list(files_of(capacities).filter(Q(dossier=dossier_id) | Q(owner__isnull=True)))


def find(capacities: Capacities, key: UUID, *, lock: bool = False) -> IncomingFile:
    """One of a person's files, locked where it is to change.

    Raises:
        NotFound: it is gone, or somebody else's.
    """
    files = files_of(capacities).filter(key=key)
    found = (files.select_for_update() if lock else files).first()
    if found is None:
        raise NotFound(_("This file is no longer here. Somebody may have taken it or thrown it away."))
    return found


# What is done with them


@transaction.atomic
def lay_beside(*, key: UUID, document: str, counter: UUID, by: User, capacities: Capacities) -> IncomingFile:
    """Lay a file beside a paper of the file on the counter; without a document it goes back to where it waited.

    Raises:
        NotFound: it is gone, or somebody else's.
        NotComplete: it is not a file that was kept.
    """
    found = find(capacities, key, lock=True)
    if found.refusal:
        raise NotComplete(found.refusal)
    found.document = document
    shared = not document and found.source == IncomingFile.Source.SCANNER
    found.owner = None if shared else by
    found.counter = None if shared else counter
    found.save(update_fields=["document", "owner", "counter"])
    return found


def throw_away(*, key: UUID, capacities: Capacities) -> None:
    """Throw away a file that became no paper.

    Raises:
        NotFound: it is gone, or somebody else's.
    """
    remove([find(capacities, key)])


def remove(files: Iterable[IncomingFile]) -> None:
    """Delete rows, and what lies in the store once that is certain."""
    for found in files:
        found.delete()
        if found.file:
            transaction.on_commit(lambda name=found.file.name: IncomingFile.file.field.storage.delete(name))  # type: ignore[misc]  # bound now


@transaction.atomic
def make_paper(
    *, files: Sequence[IncomingFile], dossier_id: int, document: str, by: User, kind: str = "", name: str = ""
) -> Paper:
    """Make the files that lie beside one paper that paper; several become one PDF file.

    Raises:
        NotAllowed, NotPossibleNow: see `add_paper`.
        NotComplete: the files cannot be put together.
    """
    paper = add_paper(
        dossier_id=dossier_id,
        kind=kind or Paper.Kind.SUBMITTED,
        key=document,
        name=name,
        file=together([ready_of(found) for found in files]),
        by=by,
    )
    remove(files)
    return paper


def ready_of(found: IncomingFile) -> ReadyFile:
    """A file as it was checked when it came in.

    Raises:
        FileRefused: malware was found in it since.
    """
    if found.scan == Scan.INFECTED:
        refuse("infected", found.filename, found=Scan.INFECTED.label)
    with found.file.open("rb") as stored:
        content: bytes = stored.read()
    checked = CheckedFile(name=found.filename, content=content, media_type=found.content_type, pages=found.pages)
    return ReadyFile(checked=checked, scan=found.scan, copied_from_id=found.copied_from_id)


def together(files: Sequence[ReadyFile]) -> ReadyFile:
    """One file as it is; several as one PDF, which waits for the scanner as long as one of them does."""
    if len(files) == 1:
        return files[0]
    scans = {ready.scan for ready in files}
    scan = next(found for found in (Scan.WAITING, Scan.NONE, Scan.CLEAN) if found in scans)
    return ReadyFile(checked=joined([ready.checked for ready in files]), scan=scan)


def clear_old(*, at: datetime) -> int:
    """Delete files that nobody made a paper of.

    Returns:
        How many there were.
    """
    old = list(IncomingFile.objects.filter(received_at__lt=at - KEPT_FOR).order_by("pk")[:500])
    with transaction.atomic():
        remove(old)
    return len(old)


def reuse_paper(
    *, paper: Paper, document: str, counter: UUID, by: User, at: datetime, seen: QuerySet[Dossier]
) -> IncomingFile:
    """Lay a copy of an earlier paper beside a paper of the file on the counter.

    Args:
        seen: the dossiers the person may see; the paper lies in one of them.

    Raises:
        NotFound: the paper lies in no dossier the person may see, or its file may not be opened.
    """
    if not paper.can_be_opened or not seen.filter(pk=paper.dossier_id).exists():
        raise NotFound(_("There is no such file."))
    with paper.file.open("rb") as stored:
        content: bytes = stored.read()
    checked = CheckedFile(name=paper.filename, content=content, media_type=paper.content_type, pages=paper.pages)
    return take_in_file(
        file=checked,
        source=IncomingFile.Source.EARLIER,
        owner=by,
        counter=counter,
        document=document,
        copied_from_id=paper.pk,
        at=at,
    )
