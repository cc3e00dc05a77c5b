"""Offices and people of a province: a centre, departments, communes with a desk and two divisions each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password

from benchmarks.province import names
from offices.models import Membership, Office, Role, User

PROVINCE = "H41"
SINCE = date(2025, 1, 1)
PASSWORD = "mot-cua-2026"  # noqa: S105  # of made-up people in a database for measuring
STEP_ROLES = (Role.SPECIALIST, Role.DIVISION_HEAD, Role.LEADER, Role.REGISTRY)


@dataclass(frozen=True, slots=True)
class Place:
    """Where files of one kind go: a desk, divisions that handle them, and the office above these."""

    desk: Office
    divisions: tuple[Office, ...]
    parent: Office


@dataclass
class Province:
    """Everything the writer must know of offices and people."""

    communes: list[Place] = field(default_factory=list)
    centre: Place | None = None
    people: dict[tuple[str, int], list[tuple[int, str]]] = field(default_factory=lambda: defaultdict(list))

    def place(self, number: int) -> Place:
        """The place of a number: 0 is the province's centre, the communes follow."""
        if number or self.centre is None:
            return self.communes[number - 1]
        return self.centre


class Staffing:
    """Collects people and their roles, and stores them at once."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.users: list[User] = []
        self.roles: list[tuple[User, Role, Office]] = []
        self.password = make_password(PASSWORD)

    def hire(self, count: int, title: str, roles: Sequence[Role], offices: Iterable[Office]) -> None:
        """Add people who hold all these roles in all these offices."""
        held = [(role, office) for role in roles for office in offices]
        for _number in range(count):
            user = User(
                username=f"cb{len(self.users) + 1:04d}",
                full_name=names.person(self.chance),
                title=title,
                password=self.password,
                phone=names.phone(self.chance),
            )
            self.users.append(user)
            self.roles += [(user, role, office) for role, office in held]

    def store(self, province: Province) -> None:
        """Write people and memberships, and tell the province who holds what."""
        User.objects.bulk_create(self.users)
        Membership.objects.bulk_create(
            Membership(user=user, role=role, office=office, valid_from=SINCE) for user, role, office in self.roles
        )
        for user, role, office in self.roles:
            province.people[(role.value, office.pk)].append((user.pk, user.full_name))


def build(*, people: int, communes: int, departments: int, chance: Random) -> Province:
    """Store the offices of a province and its people.

    Args:
        people: how many in all; what the communes leave over works in the departments.
        communes: how many communes, each with a desk and two divisions.
        departments: how many departments of the province.
        chance: seeded.
    """
    province, staff = Province(), Staffing(chance)
    top = Office.objects.create(
        code=PROVINCE, level="province", short_name="UBND tỉnh", name="Ủy ban nhân dân tỉnh Nghệ An"
    )
    add_centre(province, staff, top, departments)
    for number, name in enumerate(names.communes(communes, chance), start=1):
        add_commune(province, staff, top, number, name)
    centre = province.place(0)
    left = people - len(staff.users)
    for number in range(max(left, 2 * departments)):
        staff.hire(1, "Chuyên viên", [Role.SPECIALIST], [centre.divisions[number % departments]])
    staff.store(province)
    return province


def add_centre(province: Province, staff: Staffing, top: Office, departments: int) -> None:
    """The province's own desk and departments."""
    desk = Office.objects.create(
        code=f"{PROVINCE}.HCC",
        parent=top,
        level="province",
        is_desk=True,
        short_name="TTPVHCC tỉnh",
        name="Trung tâm Phục vụ hành chính công tỉnh Nghệ An",
    )
    below = [
        Office.objects.create(
            code=f"{PROVINCE}.S{number:02d}",
            parent=top,
            level="province",
            short_name=f"Sở số {number}",
            name=f"Sở chuyên ngành số {number}",
        )
        for number in range(1, departments + 1)
    ]
    province.centre = Place(desk, tuple(below), top)
    staff.hire(1 + departments, "Chuyên viên tiếp nhận", [Role.CLERK], [desk])
    add_top(staff, top)
    for office in below:
        staff.hire(2, "Trưởng phòng", [Role.DIVISION_HEAD], [office])
        staff.hire(2, "Phó Giám đốc Sở", [Role.LEADER], [office])
        staff.hire(1, "Văn thư", [Role.REGISTRY], [office])


def add_top(staff: Staffing, top: Office) -> None:
    """People of the provincial office itself."""
    staff.hire(1, "Giám đốc Trung tâm", [Role.SUPERVISOR], [top])
    staff.hire(3, "Chuyên viên", [Role.SPECIALIST], [top])
    staff.hire(1, "Trưởng phòng", [Role.DIVISION_HEAD], [top])
    staff.hire(2, "Phó Chủ tịch UBND tỉnh", [Role.LEADER], [top])
    staff.hire(1, "Văn thư", [Role.REGISTRY], [top])
    staff.hire(1, "Chuyên viên kiểm soát thủ tục", [Role.CATALOGUE_EDITOR], [top])
    staff.hire(1, "Quản trị hệ thống", [Role.ADMINISTRATOR], [top])


def add_commune(province: Province, staff: Staffing, top: Office, number: int, name: str) -> None:
    """One commune: its office, its desk, two divisions, seventeen people."""
    code = f"{PROVINCE}.X{number:03d}"
    commune = Office.objects.create(
        code=code, parent=top, level="commune", short_name=f"UBND {name}", name=f"Ủy ban nhân dân xã {name}"
    )
    desk, culture, economy = (
        Office.objects.create(
            code=f"{code}.{ending}",
            parent=commune,
            level="commune",
            is_desk=ending == "HCC",
            short_name=short,
            name=f"{long} xã {name}",
        )
        for ending, short, long in (
            ("HCC", f"TTPVHCC {name}", "Trung tâm Phục vụ hành chính công"),
            ("VHXH", "Phòng VH-XH", "Phòng Văn hóa - Xã hội"),
            ("KT", "Phòng Kinh tế", "Phòng Kinh tế"),
        )
    )
    province.communes.append(Place(desk, (culture, economy), commune))
    staff.hire(4, "Chuyên viên tiếp nhận", [Role.CLERK], [desk])
    for office in (culture, economy):
        staff.hire(3, "Công chức chuyên môn", [Role.SPECIALIST], [office])
        staff.hire(1, "Trưởng phòng", [Role.DIVISION_HEAD], [office])
    staff.hire(1, "Công chức chuyên môn", [Role.SPECIALIST], [commune])
    staff.hire(1, "Chánh Văn phòng", [Role.DIVISION_HEAD], [commune])
    staff.hire(1, "Phó Chủ tịch UBND xã", [Role.LEADER], [commune, culture, economy])
    staff.hire(1, "Chủ tịch UBND xã", [Role.LEADER], [commune, culture, economy])
    staff.hire(1, "Văn thư", [Role.REGISTRY], [commune, culture, economy])
    staff.hire(1, "Phó Giám đốc Trung tâm", [Role.SUPERVISOR], [commune])
