"""Keep what is typed at the counter until the file is taken in: in the database, one row for each unfinished file.

A screen sends what it shows together with the revision it began from and its own name (`window`). A save of the same
screen may be repeated. When another screen saved the draft meanwhile, or took it in, nothing is overwritten: what
this screen shows becomes a draft of its own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext as _

from offices.models import User
from onestop.desk.models import ReceptionDraft
from workflows.exceptions import NotComplete
from workflows.models import Dossier

NOT_KEPT = frozenset(
    {"csrfmiddlewaretoken", "token", "end", "filled_for", "draft", "draft_revision", "marked", "procedure"}
)
KEPT_FOR = timedelta(days=30)
MOST_CHARACTERS = 300_000
MOST_DRAFTS = 200


@dataclass(frozen=True, slots=True)
class Kept:
    """A draft after a save.

    Attributes:
        parted: whether it had to become a draft of its own.
        other: the draft it parted from, where it still exists.
    """

    draft: ReceptionDraft
    parted: bool = False
    other: ReceptionDraft | None = None


@transaction.atomic
def keep_draft(
    *, key: UUID, procedure_id: int, typed: QueryDict, revision: int, window: str, by: User, at: datetime
) -> Kept:
    """Keep what a screen shows.

    Args:
        key: of the draft, as the screen named it.
        revision: the one the screen began from; 0 where it knows of none.
        window: the name of the screen.

    Returns:
        The draft as it stands now. It has another key where another screen saved it since `revision`, where it was
        taken in or thrown away meanwhile, or where it belongs to somebody else. A screen whose own file was taken in
        gets that draft back, with its dossier: there is nothing to keep any more.

    Raises:
        NotComplete: too much was typed, or too many drafts are open.
    """
    text = kept_part(typed).urlencode()
    if len(text) > MOST_CHARACTERS:
        raise NotComplete(_("This is too much text to keep as a draft. Attach it as a file."))
    draft = ReceptionDraft.objects.select_for_update().filter(pk=key).first()
    own = draft if draft is not None and draft.owner_id == by.pk else None
    if own is not None and own.dossier_id and own.window == window:
        return Kept(own)
    if own is None or own.dossier_id or not may_follow(own, revision, window):
        drop_old_drafts(by, at)
        is_new = draft is None and revision == 0
        fresh = begin(key if is_new else uuid4(), procedure_id, text, typed, window, by, at)
        return Kept(fresh, parted=not is_new, other=own)
    return Kept(saved(own, text, typed, window, at))


def saved(draft: ReceptionDraft, text: str, typed: QueryDict, window: str, at: datetime) -> ReceptionDraft:
    """Store what the screen shows now."""
    if draft.typed != text:
        draft.typed, draft.applicant_name = text, name_in(typed)
        draft.revision += 1
    draft.window, draft.saved_at = window, at
    draft.save()
    return draft


def may_follow(draft: ReceptionDraft, revision: int, window: str) -> bool:
    """Whether a screen goes on from what is stored: it knows the newest revision, or saved it itself."""
    return draft.revision == revision or (draft.window == window and revision < draft.revision)


def begin(
    key: UUID, procedure_id: int, text: str, typed: QueryDict, window: str, by: User, at: datetime
) -> ReceptionDraft:
    """A new row; a screen that sends its first two saves at once gets one row."""
    values = {
        "owner": by,
        "procedure_id": procedure_id,
        "typed": text,
        "applicant_name": name_in(typed),
        "window": window,
        "begun_at": at,
        "saved_at": at,
    }
    draft, is_new = ReceptionDraft.objects.get_or_create(key=key, defaults=values)
    return draft if is_new else saved(draft, text, typed, window, at)


def kept_part(typed: QueryDict) -> QueryDict:
    """What was typed, without what belongs to the one screen."""
    kept = typed.copy()
    for name in NOT_KEPT & set(kept):
        del kept[name]
    return kept


def name_in(typed: QueryDict) -> str:
    """The applicant's name, by which the draft is found again."""
    return typed.get("full_name", "").strip()[:250]


def drop_old_drafts(user: User, at: datetime) -> None:
    """Forget drafts nobody came back to: they hold personal data.

    Raises:
        NotComplete: too many are open.
    """
    own = ReceptionDraft.objects.filter(owner=user)
    own.filter(saved_at__lt=at - KEPT_FOR).delete()
    if own.count() >= MOST_DRAFTS:
        raise NotComplete(_("Too many drafts are open. Finish some of them, or throw them away."))


def open_drafts(user: User) -> QuerySet[ReceptionDraft]:
    """A person's drafts, the newest first."""
    return ReceptionDraft.objects.filter(owner=user, dossier=None).select_related("procedure").defer("typed")


def draft_of(user: User, key: UUID) -> ReceptionDraft | None:
    """One of a person's drafts, also one that became a dossier."""
    return ReceptionDraft.objects.filter(owner=user, pk=key).first()


def became(user: User, key: UUID, dossier: Dossier, *, procedure_id: int, window: str, at: datetime) -> None:
    """The file of a draft is taken in: forget what was typed, remember what it became."""
    values = {"typed": "", "applicant_name": "", "dossier": dossier, "window": window, "saved_at": at}
    fresh = {**values, "owner": user, "procedure_id": procedure_id, "begun_at": at}
    if not ReceptionDraft.objects.filter(pk=key).exclude(owner=user).exists():
        ReceptionDraft.objects.update_or_create(key=key, owner=user, defaults=values, create_defaults=fresh)


def drop_draft(user: User, key: UUID) -> None:
    """Forget what was typed."""
    ReceptionDraft.objects.filter(owner=user, pk=key).delete()


def typed_in(draft: ReceptionDraft) -> QueryDict:
    """What was typed, as a browser sends it."""
    return QueryDict(draft.typed)
