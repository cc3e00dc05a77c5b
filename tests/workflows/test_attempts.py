"""A file that is handed in again counts from the first submission, however it ended before."""

from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.workflows.conftest import MONDAY, definition_of, moment, open_step, published
from tests.workflows.test_handling import walk
from tests.workflows.test_statements import statements
from workflows import services
from workflows.models import Dossier, Flag, TrailEntry
from workflows.services import ApplicantDetails, correct_data, decline_to_receive, receive, register_online, withdraw
from workflows.services.attempts import object_key
from workflows.services.continuing import continue_attempts

OBJECT_FORM = [
    {"kind": "text", "key": "certificate", "label": "Số hiệu", "required": True, "names_object": True},
    {"kind": "text", "key": "school", "label": "Trường"},
]


@pytest.fixture
def named(offices):
    """A procedure whose form says what a file is about."""
    return published(definition_of(code="3.000466", form=OBJECT_FORM), offices.department)


def end_without_result(dossier, people, how, at):
    """Close a dossier in one of the ways that leave the applicant without a result."""
    common = {"dossier_id": dossier.pk, "at": at, "reason": "Lý do"}
    if how == "decline":
        decline_to_receive(by=people.lan, **common)
    elif how == "withdraw":
        withdraw(by=people.lan, **common)
    elif how == "stop":
        services.stop(by=people.leader, **common)
    else:
        walk(dossier, people, "intake", "assign")
        services.refuse(step_id=open_step(dossier).pk, reason="Không đủ", by=people.minh, at=at)
        services.refuse(step_id=open_step(dossier).pk, reason="Không đủ", by=people.leader, at=at)
    return Dossier.objects.get(pk=dossier.pk)


@pytest.mark.parametrize("how", ["decline", "withdraw", "stop", "refuse"])
def test_a_file_handed_in_again_continues_the_count(people, intake, how):
    first = (
        register_online(intake=intake(channel="online"), by=people.lan, at=MONDAY)
        if how == "decline"
        else receive(intake=intake(), by=people.lan, at=MONDAY)
    )
    first = end_without_result(first, people, how, moment(2, 16))

    again = receive(intake=intake(), by=people.hoa, at=moment(2, 16, 30))
    again = end_without_result(again, people, "withdraw", moment(12, 9))
    third = receive(intake=intake(), by=people.hoa, at=moment(16, 9))

    again.refresh_from_db()
    third.refresh_from_db()
    assert [(d.first_attempt, d.attempt, d.first_submitted_at) for d in (again, third)] == [
        (first, 2, MONDAY),
        (first, 3, MONDAY),
    ]
    flag = Flag.objects.get(dossier=third)
    assert (flag.kind, flag.evidence["why"], flag.evidence["attempt"]) == ("resubmitted", "earlier_file", 3)
    assert flag.evidence["codes"] == [first.code, again.code]
    assert flag.evidence["working_days"] == 10
    assert [(row["dossier"], row["number"]) for row in flag.evidence["acts"]] == [
        (first.pk, first.acts),
        (again.pk, again.acts),
        (third.pk, 1),
    ]


def test_a_result_ends_the_chain_and_a_year_forgets_it(people, intake):
    first = receive(intake=intake(), by=people.lan, at=moment(2, 8, year=2024))
    end_without_result(first, people, "withdraw", moment(2, 9, year=2024))
    second = receive(intake=intake(), by=people.lan, at=MONDAY)
    Dossier.objects.filter(pk=second.pk).update(legal_status=10, closed_at=moment(3, 9))
    third = receive(intake=intake(), by=people.lan, at=moment(4, 9))

    assert [Dossier.objects.get(pk=d.pk).first_attempt_id for d in (second, third)] == [None, None]
    assert not Flag.objects.exists()


@pytest.mark.parametrize(
    ("other", "linked"),
    [
        ({"identifier": "040190000002"}, False),
        ({"identifier": "040.190.000.001", "phone": ""}, True),
        ({"identifier": " 040 190-000 001 ", "phone": ""}, True),
        ({"identifier": ""}, True),
        ({"identifier": "", "full_name": "NGUYEN THI ANH TUYET"}, True),
        ({"identifier": "", "full_name": "Trần Văn Nam"}, False),
        ({"identifier": "", "phone": "0987654321"}, False),
        ({"identifier": "", "phone": ""}, False),
        ({"identifier": "040190000001", "full_name": "Nguyễn Tuyết", "phone": ""}, True),
    ],
)
def test_the_same_person_is_known_by_number_else_by_phone_and_name(people, intake, other, linked):
    details = {"full_name": "Nguyễn Thị Ánh Tuyết", "identifier": "040190000001", "phone": "0912 345 678"}
    first = receive(intake=intake(applicant=ApplicantDetails(**details)), by=people.lan, at=MONDAY)
    withdraw(dossier_id=first.pk, reason="Rút", by=people.lan, at=moment(2, 9))

    changed = details | {"phone": "0912345678"} | other
    again = receive(intake=intake(applicant=ApplicantDetails(**changed)), by=people.lan, at=moment(2, 10))

    assert Dossier.objects.get(pk=again.pk).attempt == (2 if linked else 1)


@pytest.mark.parametrize(
    ("second", "linked"), [("a-123 456", True), ("A 123456.", True), ("A 123457", False), (None, True)]
)
def test_only_the_same_object_continues_where_the_form_names_one(people, intake, named, second, linked):
    first = receive(intake=intake(version_id=named.pk, answers={"certificate": "A 123456"}), by=people.lan, at=MONDAY)
    withdraw(dossier_id=first.pk, reason="Rút", by=people.lan, at=moment(2, 9))
    answers = {"certificate": second} if second else {}

    again = decline_to_receive(
        intake=intake(version_id=named.pk, answers=answers), reason="Sai", by=people.lan, at=moment(2, 10)
    )

    again.refresh_from_db()
    assert again.attempt == (2 if linked else 1)
    assert again.object_key == ("a123456" if linked else "a123457")


def test_an_object_is_named_by_letters_and_digits_of_all_its_fields():
    form = [*OBJECT_FORM, {"kind": "year", "key": "year", "label": "Năm", "names_object": True}]
    spec = definition_of(form=form)

    assert object_key(spec, {"certificate": " Đ-12/34 ", "year": 2026, "school": "A"}) == "d1234/2026"
    assert object_key(spec, {"school": "A"}) == ""


def test_a_new_file_given_in_just_before_the_old_one_is_withdrawn_begins_no_new_count(people, intake, named):
    about = {"version_id": named.pk, "answers": {"certificate": "A 1"}}
    plain = receive(intake=intake(), by=people.lan, at=MONDAY)
    early = receive(intake=intake(), by=people.lan, at=moment(2, 9))
    old = receive(intake=intake(**about), by=people.lan, at=MONDAY)
    new = receive(intake=intake(**about), by=people.lan, at=moment(2, 9))
    new.refresh_from_db()
    assert (new.first_attempt, new.attempt) == (old, 2)

    withdraw(dossier_id=plain.pk, reason="Rút", by=people.lan, at=moment(5, 9))
    early.refresh_from_db()
    assert (early.first_attempt, early.acts) == (None, 1)

    assert (continue_attempts(at=moment(5, 10)), continue_attempts(at=moment(5, 11))) == (1, 0)

    early.refresh_from_db()
    entry = TrailEntry.objects.get(act="continue_attempt")
    assert (entry.dossier, entry.number, entry.by, entry.data["earlier"]) == (early, 2, people.lan, plain.code)
    assert (early.first_attempt, early.attempt, early.first_submitted_at) == (plain, 2, MONDAY)
    flag = Flag.objects.get(dossier=early)
    assert (flag.evidence["status"], flag.evidence["codes"]) == (7, [plain.code])
    assert [(row["dossier"], row["number"]) for row in flag.evidence["acts"]] == [(plain.pk, 2), (early.pk, 2)]


def test_a_correction_may_make_a_link_but_never_breaks_one(people, intake, named):
    def file(number, at):
        return receive(intake=intake(version_id=named.pk, answers={"certificate": number}), by=people.lan, at=at)

    first = file("A 1", MONDAY)
    withdraw(dossier_id=first.pk, reason="Rút", by=people.lan, at=moment(2, 9))
    typed_wrong, linked = file("A 7", moment(2, 10)), file("A 1", moment(2, 10))

    correct_data(
        dossier_id=typed_wrong.pk, reason="Gõ sai", answers={"certificate": "A1"}, by=people.lan, at=moment(2, 11)
    )
    correct_data(dossier_id=linked.pk, reason="Sửa", answers={"certificate": "B 9"}, by=people.lan, at=moment(2, 11))

    typed_wrong.refresh_from_db()
    linked.refresh_from_db()
    assert (typed_wrong.first_attempt, typed_wrong.object_key) == (first, "a1")
    assert (linked.first_attempt, linked.object_key) == (first, "b9")
    assert Flag.objects.filter(dossier=typed_wrong, kind="resubmitted").exists()


def test_linking_costs_one_statement(people, intake):
    receive(intake=intake(), by=people.lan, at=MONDAY)

    with CaptureQueriesContext(connection) as captured:
        receive(intake=intake(applicant=ApplicantDetails(full_name="Lê An")), by=people.lan, at=moment(2, 9))
    stranger = len(statements(captured))
    with CaptureQueriesContext(connection) as captured:
        receive(intake=intake(), by=people.lan, at=moment(2, 10))
    known = [sql for sql in statements(captured) if '"attempts"' in sql]

    assert len(known) == 1
    assert stranger <= 26


def test_gaming_by_withdrawing_and_handing_in_again_the_same_day_hides_no_day(people, intake):
    dossier = receive(intake=intake(), by=people.lan, at=MONDAY)
    for day in (6, 13, 20):
        withdraw(dossier_id=dossier.pk, reason="Theo đề nghị", by=people.lan, at=moment(day, 16))
        dossier = receive(intake=intake(), by=people.lan, at=moment(day, 16))
    dossier.refresh_from_db()

    flag = Flag.objects.get(dossier=dossier, cleared_at=None)
    assert (dossier.attempt, dossier.first_submitted_at) == (4, MONDAY)
    assert (flag.evidence["working_days"], len(flag.evidence["codes"])) == (14, 3)
    assert Decimal(len(flag.evidence["acts"])) == 4
