"""Moving open dossiers to another rulebook: foreseen, ordered, and written into every dossier."""

from copy import deepcopy

import pytest
import yaml

from sla import rulebook
from sla.models import ClockInterval
from sla.rulebook import RULEBOOK_FILES, rulebook_from
from tests.workflows.conftest import MONDAY, moment
from workflows.exceptions import DossierBusy, NotAllowed, NotComplete, NotPossibleNow
from workflows.models import Dossier, Flag, Reprojection
from workflows.services import moving_rulebooks, receive, withdraw
from workflows.services.moving_rulebooks import move_dossiers, order_move, preview_move

TODAY = moment(4, 9)


@pytest.fixture
def strict(monkeypatch):
    """A rulebook that counts the day of reception, beside those that ship."""
    data = yaml.safe_load((RULEBOOK_FILES / "nd-118-2025.yaml").read_text(encoding="utf-8"))
    changed = deepcopy(data) | {"code": "strict", "valid_from": data["valid_from"].replace(year=2030)}
    changed["clauses"]["first_day"] = {"value": "same_day", "clause": "Điều 9", "unverified": False}
    books = (*rulebook.rulebooks(), rulebook_from(changed))
    monkeypatch.setattr(rulebook, "rulebooks", lambda: books)


def order(people, **changes):
    wishes = {"source": "nd-118-2025", "target": "strict", "reason": "Luật mới", "decision": "12/QĐ-UBND"}
    return order_move(**wishes | {"by": people.administrator, "at": TODAY} | changes)


def test_the_preview_names_rules_dossiers_and_dates_and_changes_nothing(strict, received):
    seen = preview_move(source="nd-118-2025", target="strict", at=TODAY)

    assert [one.key for one in seen.rules] == ["first_day"]
    assert (seen.dossiers, seen.becoming_late, seen.becoming_punctual) == (1, 0, 0)
    assert [(one.before, one.after) for one in seen.examples] == [(moment(16, 17), moment(13, 17))]
    received.refresh_from_db()
    assert (received.rulebook, received.due_at) == ("nd-118-2025", moment(16, 17))


def test_the_preview_counts_who_becomes_late_and_who_punctual(strict, received):
    between = moment(14, 9)

    assert preview_move(source="nd-118-2025", target="strict", at=between).becoming_late == 1
    assert preview_move(source="nd-118-2025", target="strict", at=moment(17, 9)).becoming_late == 0


def test_a_move_is_written_into_trail_and_ledger_of_every_open_dossier(strict, people, intake, received):
    closed = receive(intake=intake(), by=people.lan, at=MONDAY)
    withdraw(dossier_id=closed.pk, reason="Không cần nữa", by=people.lan, at=moment(3, 8))
    moved_by = order(people)

    assert move_dossiers() == 1

    received.refresh_from_db()
    entry = received.trail.last()
    assert (received.rulebook, received.due_at) == ("strict", moment(13, 17))
    assert (entry.act, entry.by, entry.data["from"], entry.data["to"]) == (
        "change_rulebook",
        people.administrator,
        "nd-118-2025",
        "strict",
    )
    assert entry.data["due_before"] != entry.data["due_after"]
    lines = ClockInterval.objects.filter(clock=received.statutory_clock, reason="rulebook")
    assert [(one.party, one.due_before, one.due_after, one.note) for one in lines] == [
        ("", moment(16, 17), moment(13, 17), "12/QĐ-UBND: Luật mới")
    ]
    assert Dossier.objects.get(pk=closed.pk).rulebook == "nd-118-2025"
    moved_by.refresh_from_db()
    assert (moved_by.moved, moved_by.finished_at is None) == (1, False)


def test_carrying_out_a_move_again_changes_nothing(strict, people, received):
    order(people)
    move_dossiers()
    lines = ClockInterval.objects.count()

    assert move_dossiers() == 0
    assert ClockInterval.objects.count() == lines


@pytest.mark.parametrize("name", ["reason", "decision"])
def test_a_move_needs_a_reason_and_a_decision(strict, people, received, name):
    with pytest.raises(NotComplete) as refusal:
        order(people, **{name: " "})

    assert list(refusal.value.fields) == [name]
    assert not Reprojection.objects.exists()


def test_only_an_administrator_orders_a_move_and_only_one_at_a_time(strict, people, received):
    with pytest.raises(NotAllowed):
        order(people, by=people.supervisor)
    order(people)

    with pytest.raises(NotPossibleNow):
        order(people)
    assert Reprojection.objects.count() == 1


def test_the_same_rulebook_is_no_move(people, received):
    with pytest.raises(NotComplete):
        order(people, target="nd-118-2025")


def test_a_dossier_that_cannot_be_moved_now_holds_up_no_other(strict, people, intake, received, monkeypatch):
    other = receive(intake=intake(), by=people.lan, at=MONDAY)
    moved_by = order(people)
    real = moving_rulebooks.move_dossier

    def busy(wish, dossier_id):
        if dossier_id == received.pk:
            raise DossierBusy(moving=False)
        return real(wish, dossier_id)

    with monkeypatch.context() as patched:
        patched.setattr(moving_rulebooks, "move_dossier", busy)
        assert move_dossiers() == 1
    moved_by.refresh_from_db()
    assert (moved_by.moved, moved_by.finished_at) == (1, None)

    assert move_dossiers() == 1
    moved_by.refresh_from_db()
    assert (moved_by.moved, moved_by.finished_at is None) == (2, False)
    assert {received.pk, other.pk} == set(Dossier.objects.filter(rulebook="strict").values_list("pk", flat=True))


def test_a_move_is_no_progress_of_a_dossier_that_stands_still(strict, people, received):
    Flag.objects.create(dossier=received, kind="stuck", raised_at=moment(3, 8))
    order(people)

    move_dossiers()

    assert list(Flag.objects.filter(cleared_at__isnull=True).values_list("kind", flat=True)) == ["stuck"]
