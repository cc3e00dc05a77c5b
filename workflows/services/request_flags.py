"""What a request for papers shows of the office: asked again, asked beyond the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q

from workflows.models import NewPaperReason, SupplementRequest, TrailEntry
from workflows.services.asked_papers import asked_before
from workflows.services.evidence import act_behind, next_act, own_acts

if TYPE_CHECKING:
    from workflows.services.act import Act

ASKING_ACTS = ("request_supplement", "accept_supplement", "ask_consent", "decide_consent")


def flag_request(act: Act, request: SupplementRequest, earlier: list[tuple[int, list[str]]]) -> None:
    """Flag a request for papers beyond the published list, and one that is not the first of its file or chain."""
    if request.extra_items:
        act.flags.raise_again(
            "extra_paper",
            number=request.number,
            items=[extra["name"] for extra in request.extra_items],
            replaced={extra["name"]: extra["replaced_by"] for extra in request.extra_items if extra["replaced_by"]},
            reason=request.extra_reason,
            acts=[next_act(act)],
        )
    in_chain = requests_of_earlier_files(act)
    if request.number > 1 or in_chain:
        act.flags.raise_again("resubmitted", **evidence_of(act, request, earlier, in_chain))


def evidence_of(
    act: Act, request: SupplementRequest, earlier: list[tuple[int, list[str]]], in_chain: list[dict[str, Any]]
) -> dict[str, Any]:
    """How often papers were asked for, what is new, who agreed, and the acts behind it."""
    dossier = act.dossier
    before = [item for _number, items in earlier for item in items] + [i for row in in_chain for i in row["items"]]
    asking = dossier.trail.filter(act__in=ASKING_ACTS).values_list("number", flat=True)
    numbers = asking if earlier or request.consent_id else []
    evidence: dict[str, Any] = {
        "why": "supplement",
        "number": request.number + len(in_chain),
        "items": request.items,
        "reason": request.reason,
        "repeated": asked_before(request.items, before),
        "acts": [
            *(act_behind(row["dossier_id"], row["code"], row["trail"]) for row in in_chain if row["trail"]),
            *own_acts(dossier, numbers),
            next_act(act),
        ],
    }
    consent = request.consent
    if consent is not None:
        decided_by = consent.decided_by.full_name if consent.decided_by else ""
        evidence |= {"reason_code": consent.reason_code, "new": consent.new_because, "consent_by": decided_by}
        evidence["against_office"] = consent.reason_code == NewPaperReason.OVERLOOKED
    return evidence


def requests_of_earlier_files(act: Act) -> list[dict[str, Any]]:
    """Requests for papers on the earlier files of the chain; no statement for a first attempt."""
    first = act.dossier.first_attempt_id
    if first is None:
        return []
    files = Q(dossier=first) | Q(dossier__first_attempt=first)
    rows = SupplementRequest.objects.filter(files).exclude(dossier=act.dossier.pk).order_by("requested_at")
    found = [
        {"dossier_id": dossier_id, "code": code, "items": items, "number": number}
        for dossier_id, code, items, number in rows.values_list("dossier_id", "dossier__code", "items", "number")
    ]
    trail = TrailEntry.objects.filter(act="request_supplement", dossier__in={row["dossier_id"] for row in found})
    numbers = {
        (pk, data.get("number")): number for pk, number, data in trail.values_list("dossier_id", "number", "data")
    }
    return [{**row, "trail": numbers.get((row["dossier_id"], row["number"]))} for row in found]
