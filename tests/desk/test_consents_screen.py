"""Supervisors find the questions that they answer because an office has no head who could."""

from django.urls import reverse
from django.utils import timezone

from offices.capacities import capacities_of
from offices.models import Membership, Role
from onestop.desk.counts import COUNTERS
from tests.workflows.asking import asked_once, wish
from tests.workflows.conftest import moment
from tests.workflows.test_handling import walk


def test_the_number_beside_the_entry_is_the_length_of_the_list_and_each_leads_to_its_dossier(received, people, desk_of):
    walk(received, people, "intake", "assign")
    asked_once(received, people)
    wish(received, people.minh, moment(4, 9))
    client, address = desk_of(people.supervisor), reverse("desk:consents")

    def count():
        return COUNTERS["consents"](capacities_of(people.supervisor, timezone.now()), timezone.now())

    assert (client.get(address).context["rows"], count()) == ([], 0)
    Membership.objects.filter(role__in=[Role.DIVISION_HEAD, Role.LEADER]).delete()

    page = client.get(address)

    assert (len(page.context["rows"]), count()) == (1, 1)
    dossier = reverse("desk:dossier", args=[received.pk])
    assert f"{dossier}?next={address}" in page.content.decode()
    assert client.get(dossier).status_code == 200
