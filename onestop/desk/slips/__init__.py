"""The slips of the one-stop desk as PDF: what is printed, and how."""

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
    scanned_code,
    stop_pdf,
    supplement_pdf,
)

__all__ = [
    "ApologySlip",
    "HandoverSlip",
    "Letterhead",
    "ReceiptSlip",
    "RefusalSlip",
    "SlipPaper",
    "SlipPerson",
    "StopSlip",
    "SupplementSlip",
    "apology_pdf",
    "handover_pdf",
    "receipt_pdf",
    "refusal_pdf",
    "scanned_code",
    "stop_pdf",
    "supplement_pdf",
]
