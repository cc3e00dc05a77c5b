"""Unfinished files: kept in the database, found again, never overwritten by another window, taken in once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.urls import reverse
from django.utils import timezone

from onestop.desk.models import ReceptionDraft
from tests.desk.counter import end, only_dossier, typed
from workflows.models import Dossier

RECEIVE = "desk:receive"


@pytest.fixture
def clerk(desk_of, people):
    """The clerk's browser."""
    return desk_of(people.lan)


@pytest.fixture
def screen(version, offices):
    """What one screen sends: its own name, its draft, and what was typed."""
    key, window = str(uuid4()), uuid4().hex

    def fields(revision=0, **changes):
        return typed(version, offices, draft=key, draft_revision=revision, **{"token": window, **changes})

    fields.key = key
    return fields


def save(client, values):
    """Save as the browser does."""
    return client.post(reverse("desk:receive_draft"), values)


def page(client, version, **query):
    return client.get(reverse(RECEIVE), {"procedure": version.procedure_id, **query})


def test_a_draft_survives_a_logout_and_a_flush_of_the_cache(clerk, desk_of, people, version, screen):
    told = save(clerk, screen(full_name="Lê An")).json()
    clerk.post(reverse("logout"))
    cache.clear()
    again = desk_of(people.lan)

    listed = again.get(reverse(RECEIVE))
    opened = page(again, version, draft=screen.key)

    assert (told["state"], told["key"], told["revision"]) == ("saved", screen.key, 1)
    assert told["words"].startswith("Đã lưu ")
    assert [draft.applicant_name for draft in listed.context["drafts"]] == ["Lê An"]
    assert 'value="Lê An"' in opened.content.decode()
    assert opened.context["reception"].given == {"application", "proof"}
    assert str(opened.context["draft_key"]) == screen.key


def test_a_new_file_of_the_same_procedure_begins_empty_and_names_the_other(clerk, version, screen):
    save(clerk, screen(full_name="Lê An"))

    fresh = page(clerk, version)

    assert 'value="Lê An"' not in fresh.content.decode()
    assert [draft.applicant_name for draft in fresh.context["other_drafts"]] == ["Lê An"]
    assert str(fresh.context["draft_key"]) != screen.key


def test_the_same_screen_may_send_again_what_it_does_not_know_to_be_saved(clerk, screen):
    save(clerk, screen(full_name="Lê"))
    save(clerk, screen(full_name="Lê An"))

    told = save(clerk, screen(full_name="Lê An")).json()

    assert (told["state"], told["revision"]) == ("saved", 2)
    assert ReceptionDraft.objects.get().applicant_name == "Lê An"


def test_two_windows_with_the_same_draft_lose_nothing_and_are_told(clerk, screen):
    save(clerk, screen(full_name="Lê An"))
    save(clerk, screen(1, full_name="Lê An Bình", token=uuid4().hex))

    told = save(clerk, screen(1, full_name="Lê An Chi")).json()

    assert told["state"] == "parted"
    assert told["key"] != screen.key
    assert told["notice"].startswith("Bản nháp này cũng đang mở")
    assert set(ReceptionDraft.objects.values_list("applicant_name", flat=True)) == {"Lê An Bình", "Lê An Chi"}


def test_a_draft_thrown_away_elsewhere_comes_back_as_a_draft_of_its_own(clerk, screen):
    save(clerk, screen(full_name="Lê An"))
    clerk.post(reverse("desk:receive_draft_drop", args=[screen.key]))
    assert not ReceptionDraft.objects.exists()

    told = save(clerk, screen(1, full_name="Lê An Bình")).json()

    assert told["state"] == "parted"
    assert ReceptionDraft.objects.get().applicant_name == "Lê An Bình"


def test_nobody_reads_or_changes_the_draft_of_another(clerk, desk_of, people, version, screen):
    save(clerk, screen(full_name="Lê An"))
    other = desk_of(people.hoa)

    told = save(other, screen(1, full_name="Kẻ khác")).json() if people.hoa else {}
    other.post(reverse("desk:receive_draft_drop", args=[screen.key]))

    assert ReceptionDraft.objects.get(pk=screen.key).applicant_name == "Lê An"
    assert told.get("key") != screen.key
    assert 'value="Lê An"' not in page(other, version, draft=screen.key).content.decode()


def test_a_file_taken_in_ends_its_draft_and_is_not_taken_in_twice(clerk, screen):
    save(clerk, screen(full_name="Lê An"))
    end(clerk, screen(1, full_name="Lê An"))
    cache.clear()

    again = end(clerk, screen(1, full_name="Lê An"))
    late = save(clerk, screen(1, full_name="Lê An")).json()
    elsewhere = save(clerk, screen(1, full_name="Lê An Chi", token=uuid4().hex)).json()

    assert again["Location"] == f"{reverse(RECEIVE)}?done={only_dossier().pk}"
    assert late == {"state": "taken", "url": again["Location"], "errors": {}}
    assert elsewhere["state"] == "parted"
    assert [draft.applicant_name for draft in clerk.get(reverse(RECEIVE)).context["drafts"]] == ["Lê An Chi"]
    assert ReceptionDraft.objects.get(pk=screen.key).typed == ""


def test_a_form_that_came_back_with_errors_is_kept_with_what_was_sent(clerk, screen):
    response = end(clerk, screen(full_name="", phone="0912000000"))

    draft = ReceptionDraft.objects.get()
    assert response.status_code == 422
    assert str(draft.key) == screen.key == str(response.context["draft_key"])
    assert "0912000000" in draft.typed
    assert not Dossier.objects.exists()


def test_a_sentence_beside_a_field_goes_when_the_field_is_mended(clerk, screen):
    wrong = save(clerk, screen(full_name="", marked="full_name,answer_school")).json()
    right = save(clerk, screen(full_name="Lê An", marked="full_name")).json()

    assert set(wrong["errors"]) == {"full_name", "answer_school"}
    assert wrong["errors"]["full_name"]
    assert right["errors"] == {"full_name": ""}


def test_drafts_nobody_came_back_to_are_forgotten(clerk, screen, version, offices):
    save(clerk, screen(full_name="Lê An"))
    ReceptionDraft.objects.update(saved_at=timezone.now() - timedelta(days=31))

    save(clerk, typed(version, offices, full_name="Lê Chi", draft=str(uuid4())))

    assert ReceptionDraft.objects.get().applicant_name == "Lê Chi"


def test_too_much_text_is_refused_with_a_sentence(clerk, screen):
    response = save(clerk, screen(full_name="x" * 300_001))

    assert response.status_code == 422
    assert response.json()["state"] == "failed"
    assert not ReceptionDraft.objects.exists()
