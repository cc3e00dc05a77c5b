"""The chain of attempts: a file that is handed in again counts from the first submission.

Same matter: the same procedure and, where both files name an object, the same object. Same person: the same
identification number; where one of the two files lacks it, the same phone and the same name without accents. A name
alone is never enough. Handed in again: within twelve months after a file was declined, withdrawn or stopped, or while
an earlier file about the same named object is still open. A file whose result was handed over ends its chain.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.db.models import F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from procedures.definition import Definition
from procedures.folding import fold, plain_number
from workflows.models import Dossier, LegalStatus, TrailEntry
from workflows.models.dossier import BEFORE_DECISION
from workflows.services.evidence import act_behind, next_act

if TYPE_CHECKING:
    from workflows.services.act import Act

HANDED_IN_AGAIN = timedelta(days=365)
WITHOUT_RESULT = [LegalStatus.NOT_ACCEPTED, LegalStatus.WITHDRAWN, LegalStatus.STOPPED]
ENDING_ACTS = ("decline_to_receive", "refuse", "withdraw", "stop")
CANDIDATES = 20
LONGEST_KEY = 250


def object_key(definition: Definition, answers: Mapping[str, Any]) -> str:
    """What a file is about, as letters and digits only, so that spelling makes no difference; empty where unnamed."""
    named = [answers.get(field.key) for field in definition.form if field.names_object]
    parts = [re.sub(r"[^a-z0-9]+", "", fold(str(value))) for value in named if value not in (None, "")]
    return "/".join(part for part in parts if part)[:LONGEST_KEY]


def link_attempt(act: Act) -> None:
    """Say what a new file is about and link it to the earlier ones, before it is stored: one statement."""
    dossier = act.dossier
    dossier.object_key = object_key(act.definition, dossier.data)
    earlier = earlier_file(dossier, act.at)
    if earlier is None:
        return
    dossier.object_key = dossier.object_key or earlier["object_key"]
    dossier.first_attempt_id = earlier["root"]
    dossier.attempt = earlier["attempts"] + 1
    dossier.first_submitted_at = earlier["first_at"]
    act.data |= {"attempt": dossier.attempt}


def link_corrected(act: Act) -> None:
    """After a correction: note the object the file names now; a link may come of it but never goes."""
    dossier = act.dossier
    key = object_key(act.definition, dossier.data)
    if not key or key == dossier.object_key:
        return
    dossier.object_key = key
    act.changed.add("object_key")
    earlier = earlier_file(dossier, act.at) if dossier.first_attempt_id is None else None
    if earlier is None:
        return
    link(act, earlier)


def link(act: Act, earlier: Mapping[str, Any]) -> None:
    """Link a stored file to the chain it turned out to continue, and flag it where it was received already."""
    dossier = act.dossier
    dossier.first_attempt_id, dossier.attempt = earlier["root"], earlier["attempts"] + 1
    dossier.first_submitted_at = earlier["first_at"]
    act.changed |= {"first_attempt", "attempt", "first_submitted_at"}
    act.data |= {"attempt": dossier.attempt}
    if dossier.received_at is not None:
        flag_attempt(act)


def earlier_file(dossier: Dossier, at: datetime) -> dict[str, Any] | None:
    """The newest file that this one continues, with the chain it belongs to; one statement, none for a stranger."""
    older = same_matter(dossier)
    if older is None:
        return None
    ended = Q(legal_status__in=WITHOUT_RESULT, closed_at__gte=at - HANDED_IN_AGAIN, closed_at__lte=at)
    if dossier.object_key:
        ended |= Q(legal_status__in=BEFORE_DECISION, object_key=dossier.object_key)
    older = older.filter(ended)
    if dossier.pk:
        older = older.filter(pk__lt=dossier.pk)
    chain = Dossier.objects.filter(first_attempt=OuterRef("root")).order_by().values("first_attempt")
    rows = (
        older.annotate(root=Coalesce("first_attempt_id", "pk"))
        .annotate(
            attempts=Coalesce(Subquery(chain.annotate(last=Max("attempt")).values("last")), F("attempt")),
            first_at=Coalesce("first_submitted_at", *SUBMITTED),
        )
        .order_by("-pk")
        .values("pk", "root", "attempts", "first_at", "object_key", "submitter")[:CANDIDATES]
    )
    return next((dict(row) for row in rows if is_same_person(dossier.submitter, row["submitter"])), None)


SUBMITTED = ("citizen_clock__started_at", "registered_at", "received_at", "closed_at", "created")


def same_matter(dossier: Dossier) -> QuerySet[Dossier] | None:
    """Other files that may be of this person about the same matter; None where nothing identifies the person."""
    phone = str(dossier.submitter.get("phone") or "").replace(" ", "").replace("'", "").replace("\\", "")
    signs = []
    if plain_number(str(dossier.submitter.get("identifier") or "")):
        signs.append(Q(applicant=dossier.applicant_id))
    if digits(phone):
        signs.append(Q(search__has_words=f"'{fold(phone)}'"))
    if not signs:
        return None
    found = Dossier.objects.filter(reduce(or_, signs), procedure=dossier.procedure_id)
    if dossier.object_key:
        found = found.filter(object_key__in=["", dossier.object_key])
    return found


def is_same_person(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two files were handed in for the same person."""
    numbers = [plain_number(str(given.get("identifier") or "")) for given in (one, other)]
    if all(numbers):
        return numbers[0] == numbers[1]
    phones = [digits(str(given.get("phone") or "")) for given in (one, other)]
    names = [fold(str(given.get("full_name") or "")) for given in (one, other)]
    return bool(phones[0]) and phones[0] == phones[1] and names[0] == names[1]


def digits(text: str) -> str:
    """Only the digits of a text."""
    return re.sub(r"\D", "", text)


# What a supervisor sees of it


def flag_attempt(act: Act) -> None:
    """Flag a file that is not the first of its chain, when it is received."""
    dossier = act.dossier
    if dossier.first_attempt_id is not None:
        act.flags.raise_again("resubmitted", **chain_evidence(dossier, act))


def chain_evidence(dossier: Dossier, act: Act) -> dict[str, Any]:
    """The files of a chain up to this one, how long it has lasted, and the acts that ended the earlier ones."""
    files = files_before(dossier)
    last = files[-1]
    first_at = dossier.first_submitted_at or last["first_at"]
    timetable = act.scene.timetable(dossier.calendar_code)
    days = timetable.working_days_between(timetable.day_of(first_at), timetable.day_of(act.at))
    return {
        "why": "earlier_file",
        "earlier": last["code"],
        "status": last["legal_status"],
        "closed_at": last["closed_at"].isoformat() if last["closed_at"] else None,
        "codes": [file["code"] for file in files],
        "attempt": dossier.attempt,
        "first_at": first_at.isoformat(),
        "working_days": days,
        "acts": [
            *(act_behind(file["pk"], file["code"], file["ended_by"]) for file in files if file["ended_by"]),
            next_act(act),
        ],
    }


def files_before(dossier: Dossier) -> list[dict[str, Any]]:
    """The earlier files of the chain, first attempt first, each with the act that ended it."""
    root = dossier.first_attempt_id or dossier.pk
    ends = TrailEntry.objects.filter(dossier=OuterRef("pk"), act__in=ENDING_ACTS).order_by("-number")
    files = (
        Dossier.objects.filter(Q(pk=root) | Q(first_attempt=root), attempt__lt=dossier.attempt)
        .annotate(ended_by=Subquery(ends.values("number")[:1]), first_at=Coalesce("first_submitted_at", *SUBMITTED))
        .order_by("attempt", "pk")
    )
    return [dict(row) for row in files.values("pk", "code", "legal_status", "closed_at", "ended_by", "first_at")]
