"""Starting the clocks of a dossier: the legal limit, the desk's answer to an online file, the applicant's own time.

By which rules a term is counted is said by the rulebook of the day of reception; a definition may say otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from procedures.definition import Definition
from sla.limits import CountingRules, DueTime, FirstDay
from sla.rulebook import Rulebook, rulebook_named
from sla.terms import Cutoff, Term, Unit
from sla.timekeeping import Party

if TYPE_CHECKING:
    from workflows.services.act import Act


def rulebook_of(act: Act) -> Rulebook:
    """The rulebook the dossier keeps."""
    return rulebook_named(act.dossier.rulebook)


def counting_of(definition: Definition, book: Rulebook) -> CountingRules:
    """How the legal limit is counted: what the definition says, else what the rulebook says."""
    own, general = definition.counting, book.counting
    return CountingRules(
        first_day=FirstDay(own.first_day) if own.first_day else general.first_day,
        due_time=DueTime(own.due_time) if own.due_time else general.due_time,
        last_hour=general.last_hour if own.last_hour is None else own.last_hour,
    )


def start_statutory_clock(act: Act) -> None:
    """Start the legal limit of the channel the file came by."""
    dossier, definition = act.dossier, act.definition
    limit = definition.limit_for(dossier.channel)
    cutoff = Cutoff(limit.cutoff.after, limit.cutoff.amount) if limit.cutoff else None
    dossier.statutory_clock = act.keeper.start(
        kind="statutory",
        term=Term(limit.amount, Unit(limit.unit), cutoff),
        timetable=act.timetable,
        party=Party.desk(dossier.receiving_office_id),
        clause=limit.clause,
        rulebook=dossier.rulebook,
        counting=counting_of(definition, rulebook_of(act)).as_data(),
    )
    dossier.due_at = dossier.statutory_clock.due_at
    act.changed |= {"statutory_clock", "due_at"}


def start_on_arrival(act: Act) -> None:
    """Start the legal limit of a file that was received for an agency elsewhere: that agency has it now.

    The agency has it when the first step after reception opens, because the file is sent through the program; nobody
    has to confirm it, so nobody can put it off.

    Source: Decree 118/2025/NĐ-CP, article 17(3) as amended by Decree 309/2026/NĐ-CP, article 8; R8, R27.
    """
    dossier = act.dossier
    if dossier.is_nonterritorial and dossier.statutory_clock_id is None:
        dossier.arrived_at = act.at
        act.changed.add("arrived_at")
        start_statutory_clock(act)


def start_desk_clock(act: Act) -> None:
    """The desk owes an answer to an online file within the hours of the rulebook (R4)."""
    dossier, book = act.dossier, rulebook_of(act)
    dossier.desk_clock = act.keeper.start(
        kind="desk",
        term=book.term("online_answer_within"),
        timetable=act.timetable,
        party=Party.desk(dossier.receiving_office_id),
        clause=book.clause("online_answer_within").clause,
        rulebook=book.code,
    )
    dossier.due_at = dossier.desk_clock.due_at
    act.changed |= {"desk_clock", "due_at"}


def start_citizen_clock(act: Act, party: Party) -> None:
    """Start the applicant's own clock: first submission to result, never paused."""
    act.dossier.citizen_clock = act.keeper.start(
        kind="citizen", term=None, timetable=act.timetable, party=party, rulebook=act.dossier.rulebook
    )
    act.party_before = party
    act.changed.add("citizen_clock")
