"""E-forms on the screen: shown when they matter, computed, tried out before they are published."""

from __future__ import annotations

import pytest
from django.urls import reverse

from onestop.desk.reading.previewing import preview_of, tried
from procedures.reading import definition_files, read_file
from tests.desk.counter import end, only_dossier, typed
from tests.workflows.conftest import definition_of, published

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
