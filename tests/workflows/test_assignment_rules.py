"""Rules of assignment: who gets a step that opens, and why; the costs of an ordinary step stay."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from offices.models import Absence
from tests.workflows.conftest import moment, open_step
from tests.workflows.test_handling import walk
from tests.workflows.test_statements import statements
from workflows.exceptions import NotAllowed, NotComplete
from workflows.models import AssignmentRule
from workflows.services import finish_step, reassign
from workflows.services.ruling import choose_rule, chosen_of, withdraw_rule
from workflows.services.verifying_ledgers import verify_ledgers

AT = moment(2, 8)


def ruled(people, offices, kind, **changes):
    given = {"office_id": offices.department.pk, "role": "specialist", "kind": kind, "by": people.head, "at": AT}
    return choose_rule(**(given | changes))


def person(user_id, *, away=False, last=None, hours=None):
    return {"user_id": user_id, "name": str(user_id), "away": away, "last": last, "open": hours}


@pytest.mark.parametrize(
    ("kind", "rows", "in_charge", "before", "expected"),
    [
        ("in_turn", [person(1, last=9), person(2, last=4), person(3, last=7)], [], None, 2),
        ("in_turn", [person(1, last=9), person(2)], [], None, 2),
        ("in_turn", [person(1), person(2, last=4)], [2], None, 2),
        ("in_turn", [person(1, away=True), person(2, last=4)], [], None, 2),
        ("in_turn", [person(1, away=True)], [], None, 1),
        ("in_turn", [person(1), person(2, last=4)], [], 2, 2),
        ("in_turn", [person(1), person(2, away=True)], [], 2, 1),
        ("least_open", [person(1, hours=16), person(2, hours=8), person(3, hours=8)], [], None, 2),
        ("least_open", [person(1, hours=16), person(2)], [], None, 2),
        ("named", [person(1), person(5, away=True)], [1], None, 5),
        ("named", [person(1)], [], None, None),
        ("in_turn", [], [], None, None),
    ],
)
def test_a_rule_picks(kind, rows, in_charge, before, expected):
    found = chosen_of({"kind": kind, "officer_id": 5}, rows, in_charge=in_charge, before=before)
    assert (found and found["user_id"]) == expected


def test_a_step_that_opens_is_given_in_turn_within_nine_statements(received, people, offices):
    rule = ruled(people, offices, "in_turn")
    Absence.objects.create(absentee=people.minh, stand_in=people.head, valid_from=date(2026, 3, 2))
    walk(received, people, "intake")
    step = open_step(received, "assign")

    with CaptureQueriesContext(connection) as captured:
        finish_step(step_id=step.pk, outcome="forward", by=people.head, at=moment(2, 15))

    opened = open_step(received, "appraise")
    assert len(statements(captured)) == 9
    assert (opened.owner, opened.status, opened.given_by) == (people.binh, "ASSIGNED", rule)
    assert received.trail.last().data["given"] == [{"step": "appraise", "to": "Binh", "rule": "in_turn"}]
    assert not verify_ledgers().faults


def test_a_step_given_to_somebody_else_was_not_given_by_the_rule(received, people, offices):
    ruled(people, offices, "named", officer_id=people.binh.pk)
    walk(received, people, "intake", "assign")
    step = open_step(received, "appraise")
    assert step.owner == people.binh

    reassign(step_id=step.pk, to_id=people.minh.pk, reason="Việc gấp", by=people.head, at=moment(2, 16))

    step.refresh_from_db()
    assert (step.owner, step.given_by) == (people.minh, None)


def test_a_rule_is_replaced_and_withdrawn_but_stays(people, offices):
    first = ruled(people, offices, "in_turn")
    assert ruled(people, offices, "in_turn") == first
    second = ruled(people, offices, "least_open")
    withdraw_rule(rule_id=second.pk, by=people.administrator, at=AT)

    rows = AssignmentRule.objects.order_by("pk").values_list("kind", "ended_by__username")
    assert list(rows) == [("in_turn", "head"), ("least_open", "administrator")]


def test_who_does_not_head_the_office_and_an_officer_without_the_role_are_refused(people, offices):
    with pytest.raises(NotAllowed):
        ruled(people, offices, "in_turn", by=people.minh)
    with pytest.raises(NotComplete):
        ruled(people, offices, "named", officer_id=people.lan.pk)
    assert not AssignmentRule.objects.exists()
