"""Gathers what stands on a slip from a dossier: always in Vietnamese, always from what was stored."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from onestop.desk.slips.content import (
    ApologySlip,
    HandoverSlip,
    ReceiptSlip,
    RefusalSlip,
    SlipPaper,
    StopSlip,
    SupplementSlip,
)
from onestop.desk.slips.endings import end_of
from onestop.desk.slips.heading import heading_of, letterhead, serial_of
from onestop.desk.slips.people_and_papers import applicant_of, handed_in, representative_of
from onestop.desk.slips.printing import (
    PaperSize,
    apology_pdf,
    handover_pdf,
    receipt_pdf,
    refusal_pdf,
    stop_pdf,
    supplement_pdf,
)
from onestop.desk.terms_in_words import amount_in_words, fees_in_words, limit_in_words
from sla.calendars import timetable_for
from sla.rulebook import rulebook_named
from sla.terms import Term, Unit, deadline
from workflows.exceptions import NotFound
from workflows.models import Dossier, LegalStatus, SlipKind, SupplementRequest
from workflows.services.receipt_keys import sign_receipt
from workflows.services.registers import volume_of
from workflows.services.slip_numbers import number_of

SUBMITTED = {"desk": "nộp trực tiếp", "post": "nộp qua bưu chính", "online": "nộp trực tuyến"}
RESULT_BY = {"desk": "tại quầy", "post": "qua bưu chính", "online": "trực tuyến"}
RECEIVED_BY = {"desk": "tại quầy", "post": "qua dịch vụ bưu chính", "online": "bản điện tử"}


def receipt(dossier: Dossier, *, look_up: str = "", size: PaperSize = "a5") -> bytes:
    """The receipt, its code and dates signed in the QR code.

    `look_up` is the address at which the citizen may follow the dossier.
    """
    if dossier.received_at is None or dossier.statutory_clock is None:
        raise NotFound(_("There is no receipt: the dossier was not received yet."))
    with override("vi"):
        office, spec = dossier.receiving_office, dossier.version.spec
        person, clock = applicant_of(dossier), dossier.statutory_clock
        promised = first_promise(dossier)
        signed = sign_receipt(code=dossier.code, received_at=dossier.received_at, due_at=promised)
        return receipt_pdf(
            ReceiptSlip(
                letterhead=heading_of(
                    SlipKind.RECEIPT, dossier, office, dossier.received_at, by_id=dossier.received_by_id
                ),
                code=dossier.code,
                look_up=look_up,
                qr=signed.as_text(look_up),
                **place_in_register(dossier, dossier.received_at),
                desk=office.name,
                applicant=person,
                channel=SUBMITTED[dossier.channel],
                content=dossier.procedure.name,
                papers=handed_in(dossier),
                limit=limit_in_words(spec.limit_for(dossier.channel)),
                received_at=dossier.received_at,
                return_at=promised,
                result_by=RESULT_BY[dossier.channel],
                submitter=dossier.submitter.get("representative") or person.name,
                receiver=dossier.received_by.full_name if dossier.received_by else "",
                representative=representative_of(dossier),
                power_of_attorney=dossier.submitter.get("power_of_attorney", ""),
                provisional=clock.provisional,
                fee=fees_in_words(spec, dossier.channel),
                desk_phone=office.phone,
            ),
            size=size,
        )


def first_promise(dossier: Dossier) -> datetime:
    """The date on the receipt: what the clock says now; while it is paused, what it said first."""
    if dossier.due_at and not dossier.is_stopped:
        return dossier.due_at
    clock = dossier.statutory_clock
    if clock is None:
        return dossier.last_act_at
    row = clock.intervals.order_by("pk").first()
    return clock.due_at or (row.due_after if row else None) or dossier.last_act_at


def supplement(dossier: Dossier, number: int, *, size: PaperSize = "a5") -> bytes:
    """One request for papers."""
    row = dossier.supplements.select_related("requested_by").filter(number=number).first()
    if row is None:
        raise NotFound(_("There is no such request for papers."))
    with override("vi"):
        spec, office = dossier.version.spec, dossier.receiving_office
        documents = {document.name: document for document in spec.documents}
        asked = [documents[item] for item in row.items if item in documents]
        return supplement_pdf(
            SupplementSlip(
                letterhead=heading_of(
                    SlipKind.SUPPLEMENT,
                    dossier,
                    office,
                    row.requested_at,
                    round_=row.number,
                    by_id=row.requested_by_id,
                ),
                code=dossier.code,
                applicant=applicant_of(dossier),
                content=dossier.procedure.name,
                reason=row.reason,
                guide=row.requested_by.full_name,
                papers=tuple(SlipPaper(d.name, originals=d.originals, copies=d.copies) for d in asked),
                items=tuple(item for item in row.items if item not in documents),
                round=row.number,
                clause=spec.supplement.clause,
                until=last_day_for(dossier, row),
                effect=effect_in_words(dossier, row),
                desk_phone=office.phone,
            ),
            size=size,
        )


def last_day_for(dossier: Dossier, row: SupplementRequest) -> date | None:
    """Until when the applicant may bring the papers, where the definition sets a term."""
    term = dossier.version.spec.supplement.citizen_term
    if term is None:
        return None
    timetable = timetable_for(dossier.calendar_code)
    found = deadline(
        start=row.requested_at, term=Term(term.amount, Unit(term.unit)), timetable=timetable, explain=False
    )
    return localtime(found.due_at).date()


def effect_in_words(dossier: Dossier, row: SupplementRequest) -> str:
    """What the supplement does to the date that was promised."""
    limit = dossier.version.spec.limit_for(dossier.channel)
    words = amount_in_words(limit.amount, limit.unit)
    if row.asked_from in (None, LegalStatus.REGISTERED):
        return f"Thời hạn giải quyết {words} được tính từ khi hồ sơ đầy đủ được tiếp nhận."
    effects = {
        "restart": f"Thời hạn giải quyết {words} được tính lại từ đầu khi nhận đủ hồ sơ bổ sung.",
        "resume": "Thời gian chờ bổ sung không tính vào thời hạn giải quyết.",
        "pause_only": "Ngày hẹn trả kết quả không thay đổi.",
    }
    return effects[dossier.version.spec.supplement.effect.value]


def refusal(dossier: Dossier, *, size: PaperSize = "a5") -> bytes:
    """The refusal, at the counter or after a leader approved it."""
    entry = end_of(dossier)
    if entry.act not in {"decline_to_receive", "refuse"}:
        raise NotFound(_("There is no refusal: the dossier was not refused."))
    after = entry.act == "refuse"
    with override("vi"):
        office, person = dossier.handling_office if after else dossier.receiving_office, applicant_of(dossier)
        return refusal_pdf(
            RefusalSlip(
                letterhead=heading_of(SlipKind.REFUSAL, dossier, office, entry.at, by_id=entry.by_id),
                code=dossier.code,
                desk=office.name,
                applicant=person,
                content=dossier.procedure.name,
                reason=str(entry.data.get("reason", "")),
                submitter=dossier.submitter.get("representative") or person.name,
                signer=entry.by.full_name if entry.by else "",
                signer_role=(entry.by.title if after and entry.by else "") or "Người từ chối",
                after_reception=after,
                desk_phone=office.phone,
            ),
            size=size,
        )


def stop_notice(dossier: Dossier, *, size: PaperSize = "a5") -> bytes:
    """The notice of a stop: withdrawn by the applicant, or stopped by the office."""
    entry = end_of(dossier)
    if entry.act not in {"withdraw", "stop"}:
        raise NotFound(_("There is no such notice: handling was not stopped."))
    with override("vi"):
        office, person = dossier.receiving_office, applicant_of(dossier)
        reason = str(entry.data.get("reason", ""))
        before = LegalStatus(entry.status_before) if entry.status_before else None
        return stop_pdf(
            StopSlip(
                letterhead=heading_of(
                    SlipKind.STOP,
                    dossier,
                    office,
                    entry.at,
                    by_id=entry.by_id,
                    has_form=entry.act == "withdraw",
                ),
                code=dossier.code,
                applicant=person,
                content=dossier.procedure.name,
                received_at=dossier.received_at or dossier.registered_at,
                stopped_at=entry.at,
                reason=reason,
                state=str(before.label) if before else "",
                submitter=dossier.submitter.get("representative") or person.name,
                signer=entry.by.full_name if entry.by else "",
                signer_role=(entry.by.title if entry.by else "") or "Người thông báo",
                request=reason if entry.act == "withdraw" else "",
                papers_back=tuple(paper.name for paper in handed_in(dossier) if paper.originals),
                desk_phone=office.phone,
            ),
            size=size,
        )


def handover(dossier: Dossier, *, size: PaperSize = "a5") -> bytes:
    """Proof that the result was handed over."""
    result = dossier.result
    if dossier.legal_status != LegalStatus.RETURNED or "handed_at" not in result:
        raise NotFound(_("There is no proof of hand-over: the result was not handed over yet."))
    with override("vi"):
        office = dossier.receiving_office
        handed_at = datetime.fromisoformat(result["handed_at"])
        return handover_pdf(
            HandoverSlip(
                letterhead=letterhead(
                    office, handed_at, number=f"{serial_of(dossier.code)}/BGKQ", title="Giấy xác nhận trả kết quả"
                ),
                code=dossier.code,
                desk=office.name,
                applicant=applicant_of(dossier),
                content=dossier.procedure.name,
                result=dossier.version.spec.result.name,
                return_at=dossier.due_at,
                handed_at=handed_at,
                handed_to=str(result.get("handed_to", "")),
                clerk=str(result.get("handed_by", "")),
                result_by=RECEIVED_BY[dossier.channel],
                result_number=str(result.get("number", "")),
            ),
            size=size,
        )


def apology(dossier: Dossier, *, size: PaperSize = "a5") -> bytes:
    """The apology with the new date; a clause is printed where its text was read."""
    approved = list(dossier.apologies.filter(approved_at__isnull=False).select_related("approved_by"))
    duty = max(approved, key=lambda row: (row.approved_at, row.pk)) if approved else None
    if duty is None or duty.approved_at is None or duty.new_date_at is None:
        raise NotFound(_("There is no apology: no new date was approved."))
    book, head = rulebook_named(dossier.rulebook), duty.approved_by
    rule = book.clause("reappointments_allowed")
    with override("vi"):
        return apology_pdf(
            ApologySlip(
                letterhead=heading_of(
                    SlipKind.APOLOGY,
                    dossier,
                    dossier.handling_office,
                    duty.approved_at,
                    round_=len(approved),
                    by_id=duty.approved_by_id,
                ),
                code=dossier.code,
                desk=dossier.receiving_office.name,
                applicant=applicant_of(dossier),
                content=dossier.procedure.name,
                received_at=dossier.received_at,
                promised_at=duty.due_at,
                reason=duty.reason,
                new_date_at=duty.new_date_at,
                signer=head.full_name if head else "",
                signer_role=(head.title if head else "") or "Thủ trưởng cơ quan",
                clause="" if rule.unverified else rule.clause,
                desk_phone=dossier.receiving_office.phone,
            ),
            size=size,
        )


def place_in_register(dossier: Dossier, at: datetime) -> dict[str, str]:
    """Volume and number under which the file stands in the register."""
    slip = number_of(dossier, SlipKind.REGISTER, at=at, by_id=dossier.received_by_id)
    return {"book": f"{volume_of(slip)}/{slip.year}", "serial": str(slip.number)}
