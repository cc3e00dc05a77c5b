"""One desk with its offices and people, made for recording and rolled back with it.

Their ids and names are tokens: found again in the rows the services write, they are replaced by those of real people.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from benchmarks.province.staff import SINCE, STEP_ROLES
from offices.models import Membership, Office, Role, User
from procedures.models import Offering, ProcedureVersion

PLACES = ("desk", "division", "parent", "asked")
OFFICE_IDS, USER_IDS = 611_000_000_000, 622_000_000_000
APPLICANT = "Người Nộp Mẫu"
PHONE, ADDRESS, OBJECT = "0999999999", "Nơi Ở Mẫu", "990000000001"


@dataclass
class ModelOffice:
    """The offices by place, the people by role and place, and their tokens."""

    number: int
    offices: dict[str, Office] = field(default_factory=dict)
    people: dict[tuple[str, str], User] = field(default_factory=dict)

    @property
    def identifier(self) -> str:
        """The applicant's number: each recorder has its own, since the table takes none twice."""
        return f"03919099999{self.number}"

    def open(self) -> None:
        """Store offices, people and memberships with ids no real row has."""
        base = OFFICE_IDS + 1000 * self.number
        for place in ("parent", "desk", "division", "asked"):
            code = f"MAU{self.number}" if place == "parent" else f"MAU{self.number}.{place.upper()}"
            self.offices[place] = Office.objects.create(
                pk=base + PLACES.index(place),
                code=code,
                level="province",
                name=f"Cơ quan Mẫu {place}",
                short_name=f"CQ Mẫu {place}",
                parent=self.offices.get("parent"),
                is_desk=place == "desk",
            )
            roles = (Role.CLERK,) if place == "desk" else STEP_ROLES
            for role in roles:
                self.hire(role, place)

    def hire(self, role: Role, place: str) -> None:
        """One person in one role of one place."""
        number = USER_IDS + 1000 * self.number + len(self.people)
        name = f"Cán bộ Mẫu {place} {role.value}"
        user = User.objects.create(pk=number, username=f"mau{number}", full_name=name)
        Membership.objects.create(user=user, office=self.offices[place], role=role, valid_from=SINCE)
        self.people[(role.value, place)] = user

    def offer(self, version: ProcedureVersion) -> None:
        """Let the model division handle a procedure."""
        Offering.objects.get_or_create(procedure=version.procedure, office=self.offices["division"])

    def place_of(self, office_id: int | None) -> str:
        """Which place an office is."""
        return next(place for place, office in self.offices.items() if office.pk == office_id)

    def person(self, role: str, office_id: int | None) -> User:
        """Who holds a role in an office."""
        return self.people[(role, self.place_of(office_id))]
