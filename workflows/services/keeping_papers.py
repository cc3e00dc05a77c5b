"""Digital papers: checked by content, fingerprinted, never changed; a newer one supersedes the older."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from offices.models import Role, User
from workflows.exceptions import NotComplete, NotPossibleNow
from workflows.file_types import type_of
from workflows.models import LegalStatus, Paper
from workflows.services.locking import lock_dossier

LARGEST = 20 * 1024 * 1024


@transaction.atomic
def add_paper(
    *,
    dossier_id: int,
    kind: str,
    file: UploadedFile,
    by: User,
    at: datetime | None = None,
    key: str = "",
    name: str = "",
) -> Paper:
    """Add a digital paper to a dossier.

    Args:
        kind: submitted, draft, result or other; a draft supersedes the draft before.
        file: what was uploaded; its type is read from its content, never from its name.
        key: document of the definition the paper belongs to; it supersedes the one before.
        name: what to call it where it belongs to no document.

    Raises:
        NotAllowed: neither a clerk of the receiving office nor the holder of an open step.
        NotComplete: the file is empty, too large, or of a type that is not kept.
        NotPossibleNow: the dossier has ended.
    """
    act = lock_dossier(dossier_id=dossier_id, name="add_paper", by=by, at=at)
    dossier = act.dossier
    holders = [(step.role, step.office_id) for step in act.others]
    act.act_as_one_of(*holders, (Role.CLERK, dossier.receiving_office_id))
    act.require_status()
    if kind == Paper.Kind.DRAFT and dossier.legal_status == LegalStatus.DECIDED:
        raise NotPossibleNow(_("The result is decided: its draft stays as it was approved."))
    content = read_checked(file)
    names = {document.key: document.name for document in act.definition.documents}
    if kind not in Paper.Kind.values or (key and key not in names):
        raise NotComplete(_("This procedure has no paper “%(key)s”. Reload the page.") % {"key": key or kind})
    paper = Paper(
        dossier=dossier,
        kind=kind,
        key=key,
        name=names.get(key) or name.strip() or str(Paper.Kind(kind).label),
        filename=(file.name or "")[-250:],
        content_type=type_of(content),
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        added_by=by,
        added_at=act.at,
    )
    if key or kind == Paper.Kind.DRAFT:
        older = dossier.papers.filter(kind=kind, key=key, superseded_at__isnull=True)
        paper.originals, paper.copies = older.values_list("originals", "copies").first() or (0, 0)
        older.update(superseded_at=act.at)
    paper.file.save(paper.filename, ContentFile(content), save=False)
    paper.save(force_insert=True)
    act.data = {"paper": paper.name, "kind": kind, "sha256": paper.sha256, "size": paper.size}
    act.save()
    return paper


def read_checked(file: UploadedFile) -> bytes:
    """The content of an upload, refused with a sentence where it cannot be kept."""
    if file.size is not None and file.size > LARGEST:
        raise NotComplete(
            _("“%(name)s” is larger than %(limit)d MB. Scan it with a lower resolution, or split it.")
            % {"name": file.name, "limit": LARGEST // 1024 // 1024},
            fields={"file": _("Choose a smaller file.")},
        )
    content: bytes = file.read()
    if not content:
        raise NotComplete(
            _("“%(name)s” is empty. Scan it again.") % {"name": file.name}, fields={"file": _("Choose another file.")}
        )
    if not type_of(content):
        raise NotComplete(
            _("“%(name)s” is neither PDF, PNG, JPEG nor an Office file, whatever its name says. Save it as PDF.")
            % {"name": file.name},
            fields={"file": _("Choose another file.")},
        )
    return content
