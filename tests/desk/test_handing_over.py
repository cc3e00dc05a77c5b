"""Return: scan or type, hand over, print the proof."""

from datetime import date

import pytest
from django.urls import reverse

from tests.desk.acting import forwarded
from tests.workflows.conftest import MONDAY, moment, open_step
from tests.workflows.papers import pdf
from workflows.models import LegalStatus
from workflows.services import add_paper, approve, receive, register_result, return_result


def decide(dossier, people):
    """Bring a dossier's result to the desk."""
    forwarded(dossier, people, "intake", "assign", "appraise", "review")
    add_paper(dossier_id=dossier.pk, kind="draft", file=pdf(), by=people.leader, at=moment(2, 14))
    approve(step_id=open_step(dossier).pk, by=people.leader, at=moment(2, 15))
    step = open_step(dossier, "number")
    register_result(step_id=step.pk, number="12/QĐ", issued_on=date(2026, 3, 2), by=people.registry, at=moment(2, 16))
    dossier.refresh_from_db()
    return dossier


@pytest.fixture
def decided(received, people):
    return decide(received, people)


@pytest.mark.parametrize(
    "typed", ["H40.01-260302-0001", "h40.01-260302-0001 ", "0001", "1", "260302-0001", "2603020001"]
)
def test_one_hit_opens_at_once(decided, people, desk_of, typed):
    page = desk_of(people.hoa).get(reverse("desk:return"), {"code": typed})

    assert page.context["dossier"] == decided
    assert "form-hand-over" in page.content.decode()


def test_what_the_scanner_reads_from_the_receipt_opens_the_dossier(decided, people, desk_of):
    scanned = f"{decided.code}|2026-03-02T08:00+07:00|2026-03-16T17:00+07:00"

    assert desk_of(people.hoa).get(reverse("desk:return"), {"code": scanned}).context["dossier"] == decided


def test_the_result_is_handed_over_and_the_proof_opens(decided, people, desk_of):
    client = desk_of(people.hoa)

    answer = client.post(
        reverse("desk:hand_over_result", args=[decided.pk]), {"seen": decided.acts, "handed_to": "Nguyễn Văn A"}
    )
    page = client.get(answer.url).content.decode()

    decided.refresh_from_db()
    assert decided.legal_status == LegalStatus.RETURNED
    assert decided.result["handed_to"] == "Nguyễn Văn A"
    assert "handover" in page


def test_a_second_click_is_refused_with_who_and_when(decided, people, desk_of):
    return_result(dossier_id=decided.pk, handed_to="A", by=people.lan, at=moment(3, 9))

    answer = desk_of(people.hoa).post(
        reverse("desk:hand_over_result", args=[decided.pk]), {"seen": decided.acts, "handed_to": "Giữ tên này"}
    )

    text = answer.content.decode()
    assert answer.status_code == 409
    assert "Lan" in text
    assert "Giữ tên này" in text


def test_without_a_name_nothing_is_handed_over(decided, people, desk_of):
    answer = desk_of(people.hoa).post(
        reverse("desk:hand_over_result", args=[decided.pk]), {"seen": decided.acts, "handed_to": " "}
    )

    decided.refresh_from_db()
    assert answer.status_code == 422
    assert decided.legal_status == LegalStatus.DECIDED


def test_a_dossier_that_is_not_ready_says_so(received, people, desk_of):
    page = desk_of(people.hoa).get(reverse("desk:return"), {"code": received.code})

    assert page.context["form"] is None
    assert "Chưa có kết quả" in page.content.decode()


def test_a_code_nobody_knows_and_a_foreign_dossier_look_the_same(decided, people, offices, desk_of):
    from offices.models import Membership, Office, Role

    other = Office.objects.create(name="Phường", short_name="P", code="H40.99", level="commune", is_desk=True)
    Membership.objects.create(user=people.police, office=other, role=Role.CLERK, valid_from="2020-01-01")
    client = desk_of(people.police)

    pages = [client.get(reverse("desk:return"), {"code": code}) for code in (decided.code, "H40.01-990101-0001")]
    refused = client.post(reverse("desk:hand_over_result", args=[decided.pk]), {"seen": 1, "handed_to": "A"})

    assert [page.context["hits"] for page in pages] == [[], []]
    assert refused.status_code == 404


def test_the_list_counts_by_appointment(decided, people, intake, desk_of):
    decide(receive(intake=intake(), by=people.lan, at=MONDAY), people)

    page = desk_of(people.hoa).get(reverse("desk:return")).context["page"]

    assert [(row.heads, row.heads_count) for row in page.rows] == [("Đã qua ngày hẹn", 2), ("", 0)]


def test_only_clerks_hand_over(decided, people, desk_of):
    url = reverse("desk:hand_over_result", args=[decided.pk])

    assert desk_of(people.minh).get(reverse("desk:return")).status_code == 403
    assert desk_of(people.minh).post(url, {"seen": decided.acts, "handed_to": "A"}).status_code == 403
