"""My work: what waits for a person, in order, and the acts beside the list."""

import pytest
from django.urls import reverse

from tests.desk.acting import HTMX, act, forwarded
from tests.workflows.conftest import MONDAY, moment, open_step
from tests.workflows.papers import pdf
from workflows.models import Consultation, LegalStatus, Step
from workflows.services import add_paper, consult, finish_step, receive, request_supplement
from workflows.services.intake import ApplicantDetails


def test_the_list_shows_the_steps_of_my_role_and_nobody_elses(received, people, desk_of):
    page = desk_of(people.lan).get(reverse("desk:my_work")).content.decode()
    other = desk_of(people.minh).get(reverse("desk:my_work")).content.decode()

    assert received.code in page
    assert "Tiếp nhận" in page
    assert received.code not in other


def test_the_supervisor_has_no_work_of_this_kind(people, desk_of):
    assert desk_of(people.supervisor).get(reverse("desk:my_work")).status_code == 403


def test_the_panel_opens_beside_the_list(received, people, desk_of):
    step = open_step(received)

    part = desk_of(people.lan).get(reverse("desk:step", args=[step.pk]), headers=HTMX).content.decode()
    whole = desk_of(people.lan).get(reverse("desk:step", args=[step.pk]), follow=True).content.decode()

    assert "<html" not in part
    assert "Đơn đề nghị" in part
    assert "Giấy xác nhận" in whole
    assert 'class="is-open"' in whole


def test_a_step_of_a_foreign_dossier_does_not_exist(received, people, desk_of):
    url = reverse("desk:step", args=[open_step(received).pk])

    assert desk_of(people.police).get(url, headers=HTMX).status_code == 404


def test_claim_and_release(received, people, desk_of):
    step = forwarded(received, people, "intake", "assign")
    client = desk_of(people.minh)

    claimed = act(client, step, "claim")
    step.refresh_from_db()
    owner = step.owner
    released = act(client, step, "release")
    step.refresh_from_db()

    assert (claimed.status_code, released.status_code) == (200, 200)
    assert claimed.headers["HX-Trigger"] == '{"work-changed": {}}'
    assert (owner, step.owner) == (people.minh, None)


def test_finishing_goes_on_and_offers_the_next_step(received, people, intake, desk_of):
    step = forwarded(received, people, "intake", "assign")
    other = receive(intake=intake(), by=people.lan, at=MONDAY)
    waiting = forwarded(other, people, "intake", "assign")

    answer = act(desk_of(people.minh), step, "finish_step", outcome="forward", note="Đủ căn cứ.")

    step.refresh_from_db()
    assert answer.status_code == 200
    assert (step.outcome, step.note) == ("forward", "Đủ căn cứ.")
    assert reverse("desk:step", args=[waiting.pk]) in answer.content.decode()


def test_a_step_without_javascript_goes_on_too(received, people, desk_of):
    step = open_step(received)

    answer = desk_of(people.lan).post(
        reverse("desk:step_act", args=[step.pk, "finish_step"]),
        {"seen": received.acts, "outcome": "forward"},
        follow=True,
    )

    received.refresh_from_db()
    assert answer.status_code == 200
    assert received.legal_status == LegalStatus.IN_PROCESS


def test_a_stale_screen_is_refused_on_the_form_and_nothing_typed_is_lost(received, people, desk_of):
    step = forwarded(received, people, "intake", "assign")
    seen = received.acts
    add_paper(dossier_id=received.pk, kind="draft", file=pdf(), by=people.binh, at=moment(2, 11))

    answer = act(desk_of(people.minh), step, "finish_step", outcome="forward", note="Giữ lời này", seen=seen)

    text = answer.content.decode()
    step.refresh_from_db()
    assert answer.status_code == 409
    assert answer.headers["HX-Retarget"] == f"#form-finish_step-{step.pk}-forward"
    assert "Binh" in text
    assert "Giữ lời này" in text
    assert step.is_open
    assert f'value="{seen + 1}"' in text


def test_a_step_somebody_finished_is_refused_with_who_and_when(received, people, desk_of):
    step = forwarded(received, people, "intake", "assign")
    finish_step(step_id=step.pk, outcome="forward", by=people.binh, at=moment(2, 11))

    answer = act(desk_of(people.minh), step, "finish_step", outcome="forward")

    assert answer.status_code == 409
    assert "Binh" in answer.content.decode()


def test_without_javascript_a_refusal_keeps_the_page_and_what_was_typed(received, people, desk_of):
    step = forwarded(received, people, "intake", "assign")
    add_paper(dossier_id=received.pk, kind="draft", file=pdf(), by=people.binh, at=moment(2, 11))

    answer = desk_of(people.minh).post(
        reverse("desk:step_act", args=[step.pk, "finish_step"]), {"seen": received.acts, "note": "Giữ lời này"}
    )

    assert answer.status_code == 409
    assert "Giữ lời này" in answer.content.decode()
    assert "<html" in answer.content.decode()


def test_sending_back_needs_a_reason_and_the_next_person_reads_it_first(received, people, desk_of):
    step = forwarded(received, people, "intake", "assign", "appraise")
    client = desk_of(people.head)

    refused = act(client, step, "send_back", outcome="send_back", why="", words="")
    sent = act(client, step, "send_back", outcome="send_back", why="mismatch", words="Năm sinh khác sổ gốc")

    again = open_step(received)
    panel = desk_of(people.minh).get(reverse("desk:step", args=[again.pk]), headers=HTMX).content.decode()
    assert refused.status_code == 422
    assert refused.headers["HX-Retarget"] == f"#form-send_back-{step.pk}-send_back"
    assert sent.status_code == 200
    assert again.key == "appraise"
    assert panel.index("Năm sinh khác sổ gốc") < panel.index("Nguyễn Thị Ánh Tuyết")


def test_papers_are_asked_for_all_at_once(received, people, desk_of):
    step = forwarded(received, people, "intake", "assign")
    client = desk_of(people.minh)

    nothing = act(client, step, "request_supplement", reason="Thiếu")
    wanted = {"items": ["Đơn đề nghị"], "others": "Sổ hộ khẩu\n\n Ảnh ", "reason": "Thiếu"}
    beyond = act(client, step, "request_supplement", **wanted)
    asked = act(client, step, "request_supplement", **wanted, extra_reason="Theo yêu cầu của Sở")
    assert (beyond.status_code, "Sổ hộ khẩu; Ảnh" in beyond.content.decode()) == (422, True)

    received.refresh_from_db()
    assert (nothing.status_code, asked.status_code) == (422, 200)
    assert nothing.headers["HX-Retarget"] == "#form-request_supplement"
    assert received.supplements.get().items == ["Đơn đề nghị", "Sổ hộ khẩu", "Ảnh"]
    assert received.legal_status == LegalStatus.AWAITING_SUPPLEMENT


def test_a_payment_is_asked_for(received, people, desk_of):
    step = forwarded(received, people, "intake", "assign")

    wrong = act(desk_of(people.minh), step, "request_payment", name="Lệ phí", amount="nhiều")
    asked = act(desk_of(people.minh), step, "request_payment", name="Lệ phí", amount="50.000 đ")

    assert (wrong.status_code, asked.status_code) == (422, 200)
    assert received.payments.get().amount == 50_000


def test_another_office_is_asked_and_answers(received, people, offices, desk_of):
    step = forwarded(received, people, "intake", "assign")

    asked = act(
        desk_of(people.minh),
        step,
        "consult",
        offices=[offices.police.pk],
        question="Có án tích?",
        amount=2,
        unit="working_day",
    )
    question = Consultation.objects.get()
    listed = desk_of(people.police).get(reverse("desk:my_work")).content.decode()
    answered = desk_of(people.police).post(
        reverse("desk:answer", args=[question.pk]), {"answer": "Không có."}, headers=HTMX
    )

    question.refresh_from_db()
    assert (asked.status_code, answered.status_code) == (200, 200)
    assert "Có án tích?" in listed
    assert question.answer == "Không có."


def test_an_answer_given_twice_is_refused_with_a_name(received, people, offices, desk_of):
    step = forwarded(received, people, "intake", "assign")
    act(
        desk_of(people.minh), step, "consult", offices=[offices.police.pk], question="Có?", amount=2, unit="working_day"
    )
    url = reverse("desk:answer", args=[Consultation.objects.get().pk])
    desk_of(people.police).post(url, {"answer": "Không có."}, headers=HTMX)

    again = desk_of(people.police).post(url, {"answer": "Có."}, headers=HTMX)

    assert again.status_code == 409
    assert "Police" in again.content.decode()
    assert Consultation.objects.get().answer == "Không có."


def test_the_registry_numbers_the_result(received, people, desk_of):
    forwarded(received, people, "intake", "assign", "appraise", "review")
    add_paper(dossier_id=received.pk, kind="draft", file=pdf(), by=people.leader, at=moment(2, 14))
    step = open_step(received)
    step.process.refresh_from_db()
    signed = act(desk_of(people.leader), step, "approve", outcome="approve")
    step = open_step(received, "number")

    later = act(desk_of(people.registry), step, "register_result", number="12/QĐ", issued_on="2999-01-01")
    numbered = act(desk_of(people.registry), step, "register_result", number="12/QĐ", issued_on="2026-03-02")

    received.refresh_from_db()
    assert (signed.status_code, later.status_code, numbered.status_code) == (200, 422, 200)
    assert received.result == {"number": "12/QĐ", "issued_on": "2026-03-02"}


def test_a_draft_is_uploaded_and_a_wrong_file_is_refused(received, people, desk_of):
    step = forwarded(received, people, "intake", "assign")
    wrong = pdf("virus.pdf")
    wrong.file.seek(0)
    wrong.file.write(b"MZ\x90\x00 not a pdf")
    wrong.file.seek(0)

    refused = act(desk_of(people.minh), step, "add_paper", what="draft", file=wrong)
    taken = act(desk_of(people.minh), step, "add_paper", what="draft", file=pdf("du-thao.pdf"))

    assert (refused.status_code, taken.status_code) == (422, 200)
    assert refused.headers["HX-Retarget"] == "#form-add_paper"
    assert [paper.filename for paper in received.papers.filter(kind="draft")] == ["du-thao.pdf"]


def test_a_paused_step_says_why_it_cannot_go_on(received, people, desk_of):
    step = forwarded(received, people, "intake", "assign")
    request_supplement(dossier_id=received.pk, items=["Ảnh"], reason="Thiếu", by=people.minh, at=moment(2, 11))

    panel = desk_of(people.minh).get(reverse("desk:step", args=[step.pk]), headers=HTMX).content.decode()
    page = desk_of(people.minh).get(reverse("desk:my_work")).content.decode()

    assert "form-finish_step" not in panel
    assert "Tạm dừng" in page


def test_many_steps_are_forwarded_each_on_its_own(received, people, intake, desk_of):
    other = receive(intake=intake(), by=people.lan, at=moment(2, 9))
    first, second = open_step(received), open_step(other)
    stale = f"{second.pk}:{other.acts + 1}"

    answer = desk_of(people.lan).post(
        reverse("desk:many_steps"),
        {"act": "forward", "step": [f"{first.pk}:{received.acts}", stale, "x:y"]},
        follow=True,
    )

    assert not Step.objects.open().filter(pk=first.pk).exists()
    assert Step.objects.open().filter(pk=second.pk).exists()
    assert other.code in answer.content.decode()


def test_slips_of_the_ticked_rows_are_printed(received, people, desk_of):
    ticked = f"{open_step(received).pk}:{received.acts}"

    answer = desk_of(people.lan).post(reverse("desk:print_slips"), {"step": [ticked], "slip": "receipt"})

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")


def test_the_last_claim_or_forward_is_offered_back_while_nobody_acted_since(received, people, intake, desk_of):
    other = receive(intake=intake(), by=people.lan, at=moment(2, 9))
    first, second = open_step(received), open_step(other)
    lan, here = desk_of(people.lan), reverse("desk:my_work")
    lan.post(
        reverse("desk:many_steps"),
        {"act": "forward", "step": [f"{first.pk}:{received.acts}", f"{second.pk}:{other.acts}"]},
    )
    offered = lan.get(here).context["undo"]
    claimed = act(desk_of(people.head), open_step(other), "claim")

    left = lan.get(here).context["undo"]
    stranger = desk_of(people.police).post(reverse("desk:undo"), {"act": [str(one) for one in left.acts]}, follow=True)
    answer = lan.post(reverse("desk:undo"), {"act": [str(one) for one in offered.acts]}, follow=True)

    first.refresh_from_db()
    second.refresh_from_db()
    assert (len(offered.acts), claimed.status_code, len(left.acts)) == (2, 200, 1)
    assert stranger.status_code == 200
    assert (first.is_open, second.is_open) == (True, False)
    assert other.code in answer.content.decode()
    assert lan.get(here).context["undo"] is None


@pytest.fixture
def thirty(people, intake):
    """Thirty dossiers at the first step, received one after the other, and two paused ones."""
    dossiers = [receive(intake=intake(), by=people.lan, at=moment(2, 8, number)) for number in range(30)]
    for dossier in dossiers[:2]:
        request_supplement(dossier_id=dossier.pk, items=["Ảnh"], reason="Thiếu", by=people.lan, at=moment(2, 9))
    return dossiers


def codes_on(client, url):
    """The dossiers of one page of the list, in order, and its context."""
    answer = client.get(url)
    return [row.step.process.code for row in answer.context["page"].rows], answer.context["page"]


def test_paging_by_keys_shows_every_step_once_with_the_paused_last(thirty, people, desk_of, monkeypatch):
    monkeypatch.setattr("onestop.desk.paging.PAGE", 12)
    client, here = desk_of(people.lan), reverse("desk:my_work")

    seen, url, pages = [], here, []
    while url:
        codes, page = codes_on(client, url)
        seen += codes
        pages.append((url, codes, page))
        url = here + page.next_url if page.next_url else ""

    back, first = codes_on(client, here + pages[1][2].previous_url)
    assert len(seen) == len(set(seen)) == 30
    assert seen[-2:] == [dossier.code for dossier in thirty[:2]]
    assert back == pages[0][1]
    assert not first.previous_url


def test_filters_leave_what_fits(received, people, intake, desk_of):
    binh = ApplicantDetails(full_name="Trần Văn Bình", identifier="040190000002")
    other = receive(intake=intake(applicant=binh), by=people.lan, at=MONDAY)
    forwarded(other, people, "intake", "assign")
    here, minh, lan = reverse("desk:my_work"), desk_of(people.minh), desk_of(people.lan)

    assert codes_on(lan, f"{here}?words=anh+tuyet")[0] == [received.code]
    assert codes_on(lan, f"{here}?words=binh")[0] == []
    assert codes_on(lan, f"{here}?step=intake&procedure={received.procedure_id}")[0] == [received.code]
    assert codes_on(lan, f"{here}?held=mine")[0] == [received.code]
    assert codes_on(lan, f"{here}?held=offered")[0] == []
    assert codes_on(minh, f"{here}?held=offered")[0] == [other.code]
    assert codes_on(lan, f"{here}?procedure=x&after=~~&held=y&words=%00")[0] == [received.code]


def test_the_list_is_sorted_by_whatever_is_asked_and_paged_all_the_same(thirty, people, desk_of, monkeypatch):
    monkeypatch.setattr("onestop.desk.paging.PAGE", 12)
    client, here = desk_of(people.lan), reverse("desk:my_work")
    codes = [dossier.code for dossier in thirty]
    expected = {"code": codes, "-code": codes[::-1], "since": codes, "-received": codes[::-1]}

    for sort, order in expected.items():
        seen, url = [], f"{here}?sort={sort}"
        while url:
            found, page = codes_on(client, url)
            seen += found
            url = here + page.next_url if page.next_url else ""
        assert seen == order, sort

    by_time = codes_on(client, f"{here}?sort=nothing")[0]
    assert by_time == codes_on(client, here)[0]
    for sort in ("procedure", "applicant", "step", "appointed"):
        assert len(codes_on(client, f"{here}?sort={sort}&after=x")[0]) == 12


def test_columns_and_filters_are_kept_for_the_person_who_chose_them(received, people, desk_of):
    client, here = desk_of(people.lan), reverse("desk:my_work")
    query = "words=anh&held=mine&open=3&sort=-code"
    client.post(reverse("desk:work_columns"), {"column": ["appointed", "step", "nothing"], "query": query})
    kept = client.post(reverse("desk:work_filter_keep"), {"name": " Gấp  hôm nay ", "query": query})
    nothing = client.post(reverse("desk:work_filter_keep"), {"name": "Trống", "query": "open=3"}, follow=True)

    mine = client.get(kept.url).context["look"]
    others = desk_of(people.hoa).get(here).context["look"]
    assert kept.url == f"{here}?held=mine&words=anh&sort=-code"
    assert [head.name for head in mine.columns] == ["step", "appointed"]
    assert [(one.name, one.query, one.is_on) for one in mine.kept] == [
        ("Gấp hôm nay", "held=mine&words=anh&sort=-code", True)
    ]
    assert mine.code.sorted == "descending"
    assert ([head.name for head in others.columns], others.kept) == (["procedure", "applicant", "step", "came"], [])
    assert "warning" in nothing.content.decode()

    client.post(reverse("desk:work_filter_drop"), {"name": "Gấp hôm nay"})
    assert client.get(here).context["look"].kept == []


def test_questions_of_other_offices_are_paged_alone(received, people, offices, desk_of):
    step = forwarded(received, people, "intake", "assign")
    consult(
        step_id=step.pk,
        office_ids=[offices.police.pk],
        question="Có?",
        term=three_days(),
        by=people.minh,
        at=moment(2, 11),
    )

    page = desk_of(people.police).get(reverse("desk:my_work") + "?held=asked").context["page"]

    assert [asking.row.question for asking in page.rows] == ["Có?"]


def three_days():
    from decimal import Decimal

    from sla.terms import Term, Unit

    return Term(Decimal(3), Unit.WORKING_DAY)


def test_the_list_costs_the_same_for_one_step_and_for_thirty(thirty, people, desk_of, django_assert_max_num_queries):
    client = desk_of(people.lan)
    client.get(reverse("desk:my_work"))

    with django_assert_max_num_queries(15):
        client.get(reverse("desk:my_work"))


def test_the_panel_costs_a_bounded_number_of_statements(thirty, people, desk_of, django_assert_max_num_queries):
    client, url = desk_of(people.lan), reverse("desk:step", args=[open_step(thirty[5]).pk])
    client.get(url, headers=HTMX)

    with django_assert_max_num_queries(13):
        client.get(url, headers=HTMX)
