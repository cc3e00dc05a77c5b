"""The notes of a dossier as its page shows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from offices.models import Role, User
from procedures.folding import fold
from workflows.models import Dossier, DossierNote
from workflows.services.noting import NAMED, can_be_struck, nameable

SUGGESTED = 6
READ = 200


@dataclass(frozen=True, slots=True)
class NoteLine:
    """One note: its words with the named colleagues marked, and whether the reader may strike it."""

    note: DossierNote
    words: SafeString
    may_strike: bool
    names_reader: bool


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A colleague who can be named."""

    username: str
    full_name: str
    place: str


def notes_of(dossier: Dossier, *, reader_id: int, at: datetime) -> list[NoteLine]:
    """The notes, oldest first: one statement, and one more where colleagues are named."""
    notes = list(dossier.notes.select_related("by").order_by("pk"))
    ids = {user_id for note in notes for user_id in note.named}
    people = {user.pk: user for user in User.objects.filter(pk__in=ids)} if ids else {}
    last_by_other = max((note.pk for note in notes if note.by_id != reader_id), default=0)
    return [line_of(note, people, reader_id=reader_id, at=at, last_by_other=last_by_other) for note in notes]


def line_of(
    note: DossierNote, people: dict[int, User], *, reader_id: int, at: datetime, last_by_other: int
) -> NoteLine:
    """One note in words."""
    known = {people[user_id].username.lower(): people[user_id] for user_id in note.named if user_id in people}
    answered = last_by_other > note.pk
    may = can_be_struck(note, by_id=reader_id, at=at, answered=answered)
    return NoteLine(note, marked(note.text, known), may, reader_id in note.named)


def marked(text: str, known: dict[str, User]) -> SafeString:
    """The words, each named colleague by their full name."""
    parts: list[SafeString] = []
    begun = 0
    for found in NAMED.finditer(text):
        person = known.get(found.group(1).lower())
        if person is not None:
            parts.append(format_html("{}", text[begun : found.start()]))
            parts.append(format_html('<b class="named" title="@{}">@{}</b>', person.username, person.full_name))
            begun = found.end()
    parts.append(format_html("{}", text[begun:]))
    return format_html_join("", "{}", ((part,) for part in parts))


def suggested(dossier: Dossier, *, typed: str, besides: int) -> list[Suggestion]:
    """Colleagues of the dossier's offices whose name or user name has a word that begins so."""
    wanted = fold(typed.lstrip("@").strip())
    found = []
    for person in nameable(dossier).exclude(pk=besides).prefetch_related("memberships__office")[:READ]:
        words = [*fold(person.full_name).split(), person.username.lower(), fold(person.full_name)]
        if not wanted or any(word.startswith(wanted) for word in words):
            found.append(Suggestion(person.username, person.full_name, place_of(person)))
    return found[:SUGGESTED]


def place_of(person: User) -> str:
    """Where a colleague works, in short."""
    held = next(iter(person.memberships.all()), None)
    return f"{Role(held.role).label}, {held.office.short_name}" if held else person.title
