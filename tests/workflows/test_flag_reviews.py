"""A flag is looked into by a supervisor who had no part in it; what was found stands beside it for ever."""

import pytest

from offices.models import Membership, Role
from tests.workflows.asking import asked_once, wish
from tests.workflows.conftest import moment, open_step
from tests.workflows.test_handling import walk
from workflows.exceptions import NotAllowed, NotComplete, NotFound, NotPossibleNow
from workflows.models import Dossier, Flag, FlagReview, TrailEntry
from workflows.services import finish_step, request_supplement, review_flag, send_back, withdraw
from workflows.services.sweeping import sweep
from workflows.services.watching_slips import watch_slips


@pytest.fixture
def doubtful(received, people):
    """A dossier with a stop near the end of its time."""
    walk(received, people, "intake", "assign")
    request_supplement(dossier_id=received.pk, items=["Giấy xác nhận"], reason="Mờ", by=people.minh, at=moment(16, 16))
    return Flag.objects.get(kind="pause")


NEXT_DAY = moment(17, 9)


def review(flag, by, finding="justified", words="Giấy mờ thật", at=NEXT_DAY):
    return review_flag(flag_id=flag.pk, finding=finding, words=words, by=by, at=at)


def test_a_review_stands_beside_the_flag_which_stays_as_it_was(doubtful, people):
    before = Dossier.objects.get(pk=doubtful.dossier_id)
    evidence = doubtful.evidence

    found = review(doubtful, people.supervisor, "fault")

    doubtful.refresh_from_db()
    after = Dossier.objects.get(pk=doubtful.dossier_id)
    assert (found.reviewed_by, found.finding, found.words) == (people.supervisor, "fault", "Giấy mờ thật")
    assert (doubtful.evidence, doubtful.cleared_at) == (evidence, None)
    entry = TrailEntry.objects.get(act="review_flag")
    assert (entry.data["flag"], entry.data["finding"], entry.status_after) == (doubtful.pk, "fault", 5)
    assert (after.stuck_at, after.due_at, after.acts) == (before.stuck_at, before.due_at, before.acts + 1)


def test_whoever_had_a_part_in_it_or_supervises_elsewhere_cannot_review(doubtful, people, offices):
    Membership.objects.create(user=people.minh, office=offices.desk, role=Role.SUPERVISOR, valid_from="2000-01-01")
    Membership.objects.create(user=people.police, office=offices.police, role=Role.SUPERVISOR, valid_from="2000-01-01")

    for person in (people.minh, people.police, people.leader, people.lan):
        with pytest.raises(NotAllowed):
            review(doubtful, person)

    assert not FlagReview.objects.exists()
    Membership.objects.create(user=people.hoa, office=offices.desk, role=Role.SUPERVISOR, valid_from="2000-01-01")
    assert review(doubtful, people.hoa).reviewed_by == people.hoa


def test_a_review_says_something_and_is_made_once(doubtful, people):
    with pytest.raises(NotComplete) as refusal:
        review(doubtful, people.supervisor, "nothing", " ")
    assert set(refusal.value.fields) == {"finding", "words"}
    with pytest.raises(NotFound):
        review_flag(flag_id=0, finding="fault", words="x", by=people.supervisor)

    review(doubtful, people.supervisor)
    with pytest.raises(NotPossibleNow, match="Supervisor"):
        review(doubtful, people.supervisor, "fault")
    assert FlagReview.objects.get().finding == "justified"


def test_a_flag_raised_by_mistake_is_cleared_and_comes_back_for_new_acts_only(doubtful, people):
    review(doubtful, people.supervisor, "mistaken")
    doubtful.refresh_from_db()
    assert doubtful.cleared_at == moment(17, 9)

    watch_slips()
    assert watch_slips() == 0
    again = Flag.objects.get(kind="pause", cleared_at=None)
    assert list(again.evidence["patterns"]) == ["no_slip"]
    review(again, people.supervisor, "mistaken", at=None)

    assert watch_slips() == 0
    assert not Flag.objects.filter(kind="pause", cleared_at=None).exists()


@pytest.mark.parametrize("kind", ["overdue", "due_soon", "step_overdue", "no_apology"])
def test_what_follows_from_a_date_is_never_cleared_by_a_review(doubtful, people, kind):
    late = Flag.objects.create(dossier_id=doubtful.dossier_id, kind=kind, raised_at=moment(16, 17))

    found = review(late, people.supervisor, "mistaken")

    late.refresh_from_db()
    assert (found.finding, late.cleared_at) == ("mistaken", None)


def test_a_reviewed_flag_gives_way_to_one_for_what_happens_next(received, people):
    walk(received, people, "intake", "assign")
    step = open_step(received)
    for day in (3, 4, 5, 6):
        finish_step(step_id=step.pk, outcome="forward", by=people.minh, at=moment(day, 9))
        send_back(step_id=open_step(received).pk, reason="Sai", by=people.head, at=moment(day, 10))
        step = open_step(received)
    flags = list(Flag.objects.filter(kind="resubmitted").order_by("pk"))
    assert [flag.cleared_at is None for flag in flags] == [False, False, True]
    assert [flag.evidence.get("replaces") for flag in flags] == [None, [flags[0].pk], [flags[1].pk]]
    last = TrailEntry.objects.filter(dossier=received).last()
    assert (flags[2].evidence["times"], flags[2].evidence["acts"][-1]["number"]) == (4, last.number)


def test_the_flags_of_a_closed_dossier_stay_in_history_and_can_be_reviewed(doubtful, people):
    dossier = doubtful.dossier
    withdraw(dossier_id=dossier.pk, reason="Rút", by=people.lan, at=moment(17, 8))

    assert review(doubtful, people.supervisor).flag == doubtful
    assert Dossier.objects.get(pk=dossier.pk).is_closed


def test_every_flag_names_acts_that_exist(received, people):
    walk(received, people, "intake", "assign")
    asked_once(received, people, "Sổ hộ khẩu")
    wish(received, people.minh, moment(4, 9), "Ảnh")
    sweep()

    flags = Flag.objects.filter(dossier=received)
    assert set(flags.values_list("kind", flat=True)) >= {"extra_paper", "overdue", "step_overdue", "stuck"}
    for flag in flags:
        numbers = [row["number"] for row in flag.evidence["acts"]]
        assert numbers and TrailEntry.objects.filter(dossier=received, number__in=numbers).count() == len(numbers)
