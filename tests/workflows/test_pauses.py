"""Pauses that serve to win time are seen: near the end, again and again, without a slip."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from offices.capacities import capacities_of
from tests.workflows.asking import agreed, asked_once
from tests.workflows.conftest import moment, open_step
from tests.workflows.test_handling import walk
from workflows.models import Dossier, Flag, Notice, SupplementRequest, TrailEntry
from workflows.services import accept_supplement, confirm_payment, receive, request_payment, request_supplement
from workflows.services.watching_slips import note_slip, watch_slips


@pytest.fixture
def at_work(received, people):
    """A dossier at its appraisal, due on 16 March at 17:00."""
    walk(received, people, "intake", "assign")
    return Dossier.objects.get(pk=received.pk)


def pay(dossier, people, asked, paid=None):
    request_payment(step_id=open_step(dossier).pk, name="Phí", amount=Decimal(50000), by=people.minh, at=asked)
    if paid:
        confirm_payment(dossier_id=dossier.pk, by=people.lan, at=paid)


def patterns(dossier):
    """The patterns of the open flag of a dossier's pauses."""
    flag = Flag.objects.filter(dossier=dossier, kind="pause", cleared_at=None).first()
    return sorted(flag.evidence["patterns"]) if flag else []


@pytest.mark.parametrize(
    ("at", "doubtful"),
    [
        (moment(9, 9), False),
        (moment(13, 16, 14), False),
        (moment(13, 16, 15), True),
        (moment(16, 16), True),
        (moment(18, 9), True),
    ],
)
def test_a_stop_in_the_last_tenth_of_the_time_is_flagged(at_work, people, at, doubtful):
    assert at_work.due_at == moment(16, 17)

    request_supplement(dossier_id=at_work.pk, items=["Giấy xác nhận"], reason="Mờ", by=people.minh, at=at)

    assert patterns(at_work) == (["last_tenth"] if doubtful else [])


def test_the_flag_of_a_pause_an_hour_before_the_end_says_how_much_was_left(at_work, people):
    pay(at_work, people, moment(16, 16))

    flag = Flag.objects.get(kind="pause")
    assert flag.evidence["patterns"] == {"last_tenth": {"left_minutes": 60, "of_minutes": 5250}}
    entry = TrailEntry.objects.get(act="request_payment")
    assert flag.evidence["acts"] == [{"dossier": at_work.pk, "code": at_work.code, "number": entry.number}]


def test_pausing_and_going_on_and_pausing_again_is_flagged(at_work, people):
    pay(at_work, people, moment(3, 9), moment(4, 9))
    assert patterns(at_work) == []

    pay(at_work, people, moment(5, 9), moment(6, 9))
    first = Flag.objects.get(kind="pause", cleared_at=None)
    assert sorted(first.evidence["patterns"]) == ["stopped_again", "twice_in_run"]
    assert len(first.evidence["acts"]) == 3

    pay(at_work, people, moment(9, 9))
    second = Flag.objects.get(kind="pause", cleared_at=None)
    assert second.evidence["patterns"]["twice_in_run"] == {"stops": 3}
    assert second.evidence["replaces"] == [first.pk]
    assert len(second.evidence["acts"]) == 5


def test_a_stop_after_a_fresh_start_is_doubtful_only_when_it_follows_at_once(at_work, people):
    asked_once(at_work, people)
    pay(at_work, people, moment(9, 9), moment(9, 10))
    assert patterns(at_work) == []

    Flag.objects.all().delete()
    pay(at_work, people, moment(9, 11))
    assert patterns(at_work) == ["stopped_again", "twice_in_run"]


def test_a_second_request_that_was_agreed_to_is_still_seen_as_a_pause(at_work, people):
    asked_once(at_work, people)
    agreed(at_work, people, "Sổ đăng ký")
    request_supplement(dossier_id=at_work.pk, items=["Sổ đăng ký"], reason="Thiếu", by=people.minh, at=moment(4, 11))

    assert patterns(at_work) == ["stopped_again"]


def stopped(dossier, people):
    request_supplement(dossier_id=dossier.pk, items=["Giấy xác nhận"], reason="Mờ", by=people.minh, at=moment(3, 9))
    return SupplementRequest.objects.select_related("dossier").get(dossier=dossier)


def test_a_stop_whose_slip_never_left_is_flagged_once(at_work, people):
    request = stopped(at_work, people)
    assert request.slip_wanted_at == moment(4, 17)

    assert (watch_slips(), watch_slips()) == (1, 0)

    flag = Flag.objects.get(kind="pause")
    entry = TrailEntry.objects.get(act="request_supplement")
    assert (flag.raised_at, list(flag.evidence["patterns"])) == (moment(4, 17), ["no_slip"])
    assert flag.evidence["acts"] == [{"dossier": at_work.pk, "code": at_work.code, "number": entry.number}]


def test_a_flag_of_a_pause_grows_by_the_missing_slip(at_work, people):
    request_supplement(dossier_id=at_work.pk, items=["Giấy xác nhận"], reason="Mờ", by=people.minh, at=moment(16, 16))

    watch_slips()

    old, new = Flag.objects.filter(kind="pause").order_by("pk")
    assert patterns(at_work) == ["last_tenth", "no_slip"]
    assert (old.cleared_at is not None, new.evidence["replaces"]) == (True, [old.pk])
    assert len(new.evidence["acts"]) == 1


@pytest.mark.parametrize(
    ("person", "at", "flagged"),
    [
        ("lan", moment(4, 16), 0),
        ("minh", moment(3, 9), 0),
        ("lan", moment(4, 18), 1),
        ("supervisor", moment(3, 10), 1),
        ("police", moment(3, 10), 1),
    ],
)
def test_the_slip_has_left_when_the_office_opened_it_in_time(at_work, people, person, at, flagged):
    request = stopped(at_work, people)
    note_slip(request, capacities_of(getattr(people, person), at), at=at)
    note_slip(request, capacities_of(people.lan, moment(9, 9)), at=moment(9, 9))

    assert watch_slips() == flagged


@pytest.mark.parametrize("channel", ["email", "hook"])
def test_a_message_that_was_sent_to_the_applicant_counts_as_the_slip(at_work, people, settings, channel):
    settings.EMAIL_HOST, settings.NOTICE_HOOK_URL = "mail.example.vn", "https://sms.example.vn"
    Dossier.objects.update(submitter={"full_name": "Tuyết", "email": "tuyet@example.vn", "phone": "0912345678"})
    request = stopped(at_work, people)
    sent = Notice.objects.filter(topic="status_changed", channel=channel, delivered_at=None)
    assert sent.update(delivered_at=moment(3, 10)) == 1

    assert watch_slips() == 0
    request.refresh_from_db()
    assert request.slip_at == moment(3, 10)


def test_papers_that_come_before_the_slip_was_wanted_leave_nothing_to_judge(at_work, people):
    stopped(at_work, people)
    accept_supplement(dossier_id=at_work.pk, by=people.lan, at=moment(3, 15))

    assert watch_slips() == 0
    assert SupplementRequest.objects.get().slip_wanted_at is None


def test_a_request_that_stops_no_clock_wants_no_judgement(people, intake):
    request_supplement(intake=intake(papers=()), items=["Đơn đề nghị"], reason="Thiếu", by=people.lan, at=moment(2, 9))

    assert SupplementRequest.objects.get().slip_wanted_at is None


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gaps=st.lists(st.tuples(st.integers(1, 30), st.integers(1, 30)), min_size=2, max_size=3))
def test_however_one_pauses_twice_in_one_run_it_is_seen(people, intake, gaps):
    dossier = receive(intake=intake(), by=people.lan, at=moment(2, 8))
    walk(dossier, people, "intake", "assign")
    at = moment(3, 8)
    for run, stand in gaps:
        at += timedelta(hours=run)
        pay(dossier, people, at, at + timedelta(hours=stand))
        at += timedelta(hours=stand)

    assert "twice_in_run" in patterns(dossier)
    behind = Flag.objects.get(dossier=dossier, kind="pause", cleared_at=None).evidence["acts"]
    assert len(behind) == 2 * len(gaps) - 1
