"""The end of a dossier: its steps, clocks and flags end with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewflow.workflow.status import PROCESS, STATUS

from workflows.models import LegalStatus
from workflows.services.asking import end_questions
from workflows.services.owing import lift_duty
from workflows.services.reviewing import review_if_late
from workflows.services.starting import start_on_arrival

if TYPE_CHECKING:
    from workflows.services.act import Act


def cancel_open_steps(act: Act) -> None:
    """Close every open step and its clock: the dossier ends here."""
    for step in act.open_steps():
        if step.clock:
            act.keeper.end(step.clock, note=act.name)
        step.due_at = None
        step.status, step.finished = STATUS.CANCELED, act.at
        step.save(update_fields=["status", "finished", "due_at"])
        act.flags.clear("step_overdue", step_id=step.pk)
        end_questions(act, step.pk)


def end_statutory_clock(act: Act) -> None:
    """End the statutory clock, fix the verdict, clear what warned of it; review a missed limit, lift what was owed."""
    dossier = act.dossier
    if dossier.statutory_clock and dossier.statutory_clock.state != "ended":
        dossier.verdict = act.keeper.end(dossier.statutory_clock, note=act.name)
        dossier.due_at = dossier.statutory_clock.due_at
        act.changed |= {"verdict", "due_at"}
        review_if_late(act, dossier.statutory_clock)
        lift_duty(act)
        end_new_date(act)
    act.flags.clear("overdue", "due_soon")


def end_new_date(act: Act) -> None:
    """End the clock of the new date that was promised with an apology, where one runs."""
    if act.dossier.reappointment_clock is not None and act.dossier.reappointment_clock.state != "ended":
        act.keeper.end(act.dossier.reappointment_clock, note=act.name)


def decide(act: Act) -> None:
    """The statutory clock ends and the verdict is fixed (4 → 9)."""
    dossier = act.dossier
    if dossier.legal_status == LegalStatus.RECEIVED:
        dossier.mark_in_process()
    start_on_arrival(act)
    dossier.mark_decided()
    dossier.decided_at = act.at
    end_statutory_clock(act)
    act.changed |= {"legal_status", "decided_at"}


def close(act: Act) -> None:
    """The dossier ends: steps, clocks and flags with it; a newer file about the same matter continues it."""
    dossier = act.dossier
    cancel_open_steps(act)
    end_statutory_clock(act)
    for clock in (dossier.desk_clock, dossier.citizen_clock):
        if clock is not None and clock.state != "ended":
            act.keeper.end(clock, note=act.name)
    dossier.closed_at = act.at
    dossier.status, dossier.finished = PROCESS.DONE, act.at
    act.changed |= {"legal_status", "closed_at", "status", "finished"}
