"""In which offices and roles a person may act today, in their own name or as somebody's stand-in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from offices.models import Absence, Membership, Role, User

OFFICE_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@dataclass(frozen=True, slots=True)
class Capacity:
    """One right to act: `user_id` holds `role` in `office_id`."""

    user_id: int
    office_id: int
    role: str


@dataclass(frozen=True, slots=True)
class Capacities:
    """All rights to act of one person at one moment."""

    user_id: int
    items: tuple[Capacity, ...]

    def __iter__(self) -> Iterator[Capacity]:
        return iter(self.items)

    def find(self, *, role: str, office_id: int, except_users: Iterable[int] = ()) -> Capacity | None:
        """The right to act in `role` in `office_id`, one's own before a stand-in's; None when there is none."""
        excluded = set(except_users)
        fitting = [c for c in self.items if c.role == role and c.office_id == office_id and c.user_id not in excluded]
        fitting.sort(key=lambda capacity: (capacity.user_id != self.user_id, capacity.user_id))
        return fitting[0] if fitting else None

    def offices_as(self, *roles: str) -> set[int]:
        """Offices in which one of `roles` is held."""
        return {capacity.office_id for capacity in self.items if capacity.role in roles}

    def has(self, *roles: str) -> bool:
        """Whether one of `roles` is held anywhere."""
        return any(capacity.role in roles for capacity in self.items)

    @property
    def roles(self) -> set[str]:
        """Every role held, in any office."""
        return {capacity.role for capacity in self.items}


def memberships_to_act_in(user_id: int, on: date) -> QuerySet[Membership]:
    """Memberships of the person on that day, and of those the person stands in for."""
    absent = Absence.objects.on(on).filter(stand_in=user_id, absentee=OuterRef("user"))
    return Membership.objects.on(on).filter(
        Q(user=user_id)
        | Q(Exists(absent), user__is_active=True) & ~Q(role__in=[Role.ADMINISTRATOR, Role.CATALOGUE_EDITOR])
    )


def local_day(at: datetime) -> date:
    """The day of the offices' calendar on which the instant `at` falls."""
    return at.astimezone(OFFICE_ZONE).date()


def capacities_of(user: User, at: datetime) -> Capacities:
    """Read all rights to act of `user` at the instant `at`: one statement."""
    rows = (
        memberships_to_act_in(user.pk, local_day(at))
        .order_by(F("office_id"), "role")
        .values_list("user_id", "office_id", "role")
    )
    return Capacities(user.pk, tuple(Capacity(*row) for row in rows))
