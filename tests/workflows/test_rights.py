"""The rights an act reads under its lock are those that the rest of the program reads."""

from datetime import date, timedelta

import pytest

from offices.capacities import capacities_of
from offices.models import Absence, Membership, Role
from tests.workflows.conftest import MONDAY
from workflows.services.locking import lock_dossier

PEOPLE = ["lan", "hoa", "head", "minh", "binh", "leader", "registry", "supervisor", "police", "editor", "administrator"]


@pytest.fixture
def changes(people, offices):
    """Memberships that begin and end, absences that hold and do not, somebody who left."""
    day = date(2026, 3, 2)
    Membership.objects.create(
        user=people.lan, office=offices.department, role=Role.REGISTRY, valid_from=day, valid_to=day
    )
    Membership.objects.create(
        user=people.hoa,
        office=offices.police,
        role=Role.CLERK,
        valid_from=day - timedelta(days=9),
        valid_to=day - timedelta(days=1),
    )
    Membership.objects.create(
        user=people.binh, office=offices.desk, role=Role.CLERK, valid_from=day + timedelta(days=1)
    )
    Absence.objects.create(absentee=people.head, stand_in=people.binh, valid_from=day, valid_to=day)
    Absence.objects.create(absentee=people.leader, stand_in=people.head, valid_from=day + timedelta(days=1))
    Absence.objects.create(absentee=people.administrator, stand_in=people.minh, valid_from=day)
    Absence.objects.create(absentee=people.registry, stand_in=people.minh, valid_from=day)
    people.registry.is_active = False
    people.registry.save()


@pytest.mark.parametrize("days", [0, 1, 9])
def test_an_act_reads_the_same_rights_as_every_screen(received, people, changes, days):
    at = MONDAY + timedelta(days=days)

    for name in PEOPLE:
        user = getattr(people, name)
        act = lock_dossier(dossier_id=received.pk, name="add_paper", by=user, at=at)
        assert set(act.capacities) == set(capacities_of(user, at)), name
