"""Slips are numbered by the act that makes them: one series per office, kind and year, no gap, no number twice."""

import pgtrigger
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from sla.rulebook import rulebook_named
from tests.workflows.conftest import MONDAY, moment
from tests.workflows.racing import in_threads, losers
from tests.workflows.test_handling import walk
from workflows.models import Slip, SlipKind, SlipSerial
from workflows.services import decline_to_receive, receive, request_supplement, withdraw
from workflows.services.slip_numbers import number_of, number_older


def given(dossier=None):
    """Every number that was given, as (kind, year, number, round)."""
    rows = Slip.objects.filter(dossier=dossier) if dossier else Slip.objects.all()
    return sorted(rows.values_list("kind", "year", "number", "round"))


def test_reception_numbers_the_receipt_the_control_slip_and_the_line_of_the_register(received, offices):
    assert given(received) == [("control", 2026, 1, 1), ("receipt", 2026, 1, 1), ("register", 2026, 1, 1)]
    slip = Slip.objects.get(kind="receipt")
    assert (slip.office, slip.issued_at, slip.issued_by) == (offices.desk, MONDAY, received.received_by)


def test_numbering_costs_an_act_one_statement(people, intake):
    with CaptureQueriesContext(connection) as captured:
        receive(intake=intake(), by=people.lan, at=MONDAY)

    assert sum("workflows_slip" in query["sql"] for query in captured) == 1


def test_each_kind_has_a_series_of_its_own(people, intake, received):
    second = receive(intake=intake(), by=people.lan, at=moment(2, 9))
    decline_to_receive(intake=intake(), reason="Sai thẩm quyền", by=people.lan, at=moment(2, 9))
    walk(received, people, "intake", "assign")
    request_supplement(dossier_id=received.pk, items=["Giấy"], reason="Thiếu", by=people.minh, at=moment(3, 9))
    withdraw(dossier_id=second.pk, reason="Xin rút", by=people.lan, at=moment(3, 10))

    series = dict(SlipSerial.objects.values_list("kind", "last"))
    assert series == {"receipt": 2, "control": 2, "register": 2, "refusal": 1, "supplement": 1, "stop": 1}
    assert ("supplement", 2026, 1, 1) in given(received)


def test_a_year_begins_anew_at_midnight_of_the_office(people, intake):
    for at in (moment(31, 23, 59, month=12, year=2025), moment(1, 0, month=1)):
        receive(intake=intake(), by=people.lan, at=at)

    assert [row[1:3] for row in given() if row[0] == "receipt"] == [(2025, 1), (2026, 1)]


def test_a_rolled_back_act_leaves_no_gap(people, intake, received):
    with transaction.atomic():
        receive(intake=intake(), by=people.lan, at=moment(2, 9))
        transaction.set_rollback(True)
    receive(intake=intake(), by=people.lan, at=moment(2, 10))

    assert [row[2] for row in given() if row[0] == "receipt"] == [1, 2]


def test_a_number_that_was_given_is_never_changed(received):
    with pytest.raises(DatabaseError, match="Cannot update or delete"), transaction.atomic():
        Slip.objects.filter(dossier=received).update(number=7)

    assert [row[2] for row in given(received)] == [1, 1, 1]


def test_older_files_are_numbered_in_the_order_in_which_they_came(people, intake):
    files = [receive(intake=intake(), by=people.lan, at=moment(2, hour)) for hour in (9, 10, 11)]
    forget_numbers(*files)
    newest = receive(intake=intake(), by=people.lan, at=moment(2, 14))

    assert (number_older(), number_older()) == (9, 0)

    numbers = [number_of(file, SlipKind.REGISTER, at=MONDAY).number for file in [newest, *files]]
    assert numbers == [1, 2, 3, 4]


def test_an_older_slip_gets_its_number_when_it_is_printed(people, received):
    forget_numbers(received)

    numbers = [number_of(received, SlipKind.RECEIPT, at=MONDAY, by_id=people.lan.pk).number for _ in range(2)]

    assert numbers == [1, 1]


def forget_numbers(*files):
    """As if the files had come before slips were numbered."""
    with pgtrigger.ignore("workflows.Slip:append_only"):
        Slip.objects.filter(dossier__in=files).delete()
    SlipSerial.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_clerks_who_receive_at_once_get_numbers_without_gap_or_double(people, intake):
    def receive_three():
        for _ in range(3):
            receive(intake=intake(), by=people.lan, at=MONDAY)

    assert losers(in_threads(*[receive_three] * 4)) == []

    assert [row[2] for row in given() if row[0] == "receipt"] == list(range(1, 13))


@pytest.mark.parametrize(
    ("decree", "stop", "control", "register"),
    [("nd-61-2018", None, "05", "06"), ("nd-118-2025", "05", "06", "07"), ("nd-309-2026", "05", "06", "07")],
)
def test_the_rulebook_says_which_form_a_slip_is(decree, stop, control, register):
    forms = [rulebook_named(decree).form_for(kind) for kind in ("stop", "control", "register")]

    assert [form.number if form else None for form in forms] == [stop, control, register]
