"""The notes on the dossier's page."""

import pytest

from tests.workflows.conftest import moment
from tests.workflows.test_handling import walk
from workflows.models import DossierNote
from workflows.services.noting import add_note

HTMX = {"HX-Request": "true"}


@pytest.fixture
def address(received, people):
    walk(received, people, "intake", "assign")
    return f"/desk/dossiers/{received.pk}/"


def test_a_note_is_written_from_the_page_and_marks_whom_it_names(client, address, people):
    client.force_login(people.lan)
    part = client.post(f"{address}notes/", {"text": "Nhờ @minh <b>xem</b>"}, headers=HTMX)
    assert part.status_code == 200
    assert "<html" not in part.text
    assert '<b class="named" title="@minh">@Minh</b> &lt;b&gt;xem&lt;/b&gt;' in part.text

    client.force_login(people.minh)
    assert 'class="mine"' in client.get(address).text
    assert "Lan" in client.get("/desk/notices/").text


def test_a_refused_note_comes_back_with_what_was_typed(client, address, people):
    client.force_login(people.lan)
    part = client.post(f"{address}notes/", {"text": "@police xem"}, headers=HTMX)
    assert part.status_code == 422
    assert "@police xem</textarea>" in part.text
    assert not DossierNote.objects.exists()
    whole = client.post(f"{address}notes/", {"text": " "})
    assert (whole.status_code, "<html" in whole.text) == (422, True)


def test_colleagues_are_offered_by_the_beginning_of_any_word_of_their_name(client, address, people):
    people.minh.full_name = "Nguyễn Đức Minh"
    people.minh.save()
    client.force_login(people.lan)
    for typed in ("mi", "duc", "Nguyễn Đ"):
        assert 'data-name="minh"' in client.get(f"{address}notes/people/", {"q": typed}, headers=HTMX).text
    assert "data-name" not in client.get(f"{address}notes/people/", {"q": "police"}, headers=HTMX).text


def test_an_old_note_cannot_be_struck_and_the_answer_says_so(client, address, received, people):
    note = add_note(dossier_id=received.pk, text="Nhầm", by=people.lan, at=moment(2, 15))
    client.force_login(people.lan)
    assert "strike" not in client.get(address).text
    assert client.post(f"{address}notes/{note.pk}/strike/", headers=HTMX).status_code == 409
    note.refresh_from_db()
    assert note.struck_at is None
