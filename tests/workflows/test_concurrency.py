"""Races with real threads and two processes: exactly one wins, the other is told who was faster, and when."""

import re
from datetime import date
from itertools import pairwise

import pytest

from sla.models import Clock
from tests.workflows.conftest import MONDAY, open_step
from tests.workflows.papers import pdf
from tests.workflows.racing import in_processes, in_threads, losers, winners
from tests.workflows.test_handling import walk
from workflows import services
from workflows.exceptions import NotPossibleNow
from workflows.models import Dossier, LegalStatus, Step, TrailEntry
from workflows.services.trailing import chained

pytestmark = pytest.mark.django_db(transaction=True)

WHO_AND_WHEN = re.compile(r"\d\d:\d\d")


def unbroken(dossier):
    """Whether the trail counts without gap and every entry is chained to the one before."""
    entries = list(TrailEntry.objects.filter(dossier=dossier).order_by("number"))
    numbered = [entry.number for entry in entries] == list(range(1, len(entries) + 1))
    linked = all(later.previous_hash == earlier.hash for earlier, later in pairwise(entries))
    return numbered and linked and all(entry.hash == chained(entry) for entry in entries)


def test_two_people_finishing_one_step_finish_it_once(received, people):
    walk(received, people, "intake", "assign")
    step = open_step(received)

    results = in_threads(
        *(
            lambda by=by: services.finish_step(step_id=step.pk, outcome="forward", by=by)
            for by in (people.minh, people.binh)
        )
    )

    assert len(winners(results)) == 1
    (loser,) = losers(results)
    assert isinstance(loser, NotPossibleNow)
    assert re.search("Minh|Binh", str(loser))
    assert WHO_AND_WHEN.search(str(loser))
    assert Step.objects.filter(process=received, key="review").count() == 1
    assert unbroken(received)


def test_a_double_click_finishes_one_step(received, people):
    walk(received, people, "intake", "assign")
    step = open_step(received)

    results = in_threads(*[lambda: services.finish_step(step_id=step.pk, outcome="forward", by=people.minh)] * 2)

    assert len(winners(results)) == 1
    assert open_step(received).key == "review"
    assert TrailEntry.objects.filter(dossier=received, act="finish_step").count() == 3


def test_two_processes_finishing_one_step_finish_it_once(received, people):
    walk(received, people, "intake", "assign")
    step = open_step(received)
    call = {"step_id": step.pk, "outcome": "forward"}

    answers = in_processes(("finish_step", call, people.minh.pk), ("finish_step", call, people.binh.pk))

    assert sorted(answer.get("refused", "") for answer in answers) == ["", "StepAlreadyFinished"]
    (sentence,) = [answer["sentence"] for answer in answers if "sentence" in answer]
    assert re.search("Minh|Binh", sentence)
    assert WHO_AND_WHEN.search(sentence)


def test_two_clerks_receiving_one_online_file_receive_it_once(people, intake):
    dossier = services.register_online(intake=intake(channel="online"), by=people.lan, at=MONDAY)

    results = in_threads(
        *(lambda by=by: services.receive(dossier_id=dossier.pk, by=by) for by in (people.lan, people.hoa))
    )

    assert len(winners(results)) == 1
    assert re.search("Lan|Hoa", str(losers(results)[0]))
    assert WHO_AND_WHEN.search(str(losers(results)[0]))
    assert Step.objects.human().filter(process=dossier).count() == 1


def test_approve_against_withdraw_lets_one_win(received, people):
    walk(received, people, "intake", "assign", "appraise", "review")
    services.add_paper(dossier_id=received.pk, kind="draft", file=pdf(), by=people.leader)
    step = open_step(received)
    seen = Dossier.objects.get(pk=received.pk).acts

    results = in_threads(
        lambda: services.approve(step_id=step.pk, by=people.leader, seen=seen),
        lambda: services.withdraw(dossier_id=received.pk, reason="Xin rút", by=people.lan, seen=seen),
    )

    assert len(winners(results)) == 1
    assert isinstance(losers(results)[0], NotPossibleNow)
    assert re.search("Lan|Leader", str(losers(results)[0]))
    assert WHO_AND_WHEN.search(str(losers(results)[0]))
    received.refresh_from_db()
    acts = set(TrailEntry.objects.filter(dossier=received).values_list("act", flat=True))
    assert ({"approve", "withdraw"} & acts) == (
        {"withdraw"} if received.legal_status == LegalStatus.WITHDRAWN else {"approve"}
    )
    assert unbroken(received)


def test_approve_against_withdraw_in_two_processes(received, people):
    walk(received, people, "intake", "assign", "appraise", "review")
    services.add_paper(dossier_id=received.pk, kind="draft", file=pdf(), by=people.leader)
    step = open_step(received)
    seen = Dossier.objects.get(pk=received.pk).acts

    answers = in_processes(
        ("approve", {"step_id": step.pk, "seen": seen}, people.leader.pk),
        ("withdraw", {"dossier_id": received.pk, "reason": "Xin rút", "seen": seen}, people.lan.pk),
    )

    assert sum("done" in answer for answer in answers) == 1


def test_twenty_receivers_get_twenty_codes_without_gap(people, intake):
    results = in_threads(*[lambda: services.receive(intake=intake(), by=people.lan)] * 20)

    assert losers(results) == []
    serials = sorted(int(dossier.code.rsplit("-", 1)[1]) for dossier in results)
    assert serials == list(range(1, 21))


def test_the_last_two_arrivals_of_a_join_go_on_once(people, offices, intake):
    from tests.workflows.test_shapes import PARALLEL, receive_in

    dossier = receive_in(people, offices, intake, PARALLEL)
    check, view = open_step(dossier, "check"), open_step(dossier, "police_view")

    results = in_threads(
        lambda: services.finish_step(step_id=check.pk, outcome="forward", by=people.minh),
        lambda: services.finish_step(step_id=view.pk, outcome="forward", by=people.police),
    )

    assert losers(results) == []
    assert open_step(dossier).key == "sum_up"
    assert unbroken(dossier)


def test_an_apology_approved_twice_at_once_is_approved_once(received, people):
    walk(received, people, "intake", "assign")
    services.propose_apology(dossier_id=received.pk, reason="Bận", new_day=date(2099, 11, 20), by=people.minh)

    results = in_threads(*[lambda: services.approve_apology(dossier_id=received.pk, by=people.leader)] * 2)

    assert len(winners(results)) == 1
    assert isinstance(losers(results)[0], NotPossibleNow)
    assert Clock.objects.filter(kind="reappointment").count() == 1
    assert unbroken(received)
