"""Approve: the draft in view, one by one or many; what changed meanwhile drops out and says why."""

import pytest
from django.urls import reverse

from tests.desk.acting import act, forwarded
from tests.workflows.conftest import MONDAY, moment, open_step
from tests.workflows.papers import pdf
from workflows.models import LegalStatus, TrailEntry
from workflows.services import add_paper, claim, correct_data, finish_step, receive, send_back


def drafted(dossier, people):
    """Bring a dossier to the leader, with a draft."""
    forwarded(dossier, people, "intake", "assign", "appraise", "review")
    add_paper(dossier_id=dossier.pk, kind="draft", file=pdf(), by=people.leader, at=moment(2, 14))
    dossier.refresh_from_db()
    return open_step(dossier, "sign")


@pytest.fixture
def two(received, people, intake):
    """Two steps that wait for the leader."""
    other = receive(intake=intake(), by=people.lan, at=MONDAY)
    return drafted(received, people), drafted(other, people)


def pick(step):
    step.process.refresh_from_db()
    return f"{step.pk}:{step.process.acts}"


def test_the_draft_is_in_view_with_what_the_specialist_wrote(two, people, desk_of):
    page = desk_of(people.leader).get(reverse("desk:approve")).content.decode()

    draft = two[0].process.papers.get(kind="draft")
    assert reverse("desk:paper", args=[draft.dossier_id, draft.pk]) in page
    assert "note of appraise" in page
    assert two[1].process.code in page


def test_nobody_else_has_a_list_to_approve(two, people, desk_of):
    assert desk_of(people.minh).get(reverse("desk:approve")).status_code == 403
    assert "sign" not in str(desk_of(people.head).get(reverse("desk:approve")).context["rows"])


def test_one_is_approved_and_the_list_goes_on(two, people, desk_of):
    step = two[0]
    step.process.refresh_from_db()

    answer = act(desk_of(people.leader), step, "approve", outcome="approve", place="approve")

    step.refresh_from_db()
    assert answer.headers["HX-Redirect"] == reverse("desk:approve")
    assert step.outcome == "approve"


def test_without_a_draft_the_button_says_why_not(received, people, desk_of):
    forwarded(received, people, "intake", "assign", "appraise", "review")

    page = desk_of(people.leader).get(reverse("desk:approve")).content.decode()

    assert "disabled" in page
    assert "dự thảo" in page


def test_a_summary_comes_before_many_are_approved(two, people, desk_of):
    client = desk_of(people.leader)
    picks = [pick(step) for step in two]

    summary = client.get(reverse("desk:approve_summary"), {"step": picks})
    still_open = [step for step in two if open_step(step.process).pk == step.pk]
    answer = client.post(reverse("desk:approve_many"), {"step": picks})

    assert [candidate.row.step.pk for candidate in summary.context["ready"]] == [step.pk for step in two]
    assert len(still_open) == 2
    assert answer.url == reverse("desk:approve")
    assert [open_step(step.process).key for step in two] == ["number", "number"]


def test_what_changed_after_the_list_was_shown_is_not_in_the_summary(two, people, desk_of):
    picks = [pick(step) for step in two]
    add_paper(dossier_id=two[1].process_id, kind="draft", file=pdf("moi.pdf"), by=people.leader, at=moment(2, 15))

    summary = desk_of(people.leader).get(reverse("desk:approve_summary"), {"step": picks})

    assert [candidate.row.step.pk for candidate in summary.context["ready"]] == [two[0].pk]
    assert [candidate.row.step.pk for candidate in summary.context["changed"]] == [two[1].pk]


def test_what_changed_meanwhile_drops_out_and_says_why(two, people, desk_of):
    first, second = two
    picks = [pick(step) for step in two]
    send_back(step_id=second.pk, reason="Sai số", by=people.leader, at=moment(2, 15))

    answer = desk_of(people.leader).post(reverse("desk:approve_many"), {"step": picks})

    text = answer.content.decode()
    assert answer.status_code == 200
    assert second.process.code in text
    assert "Leader" in text
    assert open_step(first.process).key == "number"
    assert open_step(second.process).key == "appraise"


def test_an_approval_is_bound_to_what_was_seen_and_what_changed_is_shown(two, people, desk_of):
    first, second = two
    client = desk_of(people.leader)
    summary = client.get(reverse("desk:approve_summary"), {"step": [pick(step) for step in two]})
    seen = [f"{one.row.step.pk}:{one.pick.seen}:{one.content}" for one in summary.context["ready"]]
    consulted = TrailEntry.objects.count()
    claim(step_id=first.pk, by=people.leader, at=moment(2, 15))
    add_paper(dossier_id=second.process_id, kind="draft", file=pdf("moi.pdf"), by=people.leader, at=moment(2, 15))
    correct_data(
        dossier_id=second.process_id, answers={"school": "THPT Huỳnh"}, reason="Sai", by=people.lan, at=moment(2, 15)
    )
    again = client.get(reverse("desk:approve_summary"), {"step": [":".join(seen[1].split(":")[:2])]})

    answer = client.post(reverse("desk:approve_many"), {"step": seen})

    text = answer.content.decode()
    kept = first.process.trail.get(act="approve").data["content"]
    assert TrailEntry.objects.count() == consulted + 4
    assert [open_step(step.process).key for step in two] == ["number", "sign"]
    assert (kept, len(kept)) == (seen[0].split(":")[2], 64)
    assert "<ins>THPT Huỳnh</ins>" in text
    assert "moi.pdf" in text or "Dự thảo" in text
    assert [len(one.changes) for one in again.context["changed"]] == [2]


def test_nothing_is_approved_where_every_row_dropped_out(two, people, desk_of):
    stale = [f"{step.pk}:1" for step in two]

    answer = desk_of(people.leader).post(reverse("desk:approve_many"), {"step": stale})

    assert answer.status_code == 409
    assert [open_step(step.process).key for step in two] == ["sign", "sign"]


def test_four_eyes_hold_when_many_are_approved(two, people, offices, desk_of):
    from offices.models import Membership, Role

    Membership.objects.create(user=people.minh, office=offices.department, role=Role.LEADER, valid_from="2020-01-01")

    answer = desk_of(people.minh).post(reverse("desk:approve_many"), {"step": [pick(two[0])]})

    assert answer.status_code == 409
    assert open_step(two[0].process).key == "sign"


def test_what_differs_from_the_version_before_is_shown(received, people, desk_of):
    step = drafted(received, people)
    send_back(step_id=step.pk, reason="Sai diện tích", by=people.leader, at=moment(2, 15))
    correct_data(
        dossier_id=received.pk, answers={"school": "THPT Huỳnh"}, reason="Gõ sai", by=people.minh, at=moment(3, 8)
    )
    for hour, (key, who) in enumerate([("appraise", people.minh), ("review", people.head)], start=9):
        finish_step(step_id=open_step(received, key).pk, outcome="forward", by=who, at=moment(3, hour))
    add_paper(dossier_id=received.pk, kind="draft", file=pdf("lan-2.pdf"), by=people.leader, at=moment(3, 11))
    client = desk_of(people.leader)

    page = client.get(reverse("desk:approve"))
    both = client.get(reverse("desk:approve") + f"?open={open_step(received).pk}&compare=1").content.decode()

    versions = page.context["versions"]
    assert (versions.draft.filename, versions.earlier.filename) == ("lan-2.pdf", "du-thao.pdf")
    assert versions.is_same_file
    assert [(d.name, d.old, d.new) for d in versions.differences] == [("Trường", "", "THPT Huỳnh")]
    assert both.count("<iframe") == 2


def test_a_refusal_that_somebody_proposed_is_approved(received, people, desk_of):
    step = forwarded(received, people, "intake", "assign")
    proposed = act(desk_of(people.minh), step, "refuse", outcome="refuse", reason="Không đủ điều kiện")
    refusal = open_step(received)
    refusal.process.refresh_from_db()

    page = desk_of(people.leader).get(reverse("desk:approve")).content.decode()
    approved = act(
        desk_of(people.leader), refusal, "refuse", outcome="refuse", reason="Không đủ điều kiện", place="approve"
    )

    received.refresh_from_db()
    assert (proposed.status_code, approved.status_code) == (200, 200)
    assert "Không đủ điều kiện" in page
    assert received.legal_status == LegalStatus.STOPPED


def test_the_page_costs_a_bounded_number_of_statements(two, people, desk_of, django_assert_max_num_queries):
    client = desk_of(people.leader)
    client.get(reverse("desk:approve"))

    with django_assert_max_num_queries(25):
        client.get(reverse("desk:approve"))
