"""Who may act where today, in their own name or as a stand-in."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test.utils import CaptureQueriesContext

from offices.capacities import Capacity, capacities_of
from offices.models import Absence, Membership, Role
from tests.offices.conftest import NOW, TODAY


def away(absentee, stand_in, first=TODAY, last=TODAY):
    return Absence.objects.create(absentee=absentee, stand_in=stand_in, valid_from=first, valid_to=last)


def test_person_holds_the_roles_of_today(person, department):
    minh = person("minh", specialist=department)

    assert list(capacities_of(minh, NOW)) == [Capacity(minh.pk, department.pk, "specialist")]


@pytest.mark.parametrize(
    ("first", "last", "held"),
    [
        (TODAY, TODAY, True),
        (TODAY + timedelta(days=1), None, False),
        (date(2025, 1, 1), TODAY - timedelta(days=1), False),
        (date(2025, 1, 1), None, True),
    ],
)
def test_role_holds_from_its_first_day_to_its_last(person, department, first, last, held):
    minh = person("minh")
    Membership.objects.create(user=minh, office=department, role=Role.CLERK, valid_from=first, valid_to=last)

    assert capacities_of(minh, NOW).has(Role.CLERK) is held


def test_day_changes_at_midnight_of_the_offices(person, department):
    minh = person("minh")
    Membership.objects.create(
        user=minh, office=department, role=Role.CLERK, valid_from=date(2026, 3, 3), valid_to=date(2026, 3, 3)
    )

    assert not capacities_of(minh, datetime(2026, 3, 2, 16, 59, tzinfo=UTC)).has(Role.CLERK)
    assert capacities_of(minh, datetime(2026, 3, 2, 17, 0, tzinfo=UTC)).has(Role.CLERK)
    assert not capacities_of(minh, datetime(2026, 3, 3, 17, 0, tzinfo=UTC)).has(Role.CLERK)


def test_stand_in_has_the_roles_of_the_absent_only_in_the_days_of_absence(person, department):
    hung, minh = person("hung", division_head=department), person("minh", specialist=department)
    away(hung, minh)

    assert capacities_of(minh, NOW).find(role=Role.DIVISION_HEAD, office_id=department.pk).user_id == hung.pk
    for days in (-1, 1):
        assert not capacities_of(minh, NOW + timedelta(days=days)).has(Role.DIVISION_HEAD)


def test_own_role_comes_before_the_one_stood_in_for(person, department):
    hung, minh = person("hung", specialist=department), person("minh", specialist=department)
    away(hung, minh)

    assert capacities_of(minh, NOW).find(role=Role.SPECIALIST, office_id=department.pk).user_id == minh.pk


def test_stand_in_acts_for_the_absent_where_their_own_right_is_barred(person, department):
    hung, minh = person("hung", specialist=department), person("minh", specialist=department)
    away(hung, minh)

    found = capacities_of(minh, NOW).find(role=Role.SPECIALIST, office_id=department.pk, except_users=[minh.pk])

    assert found.user_id == hung.pk


def test_nobody_stands_in_as_administrator_or_editor(person, department):
    hung = person("hung", administrator=department, catalogue_editor=department, leader=department)
    minh = person("minh")
    away(hung, minh)

    assert capacities_of(minh, NOW).roles == {Role.LEADER}


def test_deactivated_person_lends_no_role(person, department):
    hung, minh = person("hung", leader=department), person("minh")
    away(hung, minh)
    hung.is_active = False
    hung.save()

    assert capacities_of(minh, NOW).roles == set()


def test_standing_in_is_not_passed_on(person, department):
    hung, minh, nga = person("hung", leader=department), person("minh"), person("nga")
    away(hung, minh)
    away(minh, nga)

    assert capacities_of(nga, NOW).roles == set()


def test_rights_are_read_in_one_statement(person, department, django_assert_num_queries):
    minh = person("minh", specialist=department)

    with django_assert_num_queries(1) as queries:
        capacities_of(minh, NOW)

    assert isinstance(queries, CaptureQueriesContext)
