"""Pausing and restarting the clocks of a dossier while the applicant must act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sla.alarms import has_fired
from sla.models import Clock
from sla.timekeeping import Party
from workflows.services.closing import end_new_date
from workflows.services.moved_promises import overtakes
from workflows.services.owing import lift_duty, move_duty
from workflows.services.reviewing import review_before_stop

if TYPE_CHECKING:
    from workflows.services.act import Act


def stop_clocks(act: Act, party: Party, *, silent: bool, clause: str = "") -> None:
    """Stop the running clocks of the dossier and its open steps: the applicant must act."""
    dossier = act.dossier
    review_before_stop(act)
    if dossier.reappointment_clock and dossier.reappointment_clock.state == "running":
        act.keeper.stop(dossier.reappointment_clock, party=party, note=act.name, clause=clause, silent=True)
    for clock in running_clocks(act, "running"):
        act.keeper.stop(clock, party=party, note=act.name, clause=clause, silent=silent)
    act.flags.clear("due_soon")
    act.changed.add("legal_status")
    if dossier.desk_clock and dossier.desk_clock.state == "running":
        act.keeper.end(dossier.desk_clock, note=act.name)
        act.flags.clear("overdue")
        dossier.due_at = None
        act.changed.add("due_at")
    copy_due_dates(act)


def start_clocks_again(act: Act, *, effect: str, clause: str = "") -> None:
    """Restart or resume the stopped clocks, as the definition says."""
    party = act.party()
    statutory = act.dossier.statutory_clock
    for clock in running_clocks(act, "stopped"):
        limit = statutory.due_at if statutory and clock is not statutory else None
        if effect == "restart":
            act.keeper.restart(clock, party=party, note=act.name, clause=clause, not_after=limit)
        else:
            act.keeper.resume(clock, party=party, note=act.name, clause=clause, not_after=limit)
    if effect == "restart":
        act.flags.clear("overdue", "step_overdue")
        forget_new_date(act)
    elif statutory and is_due_soon(act, statutory):
        due_at = statutory.due_at.isoformat() if statutory.due_at else None
        act.flags.raise_flag("due_soon", again=True, why="resumed", due_at=due_at)
    copy_due_dates(act)
    if effect != "restart":
        resume_new_date(act, party)


def forget_new_date(act: Act) -> None:
    """The limit is counted anew: what was owed is lifted, and a new date that was promised holds no more."""
    lift_duty(act)
    let_go_of_new_date(act)


def let_go_of_new_date(act: Act) -> None:
    """End the clock of a new date that was promised; the apology keeps what it said."""
    end_new_date(act)
    if act.dossier.reappointed_at is not None:
        act.dossier.reappointed_at = None
        act.changed.add("reappointed_at")


def resume_new_date(act: Act, party: Party) -> None:
    """The dates moved by the pause: an apology that is owed moves with them, a new date that was promised stays.

    A promised date that the date of the file has overtaken promises nothing any more and ends.
    """
    clock = act.dossier.reappointment_clock
    if clock is not None and clock.state == "stopped":
        act.keeper.resume(clock, party=party, note=act.name)
        if overtakes(act.dossier.due_at, clock.due_at):
            let_go_of_new_date(act)
    if act.dossier.statutory_clock_id is not None:
        move_duty(act)


def is_due_soon(act: Act, clock: Clock) -> bool:
    """Whether four fifths of a clock were used up before it was stopped, and it is not due yet."""
    return has_fired(clock, "eighty") and clock.due_at is not None and clock.due_at > act.at


def running_clocks(act: Act, state: str) -> list[Clock]:
    """The dossier's statutory clock, then those of its open steps, that are in a state."""
    clocks = [act.dossier.statutory_clock, *(step.clock for step in act.open_steps())]
    return [clock for clock in clocks if clock is not None and clock.state == state]


def copy_due_dates(act: Act) -> None:
    """Bring the copies of the due dates that the lists are sorted by up to date."""
    if act.dossier.statutory_clock:
        act.dossier.due_at = act.dossier.statutory_clock.due_at
        act.changed.add("due_at")
    for step in act.open_steps():
        if step.clock and step.due_at != step.clock.due_at:
            step.due_at = step.clock.due_at
            step.save(update_fields=["due_at"])
