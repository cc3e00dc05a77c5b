"""Papers are asked for, and the clock stops, restarts or resumes."""

import pytest

from sla.models import Clock, ClockInterval
from tests.workflows.conftest import MONDAY, definition_of, moment, open_step, published
from tests.workflows.test_handling import walk
from workflows.exceptions import IncompleteDossier, NotAllowed, NotComplete, NotPossibleNow
from workflows.models import Dossier, LegalStatus, SupplementRequest, TrailEntry
from workflows.services import accept_supplement, claim, finish_step, request_supplement, stop
from workflows.services.intake import PaperGiven


def at_appraisal(received, people):
    walk(received, people, "intake", "assign")
    return open_step(received, "appraise")


def test_asking_for_papers_stops_every_clock_and_hides_the_date(received, people):
    step = at_appraisal(received, people)

    request_supplement(
        dossier_id=received.pk, items=["Giấy xác nhận"], reason="Mờ dấu", by=people.minh, at=moment(3, 9)
    )

    received.refresh_from_db()
    step.refresh_from_db()
    assert received.legal_status == LegalStatus.AWAITING_SUPPLEMENT
    assert received.due_at is None
    assert step.due_at is None
    assert set(Clock.objects.filter(kind__in=["statutory", "step"], ended_at=None).values_list("state", flat=True)) == {
        "stopped"
    }
    last = ClockInterval.objects.filter(clock=received.citizen_clock).last()
    assert (last.party, last.state) == ("citizen", "running")


def test_a_step_refuses_to_finish_while_papers_are_awaited(received, people):
    step = at_appraisal(received, people)
    request_supplement(
        dossier_id=received.pk, items=["Giấy xác nhận"], reason="Mờ dấu", by=people.minh, at=moment(3, 9)
    )
    acts = TrailEntry.objects.count()

    with pytest.raises(NotPossibleNow, match=r"H40\.01-260302-0001"):
        finish_step(step_id=step.pk, outcome="forward", by=people.minh, at=moment(3, 10))

    assert TrailEntry.objects.count() == acts


def test_accepted_papers_restart_the_full_term_the_day_after(received, people):
    step = at_appraisal(received, people)
    request_supplement(
        dossier_id=received.pk, items=["Giấy xác nhận"], reason="Mờ dấu", by=people.minh, at=moment(3, 9)
    )

    accept_supplement(
        dossier_id=received.pk, papers=[PaperGiven(key="proof", originals=1)], by=people.lan, at=moment(12, 10)
    )

    received.refresh_from_db()
    step.refresh_from_db()
    assert received.legal_status == LegalStatus.IN_PROCESS
    assert received.due_at == moment(26, 17)
    assert received.statutory_clock.run == 2
    assert step.due_at == moment(23, 13, 30)


def test_a_clock_that_resumes_keeps_what_was_left(people, offices, intake):
    from workflows.services import receive

    version = published(definition_of(supplement={"effect": "resume", "clause": "Luật X"}), offices.department)
    dossier = receive(intake=intake(version_id=version.pk), by=people.lan, at=MONDAY)
    at_appraisal(dossier, people)
    request_supplement(dossier_id=dossier.pk, items=["Giấy"], reason="Thiếu", by=people.minh, at=moment(4, 9))

    accept_supplement(dossier_id=dossier.pk, by=people.lan, at=moment(9, 9))

    dossier.refresh_from_db()
    assert dossier.due_at == moment(19, 17)
    assert dossier.statutory_clock.run == 1


def test_a_walk_in_file_without_papers_gets_its_code_and_no_statutory_clock(people, intake):
    dossier = request_supplement(
        intake=intake(papers=()), items=["Đơn đề nghị", "Giấy xác nhận"], reason="Thiếu", by=people.lan, at=MONDAY
    )

    assert dossier.code == "H40.01-260302-0001"
    assert dossier.legal_status == LegalStatus.AWAITING_SUPPLEMENT
    assert dossier.statutory_clock is None
    assert dossier.citizen_clock.started_at == MONDAY


def test_a_walk_in_file_is_received_when_its_papers_come(people, intake):
    dossier = request_supplement(intake=intake(papers=()), items=["Đơn"], reason="Thiếu", by=people.lan, at=MONDAY)

    accept_supplement(
        dossier_id=dossier.pk,
        papers=[PaperGiven(key="application", originals=1), PaperGiven(key="proof", originals=1)],
        by=people.hoa,
        at=moment(4, 15),
    )

    dossier.refresh_from_db()
    assert dossier.legal_status == LegalStatus.RECEIVED
    assert dossier.received_at == moment(4, 15)
    assert dossier.due_at == moment(18, 17)
    assert open_step(dossier).owner == people.hoa


def test_only_one_request_is_open_at_a_time(received, people):
    at_appraisal(received, people)
    request_supplement(dossier_id=received.pk, items=["Giấy"], reason="Thiếu", by=people.minh, at=moment(3, 9))

    with pytest.raises(NotPossibleNow):
        request_supplement(dossier_id=received.pk, items=["Giấy"], reason="Thiếu", by=people.minh, at=moment(3, 10))

    assert SupplementRequest.objects.count() == 1


def test_a_request_names_papers_and_a_reason(received, people):
    at_appraisal(received, people)

    with pytest.raises(NotComplete) as nothing:
        request_supplement(dossier_id=received.pk, items=[" "], reason="Thiếu", by=people.minh, at=moment(3, 9))
    with pytest.raises(NotComplete) as silent:
        request_supplement(dossier_id=received.pk, items=["Giấy"], reason=" ", by=people.minh, at=moment(3, 9))

    assert (set(nothing.value.fields), set(silent.value.fields)) == ({"items"}, {"reason"})
    assert Dossier.objects.get().legal_status == LegalStatus.IN_PROCESS


def test_the_division_head_cannot_ask_at_a_step_that_may_not(received, people):
    walk(received, people, "intake")

    with pytest.raises(NotAllowed):
        request_supplement(dossier_id=received.pk, items=["Giấy"], reason="Thiếu", by=people.head, at=moment(3, 9))


def test_a_request_after_three_working_days_is_marked_late(received, people):
    at_appraisal(received, people)

    request_supplement(dossier_id=received.pk, items=["Giấy"], reason="Thiếu", by=people.minh, at=moment(6, 9))

    assert SupplementRequest.objects.get().is_late


def test_a_walk_in_file_is_not_received_before_it_is_complete(people, intake):
    dossier = request_supplement(intake=intake(papers=()), items=["Đơn"], reason="Thiếu", by=people.lan, at=MONDAY)

    with pytest.raises(IncompleteDossier) as refusal:
        accept_supplement(
            dossier_id=dossier.pk, papers=[PaperGiven(key="proof", originals=1)], by=people.lan, at=moment(4, 15)
        )

    assert refusal.value.missing == ["application"]
    dossier.refresh_from_db()
    assert dossier.legal_status == LegalStatus.AWAITING_SUPPLEMENT
    assert SupplementRequest.objects.get().accepted_at is None


def test_a_walk_in_file_whose_applicant_never_returns_can_be_stopped(people, intake):
    dossier = request_supplement(intake=intake(papers=()), items=["Đơn"], reason="Thiếu", by=people.lan, at=MONDAY)

    stop(dossier_id=dossier.pk, reason="Quá thời hạn bổ sung", by=people.lan, at=moment(30, 9))

    dossier.refresh_from_db()
    assert dossier.legal_status == LegalStatus.STOPPED


def test_a_step_claimed_by_a_colleague_asks_for_no_papers(received, people):
    step = at_appraisal(received, people)
    claim(step_id=step.pk, by=people.binh, at=moment(2, 10))

    with pytest.raises(NotPossibleNow, match="Binh"):
        request_supplement(dossier_id=received.pk, items=["Giấy"], reason="Thiếu", by=people.minh, at=moment(3, 9))

    received.refresh_from_db()
    assert received.legal_status == LegalStatus.IN_PROCESS
