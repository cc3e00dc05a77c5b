"""People and offices as an administrator looks at them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, Count, Exists, Func, OuterRef, Prefetch, Q, QuerySet

from offices.capacities import Capacities
from offices.models import Absence, Membership, Office, Role, User
from offices.services.absences import headed_people
from procedures.folding import fold


class Folded(Func):
    """A text as `fold` makes it: lower case, without accents, đ as d."""

    template = "replace(regexp_replace(normalize(lower(%(expressions)s), NFD), '[\u0300-\u036f]', '', 'g'), 'đ', 'd')"
    output_field = CharField()


def found_people(*, search: str, office: str, with_former: bool, on: date) -> QuerySet[User]:
    """People whose name or user name holds every word, with the roles they hold on a day."""
    held = Membership.objects.on(on).select_related("office").order_by("office__code", "role")
    people = User.objects.prefetch_related(Prefetch("memberships", held, to_attr="roles_held"))
    people = people.alias(folded=Folded("full_name"))
    for word in fold(search).split():
        people = people.filter(Q(folded__contains=word) | Q(username__icontains=word))
    if office.isascii() and office.isdigit() and len(office) < 19:
        people = people.filter(Exists(Membership.objects.on(on).filter(user=OuterRef("pk"), office=int(office))))
    return people if with_former else people.filter(is_active=True)


@dataclass(frozen=True, slots=True)
class Branch:
    """One office in its place in the tree."""

    office: Office
    depth: int
    people: int


def office_tree(*, on: date) -> list[Branch]:
    """All offices, each below the one above it, with the people who work there on a day: one statement."""
    working = Q(memberships__valid_from__lte=on) & (
        Q(memberships__valid_to__isnull=True) | Q(memberships__valid_to__gte=on)
    )
    number = Count("memberships__user", filter=working & Q(memberships__user__is_active=True), distinct=True)
    below: dict[int | None, list[Any]] = defaultdict(list)
    for office in Office.objects.annotate(people_here=number).order_by("code"):
        below[office.parent_id].append(office)
    return list(branches(below, None, 0))


def branches(below: dict[int | None, list[Any]], parent_id: int | None, depth: int) -> Iterator[Branch]:
    """The offices below one office, each followed by those below it."""
    for office in below[parent_id]:
        yield Branch(office, depth, office.people_here)
        yield from branches(below, office.pk, depth + 1)


def plannable_people(capacities: Capacities, *, on: date) -> QuerySet[User]:
    """Whose absences one may plan: an administrator everybody's, a head those of the offices headed, else one's own."""
    people = User.objects.filter(is_active=True).order_by("full_name", "pk")
    if capacities.has(Role.ADMINISTRATOR):
        return people
    return people.filter(pk__in=headed_people(capacities, on=on) | {capacities.user_id})


def absences_of(people: QuerySet[User], *, on: date) -> list[Absence]:
    """Absences of some people that are not over, and those in which they stand in."""
    present = Absence.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on))
    ids = people.order_by().values("pk")
    mine = present.filter(Q(absentee__in=ids) | Q(stand_in__in=ids))
    return list(mine.select_related("absentee", "stand_in").order_by("valid_from", "pk"))
