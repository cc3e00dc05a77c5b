"""The end of a dossier: its steps, clocks and flags end with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewflow.workflow.status import PROCESS, STATUS

from workflows.services.attempts import link_later_files

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


def end_statutory_clock(act: Act) -> None:
    """End the statutory clock, fix the verdict, clear what warned of it."""
    dossier = act.dossier
    if dossier.statutory_clock and dossier.statutory_clock.state != "ended":
        dossier.verdict = act.keeper.end(dossier.statutory_clock, note=act.name)
        act.changed.add("verdict")
    act.flags.clear("overdue", "due_soon")


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
    link_later_files(act)
