"""Taking back one's last claim or forward: only by who did it, only while nobody acted since, the ledger stays true."""

import pytest

from tests.desk.acting import forwarded
from tests.workflows.conftest import moment, open_step
from workflows.exceptions import NotAllowed, NotPossibleNow, StaleScreen
from workflows.models import Dossier, LegalStatus, Step, TrailEntry
from workflows.services import add_paper, approve, claim, finish_step, send_back, undo
from workflows.services.summing import sum_ledgers
from workflows.services.verifying_ledgers import verify_ledgers


def nothing_changed(dossier, refused):
    """Run a refused act and prove that it left nothing."""
    before = (TrailEntry.objects.count(), list(Step.objects.order_by("pk").values("status", "due_at", "owner")))
    refused()
    assert before == (TrailEntry.objects.count(), list(Step.objects.order_by("pk").values("status", "due_at", "owner")))


def faults():
    """What does not hold in any ledger, also after it was added up."""
    sum_ledgers(at=moment(2, 16))
    return verify_ledgers().faults


def test_a_claim_is_taken_back_by_an_act_of_its_own(received, people):
    step = forwarded(received, people, "intake", "assign")
    claim(step_id=step.pk, by=people.minh, at=moment(2, 10))
    number = Dossier.objects.get(pk=received.pk).acts

    undo(dossier_id=received.pk, number=number, by=people.minh, at=moment(2, 11))

    step.refresh_from_db()
    last = received.trail.last()
    assert (step.owner, step.status) == (None, "NEW")
    assert (last.act, last.number, last.step, last.data["undone"]) == ("undo", number + 1, step, number)
    assert not faults()


def test_the_forward_that_began_the_processing_leads_back_to_the_desk(received, people):
    first = open_step(received)
    due = (first.due_at, first.clock.due_at)
    finish_step(step_id=first.pk, outcome="forward", by=people.lan, at=moment(2, 9))
    opened = open_step(received)

    undo(dossier_id=received.pk, number=2, by=people.lan, at=moment(2, 10))

    received.refresh_from_db()
    first.refresh_from_db()
    opened.refresh_from_db()
    assert received.legal_status == LegalStatus.RECEIVED
    assert (first.status, first.owner, first.finished, first.outcome) == ("ASSIGNED", people.lan, None, "")
    assert (first.due_at, first.clock.due_at, first.clock.state, first.clock.verdict) == (*due, "running", "")
    assert (opened.status, opened.due_at, opened.clock.state) == ("CANCELED", None, "ended")
    assert [entry.act for entry in received.trail.all()] == ["receive", "finish_step", "undo"]
    assert not faults()


def test_what_was_taken_back_can_be_done_again(received, people):
    step = forwarded(received, people, "intake", "assign")
    finish_step(step_id=step.pk, outcome="forward", by=people.minh, at=moment(2, 10), note="quá sớm")
    undo(dossier_id=received.pk, number=4, by=people.minh, at=moment(2, 11))

    finish_step(step_id=step.pk, outcome="forward", by=people.minh, at=moment(2, 12))

    step.refresh_from_db()
    review = open_step(received)
    assert (step.note, step.status, step.attempt) == ("", "DONE", 1)
    assert (review.key, review.attempt) == ("review", 1)
    assert not faults()


def test_nobody_else_takes_it_back(received, people):
    forwarded(received, people, "intake")

    def refused():
        with pytest.raises(NotAllowed):
            undo(dossier_id=received.pk, number=2, by=people.head, at=moment(2, 10))

    nothing_changed(received, refused)


def test_nothing_is_taken_back_once_somebody_has_acted(received, people):
    step = forwarded(received, people, "intake")
    claim(step_id=step.pk, by=people.head, at=moment(2, 10))

    def refused():
        with pytest.raises(StaleScreen) as told:
            undo(dossier_id=received.pk, number=2, by=people.lan, at=moment(2, 11))
        assert [entry.act for entry in told.value.changes] == ["claim"]

    nothing_changed(received, refused)


def test_what_did_more_than_pass_the_dossier_on_stays(received, people):
    step = forwarded(received, people, "intake", "assign", "appraise")
    send_back(step_id=step.pk, reason="Sai", by=people.head, at=moment(2, 12))

    def refused():
        with pytest.raises(NotPossibleNow):
            undo(dossier_id=received.pk, number=5, by=people.head, at=moment(2, 13))

    nothing_changed(received, refused)


def test_an_approval_stays(received, people):
    from tests.workflows.papers import pdf

    forwarded(received, people, "intake", "assign", "appraise", "review")
    add_paper(dossier_id=received.pk, kind="draft", file=pdf(), by=people.leader, at=moment(2, 14))
    approve(step_id=open_step(received).pk, by=people.leader, at=moment(2, 15))
    number = Dossier.objects.get(pk=received.pk).acts

    with pytest.raises(NotPossibleNow):
        undo(dossier_id=received.pk, number=number, by=people.leader, at=moment(2, 15))
