"""Files arrive: at the counter, online, complete or not."""

import pytest

from tests.workflows.conftest import MONDAY, moment, open_step
from workflows.exceptions import IncompleteDossier, NotAllowed, NotComplete, NotPossibleNow, WrongMoment
from workflows.models import Applicant, Dossier, Flag, LegalStatus, Paper
from workflows.services import ApplicantDetails, decline_to_receive, receive, register_online, withdraw
from workflows.services.intake import PaperGiven


def test_clerk_cannot_receive_a_dossier_with_a_missing_paper(people, intake):
    with pytest.raises(IncompleteDossier) as refusal:
        receive(intake=intake(papers=(PaperGiven(key="application", originals=1),)), by=people.lan, at=MONDAY)

    assert refusal.value.missing == ["proof"]
    assert not Dossier.objects.exists()


def test_a_specialist_cannot_receive(people, intake):
    with pytest.raises(NotAllowed):
        receive(intake=intake(), by=people.minh, at=MONDAY)

    assert not Dossier.objects.exists()
    assert not Applicant.objects.exists()


def test_receiving_and_forwarding_is_one_act_for_the_clerk(people, intake):
    dossier = receive(intake=intake(), by=people.lan, at=MONDAY, forward=True)

    assert dossier.legal_status == LegalStatus.IN_PROCESS
    assert open_step(dossier).key == "assign"
    assert list(dossier.trail.values_list("act", flat=True)) == ["receive", "finish_step"]


def test_a_person_is_found_again_by_the_identification_number(people, intake):
    first = receive(intake=intake(), by=people.lan, at=MONDAY)
    second = receive(
        intake=intake(
            applicant=ApplicantDetails(full_name="Nguyễn Thị Ánh Tuyết", identifier="040190000001", phone="0999")
        ),
        by=people.lan,
        at=moment(3, 8),
    )

    assert first.applicant_id == second.applicant_id
    assert Applicant.objects.get().phone == "0999"
    assert first.submitter["phone"] == "0912345678"


def test_two_people_without_a_number_stay_two(people, intake):
    for name in ("An", "An"):
        receive(intake=intake(applicant=ApplicantDetails(full_name=name)), by=people.lan, at=MONDAY)

    assert Applicant.objects.count() == 2


def test_codes_count_up_within_the_day_and_start_anew_the_next(people, intake):
    codes = [receive(intake=intake(), by=people.lan, at=at).code for at in (MONDAY, moment(2, 9), moment(3, 8))]

    assert codes == ["H40.01-260302-0001", "H40.01-260302-0002", "H40.01-260303-0001"]


def test_a_rolled_back_reception_leaves_no_gap(people, intake):
    receive(intake=intake(), by=people.lan, at=MONDAY)
    with pytest.raises(NotComplete):
        receive(intake=intake(answers={"area": "rất rộng"}), by=people.lan, at=MONDAY)

    assert receive(intake=intake(), by=people.lan, at=MONDAY).code == "H40.01-260302-0002"


def test_after_9999_a_code_has_five_digits(people, intake, offices):
    from workflows.models import DailySerial

    DailySerial.objects.create(agency_code=offices.desk.code, day=MONDAY.date(), last=9999)

    assert receive(intake=intake(), by=people.lan, at=MONDAY).code == "H40.01-260302-10000"


def test_an_online_file_gets_its_code_and_an_answer_is_due_in_eight_working_hours(people, intake):
    dossier = register_online(intake=intake(channel="online"), by=people.lan, at=moment(2, 15))

    assert dossier.legal_status == LegalStatus.REGISTERED
    assert dossier.statutory_clock is None
    assert dossier.due_at == moment(3, 15)


def test_an_online_file_keeps_its_code_when_it_is_received(people, intake):
    dossier = register_online(intake=intake(channel="online"), by=people.lan, at=MONDAY)

    received = receive(dossier_id=dossier.pk, by=people.hoa, at=moment(2, 10))

    assert received.code == dossier.code
    assert received.legal_status == LegalStatus.RECEIVED
    assert received.due_at == moment(16, 17)
    assert received.desk_clock.verdict == "early"


def test_an_online_file_is_received_once(people, intake):
    dossier = register_online(intake=intake(channel="online"), by=people.lan, at=MONDAY)
    receive(dossier_id=dossier.pk, by=people.hoa, at=moment(2, 10))

    with pytest.raises(NotPossibleNow, match="Hoa"):
        receive(dossier_id=dossier.pk, by=people.lan, at=moment(2, 11))

    assert dossier.trail.filter(act="receive").count() == 1


def test_a_declined_file_keeps_its_code_and_its_reason(people, intake):
    dossier = decline_to_receive(intake=intake(papers=()), reason="Không thuộc thẩm quyền", by=people.lan, at=MONDAY)

    assert dossier.legal_status == LegalStatus.NOT_ACCEPTED
    assert dossier.code == "H40.01-260302-0001"
    assert dossier.trail.get().data["reason"] == "Không thuộc thẩm quyền"


def test_declining_needs_a_reason(people, intake):
    with pytest.raises(NotComplete):
        decline_to_receive(intake=intake(), reason="  ", by=people.lan, at=MONDAY)

    assert not Dossier.objects.exists()


@pytest.mark.parametrize("earlier", ["declined", "withdrawn"])
def test_a_new_file_after_a_failed_one_within_a_year_is_flagged(people, intake, earlier):
    if earlier == "declined":
        decline_to_receive(intake=intake(), reason="Sai mẫu", by=people.lan, at=MONDAY)
    else:
        first = receive(intake=intake(), by=people.lan, at=MONDAY)
        withdraw(dossier_id=first.pk, reason="Xin rút", by=people.lan, at=moment(2, 9))

    dossier = receive(intake=intake(), by=people.lan, at=moment(2, 9, month=6))

    flag = Flag.objects.get()
    assert (flag.dossier, flag.kind, flag.evidence["why"]) == (dossier, "resubmitted", "earlier_file")


def test_a_new_file_after_more_than_a_year_is_not_flagged(people, intake):
    decline_to_receive(intake=intake(), reason="Sai mẫu", by=people.lan, at=moment(3, 8, year=2025))

    receive(intake=intake(), by=people.lan, at=moment(4, 8))

    assert not Flag.objects.exists()


def test_reception_in_the_future_is_refused(people, intake):
    with pytest.raises(WrongMoment):
        receive(intake=intake(), by=people.lan, at=moment(2, 8, year=2040))

    assert not Dossier.objects.exists()


def test_papers_on_the_counter_are_noted(received):
    papers = Paper.objects.filter(dossier=received).values_list("key", "name", "originals")

    assert list(papers) == [("application", "Đơn đề nghị", 1), ("proof", "Giấy xác nhận", 1)]


@pytest.mark.parametrize(
    "words",
    ["H40.01-260302-0001", "0001", "1", "anh tuyet", "Ánh", "nguyen", "040190000001", "0912345678", "h40.01-2603"],
)
def test_a_dossier_is_found_by_code_name_number_and_phone(received, words):
    assert Dossier.objects.matching(words).get() == received


@pytest.mark.parametrize("words", ["", "  ", "'", "minh", "0002", "& |", "a:*b\\"])
def test_other_words_find_nothing(received, words):
    assert not Dossier.objects.matching(words).exists()
