"""What a person did last and may take back: remembered in their session, offered while it is still the newest act."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q

from workflows.models import Dossier
from workflows.services.undoing import may_be_undone

if TYPE_CHECKING:
    from django.contrib.sessions.backends.base import SessionBase

KEY = "undo"
OFFERED_FOR = timedelta(minutes=15)
MOST = 100


@dataclass(frozen=True, slots=True)
class Done:
    """One act: of which dossier, and its number in the trail."""

    dossier_id: int
    number: int

    def __str__(self) -> str:
        return f"{self.dossier_id}:{self.number}"

    @classmethod
    def read(cls, text: str) -> Done | None:
        """Read `dossier:number`; None where it cannot be read."""
        dossier_id, _colon, number = text.partition(":")
        fits = all(part.isascii() and part.isdigit() and len(part) < 10 for part in (dossier_id, number))
        return cls(int(dossier_id), int(number)) if fits else None


@dataclass(frozen=True, slots=True)
class Offer:
    """What may be taken back, and what it was, in words."""

    acts: Sequence[Done]
    words: str


def remember(session: SessionBase, acts: Iterable[Done], words: str, *, at: datetime) -> None:
    """Remember what was just done, as far as it can be taken back; forget what was done before."""
    undoable = [act for act in list(acts)[:MOST] if may_be_undone(act.dossier_id, act.number)]
    if undoable:
        session[KEY] = {"acts": [str(act) for act in undoable], "words": words, "at": at.isoformat()}
    else:
        session.pop(KEY, None)


def offer_in(session: SessionBase, *, at: datetime) -> Offer | None:
    """What the person may still take back: one statement where something is remembered."""
    kept: dict[str, Any] = session.get(KEY) or {}
    if not kept or datetime.fromisoformat(kept["at"]) + OFFERED_FOR < at:
        return None
    acts = read_all(kept["acts"])
    newest = Q(pk__in=[])
    for act in acts:
        newest |= Q(pk=act.dossier_id, acts=act.number)
    still = set(Dossier.objects.filter(newest).values_list("pk", flat=True))
    left = [act for act in acts if act.dossier_id in still]
    return Offer(left, kept["words"]) if left else None


def read_all(texts: Sequence[str]) -> list[Done]:
    """Acts as a form or a session names them, each once."""
    return list(dict.fromkeys(act for act in map(Done.read, texts[:MOST]) if act is not None))
