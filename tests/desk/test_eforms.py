"""E-forms on the screen: shown when they matter, computed, tried out before they are published."""

from __future__ import annotations

from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader

from onestop.desk.reading.previewing import preview_of, tried
from onestop.desk.slips.application import blank_form, stands_on_blank
from procedures.reading import definition_files, read_file
from tests.desk.counter import end, only_dossier, typed
from tests.workflows.conftest import definition_of, moment, published

FORM = [
    {"kind": "yes_no", "key": "by_post", "label": "Nhận qua bưu chính"},
    {
        "kind": "address",
        "key": "post_to",
        "label": "Nơi nhận",
        "required": True,
        "shown_when": [{"field": "by_post", "op": "eq", "value": True}],
    },
    {"kind": "person", "key": "guardian", "label": "Người giám hộ"},
    {"kind": "number", "key": "copies", "label": "Số bản", "required": True},
    {"kind": "money", "key": "fee", "label": "Lệ phí", "compute": "copies * 2000"},
]
TYPED = {
    "answer_by_post": "on",
    "answer_post_to": "Số 1 Lê Lợi",
    "answer_post_to-commune": "Phường Trường Vinh",
    "answer_post_to-province": "Tỉnh Nghệ An",
    "answer_guardian": "Lê An",
    "answer_guardian-birth": "1990-02-28",
    "answer_copies": "3",
    "answer_fee": "1",
}


@pytest.fixture
def thinking(offices):
    """A procedure whose form has conditions, computations and parts."""
    return published(definition_of(code="1.000004", form=FORM), offices.department)


def question(response, key):
    """One question of the page."""
    return next(one for one in response.context["reception"].answers.questions() if one.field.key == key)


def test_a_form_with_parts_and_a_computed_value_is_stored(desk_of, people, thinking, offices):
    end(desk_of(people.lan), typed(thinking, offices, **TYPED))

    assert only_dossier().data == {
        "by_post": True,
        "post_to": {"street": "Số 1 Lê Lợi", "commune": "Phường Trường Vinh", "province": "Tỉnh Nghệ An"},
        "guardian": {"full_name": "Lê An", "birth": "1990-02-28"},
        "copies": 3,
        "fee": 6000,
    }


def test_a_question_is_hidden_until_an_answer_asks_for_it(desk_of, people, thinking, offices):
    clerk = desk_of(people.lan)
    fresh = clerk.get(reverse("desk:receive"), {"procedure": thinking.procedure_id})
    missing = {"answer_by_post": "on", "answer_copies": "3"}

    refused = end(clerk, typed(thinking, offices, **missing))

    assert not question(fresh, "post_to").asked
    assert question(refused, "post_to").asked
    assert set(refused.context["reception"].answers.errors) == {"answer_post_to"}
    end(clerk, typed(thinking, offices, answer_copies="3"))
    assert only_dossier().data == {"by_post": False, "copies": 3, "fee": 6000}


def test_communes_of_the_office_tree_are_offered(desk_of, people, thinking, offices):
    ward = {"name": "Ủy ban nhân dân phường Trường Vinh", "code": "H40.99", "level": "commune"}
    type(offices.desk).objects.create(**ward, short_name="UBND phường", parent=offices.desk.parent)

    page = desk_of(people.lan).get(reverse("desk:receive"), {"procedure": thinking.procedure_id})

    assert '<option value="Phường Trường Vinh"' in page.content.decode()


def test_a_form_is_tried_out_without_storing_anything(desk_of, people, thinking):
    address = reverse("desk:form_preview", args=[thinking.procedure_id, 1])
    editor = desk_of(people.editor)

    wrong = editor.post(address, {**TYPED, "answer_copies": "ba"}, headers={"HX-Request": "true"})
    right = editor.post(address, TYPED)

    assert [one.field.key for one in wrong.context["preview"].found if one.error] == ["copies"]
    assert "Cần sửa" in wrong.content.decode()
    lines = {line.label: line.value for line in right.context["preview"].lines}
    assert lines["Lệ phí"] == "6.000 đ"
    assert lines["Người giám hộ"] == "Lê An, 28/02/1990"


def test_samples_fit_every_shipped_form():
    for path in definition_files(["procedures/catalogue"]):
        definition = read_file(path)
        preview = preview_of(definition)
        found = tried(definition, {}).found
        known = preview.form.known()

        assert len(found) == len(definition.form), path.name
        assert set(known) == {field.key for field in definition.form if not field.compute}, path.name


# On paper


def words_of(response):
    """The text of a PDF, on one line."""
    assert response["Content-Type"] == "application/pdf"
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(response.content)).pages).split())


def test_the_application_form_is_printed_with_what_is_stored(desk_of, people, thinking, offices):
    clerk = desk_of(people.lan)
    end(clerk, typed(thinking, offices, **TYPED))
    dossier = only_dossier()

    printed = words_of(clerk.get(reverse("desk:application_form", args=[dossier.pk])))

    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in printed
    assert dossier.code in printed
    assert "Nguyễn Thị Ánh Tuyết" in printed
    assert "Số 1 Lê Lợi, Phường Trường Vinh, Tỉnh Nghệ An" in printed
    assert "Lê An, 28/02/1990" in printed
    assert "6.000 đ" in printed


def test_an_unfinished_file_is_printed_for_signing_with_what_is_still_wrong(desk_of, people, thinking, offices):
    clerk = desk_of(people.lan)
    key = str(uuid4())
    clerk.post(reverse("desk:receive_draft"), typed(thinking, offices, **(TYPED | {"answer_copies": "ba"}), draft=key))

    printed = words_of(clerk.get(reverse("desk:draft_form", args=[key])))

    assert "Nguyễn Thị Ánh Tuyết" in printed
    assert "Số bản: ba" in printed
    assert desk_of(people.hoa).get(reverse("desk:draft_form", args=[key])).status_code == 404


def test_every_shipped_form_is_printed_blank():
    for path in definition_files(["procedures/catalogue"]):
        definition = read_file(path)
        content = blank_form(definition, office=None, at=moment(2, 9))
        text = " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())

        assert definition.code in text.replace(" ", ""), path.name
        assert "NGƯỜI ĐỀ NGHỊ" in text, path.name
        for field in definition.form:
            if stands_on_blank(field):
                assert " ".join(field.label.split())[:20] in text, (path.name, field.key)
