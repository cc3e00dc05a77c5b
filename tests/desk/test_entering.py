"""The way in: tries are counted, the first page is that of the person's roles, the language is theirs."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from offices.models import User
from onestop.desk.views.entering import FAILURES

LOGIN = reverse("login")


@pytest.fixture
def somewhere():
    """A browser at an address that nobody else has."""
    return Client(REMOTE_ADDR=str(uuid4()))


def log_in(client, password="secret", username="lan"):  # noqa: S107  the password of the tests
    return client.post(LOGIN, {"username": username, "password": password})


def fail(client, times):
    for _try in range(times):
        assert log_in(client, "wrong").status_code == 200


def test_right_password_leads_in(somewhere, people):
    assert log_in(somewhere).headers["Location"] == reverse("desk:home")


def test_after_repeated_failures_even_the_right_password_must_wait(somewhere, people):
    fail(somewhere, FAILURES.tries)

    answer = log_in(somewhere)

    assert answer.status_code == 429
    assert answer.headers["Retry-After"] == "300"
    assert "Đăng nhập sai quá nhiều lần. Hãy đợi 5 phút rồi thử lại" in answer.content.decode()
    assert "_auth_user_id" not in somewhere.session


def test_another_place_and_another_person_are_not_kept_waiting(somewhere, people):
    fail(somewhere, FAILURES.tries)

    assert log_in(somewhere, username="hoa").status_code == 302
    assert log_in(Client(REMOTE_ADDR=str(uuid4()))).status_code == 302


def test_success_begins_the_count_anew(somewhere, people):
    fail(somewhere, FAILURES.tries - 1)
    log_in(somewhere)
    somewhere.logout()

    fail(somewhere, FAILURES.tries - 1)

    assert log_in(somewhere).status_code == 302


@pytest.mark.parametrize(
    ("name", "page"),
    [
        ("lan", "desk:receive"),
        ("minh", "desk:my_work"),
        ("leader", "desk:my_work"),
        ("supervisor", "desk:supervise"),
        ("editor", "desk:catalogue"),
        ("administrator", "desk:people"),
    ],
)
def test_first_page_belongs_to_the_role(desk_of, people, name, page):
    assert desk_of(getattr(people, name)).get(reverse("desk:home")).headers["Location"] == reverse(page)


def test_person_without_a_role_can_still_change_the_password(desk_of, people):
    nobody = User.objects.create_user("moi", full_name="Người Mới")

    assert desk_of(nobody).get(reverse("desk:home")).headers["Location"] == reverse("desk:password")


def test_language_is_kept_with_the_person(desk_of, people):
    client = desk_of(people.lan)

    client.post(reverse("set_language"), {"language": "en", "next": "/"})

    people.lan.refresh_from_db()
    assert people.lan.language == "en"
    assert '<html lang="en"' in desk_of(people.lan).get(reverse("desk:absences")).content.decode()


def test_unknown_language_changes_nothing(desk_of, people):
    desk_of(people.lan).post(reverse("set_language"), {"language": "xx", "next": "/"})

    people.lan.refresh_from_db()
    assert people.lan.language == "vi"


def test_own_password_is_changed_with_the_old_one(desk_of, people):
    client = desk_of(people.lan)
    new = "mot-mat-khau-dai-2026"

    refused = client.post(
        reverse("desk:password"), {"old_password": "wrong", "new_password1": new, "new_password2": new}
    )
    done = client.post(reverse("desk:password"), {"old_password": "secret", "new_password1": new, "new_password2": new})

    people.lan.refresh_from_db()
    assert refused.status_code == 422
    assert done.headers["Location"] == reverse("desk:password_done")
    assert people.lan.check_password(new)
    assert client.get(reverse("desk:absences")).status_code == 200


def test_page_that_is_not_there_says_where_to_look(desk_of, people):
    answer = desk_of(people.supervisor).get("/desk/nothing/")

    assert answer.status_code == 404
    assert "Không tìm thấy" in answer.content.decode()
