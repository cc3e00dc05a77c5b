"""What waits to be approved: the draft as the citizen will get it, and what differs from the version before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from viewflow.workflow.status import STATUS

from offices.capacities import Capacities
from onestop.desk.badges import Timetables
from onestop.desk.reading.step_panel import StepPanel
from onestop.desk.reading.steps import title_of
from onestop.desk.reading.trail import TimelineItem, timeline
from onestop.desk.reading.work import WAITING, WorkRow, row_of
from onestop.desk.reading.work_order import first_steps
from workflows.models import Dossier, Paper, Step, TrailEntry
from workflows.querysets import StepQuerySet
from workflows.services.approved_content import fingerprints

APPROVE = "approve"
LONGEST_LIST = 200
LONGEST_BATCH = 100


def waiting_approvals(capacities: Capacities) -> StepQuerySet:
    """Steps of the approving phase that wait for the person and are not paused."""
    return Step.objects.waiting_for(capacities).filter(phase=APPROVE).exclude(process__legal_status__in=WAITING)


def approval_rows(capacities: Capacities, *, at: datetime) -> list[WorkRow]:
    """The list at the left, what is due first on top: two statements."""
    timetables = Timetables()
    return [row_of(step, at, timetables) for step in first_steps(waiting_approvals(capacities), LONGEST_LIST)]


@dataclass(frozen=True, slots=True)
class Difference:
    """One value that changed since the version before."""

    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Versions:
    """The draft in view, the one before it, and what else changed between them."""

    draft: Paper | None
    earlier: Paper | None
    differences: list[Difference] = field(default_factory=list)
    added: list[Paper] = field(default_factory=list)
    is_new: bool = True

    @property
    def is_same_file(self) -> bool:
        """Whether the new draft is byte for byte the old one."""
        return bool(self.draft and self.earlier and self.draft.sha256 == self.earlier.sha256)


def versions_of(panel: StepPanel) -> Versions:
    """The drafts of a dossier and what changed since this step was last finished: one statement."""
    drafts = [paper for paper in panel.page.papers if paper.kind == Paper.Kind.DRAFT]
    since = last_seen(panel)
    before = [paper for paper in drafts[:-1] if since is None or paper.added_at <= since]
    return Versions(
        draft=drafts[-1] if drafts else None,
        earlier=before[-1] if before else None,
        differences=differences_since(panel.dossier, since) if since else [],
        added=[p for p in panel.papers if since and p.added_at > since and p.kind != Paper.Kind.DRAFT and p.file],
        is_new=since is None,
    )


def last_seen(panel: StepPanel) -> datetime | None:
    """When this step was last finished on the dossier; None where it is open for the first time."""
    done = [step.finished for step in panel.page.steps if step.key == panel.step.key and step.status == STATUS.DONE]
    return max((at for at in done if at), default=None)


def differences_since(dossier: Dossier, since: datetime) -> list[Difference]:
    """Values corrected since then: first old value against last new one."""
    rows = dossier.trail.filter(act="correct_data", at__gt=since).order_by("number").values_list("data", flat=True)
    changed: dict[str, list[Any]] = {}
    for data in rows:
        for name, (old, new) in data.get("changes", {}).items():
            changed.setdefault(name, [old, new])[1] = new
    labels = {form_field.key: form_field.label for form_field in dossier.version.spec.form}
    return [Difference(labels.get(name, name), as_text(old), as_text(new)) for name, (old, new) in changed.items()]


def as_text(value: Any) -> str:
    """A value of the form as one line."""
    if isinstance(value, list | tuple):
        return "; ".join(as_text(item) for item in value)
    if isinstance(value, dict):
        return ", ".join(as_text(item) for item in value.values())
    return "" if value is None else str(value)


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wrote when they finished a step."""

    step: str
    by: str
    at: datetime
    words: str
    is_return: bool


def remarks_on(panel: StepPanel) -> list[Remark]:
    """What was written along the way, newest first: one statement."""
    reasons = reasons_of(panel.dossier)
    remarks = []
    for step in reversed(panel.page.steps):
        words = step.note or reasons.get(step.pk, "")
        if words and step.finished:
            remarks.append(
                Remark(title_of(step), str(step.finished_by or ""), step.finished, words, step.pk in reasons)
            )
    return remarks


def reasons_of(dossier: Dossier) -> dict[int | None, str]:
    """Why steps sent the dossier back or proposed to refuse it, by step."""
    rows = TrailEntry.objects.filter(dossier=dossier, data__has_key="reason", step__isnull=False)
    return {step_id: str(data["reason"]) for step_id, data in rows.values_list("step_id", "data")}


@dataclass(frozen=True, slots=True)
class Pick:
    """One ticked row: the step, and the version of its dossier that was on the screen."""

    step_id: int
    seen: int
    content: str = ""

    @classmethod
    def read(cls, text: str) -> Pick | None:
        """Read `step:seen`, or `step:seen:fingerprint` of what was looked at; None where it cannot be read."""
        step_id, _colon, rest = text.partition(":")
        seen, _colon, content = rest.partition(":")
        fits = all(part.isascii() and part.isdigit() and len(part) < 10 for part in (step_id, seen))
        return cls(int(step_id), int(seen), content[:64]) if fits else None


def picks_in(values: Sequence[str]) -> list[Pick]:
    """The ticked rows, each once, at most a batch."""
    found = [pick for pick in (Pick.read(value) for value in values) if pick is not None]
    return list({pick.step_id: pick for pick in found}.values())[:LONGEST_BATCH]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One line of the summary: what would be approved."""

    pick: Pick
    row: WorkRow
    draft: Paper | None
    changed: bool
    content: str = ""
    changes: list[TimelineItem] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        """Whether it can still be approved as the person saw it."""
        return not self.changed


def candidates(capacities: Capacities, picks: Sequence[Pick], *, at: datetime) -> list[Candidate]:
    """The ticked rows as they are now, with what their approval is bound to: five statements, more for what changed."""
    seen = {pick.step_id: pick for pick in picks}
    found = first_steps(waiting_approvals(capacities).filter(pk__in=seen), len(seen))
    ids = [step.process_id for step in found]
    drafts = Paper.objects.filter(dossier__in=ids, kind=Paper.Kind.DRAFT, superseded_at__isnull=True)
    by_dossier = {paper.dossier_id: paper for paper in drafts}
    contents, timetables = fingerprints(ids), Timetables()
    return [
        Candidate(
            seen[step.pk],
            row_of(step, at, timetables),
            by_dossier.get(step.process_id),
            changed := step.process.acts != seen[step.pk].seen,
            contents[step.process_id],
            timeline(step.process, after=seen[step.pk].seen) if changed else [],
        )
        for step in found
    ]
