"""Moving open dossiers to another rulebook: foreseen, ordered with a decision, then done dossier by dossier.

A dossier keeps the rulebook of its reception day. When the law says that open files follow the new text, somebody
orders it here; each dossier gets an act of its own in its trail, and each of its clocks a line in the ledger.
What is left to move is found by asking, so a crash loses nothing.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.capacities import capacities_of
from offices.models import Role, User
from sla.calendars import timetable_of
from sla.exceptions import TimeError
from sla.models import Clock, ClockState
from sla.rulebook import Clause, Rulebook, rulebook_named
from sla.stops import is_silent, resuming_stops
from sla.terms import deadline
from workflows.exceptions import NotAllowed, NotComplete, NotPossibleNow, WorkflowError
from workflows.models import Dossier, Reprojection
from workflows.models.dossier import CLOSED
from workflows.services.act import Act
from workflows.services.locking import lock_dossier
from workflows.services.moved_promises import overtakes
from workflows.services.moved_reviews import MovedLimit, note_moved_limits
from workflows.services.pausing import copy_due_dates, let_go_of_new_date
from workflows.services.starting import counting_of

BATCH = 500
EXAMPLES = 50
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ChangedRule:
    """A rule on which two rulebooks differ."""

    key: str
    before: Clause
    after: Clause


@dataclass(frozen=True, slots=True)
class MovedDate:
    """A dossier whose date would move."""

    dossier: Dossier
    before: datetime
    after: datetime


@dataclass(slots=True)
class MovePreview:
    """What moving all open dossiers of a rulebook to another one would change."""

    source: Rulebook
    target: Rulebook
    rules: tuple[ChangedRule, ...]
    dossiers: int
    moved: int = 0
    becoming_late: int = 0
    becoming_punctual: int = 0
    examples: tuple[MovedDate, ...] = ()


def open_under(code: str) -> QuerySet[Dossier]:
    """The dossiers that keep a rulebook and on which something can still happen."""
    return Dossier.objects.filter(rulebook=code).exclude(legal_status__in=CLOSED).order_by("pk")


def preview_move(*, source: str, target: str, at: datetime) -> MovePreview:
    """Say what a move would change, and change nothing.

    Args:
        source: code of the rulebook that the dossiers keep now.
        target: code of the rulebook they would get.
        at: the instant by which lateness is judged (aware).

    Raises:
        NoRulebook: there is no rulebook with such a code.
        NotComplete: both are the same.
    """
    old, new = rulebook_named(source), rulebook_named(target)
    if old.code == new.code:
        raise NotComplete(_("Choose two different rulebooks."), fields={"target": _("Choose another rulebook.")})
    rules = tuple(
        ChangedRule(key, old.clauses[key], new.clauses[key])
        for key in new.clauses
        if key in old.clauses and old.clauses[key] != new.clauses[key]
    )
    dossiers = open_under(source)
    seen = MovePreview(old, new, rules, dossiers.count())
    if old.counting != new.counting:
        foresee_dates(seen, dossiers, at)
    return seen


def foresee_dates(seen: MovePreview, dossiers: QuerySet[Dossier], at: datetime) -> None:
    """Count the dates that would move, and keep the first few of them; the dossiers are read in portions."""
    rows = dossiers.select_related("statutory_clock", "version__procedure").defer("search", "data")
    for dossier in rows.iterator(chunk_size=2000):
        found = moved_date(dossier, seen.target)
        if found is None:
            continue
        seen.moved += 1
        seen.becoming_late += found.before >= at > found.after
        seen.becoming_punctual += found.before < at <= found.after
        if len(seen.examples) < EXAMPLES:
            seen.examples = (*seen.examples, found)


def moved_date(dossier: Dossier, book: Rulebook) -> MovedDate | None:
    """The dossier's date by another rulebook, if it is another date; a stopped clock has none."""
    clock = dossier.statutory_clock
    if clock is None or clock.due_at is None or clock.state == ClockState.ENDED:
        return None
    after = due_by(clock, dossier, book)
    return None if after == clock.due_at else MovedDate(dossier, clock.due_at, after)


def due_by(clock: Clock, dossier: Dossier, book: Rulebook) -> datetime:
    """When a clock would be due if it were counted by a rulebook."""
    if clock.term is None:
        raise NotPossibleNow(_("A clock without a limit has no due date."))
    return deadline(
        start=clock.started_at,
        term=clock.term,
        timetable=timetable_of(clock.calendar_version_id),
        stops=resuming_stops(clock),
        explain=False,
        rules=counting_of(dossier.version.spec, book),
    ).due_at


@transaction.atomic
def order_move(
    *, source: str, target: str, reason: str, decision: str, by: User, at: datetime | None = None
) -> Reprojection:
    """Order that all open dossiers of a rulebook follow another one; `move_dossiers` carries it out.

    Args:
        source: code of the rulebook that the dossiers keep now.
        target: code of the rulebook they get.
        reason: why; it stands in the ledger of every dossier.
        decision: number of the decision that orders it.
        by: an administrator.

    Raises:
        NotAllowed: the person is no administrator.
        NotComplete: reason or decision is missing, or both rulebooks are the same.
        NotPossibleNow: such a move is under way.
    """
    now = at or timezone.now()
    if not capacities_of(by, now).has(Role.ADMINISTRATOR):
        raise NotAllowed(_("Only an administrator moves dossiers to another rulebook."))
    missing = {
        name: _("This is needed: it is kept with every date that moves.")
        for name, text in {"reason": reason, "decision": decision}.items()
        if not text.strip()
    }
    if missing:
        raise NotComplete(_("Give the decision and the reason."), fields=missing)
    if unfinished().exists():
        raise NotPossibleNow(_("Dossiers are being moved already. Wait until that is finished."))
    seen = preview_move(source=source, target=target, at=now)
    return Reprojection.objects.create(
        kind=Reprojection.Kind.RULEBOOK,
        rulebook=target,
        reason=reason.strip(),
        decision=decision.strip(),
        preview={
            "source": source,
            "dossiers": seen.dossiers,
            "moved": seen.moved,
            "becoming_late": seen.becoming_late,
            "becoming_punctual": seen.becoming_punctual,
        },
        ordered_by=by,
        ordered_at=now,
    )


def unfinished() -> QuerySet[Reprojection]:
    """Moves that were ordered and are not finished."""
    return Reprojection.objects.filter(kind=Reprojection.Kind.RULEBOOK, finished_at__isnull=True)


def move_dossiers(*, batch: int = BATCH) -> int:
    """Carry out the ordered moves, oldest first; safe to run twice and after a crash.

    Returns:
        How many dossiers were moved.
    """
    moved = 0
    for order in unfinished().select_related("ordered_by").order_by("pk"):
        done, left = move_all(order, batch)
        moved += done
        finished_at = None if left else timezone.now()
        Reprojection.objects.filter(pk=order.pk, finished_at__isnull=True).update(
            moved=F("moved") + done, finished_at=finished_at
        )
    return moved


def move_all(order: Reprojection, batch: int) -> tuple[int, int]:
    """Move every dossier of an order once round; how many were moved, and how many could not be and wait."""
    moved = left = last = 0
    waiting = open_under(order.preview["source"]).values_list("pk", flat=True)
    while ids := list(waiting.filter(pk__gt=last)[:batch]):
        for dossier_id in ids:
            try:
                moved += move_dossier(order, dossier_id)
            except (WorkflowError, TimeError) as error:
                left += 1
                logger.warning("Dossier %s keeps its rulebook for now: %s", dossier_id, error)
        last = ids[-1]
    return moved, left


@transaction.atomic
def move_dossier(order: Reprojection, dossier_id: int) -> bool:
    """Move one dossier by its own act; False when somebody was faster."""
    if order.ordered_by is None:
        raise NotComplete(_("Give the decision and the reason."))
    act = lock_dossier(dossier_id=dossier_id, name="change_rulebook", by=order.ordered_by, at=None)
    source = order.preview["source"]
    if act.dossier.rulebook != source or act.dossier.is_closed:
        return False
    act.data = {
        "from": source,
        "to": order.rulebook,
        "reason": order.reason,
        "decision": order.decision,
        "due_before": act.dossier.due_at.isoformat() if act.dossier.due_at else None,
    }
    change_rules(act, order)
    act.dossier.rulebook = order.rulebook
    act.changed.add("rulebook")
    act.data["due_after"] = act.dossier.due_at.isoformat() if act.dossier.due_at else None
    act.save()
    return True


def change_rules(act: Act, order: Reprojection) -> None:
    """Move every open clock of a locked dossier, the legal limit first: no step is due later than its dossier."""
    statutory, citizen = act.dossier.statutory_clock, act.dossier.citizen_clock
    was_missed = bool(act.dossier.due_at and act.dossier.due_at <= act.at)
    note = f"{order.decision}: {order.reason}"[:500]
    counting = counting_of(act.definition, rulebook_named(order.rulebook)).as_data()
    if statutory is not None and statutory.state != ClockState.ENDED:
        act.keeper.change_rules(statutory, rulebook=order.rulebook, counting=counting, note=note)
    limit = statutory.due_at if statutory is not None and not is_silent(statutory) else None
    clocks = [step.clock for step in act.open_steps()] + [citizen, act.dossier.desk_clock]
    asked = act.dossier.consultations.filter(clock__ended_at__isnull=True).select_related("clock")
    clocks += [act.dossier.reappointment_clock, *(row.clock for row in asked)]
    for clock in clocks:
        if clock is not None and clock.state != ClockState.ENDED:
            act.keeper.change_rules(
                clock, rulebook=order.rulebook, not_after=limit if clock.kind == "step" else None, note=note
            )
    clear_what_no_longer_holds(act, note if was_missed else "")
    copy_due_dates(act)
    promised, dossier = act.dossier.reappointment_clock, act.dossier
    if promised and promised.state != ClockState.ENDED and overtakes(dossier.due_at, promised.due_at):
        let_go_of_new_date(act)


def clear_what_no_longer_holds(act: Act, why: str) -> None:
    """A date that now lies ahead is no longer missed; one that now lies behind is found by the next sweep.

    Args:
        act: the act that moves the dossier.
        why: what the review of the missed limit keeps; empty where none was missed.
    """
    statutory = act.dossier.statutory_clock
    if statutory is not None and statutory.due_at is not None and statutory.due_at > act.at:
        act.flags.clear("overdue")
        if why:
            note_moved_limits([MovedLimit(statutory.pk, statutory.due_at, why)], at=act.at)
