"""A small administration: one province, its desk and a department."""

from datetime import UTC, date, datetime

import pytest

from offices.models import Membership, Office, Role, User

NOW = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)  # Monday 09:00 in the offices
TODAY = date(2026, 3, 2)


@pytest.fixture
def province(db):
    return Office.objects.create(code="H99", name="Province", short_name="P", level="province")


@pytest.fixture
def department(province):
    return Office.objects.create(code="H99.D", name="Department", short_name="D", level="province", parent=province)


@pytest.fixture
def person(db):
    def make(username: str, **roles: Office) -> User:
        user = User.objects.create_user(username, "a long pass phrase", full_name=username.title())
        for role, office in roles.items():
            Membership.objects.create(user=user, office=office, role=role, valid_from=date(2026, 1, 1))
        return user

    return make


@pytest.fixture
def administrator(person, province):
    return person("quang", **{Role.ADMINISTRATOR: province})
