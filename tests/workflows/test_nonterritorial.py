"""Files received for an agency elsewhere: their clock starts when that agency has them."""

import pytest

from tests.workflows.conftest import MONDAY, definition_of, moment, open_step, published
from workflows.exceptions import NotComplete
from workflows.models import Dossier, LegalStatus
from workflows.services import accept_supplement, finish_step, receive, register_online, request_supplement


@pytest.fixture
def elsewhere(offices, intake):
    """A file of a procedure that any desk may receive for the department."""
    version = published(definition_of(code="1.009999", nonterritorial=True), offices.department)
    return intake(version_id=version.pk, is_nonterritorial=True)


def test_the_clock_starts_when_the_competent_agency_has_the_file(people, elsewhere):
    dossier = receive(intake=elsewhere, by=people.lan, at=MONDAY)
    first = open_step(dossier)

    assert (dossier.legal_status, dossier.statutory_clock, dossier.due_at) == (LegalStatus.RECEIVED, None, None)
    assert first.due_at == moment(2, 10)

    dossier = finish_step(step_id=first.pk, outcome="forward", by=people.lan, at=moment(4, 14))

    assert (dossier.legal_status, dossier.arrived_at) == (LegalStatus.IN_PROCESS, moment(4, 14))
    assert dossier.statutory_clock.started_at == moment(4, 14)
    assert dossier.due_at == moment(18, 17)
    assert dossier.citizen_clock.started_at == MONDAY


def test_a_file_that_is_forwarded_at_the_counter_arrives_at_that_instant(people, elsewhere):
    dossier = receive(intake=elsewhere, by=people.lan, at=MONDAY, forward=True)

    assert dossier.arrived_at == dossier.statutory_clock.started_at == MONDAY


def test_an_online_file_for_elsewhere_has_no_date_until_it_arrives(people, elsewhere):
    dossier = register_online(intake=elsewhere, by=people.lan, at=MONDAY)

    dossier = receive(dossier_id=dossier.pk, by=people.lan, at=moment(2, 14))

    assert (dossier.statutory_clock, dossier.due_at) == (None, None)
    assert open_step(dossier).clock.not_after is None


def test_a_file_that_is_decided_at_the_desk_is_judged_all_the_same(offices, people, intake):
    steps = [
        {"key": "intake", "name": "Tiếp nhận", "phase": "receive", "role": "clerk", "time": {"amount": 2}},
        {"key": "give_back", "name": "Trả", "phase": "return", "role": "clerk", "time": "none"},
    ]
    version = published(definition_of(code="1.009998", nonterritorial=True, steps=steps), offices.department)
    dossier = receive(intake=intake(version_id=version.pk, is_nonterritorial=True), by=people.lan, at=MONDAY)

    dossier = finish_step(step_id=open_step(dossier).pk, outcome="forward", by=people.lan, at=moment(20, 8))

    assert (dossier.legal_status, dossier.verdict, dossier.arrived_at) == (LegalStatus.DECIDED, "early", moment(20, 8))


def test_papers_asked_for_on_the_way_start_no_clock(people, elsewhere):
    dossier = receive(intake=elsewhere, by=people.lan, at=MONDAY)
    request_supplement(dossier_id=dossier.pk, items=["Đơn"], reason="Thiếu đơn", by=people.lan, at=moment(3, 8))

    dossier = accept_supplement(dossier_id=dossier.pk, by=people.lan, at=moment(5, 8))

    assert (dossier.legal_status, dossier.statutory_clock, dossier.due_at) == (LegalStatus.RECEIVED, None, None)


def test_a_procedure_outside_the_list_is_received_at_its_own_desk_only(people, intake):
    with pytest.raises(NotComplete, match="phi địa giới"):
        receive(intake=intake(is_nonterritorial=True), by=people.lan, at=MONDAY)

    assert not Dossier.objects.exists()
