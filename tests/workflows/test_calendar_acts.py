"""A calendar is drafted by one person and published by another, who has seen what it changes."""

import json
from datetime import date

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from offices.models import Absence
from sla.calendar_edits import with_day_off
from sla.models import CalendarVersion, ClockInterval
from tests.workflows.conftest import moment, open_step
from tests.workflows.test_handling import walk
from workflows.exceptions import NotAllowed, NotComplete, NotFound, NotPossibleNow
from workflows.models import Dossier, Reprojection
from workflows.services import receive
from workflows.services.calendar_acts import (
    discard_draft,
    draft_calendar,
    draft_closure,
    edit_draft,
    publish_act,
    take_over_newest,
)
from workflows.services.calendar_drafts import drafts_of_act, fingerprint_of
from workflows.services.foreseeing import foresee
from workflows.services.reprojecting import carry_out


@pytest.fixture
def draft(people):
    """A draft with a holiday on 10 March 2026, by the administrator."""
    begun = draft_calendar(code="default", by=people.administrator, reason="Lễ kỷ niệm")
    content = with_day_off(begun.spec, day=date(2026, 3, 10), name="Ngày lễ của tỉnh")
    return edit_draft(act_key=begun.act_key, content=content, by=people.administrator)


def publish(*, act_key, **wishes):
    """Publish what the person has just been shown."""
    return publish_act(act_key=act_key, **{"seen": fingerprint_of(drafts_of_act(act_key)), **wishes})


def storm(people, **changes):
    wishes = {
        "codes": ["default"],
        "begins": moment(10, 0),
        "ends": moment(12, 0),
        "reason": "Bão số 5",
        "decision": "7/QĐ-UBND",
        "by": people.administrator,
    }
    return draft_closure(**wishes | changes)


def test_publishing_by_a_second_person_moves_the_dates_with_the_decision_as_reason(draft, received, people):
    published = publish(act_key=draft.act_key, decision="15/QĐ-UBND", by=people.supervisor)
    carry_out()

    received.refresh_from_db()
    assert received.due_at == moment(17, 17)
    line = ClockInterval.objects.get(clock=received.statutory_clock, reason="calendar")
    assert (line.note, line.recorded_by) == ("15/QĐ-UBND: Lễ kỷ niệm", people.supervisor)
    assert [(one.number, one.published_by) for one in published] == [(2, people.supervisor)]
    assert Reprojection.objects.get().preview["moved"] == 1


def test_the_preview_equals_what_happens_and_changes_nothing(draft, people, intake):
    for day in (2, 3, 4):
        receive(intake=intake(), by=people.lan, at=moment(day, 9))
    before = dict(Dossier.objects.values_list("pk", "due_at"))

    seen = foresee(act_key=draft.act_key, at=moment(17, 9))

    assert dict(Dossier.objects.values_list("pk", "due_at")) == before
    assert (seen.dossiers, seen.moved, seen.late, seen.punctual) == (3, 3, 0, 1)
    assert seen.clocks == {"citizen": 3, "statutory": 3, "step": 3}
    assert {effect: len(examples) for effect, examples in seen.examples.items()} == {
        "late": 0,
        "punctual": 1,
        "moved": 2,
    }
    publish(act_key=draft.act_key, decision="15", by=people.supervisor, seen=seen.content)
    assert carry_out() == seen.all_clocks
    after = {
        (str(one.statutory_clock_id), before[one.pk], one.due_at)
        for one in Dossier.objects.all()
        if before[one.pk] != one.due_at
    }
    told = {(one.clock_id, one.before, one.after) for examples in seen.examples.values() for one in examples}
    assert {(clock, a.timestamp(), b.timestamp()) for clock, a, b in after} == {
        (clock, timezone.datetime.fromisoformat(a).timestamp(), timezone.datetime.fromisoformat(b).timestamp())
        for clock, a, b in told
    }


def test_what_cannot_be_published_is_refused_and_nothing_changes(draft, people, received):
    refusals = [
        (NotAllowed, {"by": people.administrator, "decision": "15"}),
        (NotAllowed, {"by": people.editor, "decision": "15"}),
        (NotAllowed, {"by": people.lan, "decision": "15"}),
        (NotComplete, {"by": people.supervisor, "decision": " "}),
    ]
    for kind, wishes in refusals:
        with pytest.raises(kind) as refusal:
            publish(act_key=draft.act_key, **wishes)
        assert str(refusal.value).count(".") >= 1
    draft.refresh_from_db()
    assert draft.published_at is None
    assert not Reprojection.objects.exists()
    with pytest.raises(IntegrityError), transaction.atomic():
        CalendarVersion.objects.filter(pk=draft.pk).update(published_by=people.administrator)


def test_a_draft_is_one_at_a_time_and_can_be_discarded(draft, people):
    with pytest.raises(NotPossibleNow):
        draft_calendar(code="default", by=people.supervisor)
    with pytest.raises(NotAllowed):
        discard_draft(act_key=draft.act_key, by=people.minh)

    discard_draft(act_key=draft.act_key, by=people.supervisor)

    with pytest.raises(NotFound):
        publish(act_key=draft.act_key, decision="15", by=people.supervisor)
    assert draft_calendar(code="default", by=people.supervisor).number == 2


def test_a_draft_that_changes_nothing_or_is_published_already_is_refused(people, draft):
    same = draft_calendar(code="short-day", by=people.administrator)
    with pytest.raises(NotPossibleNow):
        publish(act_key=same.act_key, decision="15", by=people.supervisor)
    publish(act_key=draft.act_key, decision="15", by=people.supervisor)
    with pytest.raises(NotPossibleNow):
        publish(act_key=draft.act_key, decision="15", by=people.supervisor)
    with pytest.raises(NotPossibleNow):
        edit_draft(act_key=draft.act_key, content=draft.spec, by=people.supervisor)
    assert CalendarVersion.objects.filter(published_by=people.supervisor).count() == 1


def test_a_closure_extends_what_it_affects_and_leaves_ended_clocks_alone(people, received, intake):
    ended = receive(intake=intake(), by=people.lan, at=moment(2, 9))
    from workflows.services import withdraw

    withdraw(dossier_id=ended.pk, reason="Xin rút", by=people.lan, at=moment(2, 10))
    ended.refresh_from_db()
    drafts = storm(people, codes=["default", "saturday-desk"])

    published = publish(act_key=drafts[0].act_key, decision="", by=people.supervisor)
    carry_out()

    received.refresh_from_db()
    assert received.due_at == moment(18, 17)
    assert [(one.calendar.code, one.kind, one.decision) for one in published] == [
        ("default", "closure", "7/QĐ-UBND"),
        ("saturday-desk", "closure", "7/QĐ-UBND"),
    ]
    line = ClockInterval.objects.filter(clock=received.statutory_clock).last()
    assert (line.reason, line.note) == ("closure", "7/QĐ-UBND: Bão số 5")
    again = Dossier.objects.get(pk=ended.pk)
    assert (again.due_at, again.verdict) == (ended.due_at, ended.verdict)


def test_a_closure_needs_calendars_reason_decision_and_an_end(people):
    for changes in ({"codes": []}, {"reason": " "}, {"decision": ""}, {"ends": moment(9, 0)}):
        with pytest.raises(NotComplete) as refusal:
            storm(people, **changes)
        assert list(refusal.value.fields) == list(changes)
    assert not CalendarVersion.objects.filter(published_at__isnull=True).exists()


def test_a_closure_published_meanwhile_is_kept_by_both_ways(people, draft, received):
    first, second = storm(people), storm(people, begins=moment(12, 0), ends=moment(13, 0))
    publish(act_key=first[0].act_key, decision="", by=people.supervisor)
    publish(act_key=second[0].act_key, decision="", by=people.supervisor)
    newest = (
        CalendarVersion.objects.filter(calendar__code="default").exclude(published_at=None).order_by("number").last()
    )
    assert [one["day"] for one in newest.spec["closures"]] == ["2026-03-10", "2026-03-11", "2026-03-12"]
    with pytest.raises(NotPossibleNow):
        publish(act_key=draft.act_key, decision="15", by=people.supervisor)

    take_over_newest(act_key=draft.act_key, by=people.administrator)
    publish(act_key=draft.act_key, decision="15", by=people.supervisor)
    carry_out()

    received.refresh_from_db()
    assert received.due_at == moment(19, 17)
    notes = ClockInterval.objects.filter(clock=received.statutory_clock, reason="calendar").values_list(
        "note", flat=True
    )
    assert list(notes) == ["7/QĐ-UBND: Bão số 5; 15: Lễ kỷ niệm"]


def test_a_step_is_never_due_later_than_its_moved_dossier(people, received):
    walk(received, people, "intake", "assign")
    step = open_step(received)
    assert step.due_at <= received.due_at
    (closure,) = storm(people, begins=moment(3, 0), ends=moment(5, 0))
    publish(act_key=closure.act_key, decision="", by=people.supervisor)
    carry_out()

    received.refresh_from_db()
    step.refresh_from_db()
    assert step.due_at <= received.due_at == moment(18, 17)
    assert step.clock.not_after == received.due_at


def test_the_command_checks_calendars_and_says_by_its_status_what_is_missing(people, draft, capsys):
    call_command("check_calendar", "default", "--year", "2026", "--year", "2027")
    assert "24/11" not in capsys.readouterr().out
    with pytest.raises(SystemExit) as ended:
        call_command("check_calendar", "default", "--year", "2029", "--json")
    assert ended.value.code == 1
    (finding,) = json.loads(capsys.readouterr().out)["default"]
    assert (finding["problem"], finding["level"]) == ("no_plan", "error")


def test_the_command_moves_clocks(draft, received, people, capsys):
    publish(act_key=draft.act_key, decision="15", by=people.supervisor)
    call_command("reproject_clocks", "--share", "0")
    assert "3" in capsys.readouterr().out
    received.refresh_from_db()
    assert received.due_at == moment(17, 17)


def test_what_is_published_is_what_was_shown_or_nothing(draft, people):
    shown = foresee(act_key=draft.act_key, at=moment(2, 9)).content
    edit_draft(
        act_key=draft.act_key,
        content=with_day_off(draft.spec, day=date(2026, 3, 12), name="Thêm một ngày"),
        by=people.administrator,
    )

    for seen in (shown, ""):
        with pytest.raises(NotPossibleNow):
            publish(act_key=draft.act_key, decision="15", by=people.supervisor, seen=seen)

    draft.refresh_from_db()
    assert draft.published_at is None
    assert not Reprojection.objects.exists()
    again = foresee(act_key=draft.act_key, at=moment(2, 9)).content
    assert publish(act_key=draft.act_key, decision="15", by=people.supervisor, seen=again)


def test_nobody_who_changed_a_draft_publishes_it_and_nobody_loses_authorship(draft, people):
    edit_draft(act_key=draft.act_key, content=draft.spec, by=people.supervisor)

    for author in (people.administrator, people.supervisor):
        with pytest.raises(NotAllowed):
            publish(act_key=draft.act_key, decision="15", by=author)
        with pytest.raises(IntegrityError), transaction.atomic():
            CalendarVersion.objects.filter(pk=draft.pk).update(published_by=author)

    draft.refresh_from_db()
    assert (draft.drafted_by, draft.published_at) == (people.administrator, None)
    assert draft.editors == sorted([people.administrator.pk, people.supervisor.pk])


def test_taking_over_needs_something_newer_and_changes_no_author(draft, people):
    with pytest.raises(NotPossibleNow):
        take_over_newest(act_key=draft.act_key, by=people.supervisor)
    (closure,) = storm(people)
    publish(act_key=closure.act_key, decision="", by=people.supervisor)

    taken = take_over_newest(act_key=draft.act_key, by=people.supervisor)

    assert (taken.drafted_by, taken.editors) == (people.administrator, [people.administrator.pk])
    with pytest.raises(NotAllowed):
        publish(act_key=draft.act_key, decision="15", by=people.administrator)
    assert publish(act_key=draft.act_key, decision="15", by=people.supervisor)


def test_a_stand_in_of_the_supervisor_drafts_for_both_of_them(people):
    Absence.objects.create(
        absentee=people.supervisor, stand_in=people.minh, valid_from=date(2026, 3, 1), valid_to=date(2026, 3, 31)
    )
    begun = draft_calendar(code="default", by=people.minh, at=moment(2, 9), reason="Lễ kỷ niệm")
    content = with_day_off(begun.spec, day=date(2026, 3, 10), name="Ngày lễ của tỉnh")
    edit_draft(act_key=begun.act_key, content=content, by=people.minh, at=moment(2, 9))

    with pytest.raises(NotAllowed):
        publish(act_key=begun.act_key, decision="15", by=people.supervisor, at=moment(2, 10))

    assert publish(act_key=begun.act_key, decision="15", by=people.administrator, at=moment(2, 10))


def test_a_closure_is_foreseen_on_what_holds_now_and_not_on_what_held_when_it_was_drafted(draft, people, received):
    (closure,) = storm(people)
    early = foresee(act_key=closure.act_key, at=moment(2, 10)).content
    content = with_day_off(draft.spec, day=date(2026, 3, 12), name="Thêm một ngày")
    edit_draft(act_key=draft.act_key, content=content, by=people.administrator)
    publish(act_key=draft.act_key, decision="15", by=people.supervisor)
    carry_out()

    seen = foresee(act_key=closure.act_key, at=moment(2, 10))
    with pytest.raises(NotPossibleNow):
        publish(act_key=closure.act_key, decision="", by=people.supervisor, seen=early)
    publish(act_key=closure.act_key, decision="", by=people.supervisor, seen=seen.content)
    carry_out()

    received.refresh_from_db()
    (example,) = [one for examples in seen.examples.values() for one in examples]
    assert timezone.datetime.fromisoformat(example.after) == received.due_at
