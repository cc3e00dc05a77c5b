"""Every defect is found, with its code and its place."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from procedures.definition import Definition, Unit
from procedures.lint import LintContext, defects_of_the_process, errors_in, lint
from procedures.lint_context import OfficeStaff, Staffing
from tests.procedures.samples import APPRAISE, RECEIVE, RETURN, SIGN, definition, found, human, raw


def block(*members: dict[str, Any], then: str = "sign") -> dict[str, Any]:
    return {"key": "opinions", "name": "Opinions", "parallel": list(members), "then": then}


def branch(*cases: dict[str, Any]) -> dict[str, Any]:
    return {"key": "size", "name": "Size", "branch": list(cases)}


def when(field: str, op: str, value: object, to: str = "sign") -> dict[str, Any]:
    return {"when": {"field": field, "op": op, "value": value}, "to": to}


OTHERWISE = {"otherwise": "sign"}
TO_SIGN = {"outcomes": {"forward": "sign"}}
PLAIN_SIGN = SIGN | {"outcomes": {"approve": "return"}}


def test_a_sound_definition_has_no_finding() -> None:
    assert lint(definition()) == []


CASES: list[tuple[str, str, Definition]] = [
    ("P001", "steps[3].key", definition(RECEIVE, APPRAISE, SIGN, RETURN | {"key": "sign"})),
    ("P001", "steps[1].parallel[1].key", definition(RECEIVE, block(human("a"), human("a")), PLAIN_SIGN, RETURN)),
    ("P001", "documents[1].key", definition(documents=[{"key": "a", "name": "A"}, {"key": "a", "name": "B"}])),
    (
        "P001",
        "form[1].key",
        definition(form=[{"kind": "text", "key": "a", "label": "A"}, {"kind": "date", "key": "a", "label": "B"}]),
    ),
    ("P002", "steps[1].key", definition(RECEIVE, human("end"), PLAIN_SIGN, RETURN)),
    ("P003", "steps[1].outcomes.forward", definition(RECEIVE, APPRAISE | {"outcomes": {"forward": "nowhere"}}, SIGN)),
    ("P003", "steps[1].then", definition(RECEIVE, block(human("a"), human("b"), then="nowhere"), PLAIN_SIGN, RETURN)),
    ("P003", "steps[1].branch[0].to", definition(RECEIVE, branch(when("area", "ge", 5, "x"), OTHERWISE), SIGN, RETURN)),
    ("P003", "steps[0].outcomes.forward", definition(RECEIVE | {"outcomes": {"forward": "join"}}, SIGN, RETURN)),
    ("P003", "steps[1].branch[0].otherwise", definition(RECEIVE, branch({"otherwise": "refuse"}), SIGN, RETURN)),
    (
        "P003",
        "steps[2].outcomes.send_back",
        definition(
            RECEIVE, block(human("a"), human("b")), SIGN | {"outcomes": {"approve": "return", "send_back": "a"}}, RETURN
        ),
    ),
    ("P004", "steps[2].outcomes.approve", definition(RECEIVE, APPRAISE, SIGN | {"outcomes": {"approve": "appraise"}})),
    ("P004", "steps[2].then", definition(RECEIVE, APPRAISE, block(human("a"), human("b"), then="appraise"), RETURN)),
    (
        "P004",
        "steps[2].branch[0].to",
        definition(RECEIVE, human("a"), branch(when("area", "ge", 5, "a"), OTHERWISE), PLAIN_SIGN, RETURN),
    ),
    ("P010", "steps[0]", definition(APPRAISE, PLAIN_SIGN, RETURN)),
    ("P010", "steps[0]", definition(block(human("a"), human("b")), PLAIN_SIGN, RETURN)),
    ("P011", "steps[1]", definition(RECEIVE | TO_SIGN, human("lost"), PLAIN_SIGN, RETURN)),
    ("P012", "steps[1].outcomes", definition(RECEIVE, human("stop", outcomes={}))),
    ("P012", "steps", definition(RECEIVE, APPRAISE | {"outcomes": {"refuse": "refuse"}})),
    (
        "P013",
        "steps[1]",
        definition(
            RECEIVE | {"outcomes": {"forward": "a", "approve": "return"}},
            human("a"),
            human("b", outcomes={"send_back": "a"}),
            RETURN | {"time": {"amount": 1}},
        ),
    ),
    (
        "P014",
        "steps[1].parallel[1]",
        definition(RECEIVE, block(human("a"), human("b", outcomes={"forward": "sign"})), PLAIN_SIGN, RETURN),
    ),
    (
        "P015",
        "steps[1].parallel[1].outcomes.refuse",
        definition(
            RECEIVE,
            block(human("a"), human("b", outcomes={"agree": "join", "refuse": "refuse"})),
            PLAIN_SIGN,
            RETURN,
        ),
    ),
    (
        "P016",
        "steps[1].parallel[0].ends_clock",
        definition(RECEIVE, block(human("a", ends_clock=True), human("b")), PLAIN_SIGN, RETURN),
    ),
    ("P017", "steps[1].branch", definition(RECEIVE, branch(when("area", "ge", 5)), PLAIN_SIGN, RETURN)),
    ("P017", "steps[1].branch", definition(RECEIVE, branch(OTHERWISE, when("area", "ge", 5)), PLAIN_SIGN, RETURN)),
    (
        "P018",
        "steps[1].branch[0].when.field",
        definition(RECEIVE, branch(when("x", "ge", 5), OTHERWISE), PLAIN_SIGN, RETURN),
    ),
    (
        "P019",
        "steps[1].branch[0].when",
        definition(RECEIVE, branch(when("kind", "ge", 5), OTHERWISE), PLAIN_SIGN, RETURN),
    ),
    (
        "P019",
        "steps[1].branch[0].when",
        definition(RECEIVE, branch(when("kind", "eq", "x"), OTHERWISE), PLAIN_SIGN, RETURN),
    ),
    (
        "P019",
        "steps[1].branch[0].when",
        definition(RECEIVE, branch(when("area", "ge", "x"), OTHERWISE), PLAIN_SIGN, RETURN),
    ),
    ("P020", "steps[0]", definition(RECEIVE | {"outcomes": {"forward": "sign", "approve": "end"}}, PLAIN_SIGN, RETURN)),
    (
        "P021",
        "steps[2].ends_clock",
        definition(RECEIVE, human("a", ends_clock=True), PLAIN_SIGN | {"ends_clock": True}, RETURN),
    ),
    (
        "P022",
        "steps[3].outcomes.send_back",
        definition(RECEIVE, APPRAISE, SIGN, RETURN | {"outcomes": {"forward": "end", "send_back": "sign"}}),
    ),
    (
        "P022",
        "steps[3].outcomes.refuse",
        definition(RECEIVE, APPRAISE, SIGN, RETURN | {"outcomes": {"forward": "end", "refuse": "refuse"}}),
    ),
    ("P022", "steps[3].may", definition(RECEIVE, APPRAISE, SIGN, RETURN | {"may": ["request_payment"]})),
    ("P023", "steps[1]", definition(RECEIVE, human("decide"))),
    ("P030", "steps[1].time", definition(RECEIVE, human("a", time=None), PLAIN_SIGN, RETURN)),
    ("P031", "limits", definition(limits=[{"channel": ["desk"], "amount": 5, "unit": "working_day"}])),
    (
        "P032",
        "limits[1].channel",
        definition(limits=[*raw()["limits"], {"channel": ["desk"], "amount": 6, "unit": "working_day"}]),
    ),
    ("P033", "limits[0].channel", definition(channels=["desk"])),
    (
        "P034",
        "limits[0]",
        definition(limits=[{"channel": ["desk", "post", "online"], "amount": 3, "unit": "working_day"}]),
    ),
    (
        "P036",
        "supplement.ask_within",
        definition(supplement={"ask_within": {"amount": 6, "unit": "working_day"}}),
    ),
    (
        "P040",
        "documents[0]",
        definition(documents=[{"key": "a", "name": "Paper", "copies": 1, "replaced_by": "a database"}]),
    ),
    ("P040", "documents[0]", definition(documents=[{"key": "a", "name": "Căn cước công dân", "required": True}])),
    ("P040", "documents[0]", definition(documents=[{"key": "a", "name": "Giấy khai sinh (bản sao)", "copies": 1}])),
    (
        "P050",
        "steps[1].outcomes.other",
        definition(RECEIVE, APPRAISE | {"outcomes": {"forward": "sign", "other": "refuse"}}, SIGN, RETURN),
    ),
    ("P051", "steps[1].labels.other", definition(RECEIVE, APPRAISE | {"labels": {"other": "X"}}, SIGN, RETURN)),
    ("P052", "steps[1]", definition(RECEIVE, human("a", name=None), PLAIN_SIGN, RETURN)),
]


@pytest.mark.parametrize(("code", "place", "spec"), CASES, ids=[f"{code} {place}" for code, place, _spec in CASES])
def test_each_defect_is_found_in_its_place(code: str, place: str, spec: Definition) -> None:
    assert (code, place) in found(spec)


def test_every_code_has_one_name() -> None:
    named = {(finding.code, finding.name) for _code, _place, spec in CASES for finding in lint(spec)}

    assert len({code for code, _name in named}) == len(named)


def test_a_finding_is_a_sentence() -> None:
    for _code, _place, spec in CASES:
        for finding in lint(spec):
            assert finding.sentence.endswith("."), finding
            assert "%(" not in finding.sentence


def test_broken_names_are_reported_alone() -> None:
    spec = definition(RECEIVE | {"outcomes": {"forward": "nowhere"}}, human("a", time=None))

    assert found(spec) == [("P003", "steps[0].outcomes.forward")]
    assert [finding.code for finding in defects_of_the_process(spec)] == ["P003"]


def test_the_step_plan_of_a_signed_decision_that_no_office_can_keep_is_found() -> None:
    """The second process of decision 2969 of Sơn La: ¼+¼+1½+6×¼ days of steps inside a limit of 3 working days."""
    hours = {"assign": 2, "appraise": 12, "review": 2, "approve": 2, "forward": 2, "province": 2, "issue": 2}
    steps = [RECEIVE, *(human(key, time={"amount": amount}) for key, amount in hours.items())]
    spec = definition(
        *steps,
        RETURN | {"time": {"amount": 2}},
        limits=[{"channel": ["desk", "post", "online"], "amount": 3, "unit": "working_day"}],
    )

    errors = errors_in(lint(spec))

    assert [(error.code, error.place) for error in errors] == [("P034", "limits[0]")]
    assert "28 working hours (3.5 days of 8 hours)" in errors[0].sentence
    assert "4 hours (0.5 days) too many" in errors[0].sentence


def test_backward_edges_and_shorter_ways_are_left_out_of_the_sum() -> None:
    five_days = [{"channel": ["desk", "post", "online"], "amount": 5, "unit": "working_day"}]
    long = human("long", time={"amount": 30}, outcomes={"forward": "sign", "send_back": "long"})
    exact = definition(RECEIVE, long, PLAIN_SIGN, RETURN, limits=five_days)
    parallel = definition(
        RECEIVE,
        block(human("a", time={"amount": 30}), human("b", time={"amount": 30})),
        PLAIN_SIGN,
        RETURN,
        limits=five_days,
    )

    assert found(exact) == []
    assert found(parallel) == []


def test_steps_after_the_end_of_the_clock_do_not_count() -> None:
    late = RETURN | {"time": {"amount": 40}}

    assert found(definition(RECEIVE, APPRAISE, SIGN | {"ends_clock": True}, late)) == []
    assert ("P034", "limits[0]") in found(definition(RECEIVE, APPRAISE, SIGN, late))


def test_a_limit_of_zero_days_counts_as_eight_hours() -> None:
    limit = {"channel": ["desk"], "amount": 0, "unit": "working_day", "cutoff": {"after": "15:00", "amount": 1}}
    eight = definition(RECEIVE, human("a", time={"amount": 6}), RETURN, channels=["desk"], limits=[limit])
    nine = definition(RECEIVE, human("a", time={"amount": 7}), RETURN, channels=["desk"], limits=[limit])

    assert found(eight) == []
    assert found(nine) == [("P034", "limits[0]")]


def test_calendar_days_are_compared_with_the_shortest_term_as_a_warning() -> None:
    spec = definition(limits=[{"channel": ["desk", "post", "online"], "amount": 12, "unit": "calendar_day"}])
    asked: list[tuple[Decimal, Unit]] = []

    def shortest(amount: Decimal, unit: Unit) -> Decimal:
        asked.append((amount, unit))
        return Decimal(24)

    findings = lint(spec, context=LintContext(shortest_term=shortest))

    assert [(finding.code, finding.severity) for finding in findings] == [("P035", "warning")]
    assert asked == [(Decimal(12), Unit.CALENDAR_DAY)]
    assert found(spec) == []


def test_a_slip_that_is_not_valid_on_the_first_day_is_found() -> None:
    def forms_on(day: date) -> dict[str, str]:
        return {"01": "Receipt"} | ({"07": "Book"} if day >= date(2025, 9, 15) else {})

    context = LintContext(forms_on=forms_on)
    steps = [RECEIVE | {"forms": ["01", "07"]}, APPRAISE, SIGN, RETURN]

    assert found(definition(*steps), context) == [("P041", "steps[0].forms[1]")]
    assert found(definition(*steps, valid_from="2026-01-01"), context) == []


def office(
    code: str, *roles: str, level: str = "province", parent: str | None = None, desk: bool = False
) -> OfficeStaff:
    return OfficeStaff(code, f"Office {code}", level, parent, desk, frozenset(roles))


def staffed(*offices: OfficeStaff, **offered_at: tuple[str, ...]) -> LintContext:
    offered = {"3.000466@province": offered_at["at"]} if offered_at else {}
    return LintContext(staffing=Staffing({one.code: one for one in offices}, offered))


DESK = office("H1", "clerk", desk=True)


def test_a_role_that_nobody_holds_is_found() -> None:
    everybody = staffed(DESK, office("H2", "specialist", "leader"))
    nobody_signs = staffed(DESK, office("H2", "specialist"))

    assert found(definition(), everybody) == []
    assert found(definition(), nobody_signs) == [("P042", "steps[2].role")]


def test_each_office_that_offers_the_procedure_needs_its_own_people() -> None:
    offices = (DESK, office("H2", "specialist", "leader"), office("H3", "specialist"))

    assert found(definition(), staffed(*offices, at=("H2",))) == []
    findings = lint(definition(), context=staffed(*offices, at=("H2", "H3")))
    assert [(finding.code, finding.place) for finding in findings] == [("P042", "steps[2].role")]
    assert "Office H3" in findings[0].sentence


def test_a_step_at_the_office_above_needs_one_and_its_people() -> None:
    spec = definition(RECEIVE, APPRAISE, SIGN | {"office": "parent"}, RETURN)
    below = office("H2.1", "specialist", parent="H2")

    assert found(spec, staffed(DESK, office("H2", "leader"), below, at=("H2.1",))) == []
    assert found(spec, staffed(DESK, office("H2"), below, at=("H2.1",))) == [("P042", "steps[2].role")]
    assert found(spec, staffed(DESK, office("H2.1", "specialist"), at=("H2.1",))) == [("P043", "steps[2].office")]


def test_an_office_named_by_code_must_exist() -> None:
    spec = definition(RECEIVE, APPRAISE, SIGN | {"office": "H9"}, RETURN)

    assert found(spec, staffed(DESK, office("H2", "specialist"))) == [("P043", "steps[2].office")]
    assert found(spec, staffed(DESK, office("H2", "specialist"), office("H9", "leader"))) == []


def test_without_offices_staffing_is_not_checked() -> None:
    assert found(definition(), staffed()) == []
