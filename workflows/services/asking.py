"""The clock of a question to another office: it starts with the question and ends with the answer, or with the step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from workflows.models import Consultation
from workflows.services.reviewing import review_if_late

if TYPE_CHECKING:
    from workflows.services.act import Act


def end_question(act: Act, question: Consultation) -> None:
    """End the clock of a question; a missed term is reviewed."""
    if question.clock is not None and question.clock.state != "ended":
        act.keeper.end(question.clock, note=act.name)
        review_if_late(act, question.clock, question)


def end_questions(act: Act, step_id: int) -> None:
    """Questions that nobody will answer any more end with their step; one statement where there are any."""
    waiting = [row["id"] for row in act.scene.asked if row["step_id"] == step_id]
    if waiting:
        for question in Consultation.objects.filter(pk__in=waiting).select_related("clock").order_by("pk"):
            end_question(act, question)
    act.scene.forget_asked(step_id)
