"""Plays one file through the program's own services, act by act, and says how much working time each act takes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from math import ceil
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from pypdf import PdfWriter

from benchmarks.province.model_office import ADDRESS, APPLICANT, OBJECT, PHONE, ModelOffice
from procedures.definition import REFUSE
from procedures.models import ProcedureVersion
from sla.terms import Term, Unit
from workflows import services
from workflows.models import Dossier, LegalStatus, Step
from workflows.services.intake import ApplicantDetails, Intake, PaperGiven

ASKED_FOR = Term(Decimal(20), Unit.WORKING_HOUR)
BETWEEN_ACTS = timedelta(minutes=7, seconds=1)
FEE = Decimal(125_000)


def empty_page() -> bytes:
    """A PDF file with one empty page."""
    file = BytesIO()
    writer = PdfWriter()
    writer.add_blank_page(595, 842)
    writer.write(file)
    return file.getvalue()


PDF = empty_page()


@dataclass(frozen=True, slots=True)
class Took:
    """What lies before an act: how the time is measured, and its share of it.

    Kinds: start; share (of the term); desk (of the answer to an online file); pause (the citizen acts); after (the
    result waits at the desk).
    """

    kind: str
    weight: float = 0.0


@dataclass
class Player:
    """One file on its way.

    Attributes:
        variant: plain, supplement, returned, consult, payment, online, refused, withdrawn, stopped, declined, again.
        acts_wanted: scans are added until a file that ends has about so many acts.
        moments: when each act was done.
        took: what lay before each act.
    """

    version: ProcedureVersion
    office: ModelOffice
    variant: str
    begins: datetime
    acts_wanted: int = 8
    moments: list[datetime] = field(default_factory=list)
    took: list[Took] = field(default_factory=list)
    dossier: Dossier | None = None
    earlier: Dossier | None = None
    did_special: bool = False

    def play(self) -> Iterator[int]:
        """Do everything, and stop after each act to let it be looked at."""
        yield from self.arrive()
        if self.variant == "declined":
            self.did_special = True
            return
        yield from self.scan()
        if self.variant == "withdrawn":
            self.did_special = True
            yield from self.withdraw()
            return
        special = self.variant
        self.did_special = special in {"plain", "online", "again"}
        while (step := self.open_step()) is not None:
            yield from self.hold(step)
            if self.may_be_special(step, special):
                special, self.did_special = "", True
                yield from self.special(step)
                if self.the_dossier.is_closed:
                    return
                step = self.open_step()
                if step is None:
                    return
                yield from self.hold(step)
            yield from self.finish(step)

    @property
    def the_dossier(self) -> Dossier:
        """The file, read again."""
        assert self.dossier is not None
        self.dossier.refresh_from_db()
        return self.dossier

    def act(self, gap: str, weight: float, do: Callable[..., Any], /, **words: Any) -> int:
        """Do one act at the next moment."""
        at = self.begins + len(self.moments) * BETWEEN_ACTS
        done = do(at=at, **words)
        if isinstance(done, Dossier):
            self.dossier = done
        self.moments.append(at)
        self.took.append(Took(gap, weight))
        return len(self.moments) - 1

    def may_stay_so(self) -> bool:
        """Whether a dossier may stand where this one stands now, and no dossier that goes straight stands so."""
        if self.variant not in {"plain", "online"} and (self.variant in ENDING or not self.did_special):
            return False
        return self.the_dossier.decided_at is None

    # Arriving

    def intake(self, channel: str) -> Intake:
        """The file as it comes to the model desk."""
        spec = self.version.spec
        papers = [
            PaperGiven(key=one.key, originals=one.originals or 1, copies=one.copies)
            for one in spec.documents
            if one.required and not one.replaced_by
        ]
        return Intake(
            version_id=self.version.pk,
            receiving_office_id=self.office.offices["desk"].pk,
            handling_office_id=self.office.offices["division"].pk,
            applicant=ApplicantDetails(
                full_name=APPLICANT, identifier=self.office.identifier, phone=PHONE, address=ADDRESS
            ),
            channel=channel,
            answers=answers(spec.form, self.office.identifier),
            papers=tuple(papers),
        )

    def arrive(self) -> Iterator[int]:
        """The file is received, or turned away."""
        clerk = self.office.people[("clerk", "desk")]
        if self.variant == "again":
            self.earlier = services.decline_to_receive(
                intake=self.intake("desk"), reason="Không thuộc thẩm quyền.", by=clerk, at=self.begins - BETWEEN_ACTS
            )
        if self.variant == "declined":
            yield self.act("start", 0, services.decline_to_receive, intake=self.intake("desk"), reason=REASON, by=clerk)
        elif self.variant == "online":
            yield self.act("start", 0, services.register_online, intake=self.intake("online"), by=clerk)
            yield self.act("desk", 1, services.receive, dossier_id=self.the_dossier.pk, by=clerk)
        else:
            yield self.act("start", 0, services.receive, intake=self.intake("desk"), by=clerk)

    def scan(self) -> Iterator[int]:
        """The clerk scans papers, as many as are needed to come to the acts that are wanted."""
        steps = sum(1 + (spec.role.value != "clerk") for spec in self.version.graph.human.values())
        count = min(max(self.acts_wanted - steps, 1), 5)
        keys = [document.key for document in self.version.spec.documents if document.required][:count]
        keys += [""] * (count - len(keys))
        for number, key in enumerate(keys):
            yield self.upload("submitted" if key else "other", key, f"Giấy tờ kèm theo {number + 1}", ("clerk", "desk"))

    def upload(self, kind: str, key: str, name: str, who: tuple[str, str]) -> int:
        """Add a small PDF."""
        file = SimpleUploadedFile(f"{kind}.pdf", PDF, content_type="application/pdf")
        words = {"dossier_id": self.the_dossier.pk, "kind": kind, "key": key, "file": file, "name": name}
        return self.act("share", 0.2, services.add_paper, by=self.office.people[who], **words)

    # Working

    def open_step(self) -> Step | None:
        """The open step that waits longest."""
        return Step.objects.open().filter(process=self.dossier).select_related("clock").order_by("pk").first()

    def holder(self, step: Step) -> Any:
        """Who does a step."""
        return self.office.person(step.role, step.office_id)

    def hold(self, step: Step) -> Iterator[int]:
        """Take a step up that is offered to a role."""
        if step.owner_id is None and step.role in {"specialist", "division_head"} and step.attempt == 1:
            yield self.act("share", 0.2 * hours(step), services.claim, step_id=step.pk, by=self.holder(step))

    def finish(self, step: Step) -> Iterator[int]:
        """Do the work of a step and pass it on."""
        by, weight = self.holder(step), hours(step)
        kind = "after" if self.the_dossier.decided_at else "share"
        if step.phase == "approve" and step.role == "leader" and not self.has_draft():
            place = self.office.place_of(step.office_id)
            yield self.upload("draft", "", "Dự thảo kết quả", (step.role, place))
        if step.role == "registry":
            words: dict[str, Any] = {"number": f"{OBJECT}/QĐ", "issued_on": date(2026, 11, 20)}
            yield self.act(kind, weight, services.register_result, step_id=step.pk, by=by, **words)
        elif step.phase == "return" and step.role == "clerk":
            words = {"dossier_id": self.the_dossier.pk, "handed_to": APPLICANT}
            yield self.act(kind, weight, services.return_result, by=by, **words)
        elif step.phase == "approve":
            yield self.act(kind, weight, services.approve, step_id=step.pk, by=by)
        else:
            outcome = step.flow_task.main_outcome
            yield self.act(kind, weight, services.finish_step, step_id=step.pk, outcome=outcome, by=by)

    def has_draft(self) -> bool:
        """Whether a draft of the result lies in the file."""
        return bool(self.the_dossier.papers.filter(kind="draft", superseded_at__isnull=True).exists())

    # Ways off the straight one

    def may_be_special(self, step: Step, variant: str) -> bool:
        """Whether this is the step at which the variant leaves the straight way."""
        if self.the_dossier.legal_status != LegalStatus.IN_PROCESS:
            return False
        may = getattr(step.flow_task.spec, "may", ())
        outcomes = self.version.graph.outcomes(step.key)
        return {
            "supplement": "request_supplement" in may,
            "payment": "request_payment" in may,
            "consult": "consult" in may,
            "returned": "send_back" in outcomes,
            "refused": REFUSE in outcomes.values(),
            "stopped": True,
        }.get(variant, False)

    def special(self, step: Step) -> Iterator[int]:
        """Leave the straight way."""
        yield from getattr(self, f"do_{self.variant}")(step, self.holder(step))

    def do_supplement(self, step: Step, by: Any) -> Iterator[int]:
        """Ask for a paper, and take it in."""
        words: dict[str, Any] = {"dossier_id": self.the_dossier.pk}
        items = [document.name for document in self.version.spec.documents][:1]
        yield self.act("share", 1, services.request_supplement, items=items, reason=REASON, by=by, **words)
        clerk = self.office.people[("clerk", "desk")]
        yield self.act("pause", 1, services.accept_supplement, by=clerk, **words)

    def do_payment(self, step: Step, by: Any) -> Iterator[int]:
        """Ask for a fee, and note that it was paid."""
        yield self.act("share", 1, services.request_payment, step_id=step.pk, name="Lệ phí", amount=FEE, by=by)
        clerk = self.office.people[("clerk", "desk")]
        words: dict[str, Any] = {"dossier_id": self.the_dossier.pk, "receipt_number": OBJECT}
        yield self.act("pause", 0.5, services.confirm_payment, by=clerk, **words)

    def do_consult(self, step: Step, by: Any) -> Iterator[int]:
        """Ask another office, and have its answer."""
        asked = self.office.offices["asked"].pk
        words: dict[str, Any] = {"office_ids": [asked], "question": "Đề nghị cho ý kiến.", "term": ASKED_FOR}
        yield self.act("share", 1, services.consult, step_id=step.pk, by=by, **words)
        row = self.the_dossier.consultations.get()
        answerer = self.office.people[("specialist", "asked")]
        words = {"consultation_id": row.pk, "answer": "Thống nhất."}
        yield self.act("share", 8, services.answer_consultation, by=answerer, **words)

    def do_returned(self, step: Step, by: Any) -> Iterator[int]:
        """Send the file back once, and bring it here again."""
        yield self.act("share", hours(step), services.send_back, step_id=step.pk, reason=REASON, by=by)
        back = self.open_step()
        assert back is not None
        yield from self.hold(back)
        yield from self.finish(back)

    def do_refused(self, step: Step, by: Any) -> Iterator[int]:
        """Propose a refusal, and have it signed."""
        yield self.act("share", hours(step), services.refuse, step_id=step.pk, reason=REASON, by=by)
        signing = self.open_step()
        if signing is not None:
            who = self.holder(signing)
            yield self.act("share", 4, services.refuse, step_id=signing.pk, reason=REASON, by=who)

    def do_stopped(self, step: Step, by: Any) -> Iterator[int]:
        """A leader stops the file."""
        leader = self.office.people[("leader", "division")]
        yield self.act("share", 4, services.stop, dossier_id=self.the_dossier.pk, reason=REASON, by=leader)

    def withdraw(self) -> Iterator[int]:
        """The citizen takes the file back."""
        clerk = self.office.people[("clerk", "desk")]
        words: dict[str, Any] = {"dossier_id": self.the_dossier.pk, "reason": "Người nộp xin rút hồ sơ."}
        yield self.act("share", 4, services.withdraw, by=clerk, **words)


ENDING = {"refused", "withdrawn", "stopped", "declined", "again"}
REASON = "Thành phần hồ sơ chưa đúng quy định."


def hours(step: Step) -> float:
    """The budget of a step in hours; half an hour where it has none."""
    amount = step.clock.amount if step.clock else None
    return float(amount or 0.5)


def answers(form: Any, identifier: str) -> dict[str, Any]:
    """An answer to every question that must be answered, and to those that name the object."""
    return {one.key: answer(one, identifier) for one in form if one.required or one.names_object}


def answer(one: Any, identifier: str) -> Any:
    """A plain answer that fits the kind of the question."""
    known = {"applicant.full_name": APPLICANT, "applicant.phone": PHONE, "applicant.identifier": identifier}
    if one.reuse_from in known:
        return known[one.reuse_from]
    plain = {
        "text": f"Số {OBJECT}"[: int(one.max or 99)],
        "long_text": f"Theo đơn kèm theo, số {OBJECT}.",
        "number": ceil(one.min or 10),
        "money": ceil(one.min or 50_000),
        "date": "2010-05-12",
        "year": int(one.min or 2020),
        "choice": one.choices[0] if one.choices else "",
        "choices": list(one.choices[:1]),
        "yes_no": True,
        "id_number": identifier,
        "phone": PHONE,
        "email": "a@example.vn",
        "address": ADDRESS,
        "person": {"full_name": APPLICANT},
        "table": [{column.key: answer(column, identifier) for column in one.columns}],
    }
    return plain.get(one.kind.value)
