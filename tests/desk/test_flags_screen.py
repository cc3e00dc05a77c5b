"""Asking again through the screens, the page of a flag, and the number of the attempt wherever a file is shown."""

import pytest
from django.urls import reverse

from tests.desk.counter import end, typed
from tests.workflows.asking import agreed, asked_once, wish
from tests.workflows.conftest import moment
from tests.workflows.test_handling import walk
from workflows.models import Dossier, Flag, FlagReview, SupplementConsent, SupplementRequest
from workflows.services import receive, register_online, request_supplement, withdraw


@pytest.fixture
def once(received, people):
    """A dossier at its appraisal for which papers were asked and came."""
    walk(received, people, "intake", "assign")
    asked_once(received, people)
    return Dossier.objects.get(pk=received.pk)


def text(response):
    return " ".join(response.content.decode().split())


def do(client, dossier, name, **data):
    seen = Dossier.objects.get(pk=dossier.pk).acts
    return client.post(reverse("desk:dossier_act", args=[dossier.pk, name]), {"seen": seen} | data)


def test_a_second_request_goes_through_the_head_from_screen_to_screen(once, people, desk_of):
    minh, head = desk_of(people.minh), desk_of(people.head)
    page = minh.get(reverse("desk:dossier", args=[once.pk]))
    assert {"ask_consent", "request_supplement"} & {o.act.name for o in page.context["offers"]} == {"ask_consent"}
    assert do(minh, once, "request_supplement", items=["Giấy xác nhận"], reason="Thiếu").status_code == 409

    wanted = {"items": ["Đơn đề nghị"], "reason": "Thiếu", "new_because": "Mới thấy", "reason_code": "overlooked"}
    silent = do(minh, once, "ask_consent", **wanted, others="Giấy  xác nhận\nẢnh")
    assert (silent.status_code, "Đã yêu cầu trước đây: Giấy xác nhận." in text(silent)) == (422, True)
    do(minh, once, "ask_consent", **wanted, others="Ảnh", repeated=["Giấy xác nhận"])
    consent = SupplementConsent.objects.get()
    assert consent.items == ["Đơn đề nghị", "Ảnh", "Giấy xác nhận"]

    work = head.get(reverse("desk:my_work"))
    assert [row.consent for row in work.context["consents"]] == [consent]
    assert "Ý kiến yêu cầu bổ sung lần 2" in text(work)
    asked = text(head.get(reverse("desk:dossier", args=[once.pk])))
    assert "Lần đầu bỏ sót" in asked
    assert asked.index('Ảnh</strong> <span class="chip">mới') < asked.index("ngoài danh mục công bố")
    decision = {"row": consent.pk, "granted": "no"}
    assert do(head, once, "decide_consent", **decision).status_code == 422
    do(head, once, "decide_consent", **decision | {"granted": "yes"})

    ready = minh.get(reverse("desk:dossier", args=[once.pk]))
    form = next(o.form for o in ready.context["offers"] if o.act.name == "request_supplement")
    assert (form.initial["items"], "others" in form.fields) == (consent.items, False)
    beyond = do(minh, once, "request_supplement", items=consent.items, reason="Thiếu")
    assert (beyond.status_code, "Ngoài danh mục công bố: Ảnh." in text(beyond)) == (422, True)
    do(minh, once, "request_supplement", items=consent.items, reason="Thiếu", extra_reason="Thông tư 1")
    request = SupplementRequest.objects.get(number=2)
    assert (request.consent, request.extra_reason) == (consent, "Thông tư 1")


def test_a_question_decided_meanwhile_is_said_to_be(once, people, desk_of):
    consent = wish(once, people.minh, moment(4, 9))
    head = desk_of(people.head)
    head.get(reverse("desk:dossier", args=[once.pk]))
    seen = Dossier.objects.get(pk=once.pk).acts
    do(desk_of(people.leader), once, "decide_consent", row=consent.pk, granted="yes")

    late = head.post(
        reverse("desk:dossier_act", args=[once.pk, "decide_consent"]),
        {"seen": seen, "row": consent.pk, "granted": "no", "words": "Không"},
    )

    assert (late.status_code, "Leader" in text(late)) == (409, True)
    assert SupplementConsent.objects.get().granted is True


def test_the_desk_s_own_head_sees_a_file_only_once_asked(people, intake, desk_of):
    dossier = receive(intake=intake(), by=people.lan, at=moment(2, 8))
    request_supplement(dossier_id=dossier.pk, items=["Giấy xác nhận"], reason="Mờ", by=people.lan, at=moment(2, 9))
    do(desk_of(people.lan), dossier, "accept_supplement")
    address = reverse("desk:dossier", args=[dossier.pk])
    assert desk_of(people.head).get(address).status_code == 404

    wish(dossier, people.lan, None)

    assert desk_of(people.head).get(address).status_code == 200


def test_a_flag_has_a_page_with_its_acts_and_its_review(once, people, desk_of):
    agreed(once, people, "Ảnh")
    request_supplement(dossier_id=once.pk, items=["Ảnh"], reason="Thiếu", by=people.minh, at=moment(4, 11))
    flag = Flag.objects.get(kind="pause", cleared_at=None)
    supervisor, address = desk_of(people.supervisor), reverse("desk:flag", args=[flag.pk])
    assert address in text(supervisor.get(reverse("desk:dossier", args=[once.pk])))

    page = supervisor.get(address)
    shown = text(page)
    assert "Dừng lại trong vòng 3 ngày làm việc sau khi chạy tiếp lúc 10:00 03/03/2026" in shown
    assert [act.item.number for act in page.context["page"].acts] == [row["number"] for row in flag.evidence["acts"]]
    assert f"{reverse('desk:dossier', args=[once.pk])}#act-{flag.evidence['acts'][0]['number']}" in shown
    assert "Lưu kết quả xem xét" not in text(desk_of(people.minh).get(address))

    review = reverse("desk:flag_review", args=[flag.pk])
    assert supervisor.post(review, {"finding": "fault"}).status_code == 422
    assert supervisor.post(review, {"finding": "fault", "words": "Không có căn cứ"}).status_code == 302
    assert supervisor.post(review, {"finding": "justified", "words": "Có"}).status_code == 409
    assert FlagReview.objects.get().finding == "fault"
    assert "Không có căn cứ" in text(supervisor.get(address))
    assert "Đã xem xét: không có lý do chính đáng" in text(supervisor.get(address))


def test_opening_the_slip_notes_that_it_left(once, people, desk_of):
    slip = reverse("desk:supplement_slip", args=[once.pk, 1])

    desk_of(people.supervisor).get(slip)
    assert SupplementRequest.objects.get().slip_at is None

    desk_of(people.lan).get(slip)
    assert SupplementRequest.objects.get().slip_at is not None


def test_the_number_of_the_attempt_stands_wherever_the_file_does(people, intake, desk_of, version, offices):
    first = receive(intake=intake(), by=people.lan, at=moment(2, 8))
    withdraw(dossier_id=first.pk, reason="Rút", by=people.lan, at=moment(6, 9))
    lan, words = desk_of(people.lan), "lần nộp thứ 2, lần đầu 02/03/2026"
    known = {"procedure": version.procedure_id, "identifier": "040190000001"}
    assert f"Đây sẽ là {words}" in text(lan.post(reverse("desk:receive_applicant"), known))

    response = end(lan, typed(version, offices, scan_later="on"))
    again = Dossier.objects.get(attempt=2)
    register_online(intake=intake(channel="online"), by=people.lan)

    page = text(lan.get(reverse("desk:dossier", args=[again.pk])))
    assert words in page
    assert "ngày làm việc kể từ lần nộp đầu tiên 02/03/2026" in page
    assert first.code in page
    assert words in text(lan.get(response["Location"]))
    assert words in text(lan.get(reverse("desk:my_work")))
    assert "lần nộp thứ 3, lần đầu 02/03/2026" in text(lan.get(reverse("desk:online")))
