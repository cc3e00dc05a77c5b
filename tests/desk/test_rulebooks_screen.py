"""The rulebooks on screen: what each rule says, and moving open dossiers with a decision."""

from django.urls import reverse

from workflows.models import Reprojection
from workflows.services.moving_rulebooks import move_dossiers


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_everybody_reads_the_rules_with_their_clauses_and_what_was_not_verified(desk_of, people, received):
    shown = text(desk_of(people.lan).get(reverse("desk:rulebooks")))

    assert "Nghị định 61/2018/NĐ-CP, Điều 19 khoản 4" in shown
    assert "chưa kiểm chứng" in shown
    assert "1 hồ sơ đang mở" in shown
    assert reverse("desk:rulebook_move") not in shown


def test_a_move_is_foreseen_then_ordered_with_a_decision(desk_of, people, received):
    client = desk_of(people.administrator)
    wishes = {"source": "nd-118-2025", "target": "nd-309-2026", "decision": "", "reason": ""}

    foreseen = client.post(reverse("desk:rulebook_move"), wishes | {"foresee": "yes"})
    assert "Nghị định 309/2026/NĐ-CP, Điều 8" in text(foreseen)
    assert not Reprojection.objects.exists()

    refused = client.post(reverse("desk:rulebook_move"), wishes | {"order": "yes"})
    assert (refused.status_code, Reprojection.objects.count()) == (422, 0)

    ordered = client.post(
        reverse("desk:rulebook_move"), wishes | {"order": "yes", "decision": "7/QĐ", "reason": "Luật mới"}
    )
    assert ordered.status_code == 302
    assert move_dossiers() == 1
    received.refresh_from_db()
    assert received.rulebook == "nd-309-2026"
    assert "7/QĐ: nd-118-2025 → nd-309-2026" in text(client.get(reverse("desk:rulebooks"))) + text(
        desk_of(people.lan).get(reverse("desk:dossier", args=[received.pk]))
    )


def test_moving_to_the_same_rulebook_is_refused_in_words(desk_of, people, received):
    same = {"source": "nd-118-2025", "target": "nd-118-2025", "decision": "7/QĐ", "reason": "Luật mới", "order": "yes"}

    response = desk_of(people.administrator).post(reverse("desk:rulebook_move"), same)

    assert "Chọn bộ quy tắc khác." in text(response)
    assert not Reprojection.objects.exists()
