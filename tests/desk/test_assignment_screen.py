"""Choosing rules of assignment on the screen."""

from tests.workflows.test_handling import walk
from workflows.models import AssignmentRule

ADDRESS = "/desk/assignment/"


def test_a_head_chooses_replaces_and_withdraws_a_rule_and_the_step_says_how_it_was_given(
    client, received, people, offices
):
    client.force_login(people.head)
    given = {"office": offices.department.pk, "role": "specialist", "kind": "named", "procedure": "", "officer": ""}
    refused = client.post(ADDRESS, given)
    assert (refused.status_code, AssignmentRule.objects.count()) == (422, 0)

    assert client.post(ADDRESS, given | {"kind": "in_turn"}).status_code == 302
    assert client.post(ADDRESS, given | {"officer": people.minh.pk}).status_code == 302
    page = client.get(ADDRESS)
    assert [rule.kind for rule in page.context["rules"]] == ["named"]
    assert [rule.kind for rule in page.context["past"]] == ["in_turn"]

    walk(received, people, "intake", "assign")
    client.force_login(people.minh)
    dossier = client.get(f"/desk/dossiers/{received.pk}/?tab=process").text
    assert "Giao theo quy tắc: cán bộ chỉ định" in dossier
    assert "Giao theo quy tắc: cán bộ chỉ định → Minh" in dossier

    client.force_login(people.head)
    assert client.post(f"{ADDRESS}{page.context['rules'][0].pk}/end/").status_code == 302
    assert not AssignmentRule.objects.filter(ended_at=None).exists()


def test_a_head_chooses_for_no_other_office(client, people, offices):
    client.force_login(people.head)
    given = {"office": offices.police.pk, "role": "specialist", "kind": "in_turn"}
    assert client.post(ADDRESS, given).status_code == 422
    assert not AssignmentRule.objects.exists()
