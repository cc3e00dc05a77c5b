"""Every pair of act and legal status that the table does not list is refused, and nothing changes."""

import pytest
from django.db import transaction

from tests.workflows.situations import Situations, attempt
from workflows.acts import ALLOWED_IN
from workflows.exceptions import NotAllowed, NotPossibleNow
from workflows.models import Dossier, LegalStatus, TrailEntry

# Who tries: somebody whose roles would allow the act on that dossier.
ENTITLED = {
    "receive": "lan",
    "decline_to_receive": "lan",
    "accept_supplement": "lan",
    "confirm_payment": "lan",
    "withdraw": "lan",
    "return_result": "lan",
    "add_paper": "lan",
    "correct_data": "lan",
    "stop": "leader",
    "propose_apology": "minh",
    "approve_apology": "leader",
    "reject_apology": "leader",
}
BESIDE = {
    "explain_breach",
    "conclude_breach",
    "follow_up_breach",
    "set_aside_breach",
}  # possible in every status; of a review, not a dossier
HOLDERS = {
    LegalStatus.RECEIVED: "lan",
    LegalStatus.IN_PROCESS: "minh",
    LegalStatus.AWAITING_SUPPLEMENT: "minh",
    LegalStatus.AWAITING_PAYMENT: "minh",
    LegalStatus.WITHDRAWN: "lan",
    LegalStatus.STOPPED: "minh",
    LegalStatus.DECIDED: "lan",
    LegalStatus.RETURNED: "lan",
}
OF_ANOTHER_ROW = {"ask_consent", "decide_consent", "review_flag", "undo"}  # tried in their own tests
NEEDS_STEP = {
    "claim",
    "release",
    "reassign",
    "take_over",
    "finish_step",
    "send_back",
    "approve",
    "register_result",
    "request_payment",
    "consult",
    "refuse",
}
ELSEWHERE = {"register_online", "answer_consultation", "request_supplement"} | BESIDE | OF_ANOTHER_ROW
ON_DOSSIER = sorted(set(ALLOWED_IN) - NEEDS_STEP - ELSEWHERE)


@pytest.fixture
def situations(people, intake, offices):
    return Situations(people, intake, offices)


def tried(attempt_it, *refusals):
    """What an attempt ends with: the refusal's class, or None where it succeeds; nothing stays."""
    before = list(TrailEntry.objects.values_list("pk", flat=True))
    with transaction.atomic():
        try:
            with transaction.atomic():
                attempt_it()
        except refusals as refusal:
            assert list(TrailEntry.objects.values_list("pk", flat=True)) == before
            return type(refusal)
        transaction.set_rollback(True)
    return None


@pytest.mark.parametrize("status", LegalStatus)
def test_an_act_outside_its_statuses_is_refused_and_changes_nothing(situations, status):
    dossier = situations.build(status)
    refused = [act for act in ON_DOSSIER if status not in ALLOWED_IN[act]]
    on_steps = [
        act
        for act in [*sorted(NEEDS_STEP), "ask_consent", "request_supplement"]
        if status not in ALLOWED_IN[act] and status in HOLDERS
    ]

    for act in refused:
        by = getattr(situations.people, ENTITLED[act])
        assert tried(lambda act=act, by=by: attempt(act, dossier, by, situations), NotPossibleNow), act
    for act in on_steps:
        by = getattr(situations.people, "head" if act == "reassign" else HOLDERS[status])
        assert tried(lambda act=act, by=by: attempt(act, dossier, by, situations), NotPossibleNow, NotAllowed), act

    assert Dossier.objects.get(pk=dossier.pk).legal_status == status


LEADS_TO = {
    1: [
        ("receive", "lan", 2),
        ("decline_to_receive", "lan", 3),
        ("request_supplement", "lan", 5),
        ("withdraw", "lan", 7),
        ("correct_data", "lan", 1),
    ],
    2: [
        ("request_supplement", "lan", 5),
        ("finish_step", "lan", 4),
        ("withdraw", "lan", 7),
        ("stop", "leader", 8),
        ("stop", "lan", 8),
        ("add_paper", "lan", 2),
    ],
    4: [
        ("request_supplement", "minh", 5),
        ("request_payment", "minh", 6),
        ("claim", "minh", 4),
        ("take_over", "minh", 4),
        ("reassign", "head", 4),
        ("finish_step", "minh", 4),
        ("consult", "minh", 4),
        ("withdraw", "lan", 7),
        ("stop", "leader", 8),
        ("correct_data", "minh", 4),
        ("propose_apology", "minh", 4),
    ],
    5: [("accept_supplement", "lan", 4), ("withdraw", "lan", 7), ("stop", "leader", 8), ("add_paper", "lan", 5)],
    6: [("confirm_payment", "lan", 4), ("withdraw", "lan", 7), ("stop", "leader", 8)],
    9: [("return_result", "hoa", 10), ("correct_data", "lan", 9)],
}


@pytest.mark.parametrize("status", LEADS_TO)
def test_a_listed_act_leads_to_its_status(situations, status):
    dossier = situations.build(status)

    for act, person, after in LEADS_TO[status]:
        with transaction.atomic():
            attempt(act, dossier, getattr(situations.people, person), situations)

            assert Dossier.objects.get(pk=dossier.pk).legal_status == after, act
            assert TrailEntry.objects.filter(dossier=dossier, act=act).exists(), act
            transaction.set_rollback(True)


# Role and office that each act belongs to, for a dossier in the status named.
RIGHTS = {
    ("receive", 1): {"lan", "hoa"},
    ("decline_to_receive", 1): {"lan", "hoa"},
    ("accept_supplement", 5): {"lan", "hoa"},
    ("confirm_payment", 6): {"lan", "hoa"},
    ("withdraw", 4): {"lan", "hoa"},
    ("stop", 4): {"leader"},
    ("stop", 2): {"leader", "lan", "hoa"},
    ("claim", 4): {"minh", "binh"},
    ("take_over", 4): {"minh", "binh"},
    ("finish_step", 4): {"minh", "binh"},
    ("request_payment", 4): {"minh", "binh"},
    ("request_supplement", 4): {"minh", "binh"},
    ("consult", 4): {"minh", "binh"},
    ("reassign", 4): {"head", "leader"},
    ("correct_data", 4): {"minh", "binh", "lan", "hoa"},
    ("add_paper", 4): {"minh", "binh", "lan", "hoa"},
    ("return_result", 9): {"lan", "hoa"},
    ("propose_apology", 4): {"minh", "binh", "head"},
    ("propose_apology", 2): {"minh", "binh", "head", "lan", "hoa"},
}
EVERYBODY = [
    "lan",
    "hoa",
    "head",
    "minh",
    "binh",
    "leader",
    "registry",
    "supervisor",
    "police",
    "editor",
    "administrator",
]


@pytest.mark.parametrize("status", sorted({status for _act, status in RIGHTS}))
def test_an_act_belongs_to_its_role_and_office(situations, status):
    dossier = situations.build(status)

    for act, entitled in ((act, who) for (act, place), who in RIGHTS.items() if place == status):
        for person in EVERYBODY:
            by = getattr(situations.people, person)
            refusal = tried(lambda act=act, by=by: attempt(act, dossier, by, situations), NotAllowed)
            assert refusal is (None if person in entitled else NotAllowed), (act, person)
