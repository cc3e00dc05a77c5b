"""A file that will be late: an apology with one new date, approved by the head, while the date itself stays."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from offices.capacities import capacities_of
from offices.models import Absence, Membership
from sla.models import Clock
from tests.workflows.conftest import MONDAY, moment, open_step
from tests.workflows.papers import pdf
from tests.workflows.test_handling import walk
from workflows import services
from workflows.exceptions import NotAllowed, NotComplete, NotPossibleNow
from workflows.models import Apology, Dossier, Flag, Notice, TrailEntry
from workflows.services.wording import words_of

FRIDAY = date(2026, 3, 20)
REASON = "Nhiều hồ sơ cùng lúc"


def propose(dossier, by, at, **changes):
    values = {"reason": REASON, "new_day": FRIDAY} | changes
    return services.propose_apology(dossier_id=dossier.pk, by=by, at=at, **values)


def approve(dossier, by, at):
    return services.approve_apology(dossier_id=dossier.pk, by=by, at=at)


def flags(dossier):
    return list(Flag.objects.filter(dossier=dossier, kind="no_apology"))


def finish(dossier, people, at):
    """Sign and number the result: the clock ends."""
    walk(dossier, people, "appraise", "review")
    services.add_paper(dossier_id=dossier.pk, kind="draft", file=pdf(), by=people.leader, at=at)
    services.approve(step_id=open_step(dossier).pk, by=people.leader, at=at)
    return services.register_result(
        step_id=open_step(dossier).pk, number="1", issued_on=at.date(), by=people.registry, at=at
    )


# Proposing and approving


def test_the_head_approves_and_everybody_is_told_while_the_date_itself_stays(
    in_process, people, offices, sweep_at, settings
):
    settings.EMAIL_HOST = "mail.example.org"
    Dossier.objects.filter(pk=in_process.pk).update(submitter={"email": "tuyet@example.org"})
    sweep_at(moment(13, 9))

    propose(in_process, people.minh, moment(13, 10))
    dossier = approve(in_process, people.leader, moment(13, 11))

    duty, clock = Apology.objects.get(), dossier.reappointment_clock
    assert (duty.reason, duty.new_date_at) == (REASON, moment(20, 17))
    assert (duty.proposed_by, duty.approved_by, duty.approved_at) == (people.minh, people.leader, moment(13, 11))
    assert (dossier.due_at, dossier.reappointed_at) == (moment(16, 17), moment(20, 17))
    assert (clock.kind, clock.due_at, clock.amount, clock.state) == ("reappointment", moment(20, 17), None, "running")
    assert clock.next_rung_at is not None
    assert dossier.statutory_clock.due_at == moment(16, 17)
    told = {(n.office_id, n.role, n.user_id) for n in Notice.objects.filter(topic="reappointed", channel="in_app")}
    assert told == {(offices.desk.pk, "clerk", None), (None, "", people.minh.pk)}
    mail = Notice.objects.get(topic="reappointed", channel="email")
    assert (mail.address, mail.payload["new_date_at"]) == (
        "tuyet@example.org",
        duty.new_date_at.isoformat(),
    )
    assert "17:00 20/03/2026" in words_of(mail).text and REASON in words_of(mail).text
    entry = TrailEntry.objects.get(act="approve_apology")
    assert entry.data["in_time"] is True
    sweep_at(moment(13, 18))
    assert not flags(in_process)


def test_a_late_apology_clears_the_flag_and_the_dossier_is_judged_by_its_date(in_process, people, sweep_at):
    sweep_at(moment(16, 9))
    propose(in_process, people.head, moment(16, 10))

    approve(in_process, people.leader, moment(16, 11))
    dossier = finish(in_process, people, moment(18, 9))

    assert flags(in_process)[0].cleared_at == moment(16, 11)
    assert TrailEntry.objects.get(act="approve_apology").data["in_time"] is False
    assert dossier.verdict == "late"
    assert Clock.objects.get(kind="reappointment").verdict == "early"


def test_a_rejected_proposal_stays_owed_and_can_be_made_again(in_process, people):
    propose(in_process, people.minh, moment(5, 10))
    services.reject_apology(dossier_id=in_process.pk, words="Lý do chưa rõ", by=people.leader, at=moment(5, 11))

    duty = Apology.objects.get()
    assert (duty.proposed_at, duty.rejected_because, duty.cause) == (None, "Lý do chưa rõ", "forecast")
    assert Notice.objects.get(topic="apology_rejected").user == people.minh
    with pytest.raises(NotPossibleNow):
        approve(in_process, people.leader, moment(5, 12))
    propose(in_process, people.head, moment(5, 13))
    assert approve(in_process, people.leader, moment(5, 14)).reappointed_at == moment(20, 17)


def test_whoever_proposes_cannot_approve_not_even_as_a_stand_in_nor_against_the_database(in_process, people, offices):
    Absence.objects.create(absentee=people.leader, stand_in=people.minh, valid_from=date(2026, 3, 1))
    Membership.objects.create(
        user=people.leader, office=offices.department, role="specialist", valid_from=date(2020, 1, 1)
    )
    propose(in_process, people.minh, moment(5, 10))
    with pytest.raises(NotAllowed):
        approve(in_process, people.minh, moment(5, 11))
    with pytest.raises(IntegrityError, match="apology_two_people"), transaction.atomic():
        Apology.objects.update(approved_by=people.minh, approved_at=moment(5, 11))
    services.reject_apology(dossier_id=in_process.pk, words="Để tôi", by=people.leader, at=moment(5, 12))
    propose(in_process, people.leader, moment(5, 13))

    with pytest.raises(NotAllowed):
        approve(in_process, people.leader, moment(5, 14))
    with pytest.raises(NotAllowed):  # in the leader's place: the leader proposed
        approve(in_process, people.minh, moment(5, 14))

    assert Dossier.objects.get(pk=in_process.pk).reappointed_at is None


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"reason": " "}, "reason"),
        ({"new_day": date(2026, 3, 21)}, "new_day"),  # a Saturday
        ({"new_day": date(2026, 3, 16)}, "new_day"),  # the date itself
        ({"new_day": date(2026, 3, 13)}, "new_day"),
    ],
)
def test_a_proposal_needs_a_reason_and_a_working_day_after_the_date(in_process, people, changes, field):
    with pytest.raises(NotComplete) as refusal:
        propose(in_process, people.minh, moment(5, 10), **changes)

    assert list(refusal.value.fields) == [field]
    assert not Apology.objects.exists()


def test_a_proposal_whose_date_has_passed_meanwhile_is_not_approved(in_process, people):
    propose(in_process, people.minh, moment(5, 10))

    with pytest.raises(NotPossibleNow):
        approve(in_process, people.leader, moment(23, 9))

    assert Apology.objects.get().approved_at is None


def test_a_second_new_date_is_refused_with_the_clause(in_process, people):
    propose(in_process, people.minh, moment(5, 10))
    approve(in_process, people.leader, moment(5, 11))

    with pytest.raises(NotPossibleNow) as refusal:
        propose(in_process, people.minh, moment(6, 10), new_day=date(2026, 3, 25))

    assert "Nghị định 118/2025/NĐ-CP, Điều 19" in str(refusal.value)
    assert Dossier.objects.get(pk=in_process.pk).reappointed_at == moment(20, 17)
    with pytest.raises(IntegrityError, match="reappointed_once"), transaction.atomic():
        Apology.objects.create(
            dossier=in_process,
            run=2,
            cause="rung",
            opened_at=MONDAY,
            due_at=MONDAY,
            due_by=MONDAY,
            reason="x",
            new_date_at=MONDAY,
            proposed_by=people.head,
            proposed_at=MONDAY,
            approved_by=people.leader,
            approved_at=MONDAY,
        )


def test_whoever_a_stand_in_proposed_for_does_not_approve(in_process, people, offices):
    Membership.objects.create(
        user=people.leader, office=offices.department, role="specialist", valid_from=date(2020, 1, 1)
    )
    Absence.objects.create(absentee=people.leader, stand_in=people.registry, valid_from=date(2026, 3, 1))
    propose(in_process, people.registry, moment(5, 10))
    assert Apology.objects.get().proposers == {people.registry.pk, people.leader.pk}

    with pytest.raises(NotAllowed):
        approve(in_process, people.leader, moment(5, 11))
    with pytest.raises(IntegrityError, match="apology_two_people"), transaction.atomic():
        Apology.objects.update(approved_by=people.leader, approved_at=moment(5, 11))

    assert Dossier.objects.get(pk=in_process.pk).reappointed_at is None


def test_a_leader_who_decides_on_an_apology_may_open_the_dossier_that_is_still_at_the_desk(received, people):
    def seen():
        return Dossier.objects.visible_to(capacities_of(people.leader, moment(5, 11))).exists()

    assert not seen()

    propose(received, people.lan, moment(5, 10))

    assert seen()
    assert approve(received, people.leader, moment(5, 11)).reappointed_at == moment(20, 17)


def test_a_text_message_tells_the_applicant_of_the_new_date_where_there_is_a_telephone(in_process, people, settings):
    settings.NOTICE_HOOK_URL = "https://sms.example.org/send"
    Dossier.objects.filter(pk=in_process.pk).update(submitter={"phone": "0912345678"})
    propose(in_process, people.minh, moment(5, 10))

    approve(in_process, people.leader, moment(5, 11))

    text = Notice.objects.get(topic="reappointed", channel="hook")
    assert (text.address, text.payload["new_date_at"]) == ("0912345678", Apology.objects.get().new_date_at.isoformat())
    assert "17:00 20/03/2026" in words_of(text).text


def test_a_proposed_date_is_judged_by_the_date_the_file_has_now(in_process, people, sweep_at):
    propose(in_process, people.minh, moment(5, 10))
    Dossier.objects.update(due_at=moment(23, 17))  # moved by a calendar; the sweep has not come by

    with pytest.raises(NotPossibleNow):
        approve(in_process, people.leader, moment(5, 11))

    assert Apology.objects.get().approved_at is None
    assert Dossier.objects.get().reappointed_at is None


def test_a_new_date_that_a_pause_overtakes_ends(in_process, people):
    propose(in_process, people.minh, moment(5, 10), new_day=date(2026, 3, 17))
    approve(in_process, people.leader, moment(5, 11))
    services.request_payment(
        step_id=open_step(in_process).pk, name="Phí", amount=Decimal(1000), by=people.minh, at=moment(6, 9)
    )

    services.confirm_payment(dossier_id=in_process.pk, by=people.lan, at=moment(11, 9))

    dossier = Dossier.objects.get(pk=in_process.pk)
    assert dossier.due_at == moment(19, 17)
    assert dossier.reappointed_at is None
    assert Clock.objects.get(kind="reappointment").state == "ended"
    assert Apology.objects.get().new_date_at == moment(17, 17)
