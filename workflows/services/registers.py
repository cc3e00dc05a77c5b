"""The register of received files: numbered by reception, closed volume by volume, each sealed by a hash.

A volume opens by itself with the first number after the last closed one. Numbers go on across the volumes of a year
and begin anew with the year; the seal of a volume takes up the seal before, as the stamp across the pages of the paper
book does.

Source: Circular 01/2018/TT-VPCP Đ.10(2).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.capacities import Capacities, capacities_of
from offices.models import Office, Role, User
from offices.tree import office_ids_below
from workflows.exceptions import NotAllowed, NotFound, NotPossibleNow
from workflows.models import RegisterSeal, Slip, SlipKind, SlipSerial

DIGEST = """
    SELECT count(*), encode(sha256(convert_to(%(before)s || coalesce(string_agg(
        E'\\n' || s.number || '|' || d.code || '|' || extract(epoch FROM s.issued_at)::bigint, '' ORDER BY s.number
        ), ''), 'UTF8')), 'hex')
    FROM workflows_slip s JOIN workflows_dossier d ON d.id = s.dossier_id
    WHERE s.office_id = %(office)s AND s.kind = 'register' AND s.year = %(year)s
        AND s.number BETWEEN %(first)s AND %(last)s"""


@dataclass(frozen=True, slots=True)
class Volume:
    """One volume of an office's register; `seal` where it is closed."""

    office: Office
    year: int
    number: int
    first: int
    last: int
    opened_at: datetime | None
    seal: RegisterSeal | None = None

    @property
    def lines(self) -> int:
        """How many files stand in it."""
        return self.last - self.first + 1


def may_read(capacities: Capacities) -> set[int]:
    """Offices whose registers a person may read: desks of one's own, and what one supervises."""
    return capacities.offices_as(Role.CLERK, Role.LEADER) | office_ids_below(capacities.offices_as(Role.SUPERVISOR))


def may_close(capacities: Capacities) -> set[int]:
    """Offices whose registers a person may close: the head's act."""
    return capacities.offices_as(Role.LEADER) | office_ids_below(capacities.offices_as(Role.SUPERVISOR))


def volume_of(slip: Slip) -> int:
    """The volume in which a line of the register stands."""
    closed = RegisterSeal.objects.filter(office=slip.office_id, year=slip.year, last_number__lt=slip.number)
    return 1 + closed.count()


def volumes_of(office_ids: Iterable[int]) -> list[Volume]:
    """Every volume of these offices, the newest year first: three statements."""
    ids = sorted(set(office_ids))
    series = SlipSerial.objects.filter(office__in=ids, kind=SlipKind.REGISTER).select_related("office__parent")
    seals: dict[tuple[int, int], list[RegisterSeal]] = {}
    for seal in RegisterSeal.objects.filter(office__in=ids).select_related("closed_by").order_by("volume"):
        seals.setdefault((seal.office_id, seal.year), []).append(seal)
    found = []
    for row in series.order_by("-year", "office__name"):
        found += _volumes(row, seals.get((row.office_id, row.year), []))
    return _with_openings(found)


def _volumes(row: SlipSerial, closed: list[RegisterSeal]) -> list[Volume]:
    volumes = [
        Volume(row.office, row.year, seal.volume, seal.first_number, seal.last_number, None, seal) for seal in closed
    ]
    first = closed[-1].last_number + 1 if closed else 1
    if row.last >= first:
        volumes.append(Volume(row.office, row.year, len(closed) + 1, first, row.last, None))
    return volumes[::-1]


def _with_openings(volumes: list[Volume]) -> list[Volume]:
    wanted = {(volume.office.pk, volume.year, volume.first) for volume in volumes}
    rows = Slip.objects.filter(
        kind=SlipKind.REGISTER,
        office__in={office for office, _year, _first in wanted},
        year__in={year for _office, year, _first in wanted},
        number__in={first for _office, _year, first in wanted},
    ).values_list("office_id", "year", "number", "issued_at")
    opened = {(office, year, number): at for office, year, number, at in rows}
    return [
        Volume(v.office, v.year, v.number, v.first, v.last, opened.get((v.office.pk, v.year, v.first)), v.seal)
        for v in volumes
    ]


def volume_named(*, office_id: int, year: int, number: int, capacities: Capacities) -> Volume:
    """One volume that the person may read.

    Raises:
        NotFound: there is none, or not for this person.
    """
    if office_id in may_read(capacities):
        for volume in volumes_of([office_id]):
            if (volume.year, volume.number) == (year, number):
                return volume
    raise NotFound(_("There is no such volume of the register."))


def lines_of(volume: Volume) -> QuerySet[Slip]:
    """The lines of a volume in their order."""
    lines = Slip.objects.filter(
        office=volume.office, kind=SlipKind.REGISTER, year=volume.year, number__range=(volume.first, volume.last)
    )
    return lines.select_related("dossier__procedure", "dossier__handling_office").defer("dossier__search")


@transaction.atomic
def close_volume(*, office_id: int, year: int, by: User, at: datetime | None = None) -> RegisterSeal:
    """Close the open volume of a year and seal it; the next file begins a new volume.

    Args:
        office_id, year: whose register, of which year.
        by: who heads the desk.
        at: when (aware); None means now.

    Raises:
        NotAllowed: the person heads no office above the desk.
        NotFound: nothing was received in that year.
        NotPossibleNow: the volume is closed, or one of an earlier year is still open.

    Source: Circular 01/2018/TT-VPCP Đ.10(2): closed and sealed at the end of the year by the head.
    """
    at = at or timezone.now()
    if office_id not in may_close(capacities_of(by, at)):
        raise NotAllowed(_("The head of the office closes its register."))
    last = last_number(office_id, year)
    closed = list(RegisterSeal.objects.filter(office=office_id).order_by("year", "volume"))
    newest = next((seal for seal in reversed(closed) if seal.year == year), None)
    first = newest.last_number + 1 if newest else 1
    if last < first:
        raise NotPossibleNow(_("Nothing was entered since the last closed volume."))
    seal = RegisterSeal(
        office_id=office_id,
        year=year,
        volume=newest.volume + 1 if newest else 1,
        first_number=first,
        last_number=last,
        previous_hash=closed[-1].hash if closed else "",
        closed_at=at,
        closed_by=by,
    )
    seal.hash = digest_of(seal)
    seal.save(force_insert=True)
    return seal


def last_number(office_id: int, year: int) -> int:
    """The last number of a year, which nobody can move on until the transaction ends.

    Raises:
        NotFound: nothing was received in that year.
        NotPossibleNow: a volume of an earlier year is still open.
    """
    series = SlipSerial.objects.select_for_update().filter(office=office_id, kind=SlipKind.REGISTER, year__lte=year)
    found = dict(series.order_by("year").values_list("year", "last"))
    if year not in found:
        raise NotFound(_("There is no such volume of the register."))
    sealed = RegisterSeal.objects.filter(office=office_id).values_list("year", "last_number")
    done = set(sealed)
    for earlier, last in found.items():
        if earlier < year and (earlier, last) not in done:
            raise NotPossibleNow(_("Close the register of %(year)d first.") % {"year": earlier})
    return int(found[year])


def digest_of(seal: RegisterSeal) -> str:
    """The hash over number, code and moment of every line, and over the seal before.

    Raises:
        NotPossibleNow: a line is missing.
    """
    given: dict[str, str | int] = {"before": seal.previous_hash, "office": seal.office_id, "year": seal.year}
    with connection.cursor() as cursor:
        cursor.execute(DIGEST, given | {"first": seal.first_number, "last": seal.last_number})
        count, found = cursor.fetchone()
    if count != seal.last_number - seal.first_number + 1:
        raise NotPossibleNow(_("A number of the register is missing. Tell an administrator before it is closed."))
    return str(found)


def is_whole(seal: RegisterSeal) -> bool:
    """Whether a closed volume is still what was sealed."""
    try:
        return digest_of(seal) == seal.hash
    except NotPossibleNow:
        return False
