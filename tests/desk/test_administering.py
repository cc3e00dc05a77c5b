"""People, offices and absences through their screens."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from offices.capacities import capacities_of, local_day
from offices.models import Absence, Membership, Office, User


@pytest.fixture
def admin(desk_of, people):
    return desk_of(people.administrator)


def names(answer):
    return [person.username for person in answer.context["page"].rows]


def test_new_person_gets_a_password_that_is_shown_once(admin, people):
    typed = {"username": "tuyet", "full_name": "Lê Ánh Tuyết", "language": "vi"}

    answer = admin.post(reverse("desk:person_add"), typed)

    password = answer.context["password"]
    assert password in answer.content.decode()
    assert "no-store" in answer.headers["Cache-Control"]
    assert Client().login(username="tuyet", password=password)


def test_user_name_that_is_taken_is_said_beside_the_field(admin, people):
    answer = admin.post(reverse("desk:person_add"), {"username": "lan", "full_name": "Lan khác", "language": "vi"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["username"]
    assert 'value="Lan khác"' in answer.content.decode()


def test_reset_password_replaces_the_old_one(admin, people):
    answer = admin.post(reverse("desk:person_password", args=[people.lan.pk]))

    assert not Client().login(username="lan", password="secret")
    assert Client().login(username="lan", password=answer.context["password"])


def test_people_are_found_without_accents(admin, people):
    User.objects.create_user("tuyet", full_name="Đặng Ánh Tuyết")

    assert names(admin.get(reverse("desk:people"), {"q": "dang tuyet"})) == ["tuyet"]


def test_people_of_an_office_are_its_members_of_today(admin, people, offices):
    assert set(names(admin.get(reverse("desk:people"), {"office": offices.desk.pk}))) == {"lan", "hoa"}


def test_person_who_left_is_shown_on_request_only(admin, people):
    admin.post(reverse("desk:person_access", args=[people.hoa.pk]), {"active": "no"})

    assert "hoa" not in names(admin.get(reverse("desk:people")))
    assert "hoa" in names(admin.get(reverse("desk:people"), {"former": "1"}))
    assert not Client().login(username="hoa", password="secret")


def test_only_administrator_cannot_be_shut_out(admin, people):
    answer = admin.post(reverse("desk:person_access", args=[people.administrator.pk]), {"active": "no"}, follow=True)

    people.administrator.refresh_from_db()
    assert people.administrator.is_active
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def test_role_is_given_and_ended(admin, people, offices):
    typed = {"office": offices.desk.pk, "role": "registry", "valid_from": "2026-03-02"}
    admin.post(reverse("desk:person_role", args=[people.lan.pk]), typed)
    held = Membership.objects.get(user=people.lan, role="registry")

    admin.post(reverse("desk:person_role_end", args=[people.lan.pk, held.pk]), {"last_day": "2026-03-31"})

    held.refresh_from_db()
    assert (held.valid_from, held.valid_to) == (date(2026, 3, 2), date(2026, 3, 31))


def test_role_held_already_is_refused_on_the_form(admin, people, offices):
    typed = {"office": offices.desk.pk, "role": "clerk", "valid_from": "2026-03-02"}

    answer = admin.post(reverse("desk:person_role", args=[people.lan.pk]), typed)

    assert answer.status_code == 422
    assert Membership.objects.filter(user=people.lan).count() == 1


def test_membership_of_another_person_cannot_be_ended_through_this_one(admin, people):
    theirs = Membership.objects.get(user=people.hoa)

    answer = admin.post(reverse("desk:person_role_end", args=[people.lan.pk, theirs.pk]), {"last_day": "2026-03-31"})

    theirs.refresh_from_db()
    assert answer.status_code == 404
    assert theirs.valid_to is None


def test_office_is_opened_below_another_and_stands_there_in_the_tree(admin, people, offices):
    typed = {
        "name": "Phòng Quản lý chất lượng",
        "short_name": "Phòng QLCL",
        "code": "H40.15.01",
        "level": "province",
        "parent": offices.department.pk,
        "calendar_code": "default",
    }

    admin.post(reverse("desk:office_add"), typed)

    branches = admin.get(reverse("desk:offices")).context["branches"]
    assert [(b.office.code, b.depth) for b in branches] == [
        ("H40", 0),
        ("H40.01", 1),
        ("H40.15", 1),
        ("H40.15.01", 2),
        ("H40.20", 1),
    ]
    assert [b.people for b in branches] == [3, 2, 5, 0, 1]


def test_office_below_itself_is_refused_on_the_form(admin, people, offices):
    typed = {"name": "UBND tỉnh", "short_name": "UBND", "parent": offices.desk.pk, "calendar_code": "default"}

    answer = admin.post(reverse("desk:office", args=[offices.province.pk]), typed)

    offices.province.refresh_from_db()
    assert answer.status_code == 422
    assert offices.province.parent is None


def test_office_with_people_stays_open_and_says_why(admin, people, offices):
    answer = admin.post(reverse("desk:office_activity", args=[offices.desk.pk]), {"active": "no"}, follow=True)

    assert Office.objects.get(pk=offices.desk.pk).is_active
    assert [message.level_tag for message in answer.context["messages"]] == ["error"]


def plan(client, absentee, stand_in):
    today = local_day(timezone.now())
    typed = {"absentee": absentee.pk, "stand_in": stand_in.pk, "valid_from": today, "valid_to": today + timedelta(1)}
    return client.post(reverse("desk:absences"), typed)


def test_own_absence_gives_the_stand_in_the_right_to_act(desk_of, people):
    plan(desk_of(people.lan), people.lan, people.minh)

    assert capacities_of(people.minh, timezone.now()).has("clerk")


def test_absence_of_somebody_else_is_refused(desk_of, people):
    answer = plan(desk_of(people.minh), people.lan, people.minh)

    assert answer.status_code == 422
    assert not Absence.objects.exists()


def test_head_plans_for_the_people_of_the_office_and_administrator_for_all(desk_of, admin, people):
    plan(desk_of(people.head), people.minh, people.binh)
    plan(admin, people.lan, people.hoa)

    assert set(Absence.objects.values_list("absentee__username", flat=True)) == {"minh", "lan"}


def test_absence_of_another_office_cannot_be_ended(desk_of, admin, people):
    plan(admin, people.lan, people.hoa)
    absence = Absence.objects.get()

    answer = desk_of(people.minh).post(reverse("desk:absence_end", args=[absence.pk]), {"last_day": "2030-01-01"})

    assert answer.status_code == 403
    assert Absence.objects.get() == absence
