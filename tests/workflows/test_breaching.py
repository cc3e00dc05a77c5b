"""Every missed limit opens a review, with evidence; the unit explains, a supervisor who had no part in it concludes."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.db.utils import InternalError
from django.test.utils import CaptureQueriesContext

from offices.capacities import capacities_of
from offices.models import Absence, Membership, Office
from onestop.desk.reading.breaches import waiting_for
from sla.models import Clock
from sla.terms import Term, Unit
from tests.workflows.conftest import moment, open_step
from workflows import services
from workflows.exceptions import NotAllowed, NotComplete, NotPossibleNow
from workflows.models import BreachReview, Dossier, Notice, TrailEntry
from workflows.services import Conclusion
from workflows.services.breach_evidence import gather_waiting

LATE = moment(18, 9)  # the date was 17:00 on the 16th
MENDED = Conclusion(
    cause="late_handling",
    words="Chậm hai ngày",
    action="Phân công lại",
    action_due_on=date(2026, 4, 1),
)


@pytest.fixture
def review(in_process, sweep_at):
    sweep_at(LATE)
    gather_waiting()
    return BreachReview.objects.get()


def explain(review, by, at=LATE, words="Hai người nghỉ ốm"):
    return services.explain_breach(review_id=review.pk, words=words, by=by, at=at)


def conclude(review, by, at=LATE, conclusion=MENDED, office=None):
    filled = Conclusion(
        conclusion.cause, conclusion.words, conclusion.is_excused, conclusion.action, office, conclusion.action_due_on
    )
    return services.conclude_breach(review_id=review.pk, conclusion=filled, by=by, at=at)


# What opens one


def test_the_sweep_opens_one_review_when_the_date_passes(in_process, sweep_at, offices):
    sweep_at(moment(16, 16, 59))
    assert not BreachReview.objects.exists()

    sweep_at(moment(16, 17, 1))
    sweep_at(LATE)

    review = BreachReview.objects.get()
    assert (review.clock_id, review.run, review.due_at) == (in_process.statutory_clock_id, 1, moment(16, 17))
    assert (review.state, review.office, review.evidence_at) == ("open", offices.department, None)


def test_the_act_that_ends_a_late_dossier_opens_it_where_the_sweep_has_not(in_process, people):
    services.withdraw(dossier_id=in_process.pk, reason="Xin rút", by=people.lan, at=LATE)

    assert Dossier.objects.get(pk=in_process.pk).verdict == "late"
    assert BreachReview.objects.get().due_at == moment(16, 17)


def test_a_dossier_ended_in_time_has_none(in_process, people):
    services.withdraw(dossier_id=in_process.pk, reason="Xin rút", by=people.lan, at=moment(16, 17))

    assert not BreachReview.objects.exists()


def test_asking_for_papers_after_the_date_does_not_hide_the_breach_nor_does_the_restart(in_process, people, sweep_at):
    services.request_supplement(dossier_id=in_process.pk, items=["Giấy"], reason="Thiếu", by=people.minh, at=LATE)
    services.accept_supplement(dossier_id=in_process.pk, by=people.lan, at=moment(19, 9))
    sweep_at(moment(20, 9))

    gather_waiting()

    review = BreachReview.objects.get()
    assert (review.run, review.due_at) == (1, moment(16, 17))
    assert review.evidence["term_from"] == in_process.received_at.isoformat()


# A consulted office


@pytest.fixture
def asked(in_process, people, offices):
    term = Term(Decimal(2), Unit.WORKING_DAY)
    services.consult(
        step_id=open_step(in_process).pk,
        office_ids=[offices.police.pk],
        question="Ý kiến?",
        term=term,
        by=people.minh,
        at=moment(3, 9),
    )
    return in_process.consultations.get()


def test_a_question_has_a_clock_that_ends_with_the_answer(asked, people):
    assert (asked.clock.kind, asked.clock.due_at, asked.term_ends_at) == (
        "consultation",
        moment(5, 17),
        moment(5, 17),
    )

    services.answer_consultation(consultation_id=asked.pk, answer="Đồng ý", by=people.police, at=moment(4, 9))

    assert Clock.objects.get(pk=asked.clock_id).verdict == "early"
    assert not BreachReview.objects.exists()


def test_a_late_answer_is_reviewed_with_the_asked_office_as_the_unit(asked, people, offices):
    services.answer_consultation(consultation_id=asked.pk, answer="Đồng ý", by=people.police, at=moment(6, 9))
    gather_waiting()

    review = BreachReview.objects.get()
    assert (review.consultation, review.office, review.party, review.party_office) == (
        asked,
        offices.police,
        "consulted",
        offices.police,
    )
    assert [(row["party"], row["minutes"]) for row in review.evidence["held"]] == [("consulted", 22 * 60 + 30)]


def test_a_term_that_passes_unanswered_is_reviewed_and_its_clock_ends_with_the_step(asked, people, sweep_at, offices):
    sweep_at(moment(5, 17, 1))
    gather_waiting()
    assert BreachReview.objects.get().office == offices.police
    told = Notice.objects.filter(topic="consultation_late").values_list("user__username", "office", "role")
    assert set(told) == {("minh", None, ""), (None, offices.province.pk, "supervisor")}

    services.finish_step(
        step_id=open_step(asked.dossier).pk, outcome="forward", reason="Chờ quá hạn", by=people.minh, at=moment(6, 9)
    )

    assert Clock.objects.get(pk=asked.clock_id).verdict == "late"
    assert BreachReview.objects.count() == 1


# The evidence


def test_the_evidence_says_whose_time_it_was_and_which_steps_overran(review, people, offices):
    held = [(row["party"], row["name"], row["minutes"]) for row in review.evidence["held"]]

    assert held == [("desk", "Trung tâm PVHCC", 10), ("division", "Sở Giáo dục và Đào tạo", 10 * 480 + 440)]
    assert [step["key"] for step in review.evidence["missed_steps"]] == ["appraise"]
    assert review.evidence["apology"]["state"] == "missing"
    assert {flag["kind"] for flag in review.evidence["flags"]} >= {"overdue", "step_overdue", "no_apology"}
    assert (review.party, review.party_office, review.office) == ("division", offices.department, offices.department)


def test_the_person_who_held_it_longest_answers_for_it_and_is_told(in_process, people, sweep_at):
    services.claim(step_id=open_step(in_process).pk, by=people.minh, at=moment(2, 9))
    sweep_at(LATE)

    gather_waiting()

    review = BreachReview.objects.get()
    assert (review.party, review.party_user) == ("person", people.minh)
    told = Notice.objects.filter(topic="breach_opened").values_list("role", "user__username")
    assert sorted(told) == [("", "minh"), ("division_head", None), ("leader", None)]
    assert explain(review, people.minh).explained_by == people.minh


def test_evidence_is_gathered_once_with_as_many_statements_for_many_as_for_one(people, intake, sweep_at):
    def swept(number):
        for _ in range(number):
            services.receive(intake=intake(), by=people.lan, at=moment(2, 8))
        sweep_at(LATE)
        with CaptureQueriesContext(connection) as captured:
            assert gather_waiting() == number
        return len([query for query in captured if "SAVEPOINT" not in query["sql"]])

    one, many = swept(1), swept(7)

    assert one == many == 9
    before = BreachReview.objects.first().evidence_at
    assert gather_waiting() == 0
    assert BreachReview.objects.first().evidence_at == before


# Explanation, conclusion, what came of it


def test_from_the_explanation_to_what_came_of_it(review, people, offices):
    explain(review, people.head)
    assert Notice.objects.get(topic="breach_explained").office == offices.province
    conclude(review, people.supervisor, office=offices.department.pk)
    services.follow_up_breach(review_id=review.pk, outcome="Đã phân công", by=people.supervisor, at=moment(20, 9))

    review = BreachReview.objects.get()
    assert (review.state, review.explanation, review.cause) == ("followed_up", "Hai người nghỉ ốm", "late_handling")
    assert (review.action, review.action_office, review.outcome) == (
        "Phân công lại",
        offices.department,
        "Đã phân công",
    )
    assert (review.is_excused, review.dossier.verdict) == (False, "")
    acts = TrailEntry.objects.filter(act__contains="breach").values_list("act", "by__username")
    assert list(acts) == [
        ("explain_breach", "head"),
        ("conclude_breach", "supervisor"),
        ("follow_up_breach", "supervisor"),
    ]
    assert {n.role for n in Notice.objects.filter(topic="breach_action")} == {"division_head", "leader"}


def test_an_excused_breach_of_a_closed_dossier_stays_a_breach(in_process, people):
    services.withdraw(dossier_id=in_process.pk, reason="Xin rút", by=people.lan, at=LATE)
    review = BreachReview.objects.get()
    explain(review, people.leader)

    conclude(review, people.supervisor, conclusion=Conclusion("force_majeure", "Bão số 3", is_excused=True))

    review.refresh_from_db()
    assert (review.state, review.is_excused, review.action) == ("concluded", True, "")
    assert Dossier.objects.get(pk=in_process.pk).verdict == "late"


@pytest.mark.parametrize("who", ["lan", "binh", "registry", "police", "supervisor", "editor", "administrator"])
def test_only_the_units_heads_and_whoever_held_it_explain(review, people, who):
    with pytest.raises(NotAllowed):
        explain(review, getattr(people, who))

    assert BreachReview.objects.get().state == "open"


@pytest.mark.parametrize("who", ["lan", "head", "leader", "minh", "police", "editor", "administrator"])
def test_only_a_supervisor_concludes(review, people, offices, who):
    explain(review, people.head)

    with pytest.raises(NotAllowed):
        conclude(review, getattr(people, who), office=offices.department.pk)

    assert BreachReview.objects.get().state == "explained"


def test_a_supervisor_who_held_a_step_or_explained_leaves_it_to_one_above(review, people, offices):
    for who in (people.head, people.minh, people.leader):
        Membership.objects.create(user=who, office=offices.department, role="supervisor", valid_from=date(2020, 1, 1))
    explain(review, people.leader)

    for who in (people.head, people.leader):  # one assigned the file, the other explained
        with pytest.raises(NotAllowed):
            conclude(review, who, office=offices.department.pk)
    with pytest.raises(NotComplete):  # had no part in it: only the form is not complete
        conclude(review, people.minh, office=None)

    assert conclude(review, people.supervisor, office=offices.department.pk).concluded_by == people.supervisor


@pytest.mark.parametrize(
    ("conclusion", "fields"),
    [
        (Conclusion("", "", is_excused=True), {"cause", "words"}),
        (Conclusion("other", "Chậm"), {"action", "action_due_on", "action_office"}),
        (Conclusion("other", "Chậm", is_excused=True, action="Nhắc"), {"action_due_on", "action_office"}),
        (
            Conclusion("other", "Chậm", action="Nhắc", action_due_on=date(2026, 3, 17)),
            {"action_due_on", "action_office"},
        ),
    ],
)
def test_a_conclusion_names_cause_words_and_a_whole_action(review, people, conclusion, fields):
    explain(review, people.head)

    with pytest.raises(NotComplete) as refusal:
        services.conclude_breach(review_id=review.pk, conclusion=conclusion, by=people.supervisor, at=LATE)

    assert set(refusal.value.fields) == fields
    assert BreachReview.objects.get().state == "explained"


def test_each_step_of_a_review_is_taken_once_and_in_order(review, people, offices):
    with pytest.raises(NotPossibleNow):
        conclude(review, people.supervisor, office=offices.department.pk)
    with pytest.raises(NotComplete):
        explain(review, people.head, words=" ")
    explain(review, people.head)
    with pytest.raises(NotPossibleNow) as refusal:
        explain(review, people.leader)

    assert "Head" in str(refusal.value)
    with pytest.raises(NotPossibleNow):
        services.follow_up_breach(review_id=review.pk, outcome="Xong", by=people.supervisor, at=LATE)


def test_a_review_cannot_be_deleted(review):
    with pytest.raises(InternalError, match="Cannot delete rows"), transaction.atomic():
        BreachReview.objects.filter(pk=review.pk).delete()

    assert BreachReview.objects.exists()


def supervising(who, office, since=date(2020, 1, 1)):
    Membership.objects.create(user=who, office=office, role="supervisor", valid_from=since)


def listed(who):
    return list(waiting_for(capacities_of(who, LATE)))


def test_whoever_the_ledger_holds_responsible_does_not_conclude_even_after_handing_the_step_on(
    in_process, people, offices, sweep_at
):
    services.claim(step_id=open_step(in_process).pk, by=people.minh, at=moment(2, 9))
    services.reassign(
        step_id=open_step(in_process).pk, to_id=people.binh.pk, reason="Nghỉ", by=people.head, at=moment(13, 9)
    )
    sweep_at(LATE)
    gather_waiting()
    supervising(people.minh, offices.department)
    review = BreachReview.objects.get()
    assert review.party_user == people.minh
    explain(review, people.leader)

    with pytest.raises(NotAllowed):
        conclude(review, people.minh, office=offices.department.pk)
    BreachReview.objects.update(party_user=None)  # the ledger alone bars as well
    with pytest.raises(NotAllowed):
        conclude(review, people.minh, office=offices.department.pk)

    assert listed(people.minh) == []
    assert listed(people.supervisor) == [review]
    assert BreachReview.objects.get().state == "explained"


def test_a_stand_in_concludes_for_the_absentees_offices_in_the_absentees_name_only(review, people, offices):
    elsewhere = Office.objects.create(name="Sở Y tế", short_name="SYT", code="H40.16", level="province")
    supervising(people.binh, elsewhere)
    supervising(people.head, offices.department)  # assigned the file: barred
    Absence.objects.create(absentee=people.head, stand_in=people.binh, valid_from=date(2026, 3, 1))
    explain(review, people.leader)

    with pytest.raises(NotAllowed):
        conclude(review, people.binh, office=offices.department.pk)

    assert listed(people.binh) == []
    Absence.objects.create(absentee=people.supervisor, stand_in=people.binh, valid_from=date(2026, 3, 1))
    assert listed(people.binh) == [review]
    conclude(review, people.binh, office=offices.department.pk)
    assert TrailEntry.objects.get(act="conclude_breach").on_behalf_of == people.supervisor


def test_whoever_a_stand_in_explained_for_does_not_conclude(review, people, offices):
    Absence.objects.create(absentee=people.leader, stand_in=people.registry, valid_from=date(2026, 3, 1))
    supervising(people.leader, offices.department)
    explain(review, people.registry)
    assert BreachReview.objects.get().explained_for == people.leader

    with pytest.raises(NotAllowed):
        conclude(review, people.leader, office=offices.department.pk)

    assert listed(people.leader) == []
    assert BreachReview.objects.get().state == "explained"


def test_whoever_answered_late_for_the_asked_office_does_not_conclude(asked, people, offices):
    services.answer_consultation(consultation_id=asked.pk, answer="Đồng ý", by=people.police, at=moment(6, 9))
    gather_waiting()
    review = BreachReview.objects.get()
    for who, role in ((people.police, "supervisor"), (people.registry, "leader")):
        Membership.objects.create(user=who, office=offices.police, role=role, valid_from=date(2020, 1, 1))
    explain(review, people.registry)

    with pytest.raises(NotAllowed):
        conclude(review, people.police, office=offices.police.pk)

    assert listed(people.police) == []
    assert conclude(review, people.supervisor, office=offices.police.pk).concluded_by == people.supervisor
