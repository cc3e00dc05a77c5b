"""The dossier's page: what it says, and every act done from it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from onestop.desk.forms.acts_on_steps import FORMS
from tests.workflows.conftest import moment, open_step
from tests.workflows.papers import pdf
from workflows import services
from workflows.acts import ALLOWED_IN, NO_DOSSIER
from workflows.models import Dossier, LegalStatus, Step


def show(client, dossier, **query):
    return client.get(reverse("desk:dossier", args=[dossier.pk]), query)


def do(client, dossier: Dossier, act: str, /, *, step: Step | None = None, **values: Any):
    """Send one form of the act panel, as the screen of this moment would."""
    fresh = Dossier.objects.get(pk=dossier.pk)
    sent = {"seen": fresh.acts, "row": step.pk if step else values.pop("row", ""), "outcome": values.pop("outcome", "")}
    return client.post(reverse("desk:dossier_act", args=[dossier.pk, act]), sent | values)


def status(dossier) -> int:
    return Dossier.objects.values_list("legal_status", flat=True).get(pk=dossier.pk)


def text(response) -> str:
    return " ".join(response.content.decode().split())


def offered(response) -> set[str]:
    return {offer.act.name for offer in response.context["offers"]}


def test_every_act_on_a_dossier_has_a_form():
    on_dossiers = {name for name in ALLOWED_IN if ALLOWED_IN[name] != frozenset({NO_DOSSIER})}
    on_pages_of_their_own = {name for name in on_dossiers if name.endswith("_breach")} | {"review_flag", "take_over"}
    elsewhere = on_pages_of_their_own | {"undo"}  # offered where it was done
    assert set(FORMS) == on_dossiers - elsewhere


# What the page says


def test_head_says_code_procedure_applicant_state_and_time(desk_of, people, received):
    shown = text(show(desk_of(people.lan), received))

    for words in (received.code, "Miễn, giảm học phí", "Nguyễn Thị Ánh Tuyết", "Tiếp nhận", "Quá hạn"):
        assert words in shown


@pytest.mark.parametrize("name", ["police", "editor", "administrator"])
def test_a_dossier_of_others_does_not_exist(desk_of, people, received, name):
    response = show(desk_of(getattr(people, name)), received)

    assert response.status_code in {403, 404}
    assert received.code not in text(response)


def test_history_says_who_for_whom_when_and_what_changed(desk_of, people, received):
    services.correct_data(
        dossier_id=received.pk, reason="Gõ nhầm", submitter={"phone": "0987654321"}, by=people.lan, at=moment(2, 9)
    )

    page = show(desk_of(people.lan), received).context["page"]

    newest = page.timeline[0]
    assert [item.number for item in page.timeline] == [2, 1]
    assert (newest.by, newest.note, newest.at) == ("Lan", "Gõ nhầm", moment(2, 9))
    assert [(c.name, c.old, c.new) for c in newest.changes] == [("Điện thoại", "0912345678", "0987654321")]


@pytest.mark.parametrize("tab", ["papers", "form", "process", "clock", "nonsense"])
def test_every_tab_opens(desk_of, people, situations, tab):
    dossier = situations.decided()

    assert show(desk_of(people.lan), dossier, tab=tab).status_code == 200


def test_the_process_marks_the_current_step_and_counts_attempts(desk_of, people, situations):
    dossier = situations.at_step("review")
    step = open_step(dossier)
    services.send_back(step_id=step.pk, reason="Sai số liệu", by=people.head, at=moment(3, 9))

    response = show(desk_of(people.minh), dossier, tab="process")

    lines = {line.title: line for line in response.context["page"].process}
    assert lines["Thẩm định"].state == "current"
    assert [attempt.number for attempt in lines["Thẩm định"].attempts] == [1, 2]
    assert lines["Xem xét"].state == "done"
    assert lines["Ký"].state == ""
    assert "diagram-node current" in text(response)


def test_the_ledger_adds_up_to_the_working_time_since_reception(desk_of, people, situations):
    dossier = situations.awaiting_supplement()
    services.accept_supplement(dossier_id=dossier.pk, by=people.lan, at=moment(5, 10))

    page = show(desk_of(people.lan), dossier, tab="clock").context["page"]

    assert sum(part.minutes for part in page.parts) == sum(held.minutes for held in page.held)
    citizen = next(part for part in page.parts if part.party == "citizen")
    assert citizen.minutes == 17 * 60
    assert round(sum(part.share for part in page.parts)) == 100


def test_every_change_of_the_date_is_shown_with_its_reason(desk_of, people, situations):
    dossier = situations.awaiting_supplement()
    services.accept_supplement(dossier_id=dossier.pk, by=people.lan, at=moment(5, 10))

    changes = show(desk_of(people.lan), dossier, tab="clock").context["page"].date_changes

    assert [(c.before, c.after) for c in changes] == [
        (None, moment(16, 17)),
        (moment(16, 17), None),
        (None, moment(19, 17)),
    ]


def test_while_papers_are_awaited_no_date_is_shown(desk_of, people, situations):
    page = show(desk_of(people.lan), situations.awaiting_supplement()).context["page"]

    assert page.clock.due_at is None
    assert "Tạm dừng" in page.badge.words


def test_the_page_costs_few_statements(desk_of, people, situations, django_assert_max_num_queries):
    dossier = situations.decided()
    client = desk_of(people.lan)
    show(client, dossier, tab="process")

    with django_assert_max_num_queries(26):
        show(client, dossier, tab="process")


# What may be done now


def test_the_panel_offers_what_this_person_may_do_now(desk_of, people, situations):
    dossier = situations.at_step("appraise")

    holder, clerk = show(desk_of(people.minh), dossier), show(desk_of(people.lan), dossier)

    assert offered(holder) == {
        "finish_step",
        "refuse",
        "request_supplement",
        "request_payment",
        "consult",
        "claim",
        "add_paper",
        "correct_data",
        "propose_apology",
    }
    assert offered(clerk) == {"add_paper", "correct_data", "withdraw"}
    assert holder.context["main"].act.outcome == "forward"


def test_a_supervisor_reads_and_does_nothing(desk_of, people, situations):
    response = show(desk_of(people.supervisor), situations.at_step("appraise"))

    assert offered(response) == set()
    assert "Hồ sơ đang do người khác xử lý" in text(response)


def test_a_dossier_walks_from_its_page_to_the_return(desk_of, people, received):
    def step():
        return open_step(received)

    do(desk_of(people.lan), received, "finish_step", step=step(), outcome="forward")
    do(desk_of(people.head), received, "finish_step", step=step(), outcome="forward", note="Giao Minh")
    do(desk_of(people.minh), received, "claim", step=step())
    do(desk_of(people.minh), received, "finish_step", step=step(), outcome="forward")
    do(desk_of(people.head), received, "send_back", step=step(), outcome="send_back", why="draft", words="Thiếu căn cứ")
    assert open_step(received).return_reason.endswith(": Thiếu căn cứ")
    do(desk_of(people.minh), received, "add_paper", what="draft", file=pdf())
    do(desk_of(people.minh), received, "finish_step", step=step(), outcome="forward")
    do(desk_of(people.head), received, "approve", step=step(), outcome="forward")
    do(desk_of(people.leader), received, "approve", step=step(), outcome="approve")
    do(
        desk_of(people.registry),
        received,
        "register_result",
        step=step(),
        outcome="forward",
        number="12",
        issued_on="2026-03-02",
    )
    assert status(received) == LegalStatus.DECIDED
    response = do(desk_of(people.hoa), received, "return_result", step=step(), outcome="forward", handed_to="Tuyết")

    assert response["Location"] == reverse("desk:dossier", args=[received.pk])
    assert status(received) == LegalStatus.RETURNED
    proof = desk_of(people.hoa).get(reverse("desk:handover_slip", args=[received.pk]))
    assert proof["Content-Type"] == "application/pdf"


def test_papers_are_asked_for_and_taken_in(desk_of, people, situations):
    dossier = situations.at_step("appraise")

    do(desk_of(people.minh), dossier, "request_supplement", items=["Giấy xác nhận"], reason="Mờ")
    assert status(dossier) == LegalStatus.AWAITING_SUPPLEMENT
    do(desk_of(people.lan), dossier, "accept_supplement", paper=["proof"])

    assert status(dossier) == LegalStatus.IN_PROCESS


def test_a_payment_is_asked_for_and_confirmed(desk_of, people, situations):
    dossier = situations.at_step("appraise")

    do(desk_of(people.minh), dossier, "request_payment", step=open_step(dossier), name="Phí", amount="50.000")
    assert status(dossier) == LegalStatus.AWAITING_PAYMENT
    do(desk_of(people.lan), dossier, "confirm_payment", receipt_number="BL 7")

    assert status(dossier) == LegalStatus.IN_PROCESS
    assert (int(dossier.payments.get().amount), dossier.payments.get().receipt_number) == (50000, "BL 7")


def test_an_office_is_asked_and_answers_from_the_page(desk_of, people, situations, offices):
    dossier = situations.at_step("appraise")

    asked = {"offices": [offices.police.pk], "question": "Ý kiến?", "amount": "2", "unit": "working_day"}
    do(desk_of(people.minh), dossier, "consult", step=open_step(dossier), **asked)
    question = dossier.consultations.get()
    do(desk_of(people.police), dossier, "answer_consultation", row=question.pk, answer="Đồng ý")

    question.refresh_from_db()
    assert (question.answer, question.answered_by) == ("Đồng ý", people.police)


def test_a_refusal_is_proposed_and_a_leader_signs_it(desk_of, people, situations):
    dossier = situations.at_step("appraise")

    do(desk_of(people.minh), dossier, "refuse", step=open_step(dossier), outcome="refuse", reason="Không đủ điều kiện")
    assert status(dossier) == LegalStatus.IN_PROCESS
    do(
        desk_of(people.leader),
        dossier,
        "refuse",
        step=open_step(dossier),
        outcome="refuse",
        reason="Không đủ điều kiện",
    )

    assert status(dossier) == LegalStatus.STOPPED
    assert desk_of(people.lan).get(reverse("desk:refusal_slip", args=[dossier.pk])).status_code == 200


@pytest.mark.parametrize(
    ("name", "who", "ends_in"), [("withdraw", "lan", LegalStatus.WITHDRAWN), ("stop", "leader", LegalStatus.STOPPED)]
)
def test_a_dossier_ends_without_a_result(desk_of, people, situations, name, who, ends_in):
    dossier = situations.at_step("appraise")

    response = do(desk_of(getattr(people, who)), dossier, name, reason="Theo đơn")

    assert response.status_code == 302
    assert status(dossier) == ends_in
    assert desk_of(people.lan).get(reverse("desk:stop_slip", args=[dossier.pk])).status_code == 200


def test_a_step_changes_hands(desk_of, people, situations):
    dossier = situations.at_step("appraise")

    do(desk_of(people.head), dossier, "reassign", step=open_step(dossier), to=people.binh.pk, reason="Nghỉ phép")

    assert open_step(dossier).owner == people.binh


def test_data_are_corrected_with_a_reason(desk_of, people, received):
    client = desk_of(people.lan)
    values = {"full_name": "Nguyễn Thị Ánh Tuyết", "phone": "0987", "answer_school": "THCS B", "answer_area": ""}

    without = do(client, received, "correct_data", **values)
    done = do(client, received, "correct_data", **values, reason="Gõ nhầm")

    assert without.status_code == 422
    assert 'value="THCS B"' in text(without)
    assert done.status_code == 302
    received.refresh_from_db()
    assert (received.data["school"], received.submitter["phone"]) == ("THCS B", "0987")


# Refusals


def test_a_missing_reason_comes_back_with_what_was_typed(desk_of, people, situations):
    dossier = situations.at_step("review")

    response = do(desk_of(people.head), dossier, "send_back", step=open_step(dossier), outcome="send_back", words="Sai")

    assert response.status_code == 422
    assert "Sai</textarea>" in text(response)
    assert open_step(dossier).key == "review"


def test_a_stale_screen_shows_what_changed_and_keeps_what_was_typed(desk_of, people, situations):
    dossier = situations.at_step("review")
    seen = Dossier.objects.get(pk=dossier.pk).acts
    services.add_paper(dossier_id=dossier.pk, kind="other", name="Công văn", file=pdf(), by=people.lan)

    response = do(
        desk_of(people.head),
        dossier,
        "send_back",
        step=open_step(dossier),
        outcome="send_back",
        why="draft",
        words="Thiếu căn cứ",
        seen=seen,
    )

    assert response.status_code == 409
    assert [item.what for item in response.context["changes"]] == ["Giấy tờ khác: Công văn"]
    assert "Lan" in response.context["sentence"]
    assert "Thiếu căn cứ</textarea>" in text(response)
    assert f'name="seen" value="{seen + 1}"' in text(response)
    assert open_step(dossier).key == "review"


def test_who_was_slower_reads_who_was_faster_and_can_copy_the_words(desk_of, people, situations):
    dossier = situations.at_step("appraise")
    step, seen = open_step(dossier), Dossier.objects.get(pk=dossier.pk).acts
    services.finish_step(step_id=step.pk, outcome="forward", by=people.binh)

    response = do(
        desk_of(people.minh), dossier, "finish_step", step=step, outcome="forward", note="Lời nhắn dài", seen=seen
    )

    assert response.status_code == 409
    assert "Binh" in response.context["sentence"]
    assert response.context["lost"] == [("Nhắn người xử lý tiếp theo", "Lời nhắn dài")]


def test_an_act_of_another_role_is_refused(desk_of, people, situations):
    dossier = situations.at_step("sign")

    response = do(desk_of(people.lan), dossier, "approve", step=open_step(dossier), outcome="approve")

    assert response.status_code == 403
    assert open_step(dossier).key == "sign"


def test_an_unknown_act_is_not_found(desk_of, people, received):
    assert do(desk_of(people.lan), received, "erase").status_code == 404


def test_a_step_of_another_dossier_is_not_found(desk_of, people, received, intake):
    other = services.receive(intake=intake(), by=people.lan)

    assert do(desk_of(people.lan), received, "finish_step", step=open_step(other), outcome="forward").status_code == 404
    assert open_step(other).key == "intake"


def test_after_the_act_one_goes_where_one_came_from_but_never_to_a_stranger(desk_of, people, situations):
    dossier = situations.registered()
    back = f"{reverse('desk:online')}?done={dossier.pk}"

    stranger = do(desk_of(people.lan), dossier, "add_paper", what="other", file=pdf(), next="https://example.com/")
    home = do(desk_of(people.lan), dossier, "receive", next=back)

    assert stranger["Location"] == reverse("desk:dossier", args=[dossier.pk])
    assert home["Location"] == back
