"""Sets slips with typst: Vietnamese whatever language the screen has, only fonts that the compiler carries."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from threading import local
from typing import TYPE_CHECKING, Literal
from urllib.parse import parse_qs, urlencode, urlsplit

import segno
import typst
from django.utils.timezone import localtime

if TYPE_CHECKING:
    from onestop.desk.slips.application import ApplicationForm
    from onestop.desk.slips.certificate import DeadlineSlip
    from onestop.desk.slips.content import (
        ApologySlip,
        ControlSlip,
        HandoverSlip,
        ReceiptSlip,
        RefusalSlip,
        RegisterBook,
        Slip,
        StopSlip,
        SupplementSlip,
    )

FOLDER = Path(__file__).parent
SEPARATOR = "|"
LOOK_UP_NAME = "code"  # the name of the code in the address of the look-up
PaperSize = Literal["a4", "a5"]
STANDARD = "a-2a"  # PDF/A with selectable text and a structure that can be read aloud

_workshop = local()


def receipt_pdf(slip: ReceiptSlip, *, size: PaperSize = "a5") -> bytes:
    """Print the receipt, with a QR code that opens the public look-up of the dossier and carries the signed dates.

    Args:
        slip: what stands on it; moments are aware; `qr` is the signed text of its QR code.
        size: a5 as the law's form, or a4.

    Returns:
        The PDF.
    """
    return _printed("receipt", slip, size, qr=_picture(slip.qr or slip.code))


def supplement_pdf(slip: SupplementSlip, *, size: PaperSize = "a5") -> bytes:
    """Print the request for all missing papers at once."""
    return _printed("supplement", slip, size)


def refusal_pdf(slip: RefusalSlip, *, size: PaperSize = "a5") -> bytes:
    """Print the refusal with its reason."""
    return _printed("refusal", slip, size)


def handover_pdf(slip: HandoverSlip, *, size: PaperSize = "a5") -> bytes:
    """Print the proof that the result was handed over."""
    return _printed("handover", slip, size)


def stop_pdf(slip: StopSlip, *, size: PaperSize = "a5") -> bytes:
    """Print the notice that handling stopped."""
    return _printed("stop", slip, size)


def deadline_pdf(slip: DeadlineSlip, *, size: PaperSize = "a4") -> bytes:
    """Print the deadline certificate, with a QR code that opens the public page on the date."""
    address = f"{slip.look_up}?{urlencode({LOOK_UP_NAME: slip.code})}"
    return _printed("deadline", slip, size, qr=_picture(address))


def apology_pdf(slip: ApologySlip, *, size: PaperSize = "a5") -> bytes:
    """Print the apology with the new date."""
    return _printed("apology", slip, size)


def control_pdf(slip: ControlSlip, *, size: PaperSize = "a4") -> bytes:
    """Print the control slip; its QR code holds the file code for the scanner."""
    return _printed("control", slip, size, qr=_picture(slip.code))


def register_pdf(book: RegisterBook) -> bytes:
    """Print lines of the register, on A4 across."""
    return _printed("register", book, "a4")


def application_pdf(form: ApplicationForm) -> bytes:
    """Print the application form of a procedure, filled in or blank."""
    return _printed("application", form, "a4")


def scanned_code(text: str) -> str:
    """The dossier's code in what a scanner reads from a receipt, or in what a person types."""
    in_address = parse_qs(urlsplit(text.strip()).query).get(LOOK_UP_NAME) if "?" in text else None
    return (in_address[0] if in_address else text.partition(SEPARATOR)[0]).strip().upper()


def _printed(form: str, slip: Slip | DeadlineSlip | ApplicationForm, size: PaperSize, **pictures: str) -> bytes:
    inputs = {"data": json.dumps(_plain(slip) | {"size": size}, ensure_ascii=False)} | pictures
    return _compiler().compile(input=FOLDER / f"{form}.typ", format="pdf", sys_inputs=inputs, pdf_standards=STANDARD)


def _compiler() -> typst.Compiler:
    """One compiler per thread: it keeps its fonts, and is not shared while it works."""
    if not hasattr(_workshop, "compiler"):
        _workshop.compiler = typst.Compiler(root=FOLDER, ignore_system_fonts=True)
    return _workshop.compiler


def _plain(slip: Slip | DeadlineSlip | ApplicationForm) -> dict[str, object]:
    values = asdict(slip)
    letterhead = values.pop("letterhead")
    day = slip.letterhead.on
    words = {name: _in_words(value) for name, value in (letterhead | values).items()}
    return words | {"day": [day.year, day.month, day.day]}


def _in_words(value: object) -> object:
    if isinstance(value, datetime):
        return official_moment(value)
    return official_day(value) if isinstance(value, date) else value


def official_day(on: date) -> str:
    """A day as official papers write it: ngày 05 tháng 11 năm 2026."""
    return f"ngày {on:%d} tháng {on:%m} năm {on:%Y}"


def official_moment(at: datetime) -> str:
    """A moment as official papers write it, in the office's zone: 17 giờ 00 phút, ngày 30 tháng 11 năm 2026."""
    here = localtime(at)
    return f"{here:%H} giờ {here:%M} phút, {official_day(here.date())}"


def _picture(text: str) -> str:
    buffer = BytesIO()
    segno.make(text, error="m", micro=False).save(buffer, kind="svg", border=2, xmldecl=False)
    return buffer.getvalue().decode()
