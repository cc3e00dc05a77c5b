"""The numbers of slips: given by the very act that makes a slip, in one statement with the act.

A series belongs to one office, one kind of slip and one year. Its counter's row stays locked until the transaction
ends, so that a series has neither a gap after a rollback nor a number twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction

from offices.capacities import local_day
from workflows.models import Dossier, LegalStatus, Slip, SlipKind

if TYPE_CHECKING:
    from workflows.services.act import Act

# What a received file gets: its receipt, the slip that goes along with it, its line in the register.
OF_RECEPTION = (SlipKind.RECEIPT, SlipKind.CONTROL, SlipKind.REGISTER)
OF_ACTS = {
    "request_supplement": SlipKind.SUPPLEMENT,
    "decline_to_receive": SlipKind.REFUSAL,
    "refuse": SlipKind.REFUSAL,
    "approve_apology": SlipKind.APOLOGY,
    "withdraw": SlipKind.STOP,
    "stop": SlipKind.STOP,
}
GIVE = """
    WITH wanted AS (SELECT unnest(%(kinds)s::text[]) AS kind), taken AS (
        INSERT INTO workflows_slipserial (office_id, kind, year, last)
        SELECT %(office)s, kind, %(year)s, 1 FROM wanted ORDER BY kind
        ON CONFLICT ON CONSTRAINT slip_serial_once DO UPDATE SET last = workflows_slipserial.last + EXCLUDED.last
        RETURNING office_id, kind, year, last)
    INSERT INTO workflows_slip (dossier_id, office_id, kind, year, number, round, issued_at, issued_by_id)
    SELECT %(dossier)s, office_id, kind, year, last, %(round)s, %(at)s, %(by)s FROM taken"""
# Files that were received before slips were numbered: in the order in which they came.
GIVE_TO_OLDER = """
    WITH lacking AS (
        SELECT d.id, d.receiving_office_id AS office_id, d.received_at, d.received_by_id, wanted.kind,
            extract(year FROM d.received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::int AS year
        FROM workflows_dossier d CROSS JOIN unnest(%(kinds)s::text[]) AS wanted(kind)
        WHERE d.received_at IS NOT NULL AND NOT EXISTS (
            SELECT FROM workflows_slip s WHERE s.dossier_id = d.id AND s.kind = wanted.kind)),
    ranked AS (
        SELECT *, row_number() OVER (PARTITION BY office_id, kind, year ORDER BY received_at, id) AS place,
            count(*) OVER (PARTITION BY office_id, kind, year) AS all_of_them FROM lacking),
    taken AS (
        INSERT INTO workflows_slipserial (office_id, kind, year, last)
        SELECT office_id, kind, year, count(*) FROM lacking GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
        ON CONFLICT ON CONSTRAINT slip_serial_once DO UPDATE SET last = workflows_slipserial.last + EXCLUDED.last
        RETURNING office_id, kind, year, last)
    INSERT INTO workflows_slip (dossier_id, office_id, kind, year, number, round, issued_at, issued_by_id)
    SELECT ranked.id, office_id, kind, year, taken.last - all_of_them + place, 1, received_at, received_by_id
    FROM ranked JOIN taken USING (office_id, kind, year)"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Slips that one act makes: of one office, on one dossier."""

    kinds: tuple[SlipKind, ...]
    office_id: int
    round: int = 1


def number_slips(act: Act) -> None:
    """Number the slips that an act makes, if it makes any."""
    wanted = slips_of(act)
    if wanted is not None:
        give(wanted, act.dossier.pk, at=act.at, by_id=act.by.pk)


def slips_of(act: Act) -> Wanted | None:
    """Which slips an act makes, and which office gives them out."""
    dossier = act.dossier
    if "received_by" in act.changed:
        return Wanted(OF_RECEPTION, dossier.receiving_office_id)
    kind = OF_ACTS.get(act.name)
    if kind is None:
        return None
    rounds = {SlipKind.SUPPLEMENT: lambda: int(act.data["number"]), SlipKind.APOLOGY: lambda: apologies(dossier)}
    return Wanted((kind,), giving_office(dossier, kind), rounds.get(kind, lambda: 1)())


def giving_office(dossier: Dossier, kind: str) -> int:
    """The office in whose name a slip is given out."""
    refused_later = kind == SlipKind.REFUSAL and dossier.legal_status != LegalStatus.NOT_ACCEPTED
    if kind == SlipKind.APOLOGY or refused_later:
        return dossier.handling_office_id
    return dossier.receiving_office_id


def apologies(dossier: Dossier) -> int:
    """How many apologies of the dossier were approved."""
    return dossier.apologies.filter(approved_at__isnull=False).count()


def give(wanted: Wanted, dossier_id: int, *, at: datetime, by_id: int | None) -> None:
    """Take the next number of each series, and note to whom it went."""
    with connection.cursor() as cursor:
        cursor.execute(
            GIVE,
            {
                "kinds": [str(kind) for kind in wanted.kinds],
                "office": wanted.office_id,
                "year": local_day(at).year,
                "dossier": dossier_id,
                "round": wanted.round,
                "at": at,
                "by": by_id,
            },
        )


def number_of(dossier: Dossier, kind: SlipKind, *, round_: int = 1, at: datetime, by_id: int | None = None) -> Slip:
    """The number of a slip; one that was made before slips were numbered gets it now, in the year of `at`.

    Args:
        dossier: whose slip it is.
        kind: what it is for.
        round_: the how-many-eth of its kind.
        at: when the slip was made (aware).
        by_id: who made it.
    """
    given = Slip.objects.filter(dossier=dossier, kind=kind, round=round_)
    found = given.first()
    if found is not None:
        return found
    with transaction.atomic():
        Dossier.objects.select_for_update(of=("self",)).only("pk").get(pk=dossier.pk)
        found = given.first()
        if found is None:
            give(Wanted((kind,), giving_office(dossier, kind), round_), dossier.pk, at=at, by_id=by_id)
            found = given.get()
    return found


@transaction.atomic
def number_older(kinds: Iterable[SlipKind] = OF_RECEPTION) -> int:
    """Number the slips of files that were received before slips were numbered, in the order in which they came.

    Returns:
        How many numbers were given; 0 where there was nothing to do.
    """
    with connection.cursor() as cursor:
        cursor.execute(GIVE_TO_OLDER, {"kinds": [str(kind) for kind in kinds]})
        return int(cursor.rowcount)
