"""Notes in a dossier: kept beside the trail, naming only who may see it, struck only while young and unanswered."""

from datetime import timedelta

import pytest
from django.db import InternalError, transaction

from tests.workflows.conftest import moment
from tests.workflows.test_handling import walk
from workflows.exceptions import NotAllowed, NotComplete, NotFound, NotPossibleNow
from workflows.models import Dossier, DossierNote, Notice
from workflows.services.noting import add_note, strike_note

AT = moment(2, 15)


def told(note):
    return list(
        Notice.objects.filter(topic="note_named", payload__note=note.pk)
        .order_by("pk")
        .values_list("user__username", flat=True)
    )


def test_a_note_tells_whom_it_names_and_leaves_trail_and_clocks_alone(received, people):
    walk(received, people, "intake", "assign")
    before = Dossier.objects.filter(pk=received.pk).values("acts", "chain_head", "last_act_at", "stuck_at").get()

    note = add_note(
        dossier_id=received.pk,
        text=" Nhờ @Minh và (@lan) xem; thư a@head.vn, @minh ạ. ",
        by=people.head,
        at=AT,
    )

    assert note.text == "Nhờ @Minh và (@lan) xem; thư a@head.vn, @minh ạ."
    assert note.named == sorted([people.minh.pk, people.lan.pk])
    assert sorted(told(note)) == ["lan", "minh"]
    after = Dossier.objects.filter(pk=received.pk).values("acts", "chain_head", "last_act_at", "stuck_at").get()
    assert after == before


@pytest.mark.parametrize("text", ["  ", "@police xem giúp", "@khong.co.ai", "a" * 2001])
def test_what_cannot_be_kept_is_refused_beside_the_note(received, people, text):
    with pytest.raises(NotComplete) as refusal:
        add_note(dossier_id=received.pk, text=text, by=people.lan, at=AT)

    assert list(refusal.value.fields) == ["text"]
    assert not DossierNote.objects.exists()
    assert not Notice.objects.filter(topic="note_named").exists()


def test_who_may_not_see_the_dossier_writes_nothing_there(received, people):
    with pytest.raises(NotFound):
        add_note(dossier_id=received.pk, text="Xin chào", by=people.police, at=AT)
    assert not DossierNote.objects.exists()


def test_a_note_is_struck_by_its_writer_within_ten_minutes_and_keeps_its_words(received, people):
    walk(received, people, "intake", "assign")
    note = add_note(dossier_id=received.pk, text="Nhầm", by=people.lan, at=AT)

    with pytest.raises(NotAllowed):
        strike_note(note_id=note.pk, by=people.minh, at=AT)
    with pytest.raises(NotPossibleNow):
        strike_note(note_id=note.pk, by=people.lan, at=AT + timedelta(minutes=10, seconds=1))
    note.refresh_from_db()
    assert note.struck_at is None

    strike_note(note_id=note.pk, by=people.lan, at=AT + timedelta(minutes=10))
    note.refresh_from_db()
    assert (note.text, note.struck_at) == ("Nhầm", AT + timedelta(minutes=10))
    with pytest.raises(NotPossibleNow):
        strike_note(note_id=note.pk, by=people.lan, at=AT + timedelta(minutes=10))


def test_a_note_that_a_colleague_has_answered_stays(received, people):
    walk(received, people, "intake", "assign")
    note = add_note(dossier_id=received.pk, text="Đủ chưa?", by=people.lan, at=AT)
    add_note(dossier_id=received.pk, text="@lan đủ rồi", by=people.minh, at=AT)

    with pytest.raises(NotPossibleNow):
        strike_note(note_id=note.pk, by=people.lan, at=AT)
    note.refresh_from_db()
    assert note.struck_at is None


def test_the_words_of_a_note_cannot_be_changed_nor_deleted(received, people):
    note = add_note(dossier_id=received.pk, text="Một", by=people.lan, at=AT)
    with pytest.raises(InternalError), transaction.atomic():
        DossierNote.objects.filter(pk=note.pk).update(text="Hai")
    with pytest.raises(InternalError), transaction.atomic():
        DossierNote.objects.filter(pk=note.pk).delete()
    note.refresh_from_db()
    assert note.text == "Một"
