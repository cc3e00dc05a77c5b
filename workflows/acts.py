"""Which act is possible in which legal status: every pair not listed is refused."""

from collections.abc import Mapping
from types import MappingProxyType

from workflows.models.dossier import LegalStatus as S

NO_DOSSIER = None
WITH_OPEN_STEPS = frozenset({S.RECEIVED, S.IN_PROCESS, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT, S.DECIDED})
AT_WORK = frozenset({S.RECEIVED, S.IN_PROCESS})

ALLOWED_IN: Mapping[str, frozenset[int | None]] = MappingProxyType(
    {
        "register_online": frozenset({NO_DOSSIER}),
        "receive": frozenset({NO_DOSSIER, S.REGISTERED}),
        "decline_to_receive": frozenset({NO_DOSSIER, S.REGISTERED}),
        "request_supplement": frozenset({NO_DOSSIER, S.REGISTERED, S.RECEIVED, S.IN_PROCESS}),
        "ask_consent": frozenset({S.REGISTERED, S.RECEIVED, S.IN_PROCESS}),
        "decide_consent": frozenset({S.REGISTERED, S.RECEIVED, S.IN_PROCESS}),
        "accept_supplement": frozenset({S.AWAITING_SUPPLEMENT}),
        "request_payment": AT_WORK,
        "confirm_payment": frozenset({S.AWAITING_PAYMENT}),
        "claim": WITH_OPEN_STEPS,
        "release": WITH_OPEN_STEPS,
        "reassign": WITH_OPEN_STEPS,
        "finish_step": AT_WORK | {S.DECIDED},
        "send_back": AT_WORK,
        "approve": frozenset({S.IN_PROCESS}),
        "register_result": frozenset({S.IN_PROCESS, S.DECIDED}),
        "return_result": frozenset({S.DECIDED}),
        "take_over": WITH_OPEN_STEPS,
        "consult": AT_WORK,
        "answer_consultation": WITH_OPEN_STEPS,
        "refuse": frozenset({S.IN_PROCESS}),
        "withdraw": frozenset({S.REGISTERED, S.RECEIVED, S.IN_PROCESS, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT}),
        "stop": frozenset({S.RECEIVED, S.IN_PROCESS, S.AWAITING_SUPPLEMENT, S.AWAITING_PAYMENT}),
        "undo": WITH_OPEN_STEPS,
        "correct_data": WITH_OPEN_STEPS | {S.REGISTERED},
        "add_paper": WITH_OPEN_STEPS | {S.REGISTERED},
        "review_flag": frozenset(S),
        "propose_apology": AT_WORK,
        "approve_apology": AT_WORK,
        "reject_apology": AT_WORK,
        "explain_breach": frozenset(S),
        "conclude_breach": frozenset(S),
        "follow_up_breach": frozenset(S),
        "set_aside_breach": frozenset(S),
    }
)

# Acts beside the file: whoever writes them has not moved it on, so a dossier that stands still goes on standing still.
BESIDE_THE_FILE = frozenset(
    {
        "propose_apology",
        "approve_apology",
        "reject_apology",
        "explain_breach",
        "conclude_breach",
        "follow_up_breach",
        "set_aside_breach",
        "ask_consent",
        "decide_consent",
        "review_flag",
        "take_over",
        "change_rulebook",
        "continue_attempt",
    }
)
