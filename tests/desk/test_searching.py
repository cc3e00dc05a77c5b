"""Search: by whatever a person has at hand; one hit opens at once; nothing foreign is found."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from onestop.desk.reading import search
from tests.workflows.conftest import MONDAY
from workflows.models import Dossier
from workflows.services import correct_data, receive
from workflows.services.intake import ApplicantDetails

BINH = ApplicantDetails(full_name="Trần Văn Bình", identifier="040190000002", phone="0987 654 321")


@pytest.fixture
def other(received, people, intake):
    return receive(intake=intake(applicant=BINH), by=people.lan, at=MONDAY)


@pytest.mark.parametrize(
    "typed",
    ["H40.01-260302-0002", "0002", "2", "tran van binh", "Trần Văn Bình", "040190000002", "0987654321", "0987 654 321"],
)
def test_one_hit_opens_at_once(other, people, desk_of, typed):
    answer = desk_of(people.lan).get(reverse("desk:search"), {"q": typed})

    assert answer.status_code == 302
    assert answer.url == reverse("desk:dossier", args=[other.pk])


def test_what_stands_in_the_form_finds_a_dossier(received, people, intake, desk_of):
    told = receive(intake=intake(answers={"school": "THPT (chuyên) Lê Hồng Phong."}), by=people.lan, at=MONDAY)
    page, there = reverse("desk:search"), reverse("desk:dossier", args=[told.pk])
    client = desk_of(people.lan)

    assert client.get(page, {"q": "chuyen hong pho"}).url == there
    assert client.get(page, {"q": "hong thpt"}).url == there

    correct_data(dossier_id=told.pk, answers={"school": "THPT Huỳnh"}, reason="Gõ sai", by=people.lan, at=MONDAY)
    Dossier.objects.filter(pk=received.pk).update(search="")
    assert client.get(page, {"q": "huynh"}).url == there
    assert client.get(page, {"q": "hong"}).context["rows"] == []

    call_command("index_search")
    assert client.get(page, {"q": "0001"}).url == reverse("desk:dossier", args=[received.pk])


@pytest.mark.parametrize("who", ["lan", "minh", "supervisor", "leader"])
def test_whoever_sees_much_and_whoever_sees_little_find_the_same(who, received, other, people, desk_of, monkeypatch):
    client, found = desk_of(getattr(people, who)), []
    for most in (search.LITTLE, 0):
        monkeypatch.setattr(search, "LITTLE", most)
        for typed in ("nguyen", "0401900", "tran van b", "2", "khong co"):
            answer = client.get(reverse("desk:search"), {"q": typed})
            found.append(answer.url if answer.status_code == 302 else [d.pk for d, _badge in answer.context["rows"]])

    assert found[:5] == found[5:]


def test_several_hits_are_listed_newest_first(received, other, people, desk_of):
    page = desk_of(people.lan).get(reverse("desk:search"), {"q": "0401900"})

    assert [dossier for dossier, _badge in page.context["rows"]] == [other, received]


@pytest.mark.parametrize("typed", ["", "  ", "khong co ai", "\0", "'; drop", "&|!():*", "0" * 300])
def test_nothing_found_says_what_to_do(other, people, desk_of, typed):
    answer = desk_of(people.lan).get(reverse("desk:search"), {"q": typed})

    assert answer.status_code == 200
    assert "rows" not in answer.context or answer.context["rows"] == []


@pytest.mark.parametrize("who", ["police", "administrator", "editor"])
def test_foreign_dossiers_are_not_found(other, people, desk_of, who):
    answer = desk_of(getattr(people, who)).get(reverse("desk:search"), {"q": other.code})

    assert answer.context["rows"] == []


def test_a_long_list_is_paged_by_keys(people, intake, desk_of, monkeypatch):
    monkeypatch.setattr("onestop.desk.paging.PAGE", 2)
    made = [receive(intake=intake(), by=people.lan, at=MONDAY) for _number in range(5)]
    client, url = desk_of(people.lan), reverse("desk:search") + "?q=nguyen"

    found = []
    while url:
        page = client.get(url)
        found += [dossier for dossier, _badge in page.context["rows"]]
        following = page.context["page"].next_url
        url = reverse("desk:search") + following if following else ""

    assert found == made[::-1]


def test_the_list_costs_a_bounded_number_of_statements(people, intake, desk_of, django_assert_max_num_queries):
    for _number in range(8):
        receive(intake=intake(), by=people.lan, at=MONDAY)
    client = desk_of(people.lan)
    client.get(reverse("desk:search"), {"q": "nguyen"})

    with django_assert_max_num_queries(15):
        client.get(reverse("desk:search"), {"q": "nguyen"})
