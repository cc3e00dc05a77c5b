"""E-forms that think: conditions and computations are understood, worked out, and checked before publishing."""

from __future__ import annotations

from typing import Any

import pytest

from procedures.computing import computed
from procedures.definition import Condition, FormField
from procedures.expressions import ExpressionError, parsed
from procedures.lint_form import check_form
from procedures.provinces import PROVINCES
from tests.procedures.samples import definition

COPIES = {"kind": "number", "key": "copies", "label": "Số bản"}
PAGES = {"kind": "number", "key": "pages", "label": "Số trang"}
STAFF = {
    "kind": "table",
    "key": "staff",
    "label": "Đội ngũ",
    "columns": [
        {"kind": "text", "key": "post", "label": "Vị trí"},
        {"kind": "number", "key": "people", "label": "Số người"},
    ],
}
FEE = "min(200000, 2000 * min(pages, 2) + 1000 * max(pages - 2, 0)) * copies"


def money(expression: str) -> FormField:
    """A computed amount."""
    return FormField.model_validate({"kind": "money", "key": "fee", "label": "Phí", "compute": expression})


@pytest.mark.parametrize(
    ("expression", "answers", "value"),
    [
        (FEE, {"pages": 1, "copies": 3}, 6000),
        (FEE, {"pages": 5, "copies": 2}, 14000),
        (FEE, {"pages": 400, "copies": 1}, 200000),
        (FEE, {"pages": 5}, None),
        ("pages / copies", {"pages": 1, "copies": 0}, None),
        ("-pages + 2 * (copies - 1)", {"pages": 3, "copies": "2.5"}, 0),
        ("sum(staff.people) + count(staff)", {"staff": [{"people": 2}, {"people": None}, {"people": "1.5"}]}, 7),
        ("days(start, stop)", {"start": "2026-11-02", "stop": "2026-11-30"}, 29),
        ("days(start, stop)", {"start": "2026-11-02", "stop": "x"}, None),
        ("pages / 3", {"pages": "NaN"}, None),
        ("pages +", {"pages": 3}, None),
    ],
)
def test_a_value_is_worked_out_from_the_answers(expression: str, answers: dict[str, Any], value: int | None) -> None:
    assert computed(money(expression), answers) == value


def test_numbers_keep_six_decimals_and_money_none() -> None:
    number = FormField.model_validate(
        {"kind": "number", "key": "share", "label": "Tỷ lệ", "compute": "round(part / whole * 100, 1)"}
    )

    assert computed(number, {"part": 1, "whole": 3}) == "33.3"
    assert computed(money("part / whole"), {"part": 5, "whole": 2}) == 3


@pytest.mark.parametrize(
    "text",
    ["", "1 +", "a b", "foo(1)", "(1", "sum(a)", "days(1, 2)", "min(1)", "round(1, a)", "a ** 2", "__import__", "a.b"],
)
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(ExpressionError):
        parsed(text)


def test_an_expression_that_is_nested_without_end_is_refused() -> None:
    with pytest.raises(ExpressionError):
        parsed("(" * 140 + "1" + ")" * 140)


@pytest.mark.parametrize(
    ("op", "value", "fits"), [("eq", "A", True), ("eq", "C", False), ("ne", "C", True), ("in", ["C", "B"], True)]
)
def test_several_answers_fit_when_one_of_them_does(op: str, value: Any, *, fits: bool) -> None:
    condition = Condition.model_validate({"field": "items", "op": op, "value": value})

    assert condition.holds({"items": ["A", "B"]}) is fits
    assert not condition.holds({"items": []})


def when(field: str, op: str = "eq", value: Any = 1) -> dict[str, Any]:
    """A question that is asked only sometimes."""
    condition = {"field": field, "op": op, "value": value}
    return {"kind": "text", "key": "more", "label": "Thêm", "shown_when": [condition]}


@pytest.mark.parametrize(
    ("code", "place", "form"),
    [
        ("P060", "form[1].shown_when[0].field", [COPIES, when("pages")]),
        ("P060", "form[0].shown_when[0].field", [when("copies"), COPIES]),
        ("P060", "form[0].shown_when[0].field", [when("more", value="x")]),
        ("P061", "form[1].shown_when[0]", [COPIES, when("copies", value="một")]),
        ("P061", "form[1].shown_when[0]", [STAFF, when("staff")]),
        ("P062", "form[1].compute", [COPIES, PAGES | {"compute": "copies *"}]),
        ("P060", "form[0].compute", [PAGES | {"compute": "pages + 1"}]),
        ("P063", "form[1].compute", [STAFF, PAGES | {"compute": "sum(staff.post)"}]),
        ("P063", "form[1].compute", [STAFF, PAGES | {"compute": "staff + 1"}]),
        ("P063", "form[1].compute", [COPIES, PAGES | {"compute": "days(copies, copies)"}]),
    ],
)
def test_a_form_that_cannot_be_filled_in_is_not_published(code: str, place: str, form: list[dict[str, Any]]) -> None:
    found = check_form(definition(form=form))

    assert {(one.code, one.place) for one in found} == {(code, place)}


def test_a_form_that_reads_what_stands_before_is_in_order() -> None:
    form = [COPIES, STAFF, when("copies", "ge", 2), PAGES | {"compute": "copies * sum(staff.people)"}]

    assert check_form(definition(form=form)) == []


def test_there_are_thirty_four_provinces() -> None:
    assert len(PROVINCES) == len(set(PROVINCES.values())) == 34
    assert PROVINCES["40"] == "Tỉnh Nghệ An"
