"""What stands in a review as evidence: gathered once from what is stored, then never changed.

    missed steps · whose time between the start of the term and its end · flags · the apology

Who held the file longest on the office's side answers for it; the unit is asked to explain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from offices.models import Role
from sla.calendars import timetable_of
from sla.ledger import SECOND, Line, stretches
from sla.models import ClockInterval, PartyKind, Verdict
from sla.timekeeping import Party
from workflows.models import Apology, BreachReview, BreachState, Flag, Notice, Step
from workflows.models.breaches import DATE_MOVED, MISSED_AGAIN
from workflows.models.step import HUMAN
from workflows.services.recipients import Directory

BATCH = 100
OFFICE_SIDE = {PartyKind.DESK, PartyKind.DIVISION, PartyKind.PERSON, PartyKind.CONSULTED}
BEGINNINGS = ("start", "restart")


def gather_waiting(*, batch: int = BATCH) -> int:
    """Gather the evidence of every review that has none yet, batch by batch; how many there were."""
    gathered = 0
    while found := gather_batch(batch):
        gathered += found
    return gathered


@transaction.atomic
def gather_batch(batch: int) -> int:
    """One batch of reviews without evidence, oldest first; what somebody else works on is left out."""
    waiting = BreachReview.objects.filter(evidence_at__isnull=True).order_by("pk")
    locked = waiting.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[:batch]
    return gather_evidence(list(locked), at=timezone.now())


@transaction.atomic
def gather_evidence(review_ids: Sequence[int], *, at: datetime) -> int:
    """Gather the evidence of these reviews, unless it stands there already.

    Seven statements, however many reviews: the reviews, lines of ledgers, steps, flags and apologies are read, reviews
    and notices written.

    Args:
        review_ids: which.
        at: when it is gathered (aware); stored with it.

    Returns:
        How many were gathered now.
    """
    waiting = BreachReview.objects.filter(pk__in=review_ids, evidence_at__isnull=True)
    parts = ("dossier", "clock", "consultation__office", "dossier__citizen_clock")
    rows = waiting.select_related(*parts).defer("dossier__search", "dossier__data").order_by("pk")
    reviews = list(rows.select_for_update(of=("self",)))
    if not reviews:
        return 0
    known = Known.of(reviews)
    for review in reviews:
        fill(review, known, at)
    fields = ["evidence", "evidence_at", "party", "party_office", "party_user", "office"]
    BreachReview.objects.bulk_update(reviews, fields)
    directory = Directory(at)
    told = [one for review in reviews for one in [*notices_of(review, at), *notices_of_silence(review, directory, at)]]
    Notice.objects.bulk_create(told, ignore_conflicts=True)
    return len(reviews)


@dataclass(frozen=True, slots=True)
class Known:
    """What is stored about the dossiers of some reviews, read set by set."""

    lines: Mapping[UUID, list[ClockInterval]]
    steps: Mapping[int, list[Step]]
    flags: Mapping[int, list[Flag]]
    apologies: Mapping[tuple[int, int], Apology]

    @classmethod
    def of(cls, reviews: Iterable[BreachReview]) -> Known:
        """Read it: four statements."""
        found = list(reviews)
        clocks = {review.clock_id for review in found} | {review.dossier.citizen_clock_id for review in found}
        dossiers = {review.dossier_id for review in found}
        lines = ClockInterval.objects.filter(clock__in=clocks - {None}).select_related("party_office", "party_user")
        steps = Step.objects.filter(process__in=dossiers, flow_task_type=HUMAN, clock__isnull=False)
        return cls(
            lines=grouped(lines.order_by("pk"), "clock_id"),
            steps=grouped(steps.select_related("clock", "office", "owner", "finished_by").order_by("pk"), "process_id"),
            flags=grouped(Flag.objects.filter(dossier__in=dossiers).order_by("raised_at", "pk"), "dossier_id"),
            apologies={(row.dossier_id, row.run): row for row in Apology.objects.filter(dossier__in=dossiers)},
        )


def grouped(rows: Iterable[Any], name: str) -> dict[Any, list[Any]]:
    """Rows by one of their fields."""
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, name)].append(row)
    return found


def fill(review: BreachReview, known: Known, at: datetime) -> None:
    """Write evidence and responsible party into a review; nothing is saved."""
    held = time_held(review, known)
    review.evidence = {
        "term_from": term_start(review, known).isoformat(),
        "held": [entry_of(party, names, seconds) for party, (names, seconds) in held.items()],
        "missed_steps": [missed_step(step) for step in known.steps.get(review.dossier_id, ()) if is_late(step, at)],
        "flags": [
            {"kind": f.kind, "raised_at": f.raised_at.isoformat()} for f in known.flags.get(review.dossier_id, ())
        ],
        "apology": apology_words(known.apologies.get((review.dossier_id, review.run)), review, at),
    } | {name: review.evidence[name] for name in (DATE_MOVED, MISSED_AGAIN) if name in review.evidence}
    review.evidence_at = at
    longest = responsible(held)
    if longest is not None:
        review.party, review.party_user_id = longest.kind, longest.user_id
        review.party_office_id = longest.office_id or review.office_id
    if review.consultation_id is None and review.party_office_id:
        review.office_id = review.party_office_id


Held = dict[Party, tuple[str, int]]


def time_held(review: BreachReview, known: Known) -> Held:
    """Working seconds by party, between the start of the missed term and its end, in the order of first holding."""
    if review.consultation is not None:
        timetable = timetable_of(review.clock.calendar_version_id)
        seconds = timetable.between(review.consultation.asked_at, review.due_at) // SECOND
        return {Party.consulted(review.office_id): ("", seconds)}
    citizen = review.dossier.citizen_clock
    rows = known.lines.get(citizen.pk, []) if citizen else []
    if citizen is None or not rows:
        return {}
    start, timetable = term_start(review, known), timetable_of(citizen.calendar_version_id)
    names = {row.pk: str(row.party_user or row.party_office or "") for row in rows}
    found: Held = {}
    for one in stretches(map(Line.of, rows), timetable, until=review.due_at):
        if one.ends_at > start:
            name, before = found.get(one.party, (names[one.line.number], 0))
            found[one.party] = name, before + timetable.between(max(one.starts_at, start), one.ends_at) // SECOND
    return found


def term_start(review: BreachReview, known: Known) -> datetime:
    """When the run of the clock began whose end was missed."""
    lines = [row for row in known.lines.get(review.clock_id, ()) if row.reason in BEGINNINGS]
    return lines[review.run - 1].starts_at if len(lines) >= review.run else review.clock.started_at


def responsible(held: Held) -> Party | None:
    """Who of the office's side held the file longest; the first of them where two held it equally long."""
    ours = [(party, seconds) for party, (_name, seconds) in held.items() if party.kind in OFFICE_SIDE]
    return max(ours, key=lambda pair: pair[1], default=(None, 0))[0]


def entry_of(party: Party, name: str, seconds: int) -> dict[str, Any]:
    """One line of the ledger in the evidence."""
    return {
        "party": str(party.kind),
        "office": party.office_id,
        "user": party.user_id,
        "name": name,
        "minutes": seconds // 60,
        "seconds": seconds,
    }


def is_late(step: Step, at: datetime) -> bool:
    """Whether a step took longer than it was given, or takes longer now."""
    clock = step.clock
    if clock is None or clock.due_at is None:
        return False
    if clock.ended_at:
        return bool(clock.verdict == Verdict.LATE)
    return bool(clock.state == "running" and clock.due_at < at)


def missed_step(step: Step) -> dict[str, Any]:
    """One step that overran, as evidence."""
    person = step.finished_by or step.owner
    due_at = step.clock.due_at if step.clock else None
    return {
        "key": step.key,
        "attempt": step.attempt,
        "office": step.office.short_name if step.office else "",
        "person": person.full_name if person else "",
        "due_at": due_at.isoformat() if due_at else None,
        "finished_at": step.finished.isoformat() if step.finished else None,
    }


def apology_words(duty: Apology | None, review: BreachReview, at: datetime) -> dict[str, Any]:
    """Whether the applicant was told in time, late, or not at all."""
    if review.consultation_id is not None:
        return {}
    if duty is None or duty.approved_at is None:
        due_by = duty.due_by if duty else review.due_at
        return {"state": "missing", "due_by": due_by.isoformat(), "approved_at": None}
    state = "in_time" if duty.approved_at <= duty.due_by else "late"
    return {"state": state, "due_by": duty.due_by.isoformat(), "approved_at": duty.approved_at.isoformat()}


def notices_of(review: BreachReview, at: datetime) -> list[Notice]:
    """Whoever must explain hears of it once: the head of the unit, and who held the file longest."""
    common: dict[str, Any] = {
        "topic": "breach_opened",
        "dossier": review.dossier,
        "created_at": at,
        "payload": {"review": review.pk, "due_at": review.due_at.isoformat()},
    }
    if review.state != BreachState.OPEN or review.moved:
        return []
    roles = (Role.DIVISION_HEAD, Role.LEADER, *((Role.CLERK,) if review.party == PartyKind.DESK else ()))
    told = [
        Notice(**common, office_id=review.office_id, role=role, idempotency_key=f"breach-{review.pk}-{role}")
        for role in roles
    ]
    if review.party_user_id:
        told.append(Notice(**common, user_id=review.party_user_id, idempotency_key=f"breach-{review.pk}-person"))
    return told


def notices_of_silence(review: BreachReview, directory: Directory, at: datetime) -> list[Notice]:
    """That an asked office let its term pass is told to whoever asked, and to the head of the desk (R13)."""
    question = review.consultation
    if question is None:
        return []
    desk = directory.supervisors(review.dossier.receiving_office_id)
    common: dict[str, Any] = {
        "topic": "consultation_late",
        "dossier": review.dossier,
        "created_at": at,
        "payload": {"office": question.office.short_name, "due_at": review.due_at.isoformat(), "review": review.pk},
    }
    return [
        Notice(**common, user_id=question.asked_by_id, idempotency_key=f"silence-{review.pk}-asker"),
        Notice(**common, office_id=desk.office_id, role=desk.role, idempotency_key=f"silence-{review.pk}-desk"),
    ]
