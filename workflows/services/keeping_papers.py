"""Digital papers: checked by content, fingerprinted, never changed; a newer one supersedes the older."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from offices.models import Role, User
from workflows.exceptions import NotComplete, NotPossibleNow
from workflows.file_checks import CheckedFile, check
from workflows.file_checks.refusals import refuse
from workflows.malware import NoAnswerError, ask_scanner, is_scanner_set
from workflows.models import LegalStatus, Paper, Scan
from workflows.services.act import Act
from workflows.services.locking import lock_dossier


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyFile:
    """A file that was checked, and what the scanner for malware said; `copied_from_id` is an earlier paper."""

    checked: CheckedFile
    scan: str
    copied_from_id: int | None = None


def make_ready(file: UploadedFile | CheckedFile) -> ReadyFile:
    """Check a file by its content, then ask the scanner for malware where the office has one.

    Raises:
        FileRefused: it is not kept; the sentence says why.
    """
    checked = file if isinstance(file, CheckedFile) else check(file)
    return ReadyFile(checked=checked, scan=scan_of(checked))


def scan_of(checked: CheckedFile) -> str:
    """What is known of malware in a file; without an answer it waits, it does not count as clean.

    Raises:
        FileRefused: the scanner found malware.
    """
    if not is_scanner_set():
        return Scan.NONE
    try:
        answer = ask_scanner(checked.content)
    except NoAnswerError:
        return Scan.WAITING
    if not answer.is_clean:
        refuse("infected", checked.name, found=answer.found)
    return Scan.CLEAN


def add_paper(
    *,
    dossier_id: int,
    kind: str,
    file: UploadedFile | ReadyFile,
    by: User,
    at: datetime | None = None,
    key: str = "",
    name: str = "",
) -> Paper:
    """Add a digital paper to a dossier.

    The file is checked before anything is locked: a slow scanner holds nobody up.

    Args:
        kind: submitted, draft, result or other; a draft supersedes the draft before.
        file: what was uploaded, or what was checked before; its type is read from its content, never from its name.
        key: document of the definition the paper belongs to; it supersedes the one before.
        name: what to call it where it belongs to no document.

    Raises:
        NotAllowed: neither a clerk of the receiving office nor the holder of an open step.
        NotComplete: the file is not kept; the sentence says why.
        NotPossibleNow: the dossier has ended.
    """
    ready = file if isinstance(file, ReadyFile) else make_ready(file)
    return keep(dossier_id=dossier_id, kind=kind, ready=ready, by=by, at=at, key=key, name=name)


@transaction.atomic
def keep(*, dossier_id: int, kind: str, ready: ReadyFile, by: User, at: datetime | None, key: str, name: str) -> Paper:
    """Store a file that was checked."""
    act = lock_dossier(dossier_id=dossier_id, name="add_paper", by=by, at=at)
    dossier = act.dossier
    holders = [(step.role, step.office_id) for step in act.others]
    act.act_as_one_of(*holders, (Role.CLERK, dossier.receiving_office_id))
    act.require_status()
    if kind == Paper.Kind.DRAFT and dossier.legal_status == LegalStatus.DECIDED:
        raise NotPossibleNow(_("The result is decided: its draft stays as it was approved."))
    paper = new_paper(act, kind, ready, key, name)
    supersede(act, paper)
    paper.file.save(paper.filename, ContentFile(ready.checked.content), save=False)
    paper.save(force_insert=True)
    act.data = {"paper": paper.name, "kind": kind, "sha256": paper.sha256, "size": paper.size}
    act.save()
    return paper


def new_paper(act: Act, kind: str, ready: ReadyFile, key: str, name: str) -> Paper:
    """The paper as it will be stored."""
    names = {document.key: document.name for document in act.definition.documents}
    if kind not in Paper.Kind.values or (key and key not in names):
        raise NotComplete(_("This procedure has no paper “%(key)s”. Reload the page.") % {"key": key or kind})
    checked = ready.checked
    return Paper(
        dossier=act.dossier,
        kind=kind,
        key=key,
        name=names.get(key) or name.strip() or str(Paper.Kind(kind).label),
        filename=checked.name,
        content_type=checked.media_type,
        size=checked.size,
        sha256=checked.sha256,
        pages=checked.pages,
        scan=ready.scan,
        copied_from_id=ready.copied_from_id,
        added_by=act.by,
        added_at=act.at,
    )


def supersede(act: Act, paper: Paper) -> None:
    """Set aside the version before; the new one stands for as many originals and copies."""
    if paper.key or paper.kind == Paper.Kind.DRAFT:
        older = act.dossier.papers.filter(kind=paper.kind, key=paper.key, superseded_at__isnull=True)
        paper.originals, paper.copies = older.values_list("originals", "copies").first() or (0, 0)
        older.update(superseded_at=act.at)
