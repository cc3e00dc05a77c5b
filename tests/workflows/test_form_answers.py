"""Answers of e-forms are judged by the server: what is asked, what is computed, what fits."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflows.conftest import definition_of
from workflows.exceptions import NotComplete
from workflows.form_answers import checked_answers

FORM = [
    {"kind": "yes_no", "key": "by_post", "label": "Qua bưu chính"},
    {
        "kind": "address",
        "key": "post_to",
        "label": "Nơi nhận",
        "required": True,
        "shown_when": [{"field": "by_post", "op": "eq", "value": True}],
    },
    {"kind": "person", "key": "guardian", "label": "Người giám hộ", "parts": ["identifier", "birth"]},
    {"kind": "number", "key": "area", "label": "Diện tích"},
    {
        "kind": "table",
        "key": "rows",
        "label": "Các khoản",
        "columns": [
            {"kind": "number", "key": "amount", "label": "Số lượng", "required": True},
            {"kind": "money", "key": "price", "label": "Đơn giá", "required": True},
            {"kind": "money", "key": "cost", "label": "Thành tiền", "compute": "amount * price"},
        ],
    },
    {"kind": "money", "key": "total", "label": "Tổng", "compute": "sum(rows.cost)", "max": 1_000_000},
]
SPEC = definition_of(form=FORM)


def stored(**answers: Any) -> dict[str, Any]:
    return checked_answers(SPEC, answers)


def troubles(**answers: Any) -> dict[str, str]:
    with pytest.raises(NotComplete) as refusal:
        stored(**answers)
    return refusal.value.fields


def test_a_question_that_is_not_asked_is_not_required_and_not_stored() -> None:
    assert stored(by_post=False, post_to="Số 1 Lê Lợi") == {"by_post": False, "total": 0}
    assert set(troubles(by_post=True)) == {"answer_post_to"}


def test_an_address_has_street_commune_and_province() -> None:
    address = {"street": "Số 1 Lê Lợi", "commune": "Phường Vinh", "province": "Tỉnh Nghệ An"}

    assert stored(by_post=True, post_to=address)["post_to"] == address
    assert stored(by_post=True, post_to={"street": "Số 1 Lê Lợi"})["post_to"] == "Số 1 Lê Lợi"
    assert set(troubles(by_post=True, post_to=address | {"province": "Tỉnh Hà Tây"})) == {"answer_post_to"}
    assert set(troubles(by_post=True, post_to=address | {"commune": ""})) == {"answer_post_to"}
    assert set(troubles(by_post=True, post_to={"commune": "Phường Vinh"})) == {"answer_post_to"}


def test_a_person_has_a_name_and_what_is_asked_besides() -> None:
    person = {"full_name": "Lê An", "identifier": "040 190 000 001", "birth": "1990-02-28", "phone": "1"}

    assert stored(guardian=person)["guardian"] == {
        "full_name": "Lê An",
        "identifier": "040190000001",
        "birth": "1990-02-28",
    }
    assert set(troubles(guardian={"identifier": "040190000001"})) == {"answer_guardian"}
    assert set(troubles(guardian=person | {"birth": "1990-02-30"})) == {"answer_guardian"}


def test_computed_values_are_those_of_the_server() -> None:
    rows = [{"amount": "2", "price": "50.000", "cost": "1"}, {"amount": "1,5", "price": "1.000"}]

    found = stored(rows=rows, total="7")

    assert [row["cost"] for row in found["rows"]] == [100_000, 1_500]
    assert found["total"] == 101_500
    assert set(troubles(rows=[{"amount": 20, "price": "50.001"}])) == {"answer_total"}


def test_an_error_in_a_table_names_row_and_column() -> None:
    sentence = troubles(rows=[{"amount": 1, "price": 1}, {"amount": "hai", "price": 1}])["answer_rows"]

    assert "2" in sentence
    assert "Số lượng" in sentence


def test_what_is_stored_can_be_judged_again_without_changing() -> None:
    found = stored(by_post=True, post_to={"street": "1", "commune": "Xã A", "province": "Tỉnh Lào Cai"}, area="1.234,5")

    assert found["area"] == "1234.5"
    assert stored(**found) == found


def test_a_raised_digit_is_no_amount() -> None:
    assert "50.000" in troubles(rows=[{"amount": "1", "price": "5²"}])["answer_rows"]
