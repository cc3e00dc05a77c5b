"""A date that was promised with an apology, when the calendar or the rulebook moves."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sla.models import Clock, ClockInterval
from tests.workflows.conftest import moment
from tests.workflows.test_apologising import approve, propose
from tests.workflows.test_moving_calendars import published_by
from workflows import services
from workflows.exceptions import NotPossibleNow
from workflows.models import Apology, Dossier, Notice
from workflows.services.reprojecting import carry_out

WHY = "15/QĐ-UBND: Lễ kỷ niệm của tỉnh"


@pytest.fixture
def promised(in_process, people):
    """Due on Monday the 16th, promised for Friday the 20th."""
    propose(in_process, people.minh, moment(5, 10))
    approve(in_process, people.leader, moment(5, 11))
    return Dossier.objects.get(pk=in_process.pk)


def promise():
    return Clock.objects.get(kind="reappointment")


def lines():
    rows = ClockInterval.objects.filter(clock=promise()).exclude(reason="start").order_by("pk")
    return [(row.reason, row.note, row.due_before, row.due_after, row.state) for row in rows]


def test_a_promised_day_that_becomes_a_day_off_gives_way_to_the_next_working_day(promised, people):
    published_by(people.administrator, "2026-03-20")

    carry_out()

    promised.refresh_from_db()
    clock = promise()
    assert (promised.due_at, promised.reappointed_at, clock.due_at) == (moment(16, 17), moment(23, 17), moment(23, 17))
    assert lines() == [("calendar", WHY, moment(20, 17), moment(23, 17), "running")]
    assert clock.next_rung_at is not None
    assert Apology.objects.get().new_date_at == moment(20, 17)  # what was signed
    told = Notice.objects.get(topic="promise_moved")
    assert (told.office, told.role) == (promised.receiving_office, "clerk")
    assert carry_out() == 0
    assert len(lines()) == 1


def test_a_promise_that_the_files_own_date_overtakes_ends_and_the_file_has_one_date_again(promised, people):
    published_by(people.administrator, *(f"2026-03-{day:02}" for day in (9, 10, 11, 12, 13)))

    carry_out()

    promised.refresh_from_db()
    assert (promised.due_at, promised.reappointed_at) == (moment(23, 17), None)
    assert (promise().state, promise().next_rung_at, promise().verdict) == ("ended", None, "late")
    assert lines() == [
        ("calendar", WHY, moment(20, 17), moment(20, 17), "running"),
        ("end", WHY, moment(20, 17), moment(20, 17), "ended"),
    ]
    assert Apology.objects.get().approved_at == moment(5, 11)
    assert Notice.objects.get(topic="promise_overtaken").payload["new_date_at"] == "2026-03-23T17:00:00+07:00"
    services.withdraw(dossier_id=promised.pk, reason="Xin rút", by=people.lan)


def test_an_act_that_comes_before_the_move_finds_the_promise_as_it_is_now(promised, people):
    published_by(people.administrator, *(f"2026-03-{day:02}" for day in (9, 10, 11, 12, 13)))

    dossier = services.request_supplement(
        dossier_id=promised.pk, items=["Giấy"], reason="Thiếu", by=people.minh, at=moment(6, 9)
    )

    assert (dossier.reappointed_at, promise().state) == (None, "ended")


def test_a_move_that_leaves_the_promised_day_alone_asks_nothing_of_dossiers_more(promised, people):
    published_by(people.administrator, "2026-03-25")

    with CaptureQueriesContext(connection) as captured:
        carry_out()

    assert (Dossier.objects.get().reappointed_at, lines()[0][:2]) == (moment(20, 17), ("calendar", WHY))
    assert not [one for one in captured if "reappointed_at = new" in one["sql"] or "workflows_notice" in one["sql"]]


def test_a_proposal_for_a_day_that_became_a_day_off_is_not_approved(in_process, people):
    propose(in_process, people.minh, moment(5, 10), new_day=date(2026, 3, 20))
    published_by(people.administrator, "2026-03-20")

    with pytest.raises(NotPossibleNow):
        approve(in_process, people.leader, moment(5, 11))

    assert Apology.objects.get().approved_at is None
