"""What did happen: dossiers, their steps, papers, requests, trail, notices, flags, apologies and reviews."""

from workflows.models.apologies import Apology
from workflows.models.applicant import Applicant
from workflows.models.assigning import AssignmentRule
from workflows.models.breaches import BreachCause, BreachReview, BreachState
from workflows.models.dossier import Channel, Dossier, LegalStatus
from workflows.models.flags import Flag, FlagReview
from workflows.models.incoming import IncomingFile
from workflows.models.jobs import Job
from workflows.models.notes import DossierNote
from workflows.models.notices import Notice, NoticesSeen
from workflows.models.papers import Paper, Scan
from workflows.models.registers import RegisterSeal
from workflows.models.requests import (
    Consultation,
    NewPaperReason,
    PaymentRequest,
    ReplacedPaperReason,
    SupplementConsent,
    SupplementRequest,
)
from workflows.models.serials import DailySerial
from workflows.models.signing import SigningKey
from workflows.models.slips import Slip, SlipKind, SlipSerial
from workflows.models.step import Step
from workflows.models.taking_over import TakeOver
from workflows.models.timing import HeldTime, LadderChoice, LedgerSum, Reprojection
from workflows.models.trail import DailySeal, TrailEntry
from workflows.models.work_choices import WorkChoice

__all__ = [
    "Apology",
    "Applicant",
    "AssignmentRule",
    "BreachCause",
    "BreachReview",
    "BreachState",
    "Channel",
    "Consultation",
    "DailySeal",
    "DailySerial",
    "Dossier",
    "DossierNote",
    "Flag",
    "FlagReview",
    "HeldTime",
    "IncomingFile",
    "Job",
    "LadderChoice",
    "LedgerSum",
    "LegalStatus",
    "NewPaperReason",
    "Notice",
    "NoticesSeen",
    "Paper",
    "PaymentRequest",
    "RegisterSeal",
    "ReplacedPaperReason",
    "Reprojection",
    "Scan",
    "SigningKey",
    "Slip",
    "SlipKind",
    "SlipSerial",
    "Step",
    "SupplementConsent",
    "SupplementRequest",
    "TakeOver",
    "TrailEntry",
    "WorkChoice",
]
