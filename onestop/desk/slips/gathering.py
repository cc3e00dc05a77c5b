"""Gathers what stands on a slip from a dossier: always in Vietnamese, always from what was stored."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import override

from offices.models import Office
from onestop.desk.slips.content import (
    ApologySlip,
    HandoverSlip,
    Letterhead,
    ReceiptSlip,
    RefusalSlip,
    SlipPaper,
    SlipPerson,
    StopSlip,
    SupplementSlip,
)
from onestop.desk.slips.printing import (
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
from workflows.models import Dossier, LegalStatus, Paper, SupplementRequest, TrailEntry

TITLES = re.compile(r"^(ủy ban nhân dân|ubnd|sở|phòng)\s+", re.IGNORECASE)
PLACES = re.compile(r"^(tỉnh|thành phố|phường|xã|đặc khu|quận|huyện|thị xã)\s+", re.IGNORECASE)
SUBMITTED = {"desk": "nộp trực tiếp", "post": "nộp qua bưu chính", "online": "nộp trực tuyến"}
RESULT_BY = {"desk": "tại quầy", "post": "qua bưu chính", "online": "trực tuyến"}
RECEIVED_BY = {"desk": "tại quầy", "post": "qua dịch vụ bưu chính", "online": "bản điện tử"}


@dataclass(frozen=True, slots=True)
class SlipLink:
    """A slip that can be printed (again)."""

    label: str
    url: str


def apology_link(dossier: Dossier) -> SlipLink | None:
    """The apology of a dossier that got a new date."""
    if not dossier.apologies.filter(approved_at__isnull=False).exists():
        return None
    return SlipLink(_("Apology and new date (form 04)"), reverse("desk:apology_slip", args=[dossier.pk]))


def slip_of(dossier: Dossier) -> SlipLink | None:
    """The slip that belongs to the state the dossier is in; None while an online file waits."""
    status = LegalStatus(dossier.legal_status)
    if status == LegalStatus.AWAITING_SUPPLEMENT:
        newest = dossier.supplements.order_by("-number").first()
        return supplement_link(dossier, newest.number) if newest else None
    if status == LegalStatus.NOT_ACCEPTED:
        return SlipLink(_("Refusal (form 03)"), reverse("desk:refusal_slip", args=[dossier.pk]))
    if status in {LegalStatus.WITHDRAWN, LegalStatus.STOPPED}:
        return end_link(dossier)
    if status == LegalStatus.RETURNED:
        return SlipLink(_("Proof of hand-over"), reverse("desk:handover_slip", args=[dossier.pk]))
    return receipt_link(dossier)


def receipt_link(dossier: Dossier) -> SlipLink | None:
    """The receipt of a dossier that was received."""
    if dossier.received_at is None:
        return None
    return SlipLink(_("Receipt (form 01)"), reverse("desk:receipt", args=[dossier.pk]))


def supplement_link(dossier: Dossier, number: int) -> SlipLink:
    """One request for papers."""
    label = _("Request for papers no. %(number)d (form 02)") % {"number": number}
    return SlipLink(label, reverse("desk:supplement_slip", args=[dossier.pk, number]))


def end_link(dossier: Dossier) -> SlipLink:
    """The notice of an end without a result."""
    if end_of(dossier).act == "refuse":
        return SlipLink(_("Refusal (form 03)"), reverse("desk:refusal_slip", args=[dossier.pk]))
    return SlipLink(_("Notice that handling stopped (form 05)"), reverse("desk:stop_slip", args=[dossier.pk]))


def slips_of(dossier: Dossier, supplements: QuerySet[SupplementRequest]) -> list[SlipLink]:
    """Every slip of a dossier, for printing again."""
    found = [receipt_link(dossier), *(supplement_link(dossier, row.number) for row in supplements)]
    found.append(apology_link(dossier))
    if dossier.is_closed:
        found.append(slip_of(dossier))
    return [link for link in found if link is not None]


# What stands on them


def letterhead(office: Office, on: datetime | date, kind: str, code: str) -> Letterhead:
    """The agency's heading; the slip's number is the file's serial with the kind of slip."""
    day = localtime(on).date() if isinstance(on, datetime) else on
    superior = office.parent.name if office.parent else ""
    return Letterhead(superior, office.name, place_of(office), day, f"{code.rsplit('-', 1)[-1]}/{kind}")


def place_of(office: Office) -> str:
    """The place an official paper is dated at: the name of the commune or province the office belongs to."""
    above = office.parent or office
    return capfirst(PLACES.sub("", TITLES.sub("", above.name)))


def applicant_of(dossier: Dossier) -> SlipPerson:
    """The applicant as given on the day."""
    given = dossier.submitter
    return SlipPerson(
        name=given.get("full_name") or dossier.applicant_name,
        title="Tổ chức" if given.get("kind") == "organisation" else "Ông/Bà",
        id_number=given.get("identifier", ""),
        address=given.get("address", ""),
        phone=given.get("phone", ""),
        email=given.get("email", ""),
    )


def representative_of(dossier: Dossier) -> SlipPerson | None:
    """Who acts for the applicant."""
    name = dossier.submitter.get("representative", "")
    return SlipPerson(name, id_number=dossier.submitter.get("representative_identifier", "")) if name else None


def handed_in(dossier: Dossier) -> tuple[SlipPaper, ...]:
    """The papers that lie in the file."""
    papers = dossier.papers.filter(kind=Paper.Kind.SUBMITTED, superseded_at__isnull=True).order_by("pk")
    return tuple(
        SlipPaper(
            paper.name, originals=paper.originals, copies=paper.copies, note="có bản điện tử" if paper.file else ""
        )
        for paper in papers
    )


def end_of(dossier: Dossier) -> TrailEntry:
    """The act that closed the dossier without a result."""
    acts = ["decline_to_receive", "refuse", "withdraw", "stop"]
    entry = dossier.trail.filter(act__in=acts).select_related("by").order_by("-number").first()
    if entry is None:
        raise NotFound(_("There is no such slip for this dossier."))
    return entry


def receipt(dossier: Dossier, *, look_up: str = "") -> bytes:
    """Form 01; `look_up` is the address at which the citizen may follow the dossier."""
    if dossier.received_at is None or dossier.statutory_clock is None:
        raise NotFound(_("There is no receipt: the dossier was not received yet."))
    with override("vi"):
        office, spec = dossier.receiving_office, dossier.version.spec
        person, clock = applicant_of(dossier), dossier.statutory_clock
        promised = first_promise(dossier)
        return receipt_pdf(
            ReceiptSlip(
                letterhead=letterhead(office, dossier.received_at, "TNHS", dossier.code),
                code=dossier.code,
                look_up=look_up,
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
            )
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


def supplement(dossier: Dossier, number: int) -> bytes:
    """Form 02."""
    row = dossier.supplements.select_related("requested_by").filter(number=number).first()
    if row is None:
        raise NotFound(_("There is no such request for papers."))
    with override("vi"):
        spec, office = dossier.version.spec, dossier.receiving_office
        documents = {document.name: document for document in spec.documents}
        asked = [documents[item] for item in row.items if item in documents]
        return supplement_pdf(
            SupplementSlip(
                letterhead=letterhead(office, row.requested_at, "PBS", dossier.code),
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
            )
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


def refusal(dossier: Dossier) -> bytes:
    """Form 03, at the counter or after a leader approved it."""
    entry = end_of(dossier)
    if entry.act not in {"decline_to_receive", "refuse"}:
        raise NotFound(_("There is no refusal: the dossier was not refused."))
    after = entry.act == "refuse"
    with override("vi"):
        office, person = dossier.handling_office if after else dossier.receiving_office, applicant_of(dossier)
        return refusal_pdf(
            RefusalSlip(
                letterhead=letterhead(office, entry.at, "PTC", dossier.code),
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
            )
        )


def stop_notice(dossier: Dossier) -> bytes:
    """Form 05: withdrawn by the applicant, or stopped by the office."""
    entry = end_of(dossier)
    if entry.act not in {"withdraw", "stop"}:
        raise NotFound(_("There is no such notice: handling was not stopped."))
    with override("vi"):
        office, person = dossier.receiving_office, applicant_of(dossier)
        reason = str(entry.data.get("reason", ""))
        before = LegalStatus(entry.status_before) if entry.status_before else None
        return stop_pdf(
            StopSlip(
                letterhead=letterhead(office, entry.at, "TBD", dossier.code),
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
            )
        )


def handover(dossier: Dossier) -> bytes:
    """Proof that the result was handed over."""
    result = dossier.result
    if dossier.legal_status != LegalStatus.RETURNED or "handed_at" not in result:
        raise NotFound(_("There is no proof of hand-over: the result was not handed over yet."))
    with override("vi"):
        office = dossier.receiving_office
        handed_at = datetime.fromisoformat(result["handed_at"])
        return handover_pdf(
            HandoverSlip(
                letterhead=letterhead(office, handed_at, "BGKQ", dossier.code),
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
            )
        )


def apology(dossier: Dossier) -> bytes:
    """Form 04, under the name that the dossier's rulebook gives it; a clause is printed where its text was read."""
    duty = dossier.apologies.filter(approved_at__isnull=False).select_related("approved_by").first()
    if duty is None or duty.approved_at is None or duty.new_date_at is None:
        raise NotFound(_("There is no apology: no new date was approved."))
    book, head = rulebook_named(dossier.rulebook), duty.approved_by
    rule = book.clause("reappointments_allowed")
    with override("vi"):
        return apology_pdf(
            ApologySlip(
                letterhead=letterhead(dossier.handling_office, duty.approved_at, "PXL", dossier.code),
                title=book.forms["04"],
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
            )
        )
