"""The control slip fills itself from the steps; giver and receiver both confirm."""

import pytest
from django.urls import reverse

from tests.workflows.conftest import moment, open_step
from tests.workflows.test_handling import walk
from workflows.exceptions import NotAllowed, NotComplete, NotPossibleNow
from workflows.hand_overs import hand_overs_of
from workflows.models import TakeOver, TrailEntry
from workflows.services import claim, finish_step, send_back, take_over


def lines(dossier):
    """Who gave to whom, whether it was confirmed, and how the giver kept the time."""
    return [
        (
            line.step.key,
            line.giver.username,
            line.received.by.username if line.received else None,
            str(line.result),
        )
        for line in hand_overs_of(dossier)
    ]


def test_whoever_receives_a_file_confirms_it_and_finds_how_the_giver_kept_the_time(received, people):
    assert lines(received) == []  # the desk received it from the applicant: no hand-over yet
    walk(received, people, "intake")
    assert lines(received) == [("assign", "lan", None, "on_time")]

    taken = take_over(step_id=open_step(received).pk, note=" Thiếu trang 2 ", by=people.head, at=moment(2, 14))

    assert lines(received) == [("assign", "lan", "head", "on_time")]
    assert (taken.result, taken.note) == ("on_time", "Thiếu trang 2")
    entry = TrailEntry.objects.filter(dossier=received).last()
    assert (entry.act, entry.data) == ("take_over", {"result": "on_time", "note": "Thiếu trang 2"})


def test_claiming_or_finishing_a_step_confirms_too_and_a_return_is_a_hand_over(received, people):
    walk(received, people, "intake", "assign")
    claim(step_id=open_step(received).pk, by=people.minh, at=moment(2, 15))
    walk(received, people, "appraise")
    send_back(step_id=open_step(received).pk, reason="Sai số liệu", by=people.head, at=moment(2, 17))

    found = hand_overs_of(received)

    assert lines(received) == [
        ("assign", "lan", "head", "on_time"),
        ("appraise", "head", "minh", "on_time"),
        ("review", "minh", "head", "early"),
        ("appraise", "head", None, "early"),
    ]
    assert found[1].received.at == moment(2, 15)
    assert found[3].step.return_reason == "Sai số liệu"


def test_a_late_giver_is_noted_as_late(received, people):
    step = open_step(received)
    finish_step(step_id=step.pk, outcome="forward", by=people.lan, at=moment(4, 9))

    assert lines(received) == [("assign", "lan", None, "late")]


def test_nobody_confirms_twice_for_others_or_what_was_never_handed_over(received, people):
    with pytest.raises(NotPossibleNow):
        take_over(step_id=open_step(received).pk, by=people.lan, at=moment(2, 9))
    walk(received, people, "intake")
    step = open_step(received)
    with pytest.raises(NotAllowed):
        take_over(step_id=step.pk, by=people.lan, at=moment(2, 14))
    with pytest.raises(NotComplete):
        take_over(step_id=step.pk, note="x" * 251, by=people.head, at=moment(2, 14))
    assert TakeOver.objects.count() == 0

    take_over(step_id=step.pk, by=people.head, at=moment(2, 14))
    with pytest.raises(NotPossibleNow):
        take_over(step_id=step.pk, by=people.head, at=moment(2, 15))

    assert TakeOver.objects.count() == 1


def test_the_page_lets_only_the_holder_confirm_and_keeps_a_note_that_is_too_long(received, people, client):
    walk(received, people, "intake")
    address = reverse("desk:take_over", args=[received.pk, open_step(received).pk])
    page = reverse("desk:control", args=[received.pk])
    client.force_login(people.lan)
    assert address not in client.get(page).content.decode()
    client.force_login(people.head)
    assert address in client.get(page).content.decode()

    refused = client.post(address, {"note": "Thiếu " * 50})
    assert (refused.status_code, "quá dài" in refused.content.decode()) == (422, True)
    confirmed = client.post(address, {"note": "Đủ 2 giấy tờ"}, follow=True)

    assert "Đủ 2 giấy tờ" in confirmed.content.decode()
    assert address not in confirmed.content.decode()
