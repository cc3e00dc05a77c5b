"""Approve: the list beside the draft result; one by one, or many after a summary."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.reading import approvals
from onestop.desk.reading.step_panel import StepPanel
from onestop.desk.reading.trail import TimelineItem, items
from onestop.desk.reading.work import WorkRow
from onestop.desk.views.work import panel_context, panel_or_404
from workflows import services
from workflows.exceptions import NotAllowed, NotComplete, NotFound, NotPossibleNow, StaleScreen
from workflows.models import Dossier

APPROVERS = (Role.DIVISION_HEAD, Role.LEADER)
INLINE = {"application/pdf": "frame", "image/png": "image", "image/jpeg": "image"}


@desk_page(*APPROVERS)
@require_safe
def approve(request: DeskRequest) -> HttpResponse:
    """What waits for approval, and the draft of the one that is open: the first where none is named."""
    at = timezone.now()
    rows = approvals.approval_rows(request.capacities, at=at)
    opened = chosen_row(rows, request.GET.get("open", ""))
    context: dict[str, Any] = {"rows": rows, "opened": opened, "count": len(rows)}
    if opened is not None:
        context |= draft_context(request, opened.step.pk)
    return render(request, "desk/approve/page.html", context)


def chosen_row(rows: list[WorkRow], named: str) -> WorkRow | None:
    """The named row, else the first."""
    return next((row for row in rows if str(row.step.pk) == named), rows[0] if rows else None)


def draft_context(request: DeskRequest, step_id: int) -> dict[str, Any]:
    """The panel of one step with its draft, the remarks on it and what differs from the version before."""
    panel = panel_or_404(request, step_id)
    versions = approvals.versions_of(panel)
    return panel_context(panel) | {
        "versions": versions,
        "shown_as": INLINE.get(versions.draft.content_type, "") if versions.draft else "",
        "earlier_as": INLINE.get(versions.earlier.content_type, "") if versions.earlier else "",
        "compare": "compare" in request.GET and versions.earlier is not None,
        "remarks": approvals.remarks_on(panel),
        "place": "approve",
    }


@desk_page(*APPROVERS)
@require_safe
def summary(request: DeskRequest) -> HttpResponse:
    """What would be approved, before it is: the ticked rows as they are now, and what dropped out."""
    picks = approvals.picks_in(request.GET.getlist("step"))
    if not picks:
        messages.warning(request, _("Tick at least one dossier first."))
        return redirect("desk:approve")
    found = approvals.candidates(request.capacities, picks, at=timezone.now())
    ready = [candidate for candidate in found if candidate.is_ready]
    context = {
        "ready": ready,
        "changed": [candidate for candidate in found if not candidate.is_ready],
        "gone": gone_lines(request, {pick.step_id for pick in picks} - {candidate.pick.step_id for candidate in found}),
    }
    return render(request, "desk/approve/summary.html", context)


def gone_lines(request: DeskRequest, step_ids: set[int]) -> list[str]:
    """Ticked rows that wait for the person no more, and why."""
    found = (find_panel(request, step_id) for step_id in sorted(step_ids))
    return [f"{panel.dossier.code}: {panel.why_not}" for panel in found if panel is not None]


def find_panel(request: DeskRequest, step_id: int) -> StepPanel | None:
    """The panel of a step, None where the person may not see its dossier."""
    try:
        return panel_or_404(request, step_id)
    except Http404:
        return None


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one ticked row."""

    dossier: Dossier
    why_not: str = ""
    changes: list[TimelineItem] = field(default_factory=list)


@desk_page(*APPROVERS)
@require_POST
def approve_many(request: DeskRequest) -> HttpResponse:
    """Approve every row of the summary on its own; what changed meanwhile drops out and says why."""
    answers = [
        answer
        for pick in approvals.picks_in(request.POST.getlist("step"))
        if (answer := approve_one(request, pick)) is not None
    ]
    approved = [answer for answer in answers if not answer.why_not]
    dropped = [answer for answer in answers if answer.why_not]
    if approved:
        count = len(approved)
        words = ngettext("%(count)d dossier is approved.", "%(count)d dossiers are approved.", count)
        messages.success(request, words % {"count": count})
    if not dropped:
        return redirect("desk:approve")
    status = 200 if approved else 409
    return render(request, "desk/approve/outcome.html", {"approved": approved, "dropped": dropped}, status=status)


def approve_one(request: DeskRequest, pick: approvals.Pick) -> Answer | None:
    """Approve one row as it was seen; None where the person may not see it."""
    panel = find_panel(request, pick.step_id)
    if panel is None:
        return None
    try:
        services.approve(step_id=pick.step_id, by=request.user, seen=pick.seen, content=pick.content)
    except StaleScreen as error:
        return Answer(panel.dossier, str(error), items(error.changes, panel.dossier))
    except (NotAllowed, NotComplete, NotFound, NotPossibleNow) as error:
        return Answer(panel.dossier, str(error))
    return Answer(panel.dossier)
