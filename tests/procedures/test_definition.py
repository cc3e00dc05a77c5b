"""The schema accepts what the law needs and refuses the rest with a sentence."""

from datetime import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from procedures.definition import BranchSpec, Condition, Definition, Period, StepSpec, Unit
from procedures.exceptions import NoLimitForChannel, UnknownStep
from tests.procedures.samples import definition, human, raw


def test_defaults_are_those_of_the_rules() -> None:
    spec = definition()

    assert spec.supplement.effect == "restart"
    assert spec.supplement.ask_within == Period(amount=3, unit=Unit.WORKING_DAY)
    assert spec.payment.effect == "resume"
    assert (spec.returns_allowed, spec.four_eyes, spec.stuck_after) == (2, True, 3)
    assert spec.reference == "3.000466@province"


def test_clerks_work_at_the_receiving_office_and_others_where_the_file_is_handled() -> None:
    spec = definition()

    assert [step.where for step in spec.human_steps()] == ["receiving", "handling", "handling", "receiving"]
    assert StepSpec.model_validate(human("x", office="H40.12")).where == "H40.12"


def test_a_limit_belongs_to_its_channels() -> None:
    desk = {"channel": ["desk"], "amount": 0, "unit": "working_day", "cutoff": {"after": "15:00", "amount": 1}}
    online = {"channel": ["online"], "amount": 2, "unit": "working_hour"}
    spec = definition(limits=[desk, online])

    assert spec.limit_for("desk").cutoff is not None
    assert spec.limit_for("desk").cutoff.after == time(15, 0)
    assert spec.limit_for("online").amount == 2
    with pytest.raises(NoLimitForChannel, match="channel post"):
        spec.limit_for("post")


def test_an_unknown_step_has_a_name_in_the_error() -> None:
    assert definition().step("sign").role == "leader"
    with pytest.raises(UnknownStep, match="no step nowhere"):
        definition().step("nowhere")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"limits": [{"channel": ["desk"], "amount": 1.5, "unit": "working_day"}]}, "Only working hours may have"),
        ({"limits": [{"channel": ["desk"], "amount": 0, "unit": "month"}]}, "Only a limit in working days may be 0"),
        ({"limits": [{"channel": ["desk"], "amount": "5", "unit": "working_day"}]}, "without quotes"),
        (
            {
                "limits": [
                    {"channel": ["desk"], "amount": 5, "unit": "month", "cutoff": {"after": "15:00", "amount": 1}}
                ]
            },
            "A cut-off belongs to a limit in working days",
        ),
        (
            {
                "limits": [
                    {"channel": ["desk"], "amount": 0, "unit": "working_day", "cutoff": {"after": 900, "amount": 1}}
                ]
            },
            "in quotes",
        ),
        (
            {
                "limits": [
                    {"channel": ["desk"], "amount": 0, "unit": "working_day", "cutoff": {"after": "3pm", "amount": 1}}
                ]
            },
            "hours and minutes",
        ),
        ({"steps": [human("x", time={"amount": 0})]}, "zero hours"),
        ({"steps": [human("x", time={"amount": 0.333})]}, "whole minutes"),
        ({"valid_to": "2025-06-30"}, "ends before it begins"),
        ({"form": [{"kind": "choice", "key": "a", "label": "A"}]}, "need `choices`"),
        ({"form": [{"kind": "choice", "key": "a", "label": "A", "choices": ["x", "x"]}]}, "Two choices"),
        ({"form": [{"kind": "table", "key": "a", "label": "A"}]}, "needs `columns`"),
        ({"form": [{"kind": "number", "key": "a", "label": "A", "min": 3, "max": 2}]}, "must not be greater"),
        (
            {
                "form": [
                    {
                        "kind": "table",
                        "key": "a",
                        "label": "A",
                        "columns": [{"kind": "file", "key": "b", "label": "B"}],
                    }
                ]
            },
            "cannot be a table, a file or a person",
        ),
        ({"steps": [{"key": "b", "branch": [{"when": {"field": "a", "op": "eq", "value": 1}}]}]}, "either `when`"),
        (
            {"steps": [{"key": "b", "branch": [{"when": {"field": "a", "op": "in", "value": 1}, "to": "x"}]}]},
            "belongs to op: in",
        ),
    ],
)
def test_nonsense_is_refused_with_a_sentence(changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Definition.model_validate(raw(**changes))


@pytest.mark.parametrize(("code", "good"), [
    ("3.000466", True), ("NA.HTCPHT-CL", True), ("LT.HKD-ANTT-KARAOKE", True),
    ("3.46", False), ("na.x", False), ("3.000466.H40", False), ("NA", False),
])  # fmt: skip
def test_codes_are_national_or_local(code: str, *, good: bool) -> None:
    if good:
        assert definition(code=code).code == code
    else:
        with pytest.raises(ValidationError):
            definition(code=code)


@pytest.mark.parametrize(
    ("op", "value", "answer", "fits"),
    [
        ("ge", 500, 500, True),
        ("ge", 500, "500.5", True),
        ("lt", 500, 500, False),
        ("gt", 500, None, False),
        ("eq", "big", "big", True),
        ("ne", "big", "small", True),
        ("ne", "big", "", False),
        ("eq", True, True, True),
        ("in", ("big", "huge"), "huge", True),
        ("in", ("big",), "small", False),
        ("le", "2026-01-01", "2025-12-31", True),
        ("ge", 5, "many", False),
    ],
)
def test_a_branch_only_compares(op: str, value: object, answer: object, *, fits: bool) -> None:
    condition = Condition.model_validate({"field": "a", "op": op, "value": value})

    assert condition.holds({"a": answer}) is fits


def test_the_first_case_that_fits_wins() -> None:
    branch = BranchSpec.model_validate(
        {
            "key": "size",
            "branch": [
                {"when": {"field": "area", "op": "ge", "value": 500}, "to": "board"},
                {"when": {"field": "area", "op": "ge", "value": 100}, "to": "head"},
                {"otherwise": "sign"},
            ],
        }
    )

    assert [branch.choose({"area": area}) for area in (500, 499, 99, None)] == ["board", "head", "sign", "sign"]


@given(st.decimals(min_value=1, max_value=1000, places=0), st.sampled_from([0, 0.25, 0.5, 0.75]))
def test_what_was_written_is_read_again(hours: Decimal, part: float) -> None:
    spec = definition(human("only", time={"amount": int(hours) + part}))

    again = Definition.model_validate(spec.as_json())

    assert again == spec
    assert again.fingerprint == spec.fingerprint


def test_the_fingerprint_does_not_depend_on_the_order_of_keys() -> None:
    backwards = dict(reversed(list(raw().items())))

    assert Definition.model_validate(backwards).fingerprint == definition().fingerprint
    assert definition(name="Another").fingerprint != definition().fingerprint


@pytest.mark.parametrize(("kind", "names"), [("text", True), ("year", True), ("long_text", False), ("yes_no", False)])
def test_a_short_answer_may_name_what_a_file_is_about(kind: str, *, names: bool) -> None:
    field = {"kind": kind, "key": "a", "label": "A", "names_object": True}

    if names:
        assert Definition.model_validate(raw(form=[field])).form[0].names_object
    else:
        with pytest.raises(ValidationError):
            Definition.model_validate(raw(form=[field]))
    with pytest.raises(ValidationError):
        Definition.model_validate(raw(form=[{"kind": "table", "key": "t", "label": "T", "columns": [field]}]))
