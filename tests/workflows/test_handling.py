"""A dossier goes from receipt to return."""

from datetime import date, timedelta

from tests.workflows.conftest import moment, open_step
from tests.workflows.papers import pdf
from workflows.models import LegalStatus, TrailEntry
from workflows.services import (
    add_paper,
    approve,
    finish_step,
    register_result,
    return_result,
)


def walk(dossier, people, *keys):
    """Finish the named steps, ten minutes after one another."""
    who = {
        "intake": "lan",
        "assign": "head",
        "appraise": "minh",
        "review": "head",
        "sign": "leader",
        "number": "registry",
    }
    for key in keys:
        dossier.refresh_from_db()
        step = open_step(dossier, key)
        at = dossier.last_act_at + timedelta(minutes=10)
        finish_step(step_id=step.pk, outcome=step.flow_task.main_outcome, by=getattr(people, who[key]), at=at)
    dossier.refresh_from_db()


def test_receipt_starts_the_clock_and_gives_the_clerk_the_first_step(received, people):
    step = open_step(received)

    assert received.code == "H40.01-260302-0001"
    assert received.legal_status == LegalStatus.RECEIVED
    assert received.due_at == moment(16, 17)
    assert (step.key, step.owner) == ("intake", people.lan)
    assert step.due_at == moment(2, 10)


def test_a_file_goes_from_receipt_to_return(received, people):
    walk(received, people, "intake", "assign", "appraise", "review")
    add_paper(dossier_id=received.pk, kind="draft", file=pdf(), by=people.leader, at=moment(2, 14))
    approve(step_id=open_step(received).pk, by=people.leader, at=moment(2, 15))
    decided_by = open_step(received)
    register_result(
        step_id=decided_by.pk, number="12/QĐ-SGDĐT", issued_on=date(2026, 3, 2), by=people.registry, at=moment(2, 16)
    )
    received.refresh_from_db()
    assert received.legal_status == LegalStatus.DECIDED
    assert received.verdict == "early"

    return_result(dossier_id=received.pk, handed_to="Nguyễn Thị Ánh Tuyết", by=people.hoa, at=moment(3, 9))

    received.refresh_from_db()
    assert received.legal_status == LegalStatus.RETURNED
    assert received.status == "DONE"
    assert received.result["number"] == "12/QĐ-SGDĐT"
    acts = list(TrailEntry.objects.filter(dossier=received).values_list("act", flat=True))
    assert acts == [
        "receive",
        "finish_step",
        "finish_step",
        "finish_step",
        "finish_step",
        "add_paper",
        "approve",
        "register_result",
        "return_result",
    ]
