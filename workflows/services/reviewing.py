"""Opening the review of a missed limit: from the sweep, or in the act that finds the limit missed first.

The rows are small and written together; what stands in them as evidence is gathered afterwards (`breach_evidence`).

    missed ──▶ review ──▶ date moved ahead: noted (`moved_reviews`) ──▶ set aside (`setting_aside`), or missed again
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sla.models import Clock, ClockKind, Verdict
from workflows.models import BreachReview, Consultation, Dossier, LegalStatus
from workflows.services.many import insert_new
from workflows.services.owing import Rang, is_due

if TYPE_CHECKING:
    from workflows.services.act import Act

REVIEWED = (ClockKind.STATUTORY, ClockKind.CONSULTATION)
# A limit that is missed again after a move of its date: what was gathered stays, what was not is of the new date.
MISSED_AGAIN = """
    ON CONFLICT (clock_id, run) WHERE NOT (state = 'moot') DO UPDATE SET
        evidence = (workflows_breachreview.evidence - 'date_moved') || jsonb_build_object('missed_again',
            (workflows_breachreview.evidence -> 'date_moved')
            || jsonb_build_object('due_at', EXCLUDED.due_at, 'found_at', EXCLUDED.opened_at)),
        due_at = CASE WHEN workflows_breachreview.evidence_at IS NULL THEN EXCLUDED.due_at
            ELSE workflows_breachreview.due_at END
    WHERE workflows_breachreview.evidence ? 'date_moved' AND workflows_breachreview.state IN ('open', 'explained')
"""


def review_of(
    dossier: Dossier, clock: Clock, due_at: datetime, at: datetime, consultation: Consultation | None = None
) -> BreachReview:
    """A review that is not saved yet; a second one of the same run is left out by the database."""
    unit = dossier.handling_office_id
    if consultation is not None:
        unit = consultation.office_id
    elif dossier.legal_status == LegalStatus.RECEIVED:
        unit = dossier.receiving_office_id
    return BreachReview(
        dossier=dossier,
        consultation=consultation,
        clock=clock,
        run=clock.run,
        due_at=due_at,
        office_id=unit,
        opened_at=at,
    )


def open_reviews(rang: Sequence[Rang], *, at: datetime) -> None:
    """Open a review for every statutory limit and every term of a consulted office that these rungs end.

    One statement, however many rungs; none where nothing was missed.
    """
    save_reviews(
        review_of(one.dossier, one.rung.clock, one.rung.clock.due_at, at, one.consultation)
        for one in rang
        if is_due(one.rung) and one.rung.clock.kind in REVIEWED and one.rung.clock.due_at is not None
    )


def review_if_late(act: Act, clock: Clock, consultation: Consultation | None = None) -> None:
    """Open a review where the act ended a clock too late and the sweep may not have seen it yet."""
    if clock.verdict == Verdict.LATE and clock.due_at is not None:
        save_reviews([review_of(act.dossier, clock, clock.due_at, act.at, consultation)])


def review_before_stop(act: Act) -> None:
    """Open a review where the date had passed before the clock is stopped, which takes the date away."""
    clock = act.dossier.statutory_clock
    if clock is not None and clock.state == "running" and clock.due_at is not None and clock.due_at < act.at:
        save_reviews([review_of(act.dossier, clock, clock.due_at, act.at)])


def save_reviews(rows: Iterable[BreachReview]) -> None:
    """Write reviews that are not there yet; one whose date was moved meanwhile learns that it is missed again."""
    found = {(row.clock_id, row.run): row for row in rows}
    if found:
        insert_new(list(found.values()), MISSED_AGAIN)
