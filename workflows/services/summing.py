"""The ledgers added up, so that the working time of any group of dossiers can be read at once.

acts ──▶ Dossier.acts ≠ Dossier.summed_acts (index) ──▶ batch: ledger lines read once ──▶ HeldTime, LedgerSum
open, last counted yesterday ──▶ LedgerSum.counted_to (index) ──┘

`Dossier.acts` grows with every act, and an index finds where it is no longer what was added up, so no act writes
anything more. Adding up twice changes nothing. A dossier whose applicant's clock has ended is added up for the last
time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from sla.alarms import database_now
from sla.calendars import timetable_of
from sla.ledger import Line, seconds_by_party, stretches
from sla.timekeeping import Party
from workflows.models import Dossier, HeldTime, LedgerSum

BATCH = 500
LOCK = 0x1ED6E2  # one at a time; any number will do that nothing else locks
CLOCK = "citizen_clock__"
LINE = f"{CLOCK}intervals__"
COLUMNS = (
    "pk",
    "acts",
    f"{CLOCK}calendar_version_id",
    f"{CLOCK}started_at",
    f"{CLOCK}ended_at",
    "closed_at",
    f"{LINE}id",
    f"{LINE}starts_at",
    f"{LINE}state",
    f"{LINE}reason",
    f"{LINE}party",
    f"{LINE}party_office_id",
    f"{LINE}party_user_id",
)
DONE = """
    WITH free AS (
        SELECT id FROM workflows_dossier WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE SKIP LOCKED
    )
    UPDATE workflows_dossier dossier SET summed_acts = ledger.acts
    FROM free JOIN workflows_ledgersum ledger ON ledger.dossier_id = free.id
    WHERE dossier.id = free.id AND dossier.summed_acts <> ledger.acts
"""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The lines of one dossier, as one statement read them."""

    dossier_id: int
    acts: int
    calendar_version_id: int | None
    started_at: datetime | None
    ended_at: datetime | None
    closed_at: datetime | None
    lines: tuple[Line, ...]

    def summed(self, *, at: datetime, calendar_version_id: int | None = None) -> Summed:
        """Working seconds by party until `at`, or until the applicant's clock ended.

        Args:
            at: now.
            calendar_version_id: another version of the calendar than the one the clock runs on.
        """
        version_id = calendar_version_id or self.calendar_version_id
        final = self.ended_at is not None or (self.started_at is None and self.closed_at is not None)
        until = self.ended_at or (self.closed_at if final and self.closed_at else at)
        if version_id is None or self.started_at is None:
            return Summed(self.dossier_id, self.acts, until, final, None, {}, 0)
        timetable = timetable_of(version_id)
        parts = seconds_by_party(stretches(self.lines, timetable, until=until))
        return Summed(self.dossier_id, self.acts, until, final, version_id, parts, sum(parts.values()))


@dataclass(frozen=True, slots=True)
class Summed:
    """A ledger added up."""

    dossier_id: int
    acts: int
    counted_to: datetime
    is_final: bool
    calendar_version_id: int | None
    parts: dict[Party, int]
    seconds: int


def sum_ledgers(*, batch: int = BATCH, at: datetime | None = None, most: int | None = None) -> int:
    """Add up every ledger that changed, and every open one that was last counted before today.

    Args:
        batch: dossiers in one transaction.
        at: until when open ledgers are counted; None means the database's time.
        most: stop after about as many dossiers.

    Returns:
        How many dossiers were added up; 0 also while another process is at it.
    """
    now = at or database_now()
    day = timezone.localtime(now).date()
    midnight = timezone.make_aware(datetime.combine(day, time()))
    changed = Dossier.objects.filter(~Q(acts=F("summed_acts")))
    aged = LedgerSum.objects.filter(is_final=False, counted_to__lt=midnight)
    done = _in_batches(changed.values_list("pk", flat=True), batch, now, most)
    rest = None if most is None else max(most - done, 0)
    return done + _in_batches(aged.values_list("dossier_id", flat=True), batch, now, rest)


def _in_batches(
    ids: QuerySet[Dossier, int] | QuerySet[LedgerSum, int], batch: int, at: datetime, most: int | None
) -> int:
    """Go through the ids in their order, each once, so that a dossier an act holds cannot keep the rest waiting."""
    done, after = 0, 0
    name = "dossier_id" if ids.model is LedgerSum else "pk"
    while most is None or done < most:
        chosen = list(ids.filter(**{f"{name}__gt": after}).order_by(name)[:batch])
        if not chosen or not sum_batch(chosen, at=at):
            return done
        done, after = done + len(chosen), chosen[-1]
    return done


@transaction.atomic
def sum_batch(dossier_ids: Sequence[int], *, at: datetime) -> bool:
    """Add up these ledgers and replace what was kept of them; False while another process adds up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return False
    found = [ledger.summed(at=at) for ledger in ledgers_of(Dossier.objects.filter(pk__in=dossier_ids))]
    HeldTime.objects.filter(dossier__in=dossier_ids).delete()
    HeldTime.objects.bulk_create([row for one in found for row in _rows(one)])
    LedgerSum.objects.bulk_create(
        [
            LedgerSum(
                dossier_id=one.dossier_id,
                acts=one.acts,
                counted_to=one.counted_to,
                seconds=one.seconds,
                is_final=one.is_final,
                calendar_version_id=one.calendar_version_id,
            )
            for one in found
        ],
        update_conflicts=True,
        unique_fields=["dossier"],
        update_fields=["acts", "counted_to", "seconds", "is_final", "calendar_version"],
    )
    with connection.cursor() as cursor:
        cursor.execute(DONE, [list(dossier_ids)])
    return True


def _rows(one: Summed) -> Iterator[HeldTime]:
    for party, seconds in one.parts.items():
        if not seconds:
            continue
        yield HeldTime(
            dossier_id=one.dossier_id,
            party=party.kind,
            office_id=party.office_id,
            user_id=party.user_id,
            seconds=seconds,
        )


def ledgers_of(dossiers: QuerySet[Dossier]) -> Iterator[Ledger]:
    """The ledgers of dossiers: one statement, so that each is read as it was at one instant."""
    rows = dossiers.order_by("pk", f"{LINE}id").values_list(*COLUMNS)
    for head, lines in groupby(rows.iterator(chunk_size=5000), key=itemgetter(slice(0, 6))):
        dossier_id, acts, version_id, started_at, ended_at, closed_at = head
        yield Ledger(dossier_id, acts, version_id, started_at, ended_at, closed_at, tuple(_lines(lines)))


def _lines(rows: Iterable[tuple[Any, ...]]) -> Iterator[Line]:
    for *_, number, starts_at, state, reason, party, office_id, user_id in rows:
        if number is not None:
            yield Line(number, starts_at, state, reason, Party(party, office_id, user_id))


def held_by_party(dossiers: QuerySet[Dossier]) -> list[tuple[str, int | None, int | None, int]]:
    """Whose working time went into a group of dossiers: one statement.

    Args:
        dossiers: any group; it becomes a subquery, so it should name dossiers by conditions and not by lists of ids.

    Returns:
        Party, office, user and working seconds, most first. What counts is each dossier's ledger from its registration
        or reception to its end; an open one's until it was last added up (`LedgerSum.counted_to`: minutes after its
        last act, and at least once a day), so the figures of open dossiers may lag by the working time since. A
        dossier that was never added up has no part in it yet. The seconds of all rows together are exactly the sum of
        `LedgerSum.seconds` of the group. Office and user are those of the ledger's lines: the desk has an office, a
        division its office, a person also their name, the applicant and the payment neither.
    """
    of_group = HeldTime.objects.filter(dossier__in=dossiers.order_by().values("pk"))
    sums = of_group.order_by().values_list("party", "office_id", "user_id").annotate(total=Sum("seconds"))
    return [(party, office, user, int(total)) for party, office, user, total in sums.order_by("-total", "party")]
