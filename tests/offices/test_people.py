"""People, their passwords, their roles and their absences."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from offices import services
from offices.exceptions import NotAllowed, NotComplete, NotPossibleNow
from offices.models import Absence, Membership, Role, User
from tests.offices.conftest import NOW, TODAY

PASSWORD = "another long pass phrase"
NEW = {"username": "lan", "full_name": "Nguyễn Thị Lan"}


def test_administrator_adds_a_person_who_can_log_in(administrator):
    lan = services.add_person(**NEW, password=PASSWORD, by=administrator, at=NOW)

    assert lan.check_password(PASSWORD)
    assert (lan.is_active, lan.language) == (True, "vi")


def test_person_added_without_a_password_cannot_log_in_until_one_is_set(administrator):
    lan = services.add_person(**NEW, password=None, by=administrator, at=NOW)
    assert not lan.has_usable_password()

    services.set_password(user_id=lan.pk, password=PASSWORD, by=administrator, at=NOW)

    assert User.objects.get(username="lan").check_password(PASSWORD)


@pytest.mark.parametrize("password", ["short", "0123456789012", "password1234", "nguyenthilan"])
def test_weak_password_is_refused(administrator, password):
    with pytest.raises(NotComplete) as refusal:
        services.add_person(username="lan", full_name="nguyenthilan", password=password, by=administrator, at=NOW)

    assert list(refusal.value.fields) == ["password"]
    assert not User.objects.filter(username="lan").exists()


def test_user_name_is_given_once(administrator):
    with pytest.raises(NotComplete) as refusal:
        services.add_person(username="quang", full_name="Other", password=PASSWORD, by=administrator, at=NOW)

    assert list(refusal.value.fields) == ["username"]


def test_only_an_administrator_adds_people(person, province):
    with pytest.raises(NotAllowed):
        services.add_person(**NEW, password=PASSWORD, by=person("binh", supervisor=province), at=NOW)


def test_person_who_leaves_is_deactivated_and_may_come_back(administrator, person):
    minh = person("minh")

    assert not services.deactivate_person(user_id=minh.pk, by=administrator, at=NOW).is_active
    assert services.reactivate_person(user_id=minh.pk, by=administrator, at=NOW).is_active


def test_nobody_ends_their_own_access(administrator, person, province):
    person("second", administrator=province)

    with pytest.raises(NotPossibleNow):
        services.deactivate_person(user_id=administrator.pk, by=administrator, at=NOW)


def test_last_administrator_stays(administrator):
    membership = Membership.objects.get(user=administrator)

    with pytest.raises(NotPossibleNow):
        services.deactivate_person(user_id=administrator.pk, by=None, at=NOW)
    with pytest.raises(NotPossibleNow):
        services.end_membership(membership_id=membership.pk, last_day=TODAY, by=administrator, at=NOW)

    membership.refresh_from_db()
    assert membership.valid_to is None


def test_person_with_a_history_cannot_be_deleted(administrator):
    with pytest.raises(IntegrityError), transaction.atomic():
        administrator.delete()


def test_own_password_changes_with_the_old_one_only(person):
    minh = person("minh")

    with pytest.raises(NotComplete) as refusal:
        services.change_own_password(old="wrong", new=PASSWORD, by=minh, at=NOW)
    assert list(refusal.value.fields) == ["old"]

    services.change_own_password(old="a long pass phrase", new=PASSWORD, by=minh, at=NOW)
    assert User.objects.get(pk=minh.pk).check_password(PASSWORD)


def test_role_is_given_from_a_day_to_a_day(administrator, person, department):
    minh = person("minh")

    given = services.add_membership(
        user_id=minh.pk,
        office_id=department.pk,
        role=Role.CLERK,
        valid_from=TODAY,
        valid_to=TODAY,
        by=administrator,
        at=NOW,
    )

    assert list(Membership.objects.on(TODAY).filter(user=minh)) == [given]
    assert not Membership.objects.on(TODAY + timedelta(days=1)).filter(user=minh).exists()


@pytest.mark.parametrize(
    ("first", "last"),
    [(date(2026, 1, 1), None), (date(2025, 1, 1), date(2026, 1, 1)), (date(2026, 5, 1), date(2026, 5, 2))],
)
def test_role_is_not_given_twice_for_the_same_day(administrator, person, department, first, last):
    minh = person("minh", specialist=department)
    role = {"user_id": minh.pk, "office_id": department.pk, "role": Role.SPECIALIST}

    with pytest.raises(NotComplete):
        services.add_membership(**role, valid_from=first, valid_to=last, by=administrator, at=NOW)

    assert minh.memberships.count() == 1


def test_days_of_a_role_are_in_order(administrator, person, department):
    minh = person("minh", specialist=department)

    with pytest.raises(NotComplete, match="Ngày cuối"):
        services.end_membership(
            membership_id=minh.memberships.get().pk, last_day=date(2025, 12, 31), by=administrator, at=NOW
        )


def test_unknown_role_is_refused(administrator, person, department):
    with pytest.raises(NotComplete) as refusal:
        services.add_membership(
            user_id=person("minh").pk,
            office_id=department.pk,
            role="king",
            valid_from=TODAY,
            by=administrator,
            at=NOW,
        )

    assert list(refusal.value.fields) == ["role"]


def test_nobody_gets_a_role_in_a_closed_office(administrator, person, department):
    services.close_office(office_id=department.pk, by=administrator, at=NOW)

    with pytest.raises(NotPossibleNow):
        services.add_membership(
            user_id=person("minh").pk,
            office_id=department.pk,
            role=Role.CLERK,
            valid_from=TODAY,
            by=administrator,
            at=NOW,
        )


def test_person_records_their_own_absence(person):
    minh, dung = person("minh"), person("dung")

    absence = services.add_absence(
        absentee_id=minh.pk, stand_in_id=dung.pk, valid_from=TODAY, reason="leave", by=minh, at=NOW
    )

    assert (absence.absentee, absence.stand_in, absence.valid_to) == (minh, dung, None)


def test_head_records_the_absence_of_people_below_and_nobody_elses(person, province, department):
    head = person("binh", supervisor=province)
    minh, dung, stranger = person("minh", specialist=department), person("dung"), person("stranger")

    services.add_absence(absentee_id=minh.pk, stand_in_id=dung.pk, valid_from=TODAY, by=head, at=NOW)
    with pytest.raises(NotAllowed):
        services.add_absence(absentee_id=stranger.pk, stand_in_id=dung.pk, valid_from=TODAY, by=head, at=NOW)
    with pytest.raises(NotAllowed):
        services.add_absence(absentee_id=head.pk, stand_in_id=dung.pk, valid_from=TODAY, by=minh, at=NOW)

    assert Absence.objects.count() == 1


def test_nobody_stands_in_for_themselves(person):
    minh = person("minh")

    with pytest.raises(NotComplete, match="thay mặt chính mình"):
        services.add_absence(absentee_id=minh.pk, stand_in_id=minh.pk, valid_from=TODAY, by=minh, at=NOW)


def test_one_stand_in_at_a_time(person):
    minh, dung, nga = person("minh"), person("dung"), person("nga")
    first = services.add_absence(absentee_id=minh.pk, stand_in_id=dung.pk, valid_from=TODAY, by=minh, at=NOW)

    with pytest.raises(NotComplete):
        services.add_absence(absentee_id=minh.pk, stand_in_id=nga.pk, valid_from=TODAY, by=minh, at=NOW)
    services.end_absence(absence_id=first.pk, last_day=TODAY, by=minh, at=NOW)

    tomorrow = TODAY + timedelta(days=1)
    services.add_absence(absentee_id=minh.pk, stand_in_id=nga.pk, valid_from=tomorrow, by=minh, at=NOW)
    assert Absence.objects.on(tomorrow).get().stand_in == nga
