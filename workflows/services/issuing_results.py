"""A result is issued: it gets its number and day, and its digital version lies in the dossier."""

from __future__ import annotations

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from offices.models import User
from workflows.file_checks import CheckedFile
from workflows.models import Dossier, Paper, Step
from workflows.services.handling import register_result
from workflows.services.keeping_papers import ReadyFile, keep, make_ready


def issue_result(
    *,
    step_id: int,
    number: str,
    issued_on: date,
    by: User,
    at: datetime | None = None,
    seen: int | None = None,
    file: UploadedFile | None = None,
) -> Dossier:
    """Register the result and keep it digitally: the scan of the signed one, else the draft as it was approved.

    Args:
        step_id: the registry's step.
        file: the signed result; None where the approved draft is the result.

    Raises:
        FileRefused: the file is not kept.
        NotAllowed, NotComplete, NotPossibleNow: see `register_result`; nothing is stored then.
    """
    ready = make_ready(file) if file is not None else None
    with transaction.atomic():
        added = keep_result(step_id, ready, by, at)
        known = None if seen is None else seen + added
        return register_result(step_id=step_id, number=number, issued_on=issued_on, by=by, at=at, seen=known)


def keep_result(step_id: int, ready: ReadyFile | None, by: User, at: datetime | None) -> int:
    """Lay the digital result into the dossier; says how many acts that was."""
    step = Step.objects.filter(pk=step_id).select_related("process__version").first()
    if step is None:
        return 0
    dossier = step.process
    ready = ready or approved_draft(dossier)
    if ready is None:
        return 0
    name = dossier.version.spec.result.name
    keep(dossier_id=dossier.pk, kind=Paper.Kind.RESULT, ready=ready, by=by, at=at, key="", name=name)
    return 1


def approved_draft(dossier: Dossier) -> ReadyFile | None:
    """The draft as it was approved; None where there is none that may be opened, or a result lies there already."""
    papers = dossier.papers.filter(superseded_at__isnull=True).exclude(file="")
    if papers.filter(kind=Paper.Kind.RESULT).exists():
        return None
    draft = papers.filter(kind=Paper.Kind.DRAFT).last()
    if draft is None or not draft.can_be_opened:
        return None
    with draft.file.open("rb") as stored:
        content: bytes = stored.read()
    checked = CheckedFile(name=draft.filename, content=content, media_type=draft.content_type, pages=draft.pages)
    return ReadyFile(checked=checked, scan=draft.scan, copied_from_id=draft.pk)
