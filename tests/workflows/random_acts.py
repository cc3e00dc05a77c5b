"""Dossiers driven by chance: any act that is possible, by somebody who may do it, at any hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from types import SimpleNamespace
from typing import Any

from django.db import transaction

from offices.models import Office, User
from sla.terms import Term, Unit
from tests.workflows.conftest import MONDAY
from tests.workflows.papers import pdf
from workflows import services
from workflows.exceptions import WorkflowError
from workflows.models import Dossier, LegalStatus, Step

EVERYTHING: list[dict[str, Any]] = [
    {
        "key": "intake",
        "phase": "receive",
        "role": "clerk",
        "time": {"amount": 2},
        "may": ["request_supplement"],
    },
    {
        "key": "opinions",
        "parallel": [
            {
                "key": "check",
                "phase": "process",
                "role": "specialist",
                "time": {"amount": 12},
                "may": ["request_supplement", "request_payment", "consult"],
            },
            {"key": "police_view", "phase": "process", "role": "specialist", "office": "H40.20", "time": {"amount": 8}},
        ],
        "then": "appraise",
    },
    {
        "key": "appraise",
        "phase": "process",
        "role": "specialist",
        "time": {"amount": 30},
        "outcomes": {"forward": "review", "refuse": "refuse"},
        "may": ["request_supplement", "request_payment", "consult"],
    },
    {
        "key": "review",
        "phase": "approve",
        "role": "division_head",
        "time": {"amount": 6},
        "outcomes": {"forward": "number", "send_back": "appraise"},
    },
    {"key": "number", "phase": "return", "role": "registry", "time": {"amount": 2}},
    {"key": "give_back", "phase": "return", "role": "clerk", "time": "none"},
]
PAUSES = (0, 1, 59, 600, 3_600, 5_400, 15_000, 86_400, 200_000)
HOLDERS = {
    ("clerk", "H40.01"): ("lan", "hoa"),
    ("specialist", "H40.15"): ("minh", "binh"),
    ("specialist", "H40.20"): ("police",),
    ("division_head", "H40.15"): ("head",),
    ("registry", "H40.15"): ("registry",),
    ("leader", "H40.15"): ("leader",),
}


class Chance:
    """One dossier, and what happens to it by chance; `done` counts the acts that were possible."""

    def __init__(self, seed: int, people: SimpleNamespace, offices: SimpleNamespace) -> None:
        self.rng, self.people, self.offices = Random(seed), people, offices
        self.at = MONDAY + timedelta(seconds=self.rng.randrange(5 * 86_400), microseconds=self.rng.randrange(1_000_000))
        self.done: Counter[str] = Counter()

    def begin(self, intake: Callable[..., Any], version_id: int) -> Dossier:
        """A file comes in: at the counter, online, or with papers missing."""
        way = self.rng.choice(["receive", "receive", "register_online", "request_supplement"])
        given: dict[str, Any] = {"intake": intake(version_id=version_id), "by": self.people.lan, "at": self.at}
        if way == "request_supplement":
            given |= {"items": ["Giấy"], "reason": "Thiếu"}
        self.done[way] += 1
        return getattr(services, way)(**given)

    def go_on(self, dossier: Dossier, times: int) -> None:
        """Try as many acts as `times`, some time after one another."""
        for _ in range(times):
            self.at += timedelta(seconds=self.rng.choice(PAUSES), microseconds=self.rng.randrange(1_000_000))
            dossier.refresh_from_db()
            if dossier.closed_at is None:
                self.try_something(dossier)

    def try_something(self, dossier: Dossier) -> None:
        """One act; what the rules refuse is not done."""
        name = self.rng.choices(list(ACTS), weights=[weight for _, weight in ACTS.values()])[0]
        if self.rng.random() < 0.5:
            name = self.expected(dossier) or name
        try:
            with transaction.atomic():
                ACTS[name][0](self, dossier)
        except (WorkflowError, LookupError):
            return
        self.done[name] += 1

    def expected(self, dossier: Dossier) -> str | None:
        """The act for which the dossier waits."""
        waits = {
            LegalStatus.REGISTERED: "receive",
            LegalStatus.AWAITING_SUPPLEMENT: "accept_supplement",
            LegalStatus.AWAITING_PAYMENT: "confirm_payment",
        }.get(LegalStatus(dossier.legal_status))
        asked = dossier.consultations.filter(answered_at__isnull=True).exists()
        return waits or ("answer_consultation" if asked else None)

    def a_step(self, dossier: Dossier) -> Step:
        """One of the open steps."""
        return self.rng.choice(list(Step.objects.open().filter(process=dossier).select_related("office")))

    def holder(self, step: Step) -> User:
        """Somebody in the step's role and office; whoever has it, where somebody has."""
        name = self.rng.choice(HOLDERS[step.role, step.office.code])
        return step.owner or getattr(self.people, name)

    def on_step(self, dossier: Dossier) -> dict[str, Any]:
        """The arguments of an act on a step."""
        step = self.a_step(dossier)
        return {"step_id": step.pk, "by": self.holder(step), "at": self.at}

    def on_dossier(self, dossier: Dossier, by: str = "lan") -> dict[str, Any]:
        """The arguments of an act on a dossier."""
        return {"dossier_id": dossier.pk, "by": getattr(self.people, by), "at": self.at}

    def finish(self, dossier: Dossier) -> Any:
        """The next step, as it should go."""
        step = self.a_step(dossier)
        given: dict[str, Any] = {"step_id": step.pk, "by": self.holder(step), "at": self.at}
        if step.key == "give_back":
            return services.return_result(dossier_id=dossier.pk, handed_to="Tuyết", by=given["by"], at=self.at)
        if step.key == "review" and step.attempt < 3 and self.rng.random() < 0.7:
            self.done["send_back"] += 1
            return services.send_back(**given, reason="Sai số liệu")
        if step.key == "number":
            return services.register_result(**given, number="1", issued_on=date(2026, 3, 2))
        return services.finish_step(**given, outcome=step.flow_task.main_outcome, reason="Hết hạn trả lời")

    def reassign(self, dossier: Dossier) -> Any:
        """To the other specialist."""
        step = self.a_step(dossier)
        to = self.rng.choice([self.people.minh, self.people.binh])
        return services.reassign(step_id=step.pk, to_id=to.pk, reason="Nghỉ", by=self.people.head, at=self.at)

    def answer(self, dossier: Dossier) -> Any:
        """The oldest open question."""
        row = dossier.consultations.filter(answered_at__isnull=True)[0]
        return services.answer_consultation(consultation_id=row.pk, answer="Đồng ý", by=self.people.police, at=self.at)

    def consult(self, dossier: Dossier) -> Any:
        """The police, or the province."""
        office: Office = self.rng.choice([self.offices.police, self.offices.desk])
        term = Term(Decimal(self.rng.choice([1, 3])), Unit.WORKING_DAY)
        return services.consult(**self.on_step(dossier), office_ids=[office.pk], question="Ý kiến?", term=term)

    def ask_papers(self, dossier: Dossier) -> Any:
        """By the clerk or by whoever holds a step."""
        by = self.rng.choice(["lan", "minh", "binh"])
        return services.request_supplement(**self.on_dossier(dossier, by), items=["Giấy"], reason="Thiếu")


Doing = Callable[[Chance, Dossier], Any]
ACTS: dict[str, tuple[Doing, int]] = {
    "finish_step": (Chance.finish, 34),
    "receive": (lambda c, d: services.receive(**c.on_dossier(d)), 10),
    "request_supplement": (Chance.ask_papers, 8),
    "accept_supplement": (lambda c, d: services.accept_supplement(**c.on_dossier(d)), 15),
    "request_payment": (
        lambda c, d: services.request_payment(**c.on_step(d), name="Phí", amount=Decimal(50_000)),
        10,
    ),
    "confirm_payment": (lambda c, d: services.confirm_payment(**c.on_dossier(d)), 15),
    "claim": (lambda c, d: services.claim(**c.on_step(d)), 10),
    "release": (lambda c, d: services.release(**c.on_step(d)), 5),
    "reassign": (Chance.reassign, 5),
    "consult": (Chance.consult, 12),
    "answer_consultation": (Chance.answer, 14),
    "add_paper": (lambda c, d: services.add_paper(**c.on_dossier(d), kind="other", file=pdf()), 3),
    "withdraw": (lambda c, d: services.withdraw(**c.on_dossier(d), reason="Xin rút"), 1),
    "stop": (lambda c, d: services.stop(**c.on_dossier(d, "leader"), reason="Trùng"), 1),
}
