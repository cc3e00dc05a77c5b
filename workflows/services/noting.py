"""Notes inside a dossier: write one, name colleagues in it, strike one's own soon after.

A note moves nothing: no clock, no trail, no status. So it is written beside the acts, for everyone who may see the
dossier, also after it has ended.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from offices.capacities import capacities_of
from offices.models import User
from workflows.exceptions import NotAllowed, NotComplete, NotFound, NotPossibleNow
from workflows.models import Dossier, DossierNote, Notice, Step

LONGEST = 2000
MOST_NAMED = 10
MAY_STRIKE = timedelta(minutes=10)
NAMED = re.compile(r"(?<![\w@.+-])@([\w.+-]*\w)")


@transaction.atomic
def add_note(*, dossier_id: int, text: str, by: User, at: datetime) -> DossierNote:
    """Write a note; colleagues named with @ and their user name are told.

    Args:
        dossier_id: the dossier.
        text: the note; `@minh` names the person whose user name is minh.
        by: who writes; must see the dossier.
        at: when (aware).

    Raises:
        NotFound: the person may not see the dossier, or there is none.
        NotComplete: nothing is written, it is too long, or it names nobody known or somebody who may not see it.
    """
    dossier = locked(dossier_id, by=by, at=at)
    words = text.strip()
    if not words:
        raise incomplete(_("Write the note."))
    if len(words) > LONGEST:
        raise incomplete(_("A note has at most %(most)d characters. Shorten it.") % {"most": LONGEST})
    people = named_in(words, dossier=dossier, at=at)
    note = DossierNote.objects.create(
        dossier=dossier, text=words, by=by, at=at, named=sorted(person.pk for person in people)
    )
    tell(note, people)
    return note


@transaction.atomic
def strike_note(*, note_id: int, by: User, at: datetime) -> DossierNote:
    """Strike one's own note; its words stay readable.

    Raises:
        NotFound: there is no such note, or the person may not see its dossier.
        NotAllowed: somebody else wrote it.
        NotPossibleNow: it was struck before, it is too old, or a colleague has written since.
    """
    dossier_id = DossierNote.objects.filter(pk=note_id).values_list("dossier", flat=True).first()
    locked(dossier_id or 0, by=by, at=at)
    note = DossierNote.objects.get(pk=note_id)
    if note.by_id != by.pk:
        raise NotAllowed(_("Only who wrote a note may strike it."))
    answered = DossierNote.objects.filter(dossier=note.dossier_id, pk__gt=note.pk).exclude(by=by).exists()
    if not can_be_struck(note, by_id=by.pk, at=at, answered=answered):
        raise NotPossibleNow(_("This note can no longer be struck. Write another one that puts it right."))
    note.struck_at = at
    note.save(update_fields=["struck_at"])
    return note


def can_be_struck(note: DossierNote, *, by_id: int, at: datetime, answered: bool) -> bool:
    """Whether a person may still strike a note: their own, young, and nobody else has written since."""
    young = at - note.at <= MAY_STRIKE
    return note.by_id == by_id and note.struck_at is None and young and not answered


def nameable(dossier: Dossier) -> QuerySet[User]:
    """People who work in the offices the dossier has passed; whether each may see it is asked when a note is kept."""
    offices = {dossier.receiving_office_id, dossier.handling_office_id}
    offices |= set(Step.objects.human().filter(process=dossier).values_list("office", flat=True))
    offices |= set(dossier.consultations.values_list("office", flat=True))
    people = User.objects.filter(is_active=True, memberships__office__in=offices)
    return people.distinct().order_by("full_name", "pk")


def may_see(person: User, dossier: Dossier, *, at: datetime) -> bool:
    """Whether a person may open the dossier at that instant."""
    return Dossier.objects.visible_to(capacities_of(person, at)).filter(pk=dossier.pk).exists()


def locked(dossier_id: int, *, by: User, at: datetime) -> Dossier:
    """The dossier, held so that notes follow one after the other."""
    visible = Dossier.objects.visible_to(capacities_of(by, at)).filter(pk=dossier_id).exists()
    if not visible:
        raise NotFound(_("There is no such dossier or step. It may belong to another office; search for its code."))
    return Dossier.objects.select_for_update(no_key=True).defer("search").get(pk=dossier_id)


def named_in(text: str, *, dossier: Dossier, at: datetime) -> list[User]:
    """The people a note names, each of whom may see the dossier."""
    names = list(dict.fromkeys(name.lower() for name in NAMED.findall(text)))
    if len(names) > MOST_NAMED:
        raise incomplete(_("A note names at most %(most)d colleagues.") % {"most": MOST_NAMED})
    known = {user.username.lower(): user for user in active_called(names)}
    for name in names:
        if name not in known or not may_see(known[name], dossier, at=at):
            raise incomplete(
                _("@%(name)s is nobody who may see this dossier. Choose a colleague from the list.") % {"name": name}
            )
    return [known[name] for name in names]


def active_called(names: Iterable[str]) -> list[User]:
    """People who can log in, by user name in any case."""
    pattern = "|".join(re.escape(name) for name in names)
    return list(User.objects.filter(is_active=True, username__iregex=f"^({pattern})$")) if pattern else []


def tell(note: DossierNote, people: Iterable[User]) -> None:
    """Leave a notice for everyone named but the writer."""
    Notice.objects.bulk_create(
        Notice(
            topic="note_named",
            dossier=note.dossier,
            user=person,
            payload={"who": note.by.full_name, "note": note.pk},
            created_at=note.at,
            idempotency_key=f"note-{note.pk}-{person.pk}",
        )
        for person in people
        if person.pk != note.by_id
    )


def incomplete(sentence: str) -> NotComplete:
    """A refusal shown beside the note."""
    return NotComplete(sentence, fields={"text": sentence})
