"""Graphs that are not a straight line: parallel steps, branches, refusals, consultations, steps in other offices."""

from decimal import Decimal

import pytest

from offices.capacities import capacities_of
from offices.models import Membership
from sla.models import ClockInterval
from sla.terms import Term, Unit
from tests.workflows.conftest import MONDAY, definition_of, moment, open_step, published
from tests.workflows.papers import pdf
from tests.workflows.test_handling import walk
from workflows import services
from workflows.exceptions import NotAllowed, NotComplete, NotPossibleNow
from workflows.models import Consultation, Flag, LegalStatus, Step


def hours(amount):
    return {"amount": amount}


PARALLEL = [
    {"key": "intake", "phase": "receive", "role": "clerk", "time": hours(2)},
    {
        "key": "opinions",
        "parallel": [
            {"key": "check", "phase": "process", "role": "specialist", "time": hours(4)},
            {"key": "police_view", "phase": "process", "role": "specialist", "office": "H40.20", "time": hours(16)},
        ],
        "then": "sum_up",
    },
    {"key": "sum_up", "phase": "process", "role": "specialist", "time": hours(8)},
    {"key": "give_back", "phase": "return", "role": "clerk", "time": "none"},
]

BRANCHED = [
    {"key": "intake", "phase": "receive", "role": "clerk", "time": hours(2)},
    {
        "key": "size",
        "branch": [{"when": {"field": "area", "op": "ge", "value": 500}, "to": "board"}, {"otherwise": "appraise"}],
    },
    {"key": "board", "phase": "process", "role": "leader", "time": hours(8), "outcomes": {"forward": "appraise"}},
    {"key": "appraise", "phase": "process", "role": "specialist", "time": hours(8)},
    {"key": "give_back", "phase": "return", "role": "clerk", "time": "none"},
]


def receive_in(people, offices, intake, steps, **answers):
    version = published(definition_of(steps=steps), offices.department)
    return services.receive(
        intake=intake(version_id=version.pk, answers=answers), by=people.lan, at=MONDAY, forward=True
    )


def test_parallel_steps_open_together_and_join(people, offices, intake):
    dossier = receive_in(people, offices, intake, PARALLEL)
    opened = set(Step.objects.open().filter(process=dossier).values_list("key", flat=True))
    assert opened == {"check", "police_view"}

    services.finish_step(step_id=open_step(dossier, "check").pk, outcome="forward", by=people.minh, at=moment(2, 9))
    assert open_step(dossier).key == "police_view"
    services.finish_step(step_id=open_step(dossier).pk, outcome="forward", by=people.police, at=moment(2, 10))

    assert open_step(dossier).key == "sum_up"
    joins = Step.objects.filter(process=dossier, flow_task_type="JOIN")
    assert [join.status for join in joins] == ["DONE"]


def test_while_branches_are_open_time_belongs_to_the_one_due_first(people, offices, intake):
    dossier = receive_in(people, offices, intake, PARALLEL)
    services.finish_step(step_id=open_step(dossier, "check").pk, outcome="forward", by=people.minh, at=moment(2, 9))

    parties = ClockInterval.objects.filter(clock=dossier.citizen_clock).values_list("party", "party_office__code")
    assert list(parties) == [("desk", "H40.01"), ("division", "H40.15"), ("division", "H40.20")]


@pytest.mark.parametrize(
    ("area", "key"), [(500, "board"), ("1200,5".replace(",", "."), "board"), (499, "appraise"), (None, "appraise")]
)
def test_a_branch_follows_the_form(people, offices, intake, area, key):
    answers = {} if area is None else {"area": area}

    dossier = receive_in(people, offices, intake, BRANCHED, **answers)

    assert open_step(dossier).key == key


def test_a_refusal_needs_a_leader(received, people):
    walk(received, people, "intake", "assign")
    services.refuse(step_id=open_step(received).pk, reason="Không đủ điều kiện", by=people.minh, at=moment(2, 9))
    received.refresh_from_db()
    assert received.legal_status == LegalStatus.IN_PROCESS
    assert open_step(received).role == "leader"

    services.refuse(step_id=open_step(received).pk, reason="", by=people.leader, at=moment(2, 10))

    received.refresh_from_db()
    assert received.legal_status == LegalStatus.STOPPED
    assert received.trail.last().act == "refuse"
    assert received.trail.last().data["reason"] == "Không đủ điều kiện"
    assert received.statutory_clock.state == "ended"
    assert not Step.objects.open().exists()


def test_a_leader_can_send_a_proposed_refusal_back_to_its_author(received, people):
    walk(received, people, "intake", "assign")
    services.refuse(step_id=open_step(received).pk, reason="Không đủ điều kiện", by=people.minh, at=moment(2, 9))

    services.send_back(step_id=open_step(received).pk, reason="Xem lại", by=people.leader, at=moment(2, 10))

    step = open_step(received)
    assert (step.key, step.attempt, step.return_reason) == ("appraise", 2, "Xem lại")


def test_sending_back_opens_a_new_attempt_with_its_full_budget_and_the_reason_first(received, people):
    walk(received, people, "intake", "assign", "appraise")

    services.send_back(step_id=open_step(received).pk, reason="Sai số liệu", by=people.head, at=moment(4, 8))

    step = open_step(received)
    assert (step.key, step.attempt, step.return_reason) == ("appraise", 2, "Sai số liệu")
    assert step.due_at == moment(13, 10)
    assert received.trail.last().act == "send_back"


def test_sending_back_without_a_reason_is_refused(received, people):
    walk(received, people, "intake", "assign", "appraise")

    with pytest.raises(NotComplete):
        services.send_back(step_id=open_step(received).pk, reason=" ", by=people.head, at=moment(4, 8))

    assert open_step(received).key == "review"


def test_a_step_opened_again_more_than_twice_is_flagged(received, people):
    walk(received, people, "intake", "assign")
    for day in (3, 4, 5):
        assert not Flag.objects.exists()
        services.finish_step(step_id=open_step(received).pk, outcome="forward", by=people.minh, at=moment(day, 8))
        services.send_back(step_id=open_step(received).pk, reason="Sai", by=people.head, at=moment(day, 9))

    flag = Flag.objects.get()
    assert (flag.kind, flag.evidence["step"], flag.evidence["times"]) == ("resubmitted", "appraise", 3)


def test_a_leader_signs_only_with_a_draft_result(received, people):
    walk(received, people, "intake", "assign", "appraise", "review")

    with pytest.raises(NotPossibleNow):
        services.approve(step_id=open_step(received).pk, by=people.leader, at=moment(2, 15))

    assert open_step(received).key == "sign"


def test_nobody_approves_their_own_work_even_as_stand_in(received, people):
    from offices.models import Absence

    walk(received, people, "intake", "assign", "appraise")
    Absence.objects.create(absentee=people.head, stand_in=people.minh, valid_from=MONDAY.date())

    with pytest.raises(NotAllowed):
        services.approve(step_id=open_step(received).pk, by=people.minh, at=moment(2, 15))

    assert open_step(received).key == "review"


def test_a_stand_in_is_recorded_with_both_names(received, people):
    from offices.models import Absence

    walk(received, people, "intake", "assign", "appraise")
    Absence.objects.create(absentee=people.head, stand_in=people.binh, valid_from=MONDAY.date())

    services.approve(step_id=open_step(received).pk, by=people.binh, at=moment(2, 15))

    entry = received.trail.last()
    assert (entry.by, entry.on_behalf_of) == (people.binh, people.head)
    step = Step.objects.get(process=received, key="review")
    assert (step.finished_by, step.on_behalf_of) == (people.binh, people.head)


def test_one_officer_in_charge_is_assigned(received, people, offices, version):
    from procedures.services import put_in_charge

    put_in_charge(procedure=version.procedure, office=offices.department, role="specialist", user=people.binh)

    walk(received, people, "intake", "assign")

    assert open_step(received).owner == people.binh


def test_several_officers_are_offered_the_step_and_others_do_not_see_it(received, people, offices, version):
    from procedures.services import put_in_charge

    Membership.objects.create(
        user=people.police, office=offices.department, role="specialist", valid_from=MONDAY.date()
    )
    for user in (people.binh, people.police):
        put_in_charge(procedure=version.procedure, office=offices.department, role="specialist", user=user)

    walk(received, people, "intake", "assign")

    step = open_step(received)
    assert step.owner is None
    assert sorted(step.offered_to) == sorted([people.binh.pk, people.police.pk])
    assert list(Step.objects.waiting_for(capacities_of(people.binh, moment(2, 15)))) == [step]
    assert not Step.objects.waiting_for(capacities_of(people.minh, moment(2, 15))).exists()


def test_a_claimed_step_is_kept_from_colleagues(received, people):
    walk(received, people, "intake", "assign")
    step = open_step(received)
    services.claim(step_id=step.pk, by=people.minh, at=moment(2, 10))
    due_at = open_step(received).due_at

    with pytest.raises(NotPossibleNow, match="Minh"):
        services.finish_step(step_id=step.pk, outcome="forward", by=people.binh, at=moment(2, 11))

    assert due_at == step.due_at
    services.release(step_id=step.pk, by=people.minh, at=moment(2, 11))
    services.finish_step(step_id=step.pk, outcome="forward", by=people.binh, at=moment(2, 11))


def test_an_asked_office_holds_the_time_until_it_answers(received, people, offices):
    walk(received, people, "intake", "assign")
    step = open_step(received)
    term = Term(Decimal(2), Unit.WORKING_DAY)
    services.consult(
        step_id=step.pk, office_ids=[offices.police.pk], question="Ý kiến?", term=term, by=people.minh, at=moment(2, 10)
    )
    due_at = received.due_at

    with pytest.raises(NotPossibleNow):
        services.finish_step(step_id=step.pk, outcome="forward", by=people.minh, at=moment(2, 11))
    services.answer_consultation(
        consultation_id=Consultation.objects.get().pk, answer="Đồng ý", by=people.police, at=moment(3, 9)
    )
    services.finish_step(step_id=step.pk, outcome="forward", by=people.minh, at=moment(3, 10))

    lines = ClockInterval.objects.filter(clock=received.citizen_clock).values_list("party", "party_office__code")
    assert ("consulted", "H40.20") in list(lines)
    received.refresh_from_db()
    assert received.due_at == due_at


def test_when_the_term_of_an_asked_office_has_passed_a_reason_is_enough(received, people, offices):
    walk(received, people, "intake", "assign")
    step = open_step(received)
    term = Term(Decimal(1), Unit.WORKING_DAY)
    services.consult(
        step_id=step.pk, office_ids=[offices.police.pk], question="Ý kiến?", term=term, by=people.minh, at=moment(2, 10)
    )

    with pytest.raises(NotComplete):
        services.finish_step(step_id=step.pk, outcome="forward", by=people.minh, at=moment(4, 8))
    services.finish_step(
        step_id=step.pk, outcome="forward", reason="Quá hạn lấy ý kiến", by=people.minh, at=moment(4, 8)
    )

    assert open_step(received).key == "review"


def test_a_payment_pauses_the_clock_and_the_rest_runs_on(received, people):
    walk(received, people, "intake", "assign")
    step = open_step(received)
    services.request_payment(
        step_id=step.pk, name="Phí thẩm định", amount=Decimal(300000), by=people.minh, at=moment(3, 9)
    )

    services.confirm_payment(dossier_id=received.pk, receipt_number="BL-1", by=people.lan, at=moment(5, 9))

    received.refresh_from_db()
    assert received.legal_status == LegalStatus.IN_PROCESS
    assert received.due_at == moment(18, 17)
    assert received.statutory_clock.run == 1


@pytest.mark.parametrize("amount", ["0", "-5", "10.5"])
def test_a_payment_is_whole_dong(received, people, amount):
    walk(received, people, "intake", "assign")

    with pytest.raises(NotComplete):
        services.request_payment(
            step_id=open_step(received).pk, name="Phí", amount=Decimal(amount), by=people.minh, at=moment(3, 9)
        )


def test_the_result_is_handed_over_to_somebody(received, people):
    walk(received, people, "intake", "assign", "appraise", "review")
    services.add_paper(dossier_id=received.pk, kind="draft", file=pdf(), by=people.leader, at=moment(2, 14))
    walk(received, people, "sign", "number")

    with pytest.raises(NotComplete):
        services.return_result(dossier_id=received.pk, handed_to=" ", by=people.lan, at=moment(3, 9))

    received.refresh_from_db()
    assert received.legal_status == LegalStatus.DECIDED


def test_a_stale_screen_is_told_what_changed(received, people):
    from workflows.exceptions import StaleScreen

    walk(received, people, "intake", "assign")
    seen = received.acts
    services.correct_data(
        dossier_id=received.pk, reason="Gõ sai", answers={"school": "THCS B"}, by=people.lan, at=moment(2, 10)
    )

    with pytest.raises(StaleScreen, match="Lan") as stale:
        services.finish_step(
            step_id=open_step(received).pk, outcome="forward", seen=seen, by=people.minh, at=moment(2, 11)
        )

    assert [entry.act for entry in stale.value.changes] == ["correct_data"]
    assert open_step(received).key == "appraise"


def test_a_correction_keeps_old_and_new_value(received, people):
    services.correct_data(
        dossier_id=received.pk, reason="Gõ sai", answers={"school": "THCS B"}, by=people.lan, at=moment(2, 10)
    )

    assert received.trail.last().data["changes"] == {"school": [None, "THCS B"]}


def test_an_officer_in_charge_who_lost_the_role_is_given_no_steps(received, people, offices, version):
    from procedures.services import put_in_charge

    put_in_charge(procedure=version.procedure, office=offices.department, role="specialist", user=people.police)

    walk(received, people, "intake", "assign")

    assert open_step(received).owner is None
    assert open_step(received).offered_to == []


def test_whoever_is_too_late_for_a_withdrawn_dossier_is_told_by_whom(received, people):
    walk(received, people, "intake", "assign")
    step = open_step(received)
    services.withdraw(dossier_id=received.pk, reason="Xin rút", by=people.lan, at=moment(2, 10))

    with pytest.raises(NotPossibleNow, match="Lan"):
        services.finish_step(step_id=step.pk, outcome="forward", by=people.minh, at=moment(2, 11))

    assert received.trail.last().act == "withdraw"


def test_a_question_of_a_finished_step_holds_no_time_any_more(received, people, offices):
    walk(received, people, "intake", "assign")
    step = open_step(received)
    term = Term(Decimal(1), Unit.WORKING_DAY)
    services.consult(
        step_id=step.pk, office_ids=[offices.police.pk], question="Ý kiến?", term=term, by=people.minh, at=moment(2, 10)
    )
    services.finish_step(step_id=step.pk, outcome="forward", reason="Quá hạn", by=people.minh, at=moment(4, 8))

    services.finish_step(step_id=open_step(received).pk, outcome="forward", by=people.head, at=moment(4, 9))

    last = ClockInterval.objects.filter(clock=received.citizen_clock).last()
    assert (last.party, last.party_office.code) == ("division", "H40.15")
    assert not Consultation.objects.waiting_for(capacities_of(people.police, moment(4, 9))).exists()
