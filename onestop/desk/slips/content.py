"""What stands on each slip: plain values, gathered by the screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The agency's heading: who writes, which form it is and its number, where and on which day.

    `form` is the number of the form and `forms_clause` where it stands; both are empty where no decree has one.
    """

    superior: str
    office: str
    place: str
    on: date
    number: str = ""
    title: str = ""
    form: str = ""
    forms_clause: str = ""


@dataclass(frozen=True, slots=True)
class SlipPerson:
    """An applicant or a representative; `title` is Ông/Bà or Tổ chức."""

    name: str
    title: str = "Ông/Bà"
    id_number: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class SlipPaper:
    """One paper with the number of originals, certified copies and plain copies."""

    name: str
    originals: int = 0
    certified: int = 0
    copies: int = 0
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptSlip:
    """Form 01: receipt of a dossier with the date on which its result is due."""

    letterhead: Letterhead
    code: str
    desk: str
    applicant: SlipPerson
    channel: str
    content: str
    papers: tuple[SlipPaper, ...]
    limit: str
    received_at: datetime
    return_at: datetime
    result_by: str
    submitter: str
    receiver: str
    representative: SlipPerson | None = None
    power_of_attorney: str = ""
    sets: int = 1
    provisional: bool = False
    fee: str = ""
    book: str = ""
    serial: str = ""
    look_up: str = ""
    qr: str = ""
    desk_phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupplementSlip:
    """Form 02: everything that is missing, asked for at once, with the reason."""

    letterhead: Letterhead
    code: str
    applicant: SlipPerson
    content: str
    reason: str
    guide: str
    papers: tuple[SlipPaper, ...] = ()
    items: tuple[str, ...] = ()
    round: int = 1
    clause: str = ""
    until: date | None = None
    effect: str = ""
    desk_phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusalSlip:
    """Form 03: the dossier is not accepted, or not decided, for this reason."""

    letterhead: Letterhead
    code: str
    desk: str
    applicant: SlipPerson
    content: str
    reason: str
    submitter: str
    signer: str
    signer_role: str = "Người từ chối"
    after_reception: bool = False
    clause: str = ""
    desk_phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandoverSlip:
    """Proof that a result was handed over: to whom, when, by whom."""

    letterhead: Letterhead
    code: str
    desk: str
    applicant: SlipPerson
    content: str
    result: str
    return_at: datetime | None
    handed_at: datetime
    handed_to: str
    clerk: str
    result_by: str = "tại quầy"
    result_number: str = ""
    handed_to_id: str = ""
    fee: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopSlip:
    """Form 05: handling was stopped, by the agency or because the applicant withdrew."""

    letterhead: Letterhead
    code: str
    applicant: SlipPerson
    content: str
    received_at: datetime | None
    stopped_at: datetime
    reason: str
    state: str
    submitter: str
    signer: str
    signer_role: str = "Thủ trưởng cơ quan"
    request: str = ""
    clause: str = ""
    papers_back: tuple[str, ...] = ()
    desk_phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApologySlip:
    """Form 04: an apology for a result that comes late, with the reason and the new date."""

    letterhead: Letterhead
    code: str
    desk: str
    applicant: SlipPerson
    content: str
    received_at: datetime | None
    promised_at: datetime
    reason: str
    new_date_at: datetime
    signer: str
    signer_role: str = "Thủ trưởng cơ quan"
    clause: str = ""
    desk_phone: str = ""


@dataclass(frozen=True, slots=True)
class SlipHandOver:
    """One line of the control slip: who gave the file to whom, when, and how the giver kept the time."""

    work: str
    giver_office: str
    giver: str
    given_at: str
    receiver_office: str
    receiver: str
    received_at: str
    result: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlSlip:
    """The control slip that goes along with the file, filled from its steps."""

    letterhead: Letterhead
    code: str
    applicant: SlipPerson
    content: str
    lead_office: str
    other_offices: str
    received_at: datetime
    return_at: datetime | None
    returned_at: datetime | None
    lines: tuple[SlipHandOver, ...]
    printed_at: str


@dataclass(frozen=True, slots=True)
class RegisterLine:
    """One line of the register."""

    number: int
    code: str
    content: str
    applicant: str
    reach: str
    lead_office: str
    received: str
    due: str
    returned: str
    channel: str
    signed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterBook:
    """Lines of one volume of the register."""

    letterhead: Letterhead
    code: str
    year: int
    volume: int
    lines: tuple[RegisterLine, ...]
    opened: str
    closed: str = ""
    seal: str = ""


Slip = ReceiptSlip | SupplementSlip | RefusalSlip | HandoverSlip | StopSlip | ApologySlip | ControlSlip | RegisterBook
