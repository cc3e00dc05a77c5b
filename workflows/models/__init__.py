"""What did happen: dossiers, their steps, papers, requests, trail, notices and flags."""

from workflows.models.applicant import Applicant
from workflows.models.dossier import Channel, Dossier, LegalStatus
from workflows.models.flags import Flag
from workflows.models.notices import Notice, NoticesSeen
from workflows.models.papers import Paper
from workflows.models.requests import Consultation, PaymentRequest, SupplementRequest
from workflows.models.serials import DailySerial
from workflows.models.step import Step
from workflows.models.trail import DailySeal, TrailEntry

__all__ = [
    "Applicant",
    "Channel",
    "Consultation",
    "DailySeal",
    "DailySerial",
    "Dossier",
    "Flag",
    "LegalStatus",
    "Notice",
    "NoticesSeen",
    "Paper",
    "PaymentRequest",
    "Step",
    "SupplementRequest",
    "TrailEntry",
]
