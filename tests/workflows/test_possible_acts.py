"""What a screen offers is exactly what the services accept: every person, every status, every act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from offices.capacities import capacities_of
from offices.models import Absence, User
from procedures.definition import REFUSE
from sla.terms import Term, Unit
from tests.workflows.conftest import definition_of, moment, open_step, published
from tests.workflows.papers import pdf
from tests.workflows.situations import LATER, Situations
from workflows import services
from workflows.exceptions import WorkflowError
from workflows.models import Consultation, Dossier, LegalStatus, Step
from workflows.models.dossier import CLOSED
from workflows.possible_acts import PossibleAct, possible_acts
from workflows.services import Intake

ONE_OF_EACH = ("lan", "minh", "head", "leader", "registry", "supervisor", "police")
TERM = Term(Decimal(2), Unit.WORKING_DAY)


class UndoneError(Exception):
    """Rolls a successful attempt back."""


@pytest.fixture
def situations(people, intake, offices) -> Situations:
    return Situations(people, intake, offices)


def offers(dossier: Dossier, by: User) -> list[PossibleAct]:
    fresh = Dossier.objects.select_related("version", "handling_office").get(pk=dossier.pk)
    steps = list(Step.objects.human().filter(process=fresh).order_by("pk"))
    return possible_acts(
        fresh,
        steps,
        capacities_of(by, LATER),
        at=LATER,
        has_draft=fresh.papers.filter(kind="draft", superseded_at__isnull=True).exists(),
        consultations=Consultation.objects.filter(dossier=fresh, answered_at__isnull=True),
        requests_made=fresh.supplements.count(),
        consents=list(fresh.supplement_consents.select_related("request")),
        apologies=fresh.apologies.all(),
    )


def succeeds(act: Callable[[], Any]) -> bool:
    """Whether the service accepts the act; nothing of it stays."""
    try:
        with transaction.atomic():
            act()
            raise UndoneError
    except UndoneError:
        return True
    except WorkflowError:
        return False


def everything(dossier: Dossier, by: User, situations: Situations) -> dict[tuple[str, int, str], Callable[[], Any]]:
    """Every act that could be tried on a dossier: by service family, step or question, and outcome."""
    people, another = situations.people, situations.offices.province
    whole: dict[str, Any] = {"dossier_id": dossier.pk, "by": by, "at": LATER}
    papers = [services.intake.PaperGiven(key=key, originals=1) for key in ("application", "proof")]
    tries: dict[tuple[str, int, str], Callable[[], Any]] = {
        ("receive", 0, ""): lambda: services.receive(**whole, papers=papers),
        ("decline_to_receive", 0, ""): lambda: services.decline_to_receive(**whole, reason="Sai"),
        ("request_supplement", 0, ""): lambda: services.request_supplement(**whole, items=["Giấy"], reason="Thiếu"),
        ("ask_consent", 0, ""): lambda: services.ask_consent(
            **whole, items=["Ảnh"], reason="Thiếu", new_because="Mới", reason_code="found_by_check"
        ),
        ("accept_supplement", 0, ""): lambda: services.accept_supplement(**whole),
        ("confirm_payment", 0, ""): lambda: services.confirm_payment(**whole),
        ("return_result", 0, ""): lambda: services.return_result(**whole, handed_to="Tuyết"),
        ("withdraw", 0, ""): lambda: services.withdraw(**whole, reason="Xin rút"),
        ("stop", 0, ""): lambda: services.stop(**whole, reason="Trùng"),
        ("correct_data", 0, ""): lambda: services.correct_data(**whole, reason="Sai", answers={"school": "THCS B"}),
        ("add_paper", 0, ""): lambda: services.add_paper(**whole, kind="other", file=pdf()),
        ("propose_apology", 0, ""): lambda: services.propose_apology(
            **whole, reason="Nhiều hồ sơ", new_day=date(2026, 3, 20)
        ),
        ("approve_apology", 0, ""): lambda: services.approve_apology(**whole),
        ("reject_apology", 0, ""): lambda: services.reject_apology(**whole, words="Chưa rõ"),
    }
    for consent in dossier.supplement_consents.filter(granted__isnull=True):
        tries["decide_consent", consent.pk, ""] = lambda pk=consent.pk: services.decide_consent(
            consent_id=pk, granted=True, by=by, at=LATER
        )
    for question in Consultation.objects.filter(dossier=dossier, answered_at__isnull=True):
        tries["answer_consultation", question.pk, ""] = lambda pk=question.pk: services.answer_consultation(
            consultation_id=pk, answer="Đồng ý", by=by, at=LATER
        )
    for step in Step.objects.open().filter(process=dossier).select_related("office"):
        tries |= tries_on(step, by, {"specialist": people.binh, "clerk": people.hoa}, another.pk)
    return tries


def tries_on(step: Step, by: User, others: dict[str, User], office_id: int) -> dict[tuple[str, int, str], Any]:
    on_step: dict[str, Any] = {"step_id": step.pk, "by": by, "at": LATER}
    other = (
        others.get(step.role)
        or User.objects.filter(memberships__role=step.role, memberships__office=step.office).first()
    )
    details = {"handed_to": "Tuyết", "number": "1", "issued_on": "2026-03-02"}
    outcomes = {
        ("outcome", step.pk, outcome): lambda name=outcome: services.finish_step(
            **on_step, outcome=name, reason="Vì", details=details
        )
        for outcome in step.flow_task.outcomes
    }
    return outcomes | {
        ("claim", step.pk, ""): lambda: services.claim(**on_step),
        ("release", step.pk, ""): lambda: services.release(**on_step),
        ("reassign", step.pk, ""): lambda: services.reassign(**on_step, to_id=other.pk, reason="Nghỉ"),
        ("request_payment", step.pk, ""): lambda: services.request_payment(**on_step, name="Phí", amount=Decimal(1000)),
        ("consult", step.pk, ""): lambda: services.consult(**on_step, office_ids=[office_id], question="?", term=TERM),
    }


def place(act: PossibleAct) -> tuple[str, int, str]:
    if act.outcome:
        return "outcome", act.step.pk, act.outcome
    row = act.named
    return act.name, row.pk if row else 0, ""


def mismatches(dossier: Dossier, situations: Situations, *more: str) -> list[str]:
    """Where offer and service disagree, for one person of each role (and for `more`); once closed, for two."""
    found = []
    names = ("lan", "leader") if dossier.legal_status in CLOSED else ONE_OF_EACH
    for name in (*names, *more):
        person = getattr(situations.people, name)
        offered = {place(act) for act in offers(dossier, person) if not act.hindrance}
        for key, attempt in everything(dossier, person, situations).items():
            works = succeeds(attempt)
            alias = key == ("return_result", 0, "") and any(p[0] == "outcome" for p in offered) and works
            if works != (key in offered) and not alias:
                found.append(f"{name}: {key} {'works' if works else 'is refused'}")
    return found


@pytest.mark.parametrize("status", LegalStatus)
def test_in_every_status_the_offer_is_what_the_services_accept(situations, status):
    dossier = situations.build(status)

    assert mismatches(dossier, situations) == []


@pytest.mark.parametrize("key", ["review", "sign"])
def test_at_every_step_the_offer_is_what_the_services_accept(situations, key):
    dossier = situations.at_step(key)

    assert mismatches(dossier, situations) == []


def test_with_a_proposed_refusal_the_leader_decides(situations):
    dossier = situations.at_step("appraise")
    services.refuse(
        step_id=open_step(dossier).pk, reason="Không đủ điều kiện", by=situations.people.minh, at=moment(3, 9)
    )

    assert open_step(dossier).key == REFUSE
    assert mismatches(dossier, situations) == []


def test_with_an_open_question_the_step_waits_and_the_asked_office_may_answer(situations):
    dossier = situations.at_step("appraise")
    police = situations.offices.police
    long = Term(Decimal(20), Unit.WORKING_DAY)
    services.consult(
        step_id=open_step(dossier).pk,
        office_ids=[police.pk],
        question="?",
        term=long,
        by=situations.people.minh,
        at=moment(3, 9),
    )

    assert mismatches(dossier, situations) == []
    assert [act.name for act in offers(dossier, situations.people.police)] == ["answer_consultation"]
    forward = next(act for act in offers(dossier, situations.people.minh) if act.outcome == "forward")
    assert "chưa trả lời" in forward.hindrance


def test_asking_again_is_offered_step_by_step(situations, people):
    dossier = situations.at_step("appraise")
    services.request_supplement(dossier_id=dossier.pk, items=["Bản vẽ"], reason="Mờ", by=people.minh, at=moment(3, 9))
    services.accept_supplement(dossier_id=dossier.pk, by=people.lan, at=moment(3, 10))
    assert mismatches(dossier, situations) == []

    consent = services.ask_consent(
        dossier_id=dossier.pk,
        items=["Giấy"],
        reason="Thiếu",
        new_because="Mới thấy",
        reason_code="found_by_check",
        by=people.minh,
        at=moment(3, 11),
    )
    assert mismatches(dossier, situations) == []
    assert next(act.name for act in offers(dossier, people.head)) == "decide_consent"

    services.decide_consent(consent_id=consent.pk, granted=True, by=people.head, at=moment(3, 12))
    assert mismatches(dossier, situations) == []


def test_a_claimed_step_is_offered_to_its_holder_only(situations):
    dossier = situations.at_step("appraise")
    services.claim(step_id=open_step(dossier).pk, by=situations.people.minh, at=moment(3, 9))

    assert mismatches(dossier, situations, "binh") == []
    names = [act.name for act in offers(dossier, situations.people.binh)]
    assert names == ["add_paper", "correct_data", "propose_apology"]


def test_the_signature_waits_for_the_draft(situations):
    dossier = situations.at_step("review")
    step = open_step(dossier)
    services.finish_step(step_id=step.pk, outcome="forward", by=situations.people.head, at=moment(3, 9))

    approve = next(act for act in offers(dossier, situations.people.leader) if act.name == "approve")

    assert "Chưa có dự thảo kết quả" in approve.hindrance
    assert mismatches(dossier, situations) == []


def test_parallel_steps_are_offered_each_to_its_own_holders(situations, offices, people, intake):
    steps = [
        {"key": "intake", "name": "Tiếp nhận", "phase": "receive", "role": "clerk", "time": {"amount": 2}},
        {
            "key": "opinions",
            "parallel": [
                {"key": "one", "phase": "process", "role": "specialist", "time": {"amount": 8}},
                {"key": "two", "phase": "process", "role": "specialist", "office": "H40.20", "time": {"amount": 8}},
            ],
            "then": "sign",
        },
        {"key": "sign", "phase": "approve", "role": "leader", "time": {"amount": 8}},
    ]
    version = published(definition_of(code="1.000002", steps=steps), offices.department)
    dossier = services.receive(intake=intake(version_id=version.pk), by=people.lan, at=moment(2, 8), forward=True)

    assert mismatches(dossier, situations) == []
    assert {act.step.key for act in offers(dossier, people.police) if act.outcome} == {"two"}


def test_a_stand_in_is_offered_what_the_absent_colleague_could_do(situations, people):

    dossier = situations.at_step("appraise")
    services.claim(step_id=open_step(dossier).pk, by=people.minh, at=moment(3, 9))
    Absence.objects.create(absentee=people.minh, stand_in=people.hoa, valid_from=date(2026, 3, 1))

    assert mismatches(dossier, situations, "hoa") == []
    assert "forward" in [act.outcome for act in offers(dossier, people.hoa)]


def test_an_intake_that_nobody_may_see_offers_nothing(received, people):
    for person in (people.editor, people.administrator, people.police, people.supervisor):
        assert offers(received, person) == []


def test_the_way_on_comes_first(situations: Situations, people: SimpleNamespace, intake: Callable[..., Intake]):
    dossier = situations.at_step("appraise")

    first = offers(dossier, people.minh)[0]

    assert (first.name, first.outcome, first.is_main) == ("finish_step", "forward", True)
