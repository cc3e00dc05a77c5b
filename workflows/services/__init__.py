"""Every act on a dossier: the only place where one changes.

Each act is one function: keyword-only, with `by` (who acts) and `at` (when; None means now, read after
the dossier is locked). Inside: lock · may they? · is it possible now? · change · clock · trail · notice.
"""

from workflows.services.apologising import approve_apology, propose_apology, reject_apology
from workflows.services.breaching import Conclusion, conclude_breach, explain_breach, follow_up_breach
from workflows.services.consenting import ask_consent, decide_consent
from workflows.services.consulting import answer_consultation, consult
from workflows.services.correcting import correct_data
from workflows.services.ending import refuse, stop, withdraw
from workflows.services.handling import (
    approve,
    finish_step,
    register_result,
    return_result,
    send_back,
)
from workflows.services.holding import claim, reassign, release
from workflows.services.intake import ApplicantDetails, Intake
from workflows.services.keeping_papers import add_paper
from workflows.services.paying import confirm_payment, request_payment
from workflows.services.receiving import decline_to_receive, receive, register_online
from workflows.services.reviewing_flags import review_flag
from workflows.services.setting_aside import set_aside_breach
from workflows.services.supplementing import accept_supplement, request_supplement
from workflows.services.taking_over import take_over
from workflows.services.undoing import undo

__all__ = [
    "ApplicantDetails",
    "Conclusion",
    "Intake",
    "accept_supplement",
    "add_paper",
    "answer_consultation",
    "approve",
    "approve_apology",
    "ask_consent",
    "claim",
    "conclude_breach",
    "confirm_payment",
    "consult",
    "correct_data",
    "decide_consent",
    "decline_to_receive",
    "explain_breach",
    "finish_step",
    "follow_up_breach",
    "propose_apology",
    "reassign",
    "receive",
    "refuse",
    "register_online",
    "register_result",
    "reject_apology",
    "release",
    "request_payment",
    "request_supplement",
    "return_result",
    "review_flag",
    "send_back",
    "set_aside_breach",
    "stop",
    "take_over",
    "undo",
    "withdraw",
]
