"""Whose working hours went into the dossiers of the open list: the ledger added up by party."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Min, QuerySet, Sum
from django.utils.translation import gettext as _

from offices.models import Office, User
from onestop.desk.charts.stacked import stacked
from onestop.desk.reading.watch_names import PARTIES
from onestop.desk.reading.watch_sheets import Sheet
from onestop.desk.reading.watching import Watch
from workflows.models import Dossier, HeldTime, LedgerSum
from workflows.services.summing import held_by_party

HOLDERS = 10
LONGEST = 10
SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Part:
    """The working time one party held the dossiers of the list."""

    party: str
    name: str
    seconds: int
    offset: float
    share: float
    href: str
    current: bool

    @property
    def amount(self) -> str:
        """In hours."""
        return hours(self.seconds)

    @property
    def percent(self) -> str:
        """The part of the whole."""
        return f"{self.share:.1f} %".replace(".", ",")


@dataclass(frozen=True, slots=True)
class Holder:
    """One office or person behind a party."""

    name: str
    amount: str


@dataclass(frozen=True, slots=True)
class LongHeld:
    """A dossier that a party held for long."""

    dossier: Dossier
    amount: str


@dataclass(frozen=True, slots=True)
class Hours:
    """Whose hours, and up to when they are counted (None: nothing was counted yet)."""

    parts: list[Part]
    total: str
    counted_to: datetime | None
    holders: list[Holder]
    dossiers: list[LongHeld]

    @property
    def held(self) -> Part | None:
        """The party whose hours are opened."""
        return next((part for part in self.parts if part.current), None)


def hours(seconds: int) -> str:
    """Working time in whole hours: sums of thousands of dossiers need no minutes."""
    return _("%(hours)s h") % {"hours": f"{seconds // SECONDS:,}".replace(",", ".")}


def hours_of(watch: Watch) -> Hours:
    """Whose working time went into the open list, and whose it was most where one party is opened."""
    dossiers = Dossier.objects.filter(pk__in=watch.dossier_ids())
    held = held_by_party(dossiers)
    seconds: Counter[str] = Counter()
    for party, _office, _user, amount in held:
        seconds[party] += amount
    chosen = watch.choice.held
    return Hours(
        parts=parts_of(watch, seconds),
        total=hours(sum(seconds.values())),
        counted_to=counted_to(watch.dossier_ids()),
        holders=holders([(office, user, amount) for party, office, user, amount in held if party == chosen]),
        dossiers=longest(watch.dossier_ids(), chosen) if chosen else [],
    )


def parts_of(watch: Watch, seconds: Counter[str]) -> list[Part]:
    """The parties in the order in which a dossier passes through their hands."""
    choice = watch.choice
    parties = [party for party in PARTIES if seconds[party]]
    places = stacked([seconds[party] for party in parties])
    return [
        Part(
            party=party,
            name=str(PARTIES[party]),
            seconds=seconds[party],
            offset=offset,
            share=share,
            href=choice.to(held="" if choice.held == party else party),
            current=choice.held == party,
        )
        for party, (offset, share) in zip(parties, places, strict=True)
    ]


def counted_to(dossier_ids: QuerySet[Any]) -> datetime | None:
    """Up to when every open ledger of the list was counted."""
    sums = LedgerSum.objects.filter(is_final=False, dossier__in=dossier_ids)
    moment: datetime | None = sums.aggregate(first=Min("counted_to"))["first"]
    return moment


def holders(held: list[tuple[int | None, int | None, int]]) -> list[Holder]:
    """The offices or people behind a party, those with most of the time: two statements."""
    most = [row for row in held if row[0] or row[1]][:HOLDERS]
    offices = dict(
        Office.objects.filter(pk__in={office for office, _user, _amount in most}).values_list("pk", "short_name")
    )
    people = dict(User.objects.filter(pk__in={user for _office, user, _amount in most}).values_list("pk", "full_name"))
    found = []
    for office, user, amount in most:
        names = [people.get(user), offices.get(office)]
        found.append(Holder(" · ".join(str(name) for name in names if name), hours(amount)))
    return found


def longest(dossier_ids: QuerySet[Any], party: str) -> list[LongHeld]:
    """The dossiers of the list that the party held longest: two statements."""
    rows = HeldTime.objects.filter(party=party, dossier__in=dossier_ids).order_by().values_list("dossier")
    top = list(rows.annotate(total=Sum("seconds")).order_by("-total", "dossier")[:LONGEST])
    dossiers = (
        Dossier.objects.select_related("procedure").only("code", "procedure__name").in_bulk([pk for pk, _sum in top])
    )
    return [LongHeld(dossiers[pk], hours(int(total))) for pk, total in top]


def hours_sheet(found: Hours) -> Sheet:
    """The parties as rows; in whole seconds, so that a sum can be checked."""
    rows: list[list[str | int]] = [[part.name, part.seconds, part.amount, part.percent] for part in found.parts]
    headers = [_("Whose time"), _("Working seconds"), _("Working time"), _("Share")]
    return Sheet(
        _("Whose hours"), headers, [*rows, [_("Total"), sum(part.seconds for part in found.parts), found.total, ""]]
    )
