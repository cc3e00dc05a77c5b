"""Who can be told today: supervisors of an office or the nearest above, stand-ins, people with their addresses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from offices.capacities import local_day
from offices.models import Absence, Membership, Role, User
from offices.tree import offices_above, parents_of_offices


@dataclass(frozen=True, slots=True)
class Place:
    """Everyone who holds a role in an office."""

    office_id: int
    role: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who can be reached outside the program; a part without an address is empty."""

    user_id: int
    email: str
    phone: str


class Directory:
    """What one sweep knows of offices and people on a day; every table is read at most once.

    Args:
        at: now; memberships and absences hold on its day.
    """

    def __init__(self, at: datetime) -> None:
        self.day: date = local_day(at)
        self._members: dict[Place, tuple[Person, ...]] = {}

    @cached_property
    def _above(self) -> dict[int, int | None]:
        return parents_of_offices()

    @cached_property
    def _supervised(self) -> set[int]:
        """Offices with a supervisor of their own who can log in."""
        rows = Membership.objects.on(self.day).filter(role=Role.SUPERVISOR, user__is_active=True)
        return set(rows.order_by().values_list("office_id", flat=True))

    @cached_property
    def _people(self) -> dict[int, Person]:
        """Everybody who can log in."""
        rows = User.objects.filter(is_active=True).values_list("pk", "email", "phone")
        return {row[0]: Person(*row) for row in rows}

    @cached_property
    def _stand_ins(self) -> dict[int, tuple[int, ...]]:
        found: dict[int, list[int]] = defaultdict(list)
        for absentee, stand_in in Absence.objects.on(self.day).order_by("pk").values_list("absentee_id", "stand_in_id"):
            if stand_in in self._people and absentee in self._people:
                found[absentee].append(stand_in)
        return {absentee: tuple(ids) for absentee, ids in found.items()}

    @cached_property
    def _holders(self) -> dict[Place, list[int]]:
        """Who holds which role where, of those who can log in."""
        found: dict[Place, list[int]] = defaultdict(list)
        rows = Membership.objects.on(self.day).filter(user__is_active=True).order_by("user_id")
        for office_id, role, user_id in rows.values_list("office_id", "role", "user_id"):
            found[Place(office_id, role)].append(user_id)
        return found

    def line_above(self, office_id: int) -> list[int]:
        """The offices above an office, nearest first."""
        return offices_above(office_id, self._above)[1:]

    def supervisors(self, office_id: int) -> Place:
        """Who supervises an office: its own supervisors, else those of the nearest office above that has some."""
        line = [office_id, *self.line_above(office_id)]
        found = next((office for office in line if office in self._supervised), office_id)
        return Place(found, Role.SUPERVISOR)

    def supervisors_above(self, office_id: int) -> Place | None:
        """The supervisors next above those who supervise an office; None where nobody is above them."""
        line = self.line_above(self.supervisors(office_id).office_id)
        found = next((office for office in line if office in self._supervised), None)
        return None if found is None else Place(found, Role.SUPERVISOR)

    def first_held(self, office_id: int, roles: Iterable[str]) -> Place:
        """The first of some roles that somebody holds in an office, or who supervises it."""
        places = (Place(office_id, role) for role in roles)
        return next((place for place in places if self._holders.get(place)), self.supervisors(office_id))

    def can_log_in(self, user_id: int) -> bool:
        """Whether the person still works here."""
        return user_id in self._people

    def with_stand_ins(self, users: Iterable[int]) -> tuple[Person, ...]:
        """The addresses of people and of those who stand in for them today; whoever cannot log in is left out."""
        told = [someone for user in users for someone in (user, *self._stand_ins.get(user, ()))]
        return tuple(self._people[user] for user in dict.fromkeys(told) if user in self._people)

    def members(self, place: Place) -> tuple[Person, ...]:
        """Everyone who may act in a role of an office today, stand-ins included."""
        if place not in self._members:
            self._members[place] = self.with_stand_ins(self._holders.get(place, ()))
        return self._members[place]
