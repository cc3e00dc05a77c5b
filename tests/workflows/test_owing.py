"""When an apology is owed, and when it is not any more."""

from datetime import date
from decimal import Decimal

from sla.calendars import timetable_for
from sla.models import Clock
from sla.rulebook import rulebook_named
from tests.workflows.conftest import MONDAY, definition_of, moment, open_step, published
from tests.workflows.papers import pdf
from tests.workflows.test_apologising import approve, finish, flags, propose
from tests.workflows.test_handling import walk
from workflows import services
from workflows.models import Apology, Dossier, Flag, Notice
from workflows.services.owing import last_moment

# When it is owed


def test_two_working_days_before_the_date_it_is_owed_until_one_working_day_before(in_process, sweep_at, offices):
    sweep_at(moment(11, 11))  # the step overran; the steps after it still fit
    sweep_at(moment(12, 16, 59))
    assert not Apology.objects.exists()

    sweep_at(moment(12, 17))
    sweep_at(moment(13, 9))

    duty = Apology.objects.get()
    assert (duty.cause, duty.run) == ("rung", 1)
    assert (duty.opened_at, duty.due_by, duty.due_at) == (moment(12, 17), moment(13, 17), moment(16, 17))
    told = Notice.objects.get(topic="apology_owed")
    assert (told.office, told.role) == (offices.department, "division_head")
    assert not flags(in_process)


def test_when_its_last_moment_passes_the_dossier_is_flagged_once(in_process, sweep_at):
    sweep_at(moment(13, 16, 59))
    assert not flags(in_process)

    sweep_at(moment(13, 17, 0))
    sweep_at(moment(16, 9))

    flag = flags(in_process)[0]
    assert len(flags(in_process)) == 1
    assert flag.raised_at == moment(13, 17)
    assert flag.evidence["due_at"] == moment(16, 17).astimezone(flag.raised_at.tzinfo).isoformat()
    assert Apology.objects.get().missed_at == moment(13, 17)


def test_a_limit_too_short_for_two_days_owes_it_from_four_fifths_until_the_date(people, intake, offices, sweep_at):
    limits = [{"channel": ["desk", "post", "online"], "amount": 1, "unit": "working_day"}]
    version = published(definition_of(limits=limits), offices.department)
    services.receive(intake=intake(version_id=version.pk), by=people.lan, at=MONDAY)

    sweep_at(moment(3, 16))

    duty = Apology.objects.get()
    assert (duty.due_by, duty.due_at) == (moment(3, 17), moment(3, 17))


def test_a_step_that_overruns_so_that_the_rest_does_not_fit_owes_it_at_once(received, people, sweep_at):
    walk(received, people, "intake")
    Clock.objects.filter(pk=received.statutory_clock_id).update(due_at=moment(4, 17))
    Dossier.objects.filter(pk=received.pk).update(due_at=moment(4, 17))

    sweep_at(moment(2, 16))  # four hours for assigning are over; 17 of 78 hours are left

    duty = Apology.objects.get()
    assert (duty.cause, duty.opened_at, duty.due_by) == ("forecast", moment(2, 16), moment(3, 17))


def test_a_step_that_overruns_while_the_rest_fits_owes_nothing(received, people, sweep_at):
    walk(received, people, "intake")

    sweep_at(moment(2, 16))

    assert Flag.objects.filter(kind="step_overdue").exists()
    assert not Apology.objects.exists()


# When it is not owed any more


def test_decided_in_time_it_is_lifted_and_the_flag_cleared(in_process, people, sweep_at):
    sweep_at(moment(16, 9))

    finish(in_process, people, moment(16, 10))

    assert Apology.objects.get().lifted_at == moment(16, 10)
    assert flags(in_process)[0].cleared_at == moment(16, 10)


def test_a_restart_lifts_it_and_ends_the_new_date_a_pause_moves_it(in_process, people, sweep_at):
    sweep_at(moment(13, 9))
    propose(in_process, people.minh, moment(13, 10))
    approve(in_process, people.leader, moment(13, 11))
    services.request_supplement(
        dossier_id=in_process.pk, items=["Giấy"], reason="Thiếu", by=people.minh, at=moment(16, 9)
    )
    assert Clock.objects.get(kind="reappointment").state == "stopped"

    dossier = services.accept_supplement(dossier_id=in_process.pk, by=people.lan, at=moment(17, 9))

    assert (dossier.reappointed_at, dossier.due_at) == (None, moment(31, 17))
    assert Clock.objects.get(kind="reappointment").state == "ended"
    sweep_at(moment(30, 9))
    assert Apology.objects.get().approved_at == moment(13, 11)  # the one new date is used up: no other is owed


def test_a_pause_moves_what_is_owed(in_process, people, sweep_at):
    sweep_at(moment(13, 9))
    services.request_payment(
        step_id=open_step(in_process).pk, name="Phí", amount=Decimal(1000), by=people.minh, at=moment(13, 10)
    )

    services.confirm_payment(dossier_id=in_process.pk, by=people.lan, at=moment(16, 10))

    dossier, duty = Dossier.objects.get(pk=in_process.pk), Apology.objects.get()
    assert duty.due_at == dossier.due_at == moment(17, 17)
    assert duty.due_by == moment(16, 17)


def test_dates_that_move_take_what_is_owed_along_and_back_what_was_missing(in_process, sweep_at):
    sweep_at(moment(16, 9))
    assert flags(in_process)[0].cleared_at is None
    Dossier.objects.update(due_at=moment(18, 17))

    sweep_at(moment(16, 10))

    duty = Apology.objects.get()
    assert (duty.due_at, duty.due_by, duty.missed_at) == (moment(18, 17), moment(17, 17), None)
    assert flags(in_process)[0].cleared_at == moment(16, 10)
    sweep_at(moment(17, 17))
    assert [flag.raised_at for flag in flags(in_process)] == [moment(17, 17), moment(13, 17)]


def test_words_beside_the_file_do_not_count_as_progress(in_process, people):
    before = Dossier.objects.get(pk=in_process.pk).stuck_at

    propose(in_process, people.minh, moment(5, 10))

    assert Dossier.objects.get(pk=in_process.pk).stuck_at == before


def at_the_end(dossier, people, day=12):
    """Only the signature and the number are still to come."""
    walk(dossier, people, "appraise", "review")
    services.add_paper(dossier_id=dossier.pk, kind="draft", file=pdf(), by=people.leader, at=moment(day, 9))
    services.approve(step_id=open_step(dossier).pk, by=people.leader, at=moment(day, 9))


def test_a_file_whose_rest_fits_is_not_accused_until_it_would_not_fit_or_its_date_passes(in_process, people, sweep_at):
    at_the_end(in_process, people)
    sweep_at(moment(13, 17))

    duty = Apology.objects.get()
    assert (duty.due_by, duty.missed_at, flags(in_process)) == (moment(13, 17), None, [])
    assert moment(13, 17) < duty.look_at <= moment(16, 17)
    sweep_at(duty.look_at)

    assert [flag.raised_at for flag in flags(in_process)] == [duty.look_at]


def test_a_file_that_ends_on_its_last_day_was_never_accused(in_process, people, sweep_at):
    at_the_end(in_process, people)
    sweep_at(moment(16, 9))

    services.register_result(
        step_id=open_step(in_process).pk, number="1", issued_on=date(2026, 3, 16), by=people.registry, at=moment(16, 10)
    )

    assert not Flag.objects.filter(kind="no_apology").exists()
    assert Dossier.objects.get(pk=in_process.pk).verdict in {"early", "on_time"}


def test_once_the_new_dates_are_used_up_nothing_more_is_owed_nor_accused(in_process, people, sweep_at):
    propose(in_process, people.minh, moment(5, 10))
    approve(in_process, people.leader, moment(5, 11))
    services.request_supplement(
        dossier_id=in_process.pk, items=["Giấy"], reason="Thiếu", by=people.minh, at=moment(6, 9)
    )
    services.accept_supplement(dossier_id=in_process.pk, by=people.lan, at=moment(9, 9))

    sweep_at(moment(25, 9))

    assert Dossier.objects.get(pk=in_process.pk).due_at < moment(25, 9)
    assert [duty.run for duty in Apology.objects.all()] == [1]
    assert not flags(in_process)
    assert not Notice.objects.filter(topic="apology_owed").exists()


def test_no_ladder_lengthens_the_time_the_law_gives_for_the_apology(in_process):
    timetable, book = timetable_for(in_process.calendar_code), rulebook_named("nd-118-2025")
    due_at = moment(16, 17)

    assert last_moment(due_at, MONDAY, timetable, book) == moment(13, 17)
    assert last_moment(due_at, moment(13, 8), timetable, book) == due_at  # too short: called for before it began
    assert last_moment(due_at, MONDAY, timetable, book, is_overdue=True) == due_at
