"""The counter: find the procedure, fill in, end in exactly one of three ways."""

from __future__ import annotations

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from offices.models import Membership, Office, User
from tests.desk.counter import end, only_dossier, typed
from tests.workflows.conftest import definition_of, published
from tests.workflows.papers import pdf
from workflows import services
from workflows.models import Dossier, LegalStatus, Paper, SupplementRequest

RECEIVE = "desk:receive"


@pytest.fixture
def clerk(desk_of, people, version):
    """The clerk's browser."""
    return desk_of(people.lan)


def page(client, version, **query):
    return client.get(reverse(RECEIVE), {"procedure": version.procedure_id, **query})


def text(response):
    return response.content.decode()


# Which procedure


def test_words_without_accents_find_the_procedure(clerk, version, offices):
    published(definition_of(code="1.000002", name="Miễn, giảm học phí cho sinh viên"), offices.department)

    found = clerk.get(reverse("desk:receive_suggest"), {"q": "mien giam hoc phi"})

    assert {row.procedure.code for row in found.context["suggestions"]} == {"1.005144", "1.000002"}
    assert "10 ngày làm việc" in text(found)


def test_words_that_fit_one_procedure_open_it_at_once(clerk, version):
    response = clerk.get(reverse(RECEIVE), {"q": "1.005144"})

    assert response["Location"] == f"{reverse(RECEIVE)}?procedure={version.procedure_id}"


def test_a_procedure_that_no_office_handles_is_not_offered(clerk, version, offices):
    published(definition_of(code="1.000002"))

    found = clerk.get(reverse("desk:receive_suggest"), {"q": ""})

    assert [row.procedure.code for row in found.context["suggestions"]] == ["1.005144"]


def test_a_procedure_out_of_force_is_not_found(clerk):
    assert clerk.get(reverse(RECEIVE), {"procedure": 999_999}).status_code == 404


@pytest.mark.parametrize("name", ["minh", "leader", "supervisor", "editor", "administrator"])
def test_only_clerks_receive(desk_of, people, version, name):
    assert page(desk_of(getattr(people, name)), version).status_code == 403


# The checklist and the date


def test_the_button_waits_for_the_required_papers_and_says_which(clerk, version):
    shown = text(page(clerk, version))

    button = shown[shown.index('value="receive"') :][:80]
    assert " disabled" in button
    assert "Còn thiếu giấy tờ bắt buộc: Đơn đề nghị; Giấy xác nhận." in " ".join(shown.split())


def test_a_paper_that_a_database_replaces_is_greyed_and_not_asked_for_by_itself(clerk, version):
    shown = text(page(clerk, version))

    assert "Cơ sở dữ liệu quốc gia về dân cư" in shown
    assert 'name="paper" value="id_card"' not in shown
    assert 'name="item" value="id_card">' in shown


def test_a_paper_that_a_database_replaces_is_asked_for_with_the_code_of_a_reason(clerk, version, offices):
    asked = {"item": ["id_card"], "supplement_reason": "Cần đối chiếu", "extra_reason": "Nghị định 118"}

    refused = end(clerk, typed(version, offices, **asked), "supplement")
    assert (refused.status_code, Dossier.objects.count()) == (422, 0)
    assert "replaced_reason" in refused.context["reception"].choices.errors

    end(clerk, typed(version, offices, **asked, replaced_reason="outage"), "supplement")
    request = only_dossier().supplements.get()
    assert (request.items, request.replaced_reason) == (["Căn cước"], "outage")


def test_the_date_is_promised_with_its_reasons(clerk, version, offices):
    shown = clerk.get(
        reverse("desk:receive_date"),
        {"procedure": version.procedure_id, "channel": "post", "receiving_office": offices.desk.pk},
    )

    assert shown.status_code == 200
    assert shown.context["promise"].limit == "10 ngày làm việc"
    assert sum(not line.skipped for line in shown.context["promise"].lines) == 10


def test_a_channel_the_procedure_does_not_have_promises_nothing(clerk, version):
    query = {"procedure": version.procedure_id, "channel": "pigeon"}

    assert clerk.get(reverse("desk:receive_date"), query).status_code == 404


# Three ends


def test_a_complete_file_is_received_forwarded_and_its_slip_opens(clerk, version, offices, people):
    response = end(clerk, typed(version, offices))

    dossier = only_dossier()
    assert response["Location"] == f"{reverse(RECEIVE)}?done={dossier.pk}"
    assert dossier.legal_status == LegalStatus.IN_PROCESS
    assert (dossier.received_by, dossier.data) == (people.lan, {"school": "THCS Lê Lợi"})
    assert sorted(dossier.papers.values_list("key", "originals")) == [("application", 1), ("proof", 1)]
    after = text(clerk.get(response["Location"]))
    assert f'<iframe class="slip" src="{reverse("desk:receipt", args=[dossier.pk])}"' in after
    assert "autofocus" in after


def test_a_file_still_to_be_scanned_stays_at_the_desk(clerk, version, offices):
    end(clerk, typed(version, offices, scan_later="on"))

    assert only_dossier().legal_status == LegalStatus.RECEIVED


def test_without_a_required_paper_nothing_is_received_and_nothing_typed_is_lost(clerk, version, offices):
    response = end(clerk, typed(version, offices, paper=["application"]))

    assert response.status_code == 422
    assert not Dossier.objects.exists()
    assert "Nguyễn Thị Ánh Tuyết" in text(response)
    assert "Giấy xác nhận" in response.context["sentence"]


def test_form_02_asks_for_every_missing_paper_at_once(clerk, version, offices):
    shown = page(clerk, version)
    values = typed(version, offices, paper=["application"], item=["proof"], other_items="Chữ ký\n", answer_school=None)

    values["supplement_reason"] = "Thiếu giấy xác nhận."
    beyond = end(clerk, values, "supplement")
    assert (beyond.status_code, SupplementRequest.objects.exists()) == (422, False)
    assert "Ngoài danh mục công bố: Chữ ký." in beyond.content.decode()
    end(clerk, values | {"extra_reason": "Đơn thiếu chữ ký"}, "supplement")

    request = SupplementRequest.objects.get()
    assert shown.context["reception"].asked_for == {"application", "proof"}
    assert request.items == ["Giấy xác nhận", "Chữ ký"]
    assert request.reason == "Thiếu giấy xác nhận."
    assert only_dossier().legal_status == LegalStatus.AWAITING_SUPPLEMENT


@pytest.mark.parametrize(("how", "field"), [("supplement", "supplement_reason"), ("decline", "decline_reason")])
def test_the_other_two_ends_need_a_reason(clerk, version, offices, how, field):
    response = end(clerk, typed(version, offices, item=["proof"]), how)

    assert response.status_code == 422
    assert field in response.context["reception"].choices.errors
    assert not Dossier.objects.exists()


def test_form_03_turns_the_file_away_and_keeps_its_code(clerk, version, offices):
    response = end(clerk, typed(version, offices, paper=[], decline_reason="Sai thẩm quyền."), "decline")

    dossier = only_dossier()
    assert dossier.legal_status == LegalStatus.NOT_ACCEPTED
    assert reverse("desk:refusal_slip", args=[dossier.pk]) in text(clerk.get(response["Location"]))


def test_an_online_file_is_registered_and_waits(clerk, version, offices):
    end(clerk, typed(version, offices, channel="online", paper=["application"]), "register")

    dossier = only_dossier()
    assert dossier.legal_status == LegalStatus.REGISTERED
    assert dossier.desk_clock is not None


def test_the_same_screen_sent_twice_is_one_file(clerk, version, offices):
    values = typed(version, offices)

    first, second = end(clerk, values), end(clerk, values)

    assert first["Location"] == second["Location"]
    assert Dossier.objects.count() == 1


def test_an_office_that_does_not_handle_the_procedure_is_refused(clerk, version, offices):
    response = end(clerk, typed(version, offices, handling_office=offices.police.pk))

    assert response.status_code == 422
    assert not Dossier.objects.exists()


# The applicant


def test_a_representative_shows_a_power_of_attorney(clerk, version, offices):
    response = end(clerk, typed(version, offices, representative="Trần Văn Bình"))

    assert response.status_code == 422
    assert "power_of_attorney" in response.context["reception"].applicant.errors

    end(clerk, typed(version, offices, representative="Trần Văn Bình", power_of_attorney="số 12"))

    assert only_dossier().submitter["power_of_attorney"] == "số 12"


def ask(client, version, identifier, **values):
    sent = {"identifier": identifier, "procedure": version.procedure_id, **values}
    return client.post(reverse("desk:receive_applicant"), sent)


def test_a_known_person_fills_the_fields_and_shows_earlier_files(clerk, version, intake, people):
    earlier = services.decline_to_receive(intake=intake(), reason="Sai", by=people.lan)

    shown = text(ask(clerk, version, "040190000001"))

    assert 'value="Nguyễn Thị Ánh Tuyết"' in shown
    assert 'value="0912345678"' in shown
    assert earlier.code in shown
    assert "đã bị trả lại hoặc dừng 1 lần" in shown


def test_an_unknown_number_leaves_the_fields_alone(clerk, version):
    assert ask(clerk, version, "099999999999", full_name="Lê An").status_code == 204


def test_another_number_takes_the_first_persons_details_away(clerk, version, received):
    shown = text(
        ask(clerk, version, "099999999999", filled_for="040190000001", full_name="Nguyễn Thị Ánh Tuyết", phone="0999")
    )

    assert "Nguyễn Thị Ánh Tuyết" not in shown
    assert 'value="0999"' in shown


def test_earlier_files_of_other_offices_stay_hidden(desk_of, people, version, offices, received):
    other = Office.objects.create(name="Một cửa phường", short_name="MC", code="H40.30", level="commune", is_desk=True)
    clerk = User.objects.create_user("tam", "secret", full_name="Tâm")
    Membership.objects.create(user=clerk, office=other, role="clerk", valid_from=date(2000, 1, 1))

    shown = text(ask(desk_of(clerk), version, "040190000001"))

    assert received.code not in shown


# The e-form


EVERY_KIND = [
    {"kind": "text", "key": "one", "label": "Chữ", "required": True},
    {"kind": "long_text", "key": "two", "label": "Dài"},
    {"kind": "number", "key": "three", "label": "Số", "max": 10},
    {"kind": "money", "key": "four", "label": "Tiền"},
    {"kind": "date", "key": "five", "label": "Ngày"},
    {"kind": "year", "key": "six", "label": "Năm"},
    {"kind": "choice", "key": "seven", "label": "Một", "choices": ["A", "B"]},
    {"kind": "choices", "key": "eight", "label": "Nhiều", "choices": ["A", "B", "C"]},
    {"kind": "yes_no", "key": "nine", "label": "Có"},
    {"kind": "id_number", "key": "ten", "label": "Định danh"},
    {"kind": "phone", "key": "eleven", "label": "Máy", "reuse_from": "applicant.phone"},
    {"kind": "email", "key": "twelve", "label": "Thư"},
    {"kind": "address", "key": "thirteen", "label": "Nơi ở"},
    {"kind": "file", "key": "fourteen", "label": "Tệp kèm"},
    {
        "kind": "table",
        "key": "fifteen",
        "label": "Bảng",
        "columns": [{"kind": "text", "key": "a", "label": "A"}, {"kind": "number", "key": "b", "label": "B"}],
    },
]
ANSWERS = {
    "answer_school": None,
    "answer_one": "x",
    "answer_two": "y",
    "answer_three": "7",
    "answer_four": "50.000",
    "answer_five": "2026-03-02",
    "answer_six": "2009",
    "answer_seven": "B",
    "answer_eight": ["A", "C"],
    "answer_nine": "on",
    "answer_ten": "040190000001",
    "answer_eleven": "",
    "answer_twelve": "lan@example.vn",
    "answer_thirteen": "Vinh",
    "answer_fifteen-rows": "3",
    "answer_fifteen-0-a": "một",
    "answer_fifteen-0-b": "1",
    "answer_fifteen-1-a": "",
    "answer_fifteen-1-b": "",
    "answer_fifteen-2-a": "ba",
    "answer_fifteen-2-b": "3",
}


@pytest.fixture
def every_kind(offices):
    return published(definition_of(code="1.000003", form=EVERY_KIND), offices.department)


def test_every_kind_of_field_is_asked_and_stored(clerk, every_kind, offices):
    shown = text(page(clerk, every_kind))

    end(clerk, typed(every_kind, offices, **ANSWERS, answer_fourteen=pdf("can-cu.pdf")))

    dossier = only_dossier()
    assert all(f"answer_{field['key']}" in shown for field in EVERY_KIND)
    assert dossier.data == {
        "one": "x",
        "two": "y",
        "three": 7,
        "four": 50000,
        "five": "2026-03-02",
        "six": 2009,
        "seven": "B",
        "eight": ["A", "C"],
        "nine": True,
        "ten": "040190000001",
        "eleven": "0912345678",
        "twelve": "lan@example.vn",
        "thirteen": "Vinh",
        "fifteen": [{"a": "một", "b": 1}, {"a": "ba", "b": 3}],
    }
    assert Paper.objects.get(name="Tệp kèm").filename == "can-cu.pdf"


def test_answers_that_do_not_fit_come_back_beside_their_fields(clerk, every_kind, offices):
    wrong = ANSWERS | {"answer_one": "", "answer_three": "11", "answer_fifteen-2-b": "ba"}

    response = end(clerk, typed(every_kind, offices, **wrong))

    assert response.status_code == 422
    assert set(response.context["reception"].answers.errors) == {"answer_one", "answer_three", "answer_fifteen"}
    assert 'value="một"' in text(response)
    assert not Dossier.objects.exists()


# Scans


def test_a_scan_lies_beside_its_paper_and_counts_as_handed_in(clerk, version, offices):
    values = typed(version, offices, paper=["application"]) | {"file-proof": pdf("xac-nhan.pdf")}

    end(clerk, values)

    paper = Paper.objects.get(key="proof", superseded_at=None)
    assert (paper.filename, paper.originals) == ("xac-nhan.pdf", 1)


def test_a_file_that_is_not_what_its_name_says_stops_everything(clerk, version, offices):
    page_in_disguise = SimpleUploadedFile("don.pdf", b"<html><script>alert(1)</script>", content_type="application/pdf")

    response = end(clerk, typed(version, offices) | {"file-proof": page_in_disguise})

    assert response.status_code == 422
    assert "don.pdf" in response.context["sentence"]
    assert not Dossier.objects.exists()


def test_without_scripts_the_number_is_looked_up_by_sending_the_form(clerk, version, offices, received):
    response = end(clerk, typed(version, offices, full_name="", phone="", paper=["application"]), "check")

    assert response.status_code == 200
    assert 'value="Nguyễn Thị Ánh Tuyết"' in text(response)
    assert [row.key for row in response.context["reception"].missing] == ["proof"]
    assert Dossier.objects.count() == 1


def test_a_file_that_takes_the_place_of_another_is_linked_to_it(clerk, version, offices, received, people):
    services.stop(dossier_id=received.pk, reason="Sai thủ tục", by=people.lan)

    address = reverse("desk:dossier", args=[received.pk])
    assert f"{reverse(RECEIVE)}?follows={received.pk}" in text(clerk.get(address))
    chosen = clerk.get(reverse(RECEIVE), {"q": "1.005144", "follows": received.pk})
    assert chosen["Location"].endswith(f"&follows={received.pk}")
    shown = text(page(clerk, version, follows=received.pk))
    end(clerk, typed(version, offices, follows=received.pk))

    assert 'value="Nguyễn Thị Ánh Tuyết"' in shown
    assert Dossier.objects.exclude(pk=received.pk).get().follows == received


def test_the_screen_costs_few_statements(clerk, version, django_assert_max_num_queries):
    page(clerk, version)

    with django_assert_max_num_queries(22):
        page(clerk, version)
