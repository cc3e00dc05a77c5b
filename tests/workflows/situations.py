"""A dossier in every legal status, and an attempt at every act."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from offices.models import User
from sla.terms import Term, Unit
from tests.workflows.conftest import MONDAY, moment, open_step
from tests.workflows.papers import pdf
from tests.workflows.test_handling import walk
from workflows import services
from workflows.models import Dossier, LegalStatus, Step
from workflows.services import Intake

LATER = moment(6, 14)


class Situations:
    """Builds dossiers; every act in them lies before Friday afternoon."""

    def __init__(self, people: SimpleNamespace, intake: Callable[..., Intake], offices: SimpleNamespace) -> None:
        self.people, self.intake, self.offices = people, intake, offices

    def build(self, status: int | None) -> Dossier | None:
        if status is None:
            return None
        return getattr(self, LegalStatus(status).name.lower())()

    def registered(self) -> Dossier:
        return services.register_online(intake=self.intake(channel="online"), by=self.people.lan, at=MONDAY)

    def received(self) -> Dossier:
        return services.receive(intake=self.intake(), by=self.people.lan, at=MONDAY)

    def not_accepted(self) -> Dossier:
        return services.decline_to_receive(intake=self.intake(), reason="Sai thẩm quyền", by=self.people.lan, at=MONDAY)

    def in_process(self) -> Dossier:
        dossier = self.received()
        walk(dossier, self.people, "intake", "assign")
        return dossier

    def awaiting_supplement(self) -> Dossier:
        dossier = self.in_process()
        return services.request_supplement(
            dossier_id=dossier.pk, items=["Giấy"], reason="Thiếu", by=self.people.minh, at=moment(3, 9)
        )

    def awaiting_payment(self) -> Dossier:
        dossier = self.in_process()
        step = open_step(dossier)
        return services.request_payment(
            step_id=step.pk, name="Phí", amount=Decimal(50000), by=self.people.minh, at=moment(3, 9)
        )

    def withdrawn(self) -> Dossier:
        return services.withdraw(dossier_id=self.received().pk, reason="Xin rút", by=self.people.lan, at=moment(2, 9))

    def stopped(self) -> Dossier:
        return services.stop(dossier_id=self.in_process().pk, reason="Trùng", by=self.people.leader, at=moment(3, 9))

    def decided(self) -> Dossier:
        dossier = self.in_process()
        walk(dossier, self.people, "appraise", "review")
        services.add_paper(dossier_id=dossier.pk, kind="draft", file=pdf(), by=self.people.leader, at=moment(2, 14))
        services.approve(step_id=open_step(dossier).pk, by=self.people.leader, at=moment(2, 15))
        return services.register_result(
            step_id=open_step(dossier).pk,
            number="1",
            issued_on=date(2026, 3, 2),
            by=self.people.registry,
            at=moment(2, 16),
        )

    def returned(self) -> Dossier:
        return services.return_result(
            dossier_id=self.decided().pk, handed_to="Tuyết", by=self.people.lan, at=moment(3, 9)
        )

    def at_step(self, key: str) -> Dossier:
        """In process, with one step open."""
        order = ["appraise", "review"]
        dossier = self.in_process()
        walk(dossier, self.people, *order[: order.index(key)] if key in order else order)
        if key == "sign":
            services.add_paper(dossier_id=dossier.pk, kind="draft", file=pdf(), by=self.people.leader, at=moment(2, 14))
        return dossier


def some_step(dossier: Dossier) -> int:
    """An open step, or the last one where none is open."""
    step = Step.objects.open().filter(process=dossier).first() or Step.objects.human().filter(process=dossier).last()
    return step.pk if step else 0


def attempt(act: str, dossier: Dossier, by: User, situations: Situations, at: datetime = LATER) -> Any:
    """Try an act with everything it needs."""
    people, offices = situations.people, situations.offices
    on_dossier: dict[str, Any] = {"dossier_id": dossier.pk, "by": by, "at": at}
    on_step: dict[str, Any] = {"step_id": some_step(dossier), "by": by, "at": at}
    attempts: dict[str, Callable[[], Any]] = {
        "receive": lambda: services.receive(**on_dossier),
        "decline_to_receive": lambda: services.decline_to_receive(**on_dossier, reason="Sai"),
        "request_supplement": lambda: services.request_supplement(**on_dossier, items=["Giấy"], reason="Thiếu"),
        "ask_consent": lambda: services.ask_consent(
            **on_dossier, items=["Ảnh"], reason="Thiếu", new_because="Mới", reason_code="found_by_check"
        ),
        "accept_supplement": lambda: services.accept_supplement(**on_dossier),
        "request_payment": lambda: services.request_payment(**on_step, name="Phí", amount=Decimal(1000)),
        "confirm_payment": lambda: services.confirm_payment(**on_dossier),
        "claim": lambda: services.claim(**on_step),
        "release": lambda: services.release(**on_step),
        "reassign": lambda: services.reassign(**on_step, to_id=people.binh.pk, reason="Nghỉ phép"),
        "take_over": lambda: services.take_over(**on_step),
        "finish_step": lambda: services.finish_step(**on_step, outcome="forward"),
        "send_back": lambda: services.send_back(**on_step, reason="Sai số liệu"),
        "approve": lambda: services.approve(**on_step),
        "register_result": lambda: services.register_result(**on_step, number="1", issued_on=date(2026, 3, 2)),
        "return_result": lambda: services.return_result(**on_dossier, handed_to="Tuyết"),
        "consult": lambda: services.consult(
            **on_step, office_ids=[offices.police.pk], question="Ý kiến?", term=Term(Decimal(2), Unit.WORKING_DAY)
        ),
        "refuse": lambda: services.refuse(**on_step, reason="Không đủ điều kiện"),
        "withdraw": lambda: services.withdraw(**on_dossier, reason="Xin rút"),
        "stop": lambda: services.stop(**on_dossier, reason="Trùng"),
        "correct_data": lambda: services.correct_data(**on_dossier, reason="Gõ sai", answers={"school": "THCS A"}),
        "add_paper": lambda: services.add_paper(**on_dossier, kind="other", file=pdf()),
        "propose_apology": lambda: services.propose_apology(
            **on_dossier, reason="Nhiều hồ sơ", new_day=date(2026, 3, 20)
        ),
        "approve_apology": lambda: services.approve_apology(**on_dossier),
        "reject_apology": lambda: services.reject_apology(**on_dossier, words="Chưa rõ lý do"),
    }
    return attempts[act]()
