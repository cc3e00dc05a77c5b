"""A limit missed by a date that a calendar or a rulebook moves ahead: its review says so and may be set aside."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from offices.capacities import capacities_of
from onestop.desk.reading.breaches import waiting_for
from sla.models import Clock
from tests.workflows.test_handling import walk
from tests.workflows.test_moving_calendars import published_by
from tests.workflows.test_rulebook_moves import order, strict  # noqa: F401  # a fixture
from workflows import services
from workflows.exceptions import NotAllowed, NotComplete, NotPossibleNow
from workflows.models import BreachReview, Dossier, Notice, TrailEntry
from workflows.services import Conclusion
from workflows.services.breach_evidence import gather_waiting
from workflows.services.moving_rulebooks import move_dossiers
from workflows.services.reprojecting import carry_out
from workflows.services.sweeping import sweep

WHY = "15/QĐ-UBND: Lễ kỷ niệm của tỉnh"


def forty_days():
    """So many holidays that whatever was due two weeks ago lies ahead."""
    days = [timezone.localdate() - timedelta(days=number) for number in range(40)]
    return [str(day) for day in days if day.year == 2026]


def move_ahead(people):
    published_by(people.administrator, *forty_days())
    carry_out()


def pass_again(dossier):
    """The new date passes, too."""
    past = timezone.now() - timedelta(minutes=1)
    Clock.objects.filter(pk=dossier.statutory_clock_id).update(due_at=past, next_rung_at=past)
    Dossier.objects.filter(pk=dossier.pk).update(due_at=past)
    sweep()
    return past


@pytest.fixture
def missed(people, intake):
    """Two dossiers whose limit passed a week ago."""
    found = []
    for _number in range(2):
        dossier = services.receive(intake=intake(), by=people.lan, at=timezone.now() - timedelta(days=21))
        walk(dossier, people, "intake", "assign")
        found.append(dossier)
    sweep()
    return found


def review_of(dossier):
    return BreachReview.objects.get(dossier=dossier)


def test_a_move_of_the_calendar_tells_every_open_review_why_its_limit_is_no_longer_missed(missed, people):
    first, second = (review_of(dossier) for dossier in missed)
    gather_waiting()
    services.explain_breach(review_id=second.pk, words="Ốm", by=people.leader)
    services.conclude_breach(
        review_id=second.pk, conclusion=Conclusion("absence", "Ốm", is_excused=True), by=people.supervisor
    )
    concluded, held = review_of(missed[1]), review_of(missed[0]).evidence["held"]

    with CaptureQueriesContext(connection) as captured:
        move_ahead(people)

    first = review_of(missed[0])
    missed[0].refresh_from_db()
    assert (first.state, first.due_at < timezone.now()) == ("open", True)
    assert (first.moved["why"], datetime.fromisoformat(first.moved["due_at"])) == (WHY, missed[0].due_at)
    assert first.evidence["held"] == held
    assert review_of(missed[1]).evidence == concluded.evidence
    assert len([one for one in captured if "UPDATE workflows_breachreview" in one["sql"]]) == 1


def test_a_move_that_turns_no_limit_asks_nothing_of_reviews(people, intake):
    services.receive(intake=intake(), by=people.lan, at=timezone.now())
    published_by(people.administrator, str(timezone.localdate() + timedelta(days=2)))

    with CaptureQueriesContext(connection) as captured:
        assert carry_out() == 3

    assert not [one for one in captured if "breachreview" in one["sql"]]


def test_what_is_gathered_after_the_move_keeps_it_and_asks_nobody_to_explain(missed, people):
    move_ahead(people)

    gather_waiting()

    review = review_of(missed[0])
    assert (review.moved["why"], "held" in review.evidence) == (WHY, True)
    assert not Notice.objects.filter(topic="breach_opened").exists()
    assert not waiting_for(capacities_of(people.head, timezone.now())).exists()
    assert waiting_for(capacities_of(people.supervisor, timezone.now())).count() == 2


def test_a_reviewer_sets_it_aside_unexplained_and_a_later_miss_opens_another(missed, people):
    move_ahead(people)
    review = review_of(missed[0])

    for who in (people.leader, people.minh, people.lan):
        with pytest.raises(NotAllowed):
            services.set_aside_breach(review_id=review.pk, words="Lịch đã đổi", by=who)
    with pytest.raises(NotComplete):
        services.set_aside_breach(review_id=review.pk, words=" ", by=people.supervisor)
    assert review_of(missed[0]).state == "open"
    services.set_aside_breach(review_id=review.pk, words="Lịch đã đổi", by=people.supervisor)

    aside = review_of(missed[0])
    assert (aside.state, aside.cause, aside.is_excused, aside.concluded_by) == ("moot", "", False, people.supervisor)
    entry = TrailEntry.objects.get(act="set_aside_breach")
    assert (entry.data["reason"], entry.data["moved"]) == ("Lịch đã đổi", WHY)
    with pytest.raises(NotPossibleNow):
        services.set_aside_breach(review_id=review.pk, words="Lần nữa", by=people.supervisor)

    passed = pass_again(missed[0])
    sweep()

    again = BreachReview.objects.filter(dossier=missed[0]).exclude(pk=review.pk).get()
    assert (again.state, again.run, again.due_at, again.moved) == ("open", aside.run, passed, None)
    assert BreachReview.objects.get(pk=review.pk).evidence == aside.evidence


@pytest.mark.parametrize("is_gathered", [False, True])
def test_a_second_miss_gives_an_open_review_the_new_date_unless_its_evidence_stands(missed, people, is_gathered):
    before = review_of(missed[0]).due_at
    if is_gathered:
        gather_waiting()
    move_ahead(people)

    passed = pass_again(missed[0])

    review = review_of(missed[0])
    assert (review.due_at, review.moved) == (before if is_gathered else passed, None)
    assert (review.evidence["missed_again"]["why"], review.state) == (WHY, "open")
    with pytest.raises(NotPossibleNow):
        services.set_aside_breach(review_id=review.pk, words="Lịch đã đổi", by=people.supervisor)
    gather_waiting()
    assert review_of(missed[0]).evidence["missed_again"]["why"] == WHY
    assert review_of(missed[1]).moved["why"] == WHY


def test_a_limit_that_has_just_passed_again_is_not_set_aside_before_the_sweep_finds_it(missed, people):
    move_ahead(people)
    Clock.objects.filter(pk=missed[0].statutory_clock_id).update(due_at=timezone.now() - timedelta(minutes=1))

    with pytest.raises(NotPossibleNow):
        services.set_aside_breach(review_id=review_of(missed[0]).pk, words="Lịch đã đổi", by=people.supervisor)

    assert review_of(missed[0]).state == "open"


def test_an_act_that_ends_the_dossier_late_after_the_move_tells_the_review_too(missed, people):
    move_ahead(people)
    passed = timezone.now() - timedelta(minutes=1)
    Clock.objects.filter(pk=missed[0].statutory_clock_id).update(due_at=passed)

    services.withdraw(dossier_id=missed[0].pk, reason="Xin rút", by=people.lan)

    assert (review_of(missed[0]).due_at, review_of(missed[0]).moved) == (passed, None)


def test_a_move_to_another_rulebook_tells_the_review_of_what_it_moved_ahead(strict, people, intake):  # noqa: F811
    dossier = services.receive(intake=intake(), by=people.lan, at=timezone.now() - timedelta(days=21))
    sweep()
    ahead = timezone.now() + timedelta(days=1)
    order(people, source=dossier.rulebook, at=timezone.now())
    Clock.objects.filter(pk=dossier.statutory_clock_id).update(started_at=ahead - timedelta(days=2))

    move_dossiers()

    dossier.refresh_from_db()
    assert (dossier.rulebook, dossier.due_at > timezone.now()) == ("strict", True)
    moved = review_of(dossier).moved
    assert (moved["why"], datetime.fromisoformat(moved["due_at"])) == ("12/QĐ-UBND: Luật mới", dossier.due_at)
    assert datetime.fromisoformat(moved["noted_at"]) == dossier.trail.last().at


def test_the_page_says_why_and_offers_to_set_it_aside(missed, people, client):
    move_ahead(people)
    address = reverse("desk:breach", args=[review_of(missed[0]).pk])
    pages = {}
    for who in ("head", "supervisor"):
        client.force_login(getattr(people, who))
        pages[who] = client.get(address)

    assert pages["head"].context["form"] is None
    assert type(pages["supervisor"].context["form"]).__name__ == "SetAsideForm"
    assert WHY in pages["head"].content.decode()
    assert client.post(address, {"act": "set_aside", "words": "Lịch đã đổi"}).status_code == 302
    assert "Lịch đã đổi" in client.get(address).content.decode()
    listed = client.get(reverse("desk:breaches"), {"state": "moot"})
    assert (listed.context["current"].count, len(listed.context["page"].rows)) == (1, 1)
