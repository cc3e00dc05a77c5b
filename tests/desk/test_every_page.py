"""Every address, as every role: who may open it, and what the others are answered."""

from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from offices.models import Role
from tests.desk.office_at_work import World, build_world
from tests.desk.walking import CASES, OTHER_OFFICE, WALKERS, names_of_all_addresses


@pytest.fixture
def world(people: SimpleNamespace, offices: SimpleNamespace, intake) -> World:
    return build_world(people, offices, intake)


def walk(world: World, person: str) -> dict[str, tuple[int, int]]:
    """Open every address as one person; "" is nobody logged in.

    Returns:
        What was answered otherwise than expected, as (expected, answered) by name.
    """
    wrong = {}
    member = Client()
    if person:
        member.force_login(getattr(world.people, person))
    for case in CASES:
        answered = open_as(world, person, case, member.cookies)
        if answered != case.expected(person):
            wrong[case.name] = (case.expected(person), answered)
    return wrong


def open_as(world, person, case, cookies) -> int:
    """The status of one answer; what it changed is undone."""
    everybody = [*WALKERS, OTHER_OFFICE, ""]
    client = Client(raise_request_exception=False, REMOTE_ADDR=f"198.51.100.{everybody.index(person) + 1}")
    client.cookies.load(cookies.output(header="", sep=";"))
    with transaction.atomic():
        send = client.get if case.post is None else client.post
        headers = {"HX-Request": "true"} if case.htmx else {}
        response = send(case.url(world), case.post(world) if case.post else None, headers=headers)
        if response.streaming:
            b"".join(response.streaming_content)
        if not person and not case.public:
            assert response.headers.get("Location", "").startswith(reverse("login")), case.name
        transaction.set_rollback(True)
    return response.status_code


def test_every_address_has_a_case():
    assert sorted(names_of_all_addresses()) == sorted(case.name for case in CASES)


def test_everybody_may_open_exactly_what_their_role_allows(world):
    wrong = {person: walk(world, person) for person in [*WALKERS, OTHER_OFFICE, ""]}

    assert {person: answers for person, answers in wrong.items() if answers} == {}


def test_every_role_of_the_office_walks():
    assert set(WALKERS.values()) == set(Role)
