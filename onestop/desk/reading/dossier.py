"""Everything the dossier's page says: head, papers, form, process, clock, and what may be done now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst

from offices.capacities import Capacities
from offices.models import Role
from onestop.desk import words
from onestop.desk.badges import dossier_badge, step_badge
from onestop.desk.reading.attempts import Chain, chain_of
from onestop.desk.reading.breaches import visible as visible_reviews
from onestop.desk.reading.clocks import (
    ClockSum,
    DateChange,
    ExplainedClock,
    Held,
    Part,
    changes_of,
    explained,
    ledger_of,
    parts_of,
    sums_of,
)
from onestop.desk.reading.flags import flags_of, review_of
from onestop.desk.reading.incoming import FilesForDossier
from onestop.desk.reading.notes import NoteLine, notes_of
from onestop.desk.reading.process_lines import ProcessLine, process_lines
from onestop.desk.reading.replanning import Outlook, outlook
from onestop.desk.reading.steps import title_of
from onestop.desk.reading.trail import TimelineItem, timeline, value_words
from onestop.desk.slips.links import SlipLink, slips_of
from onestop.desk.terms_in_words import copies_in_words
from onestop.desk.words import TimeBadge
from procedures.definition import Definition, Document, FieldKind, FormField, PersonPart
from sla.models import Clock
from workflows.consent_rights import requests_in_chain, usable_among
from workflows.diagram import dossier_diagram
from workflows.file_types import ACCEPT
from workflows.models import (
    Apology,
    BreachReview,
    Consultation,
    Dossier,
    Flag,
    LegalStatus,
    Paper,
    PaymentRequest,
    Step,
    SupplementRequest,
)
from workflows.models.requests import SupplementConsent
from workflows.possible_acts import PossibleAct, possible_acts

TABS = ("papers", "form", "process", "clock")


class DossierPage:
    """One dossier as one person sees it now; each part is read when it is printed, and once.

    Attributes:
        dossier: read with its version, offices and clocks.
        capacities: the person's rights to act.
        at: now.
        tab: which part of the middle is open.
    """

    def __init__(self, dossier: Dossier, capacities: Capacities, *, at: datetime, tab: str = "") -> None:
        self.dossier, self.capacities, self.at = dossier, capacities, at
        self.tab = tab if tab in TABS else TABS[0]

    @property
    def definition(self) -> Definition:
        """The definition the dossier began with."""
        return self.dossier.version.spec

    @cached_property
    def steps(self) -> list[Step]:
        """All human steps, oldest first."""
        parts = ("owner", "office", "finished_by", "on_behalf_of", "clock", "given_by")
        steps = list(self.dossier.task_set.human().select_related(*parts).order_by("pk"))
        for step in steps:
            step.process = self.dossier
        return steps

    @cached_property
    def open_steps(self) -> list[tuple[Step, str, TimeBadge]]:
        """Open steps with their titles and the time they have left."""
        return [(step, title_of(step), step_badge(step, at=self.at)) for step in self.steps if step.is_open]

    @cached_property
    def flags(self) -> list[Flag]:
        """Flags that are up."""
        return list(self.dossier.flags.filter(cleared_at__isnull=True))

    @cached_property
    def past_flags(self) -> list[Flag]:
        """Flags that were up, and those that somebody looked into, the newest first."""
        return [flag for flag in flags_of(self.dossier) if flag.cleared_at is not None or review_of(flag) is not None]

    @cached_property
    def attempts(self) -> Chain | None:
        """The files that this one continues, or that continue it."""
        return chain_of(self.dossier, self.capacities, at=self.at)

    @cached_property
    def badge(self) -> TimeBadge:
        """The state of the dossier's time."""
        soon = any(flag.kind == Flag.Kind.DUE_SOON for flag in self.flags)
        return dossier_badge(self.dossier, at=self.at, due_soon=soon)

    @cached_property
    def papers(self) -> list[Paper]:
        """Papers that hold, and those they superseded."""
        return list(self.dossier.papers.select_related("added_by").order_by("pk"))

    @cached_property
    def consultations(self) -> list[Consultation]:
        """Questions to other offices, answered or not."""
        return list(self.dossier.consultations.select_related("office", "asked_by", "answered_by").order_by("pk"))

    @cached_property
    def supplements(self) -> list[SupplementRequest]:
        """Requests for papers."""
        return list(self.dossier.supplements.select_related("requested_by", "accepted_by").order_by("number"))

    @cached_property
    def payments(self) -> list[PaymentRequest]:
        """Requests for a payment."""
        return list(self.dossier.payments.select_related("requested_by", "confirmed_by").order_by("pk"))

    @cached_property
    def open_supplement(self) -> SupplementRequest | None:
        """The request for papers that is not answered."""
        return next((row for row in self.supplements if row.accepted_at is None), None)

    @cached_property
    def apologies(self) -> list[Apology]:
        """Apologies owed or given."""
        return list(self.dossier.apologies.select_related("proposed_by", "approved_by").order_by("run"))

    @cached_property
    def consents(self) -> list[SupplementConsent]:
        """What heads were asked about further requests for papers."""
        return list(self.dossier.supplement_consents.select_related("asked_by", "decided_by", "request").order_by("pk"))

    @property
    def usable_consent(self) -> SupplementConsent | None:
        """The word of a head that a further request may use."""
        return usable_among(self.consents) if self.requests_made else None

    @cached_property
    def requests_made(self) -> int:
        """How often papers were asked for, on the earlier files of the chain too."""
        return len(self.supplements) + requests_in_chain(self.dossier)

    @cached_property
    def outlook(self) -> Outlook | None:
        """What is left of the time, spread over the steps to come."""
        return outlook(self.dossier, self.steps, at=self.at)

    @property
    def apology_url(self) -> str:
        """Where the person may propose an apology; empty where they may not now."""
        may = any(act.name == "propose_apology" and not act.hindrance for act in self.acts)
        return f"{reverse('desk:dossier', args=[self.dossier.pk])}?act=propose_apology#acts" if may else ""

    @cached_property
    def breaches(self) -> list[BreachReview]:
        """Missed limits of the dossier whose review the person may see."""
        return list(visible_reviews(self.capacities).filter(dossier=self.dossier).order_by("pk"))

    @cached_property
    def slips(self) -> list[SlipLink]:
        """What can be printed again."""
        return slips_of(self.dossier, self.supplements)

    @cached_property
    def has_draft(self) -> bool:
        """Whether a draft result lies in the dossier."""
        drafts = (paper for paper in self.papers if paper.kind == Paper.Kind.DRAFT and paper.superseded_at is None)
        return any(paper.can_be_opened for paper in drafts)

    @cached_property
    def acts(self) -> list[PossibleAct]:
        """What the person may do now."""
        waiting = [row for row in self.consultations if row.answered_at is None]
        return possible_acts(
            self.dossier,
            self.steps,
            self.capacities,
            at=self.at,
            has_draft=self.has_draft,
            consultations=waiting,
            requests_made=self.requests_made,
            consents=self.consents if self.requests_made else (),
            apologies=self.apologies,
        )

    @cached_property
    def notes(self) -> list[NoteLine]:
        """What colleagues told each other."""
        return notes_of(self.dossier, reader_id=self.capacities.user_id, at=self.at)

    @cached_property
    def timeline(self) -> list[TimelineItem]:
        """The acts, newest first."""
        return timeline(self.dossier)

    # Papers

    @cached_property
    def may_add_papers(self) -> bool:
        """Whether the person may lay files into the dossier now."""
        return any(act.name == "add_paper" and not act.hindrance for act in self.acts)

    accepts = ACCEPT

    @cached_property
    def waiting_files(self) -> FilesForDossier:
        """What came in for the dossier and is no paper yet."""
        return FilesForDossier.of(self.capacities, self.dossier)

    @cached_property
    def paper_lines(self) -> list[PaperLine]:
        """The definition's papers with what lies in the file, then drafts, results and other papers."""
        present = [paper for paper in self.papers if paper.superseded_at is None]
        listed = [PaperLine.of(document, self.papers) for document in self.definition.documents]
        keys = {document.key for document in self.definition.documents}
        other = [paper for paper in present if paper.kind != Paper.Kind.SUBMITTED or paper.key not in keys]
        return [*listed, *(PaperLine.alone(paper, self.papers) for paper in other)]

    @property
    def given(self) -> set[str]:
        """Keys of the definition's papers that lie in the file."""
        kept = (paper for paper in self.papers if paper.kind == Paper.Kind.SUBMITTED and paper.superseded_at is None)
        return {paper.key for paper in kept if paper.key}

    # Form

    @cached_property
    def answers(self) -> list[AnswerLine]:
        """The e-form with its answers."""
        return [AnswerLine.of(field, self.dossier.data.get(field.key)) for field in self.definition.form]

    # Process

    @cached_property
    def diagram(self) -> str:
        """The process as a picture, the current step marked."""
        return dossier_diagram(self.dossier) if self.steps else ""

    @cached_property
    def process(self) -> list[ProcessLine]:
        """The official table of steps with what happened at each."""
        return list(process_lines(self.definition, self.steps, self.at))

    # Clock

    @cached_property
    def clock(self) -> ExplainedClock | None:
        """The clock that decides the date, explained."""
        clock = self.running_clock
        return explained(clock, self.dossier) if clock else None

    @property
    def running_clock(self) -> Clock | None:
        """The statutory clock; before reception, the desk's."""
        return self.dossier.statutory_clock or self.dossier.desk_clock

    @cached_property
    def date_changes(self) -> list[DateChange]:
        """How the due date moved."""
        return changes_of(self.running_clock) if self.running_clock else []

    @cached_property
    def held(self) -> list[Held]:
        """Who held the dossier, stretch by stretch."""
        return ledger_of(self.dossier, at=self.at)

    @cached_property
    def clock_sums(self) -> list[ClockSum]:
        """The legal limit and each step's clock: how long they ran and stood still."""
        return sums_of(self.dossier, self.steps, at=self.at)

    @cached_property
    def parts(self) -> list[Part]:
        """Whose hours, added up."""
        return parts_of(self.held)

    @property
    def total(self) -> str:
        """The sum of the ledger."""
        return words.stretch(minutes=sum(part.minutes for part in self.parts))

    @property
    def can_be_followed(self) -> bool:
        """Whether the person may receive a new file in place of this one, which ended without a result."""
        ended = self.dossier.legal_status in {LegalStatus.NOT_ACCEPTED, LegalStatus.WITHDRAWN, LegalStatus.STOPPED}
        return ended and self.dossier.receiving_office_id in self.capacities.offices_as(Role.CLERK)

    @property
    def is_waiting(self) -> bool:
        """Whether the applicant must act."""
        return self.dossier.legal_status in {LegalStatus.AWAITING_SUPPLEMENT, LegalStatus.AWAITING_PAYMENT}


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One paper with its files, the newest first."""

    name: str
    kind: str
    amount: str
    is_here: bool
    required: bool
    replaced_by: str
    papers: list[Paper]
    note: str = ""
    key: str = ""

    @classmethod
    def of(cls, document: Document, papers: Iterable[Paper]) -> PaperLine:
        """A paper of the definition."""
        fitting = [p for p in papers if p.key == document.key and p.kind == Paper.Kind.SUBMITTED]
        here = next((paper for paper in reversed(fitting) if paper.superseded_at is None), None)
        wanted = copies_in_words(document.originals, document.copies)
        amount = copies_in_words(here.originals, here.copies) if here else wanted
        return cls(
            document.name,
            "",
            amount,
            here is not None,
            document.required,
            document.replaced_by or "",
            [paper for paper in reversed(fitting) if paper.file],
            document.note,
            "" if document.replaced_by else document.key,
        )

    @classmethod
    def alone(cls, paper: Paper, papers: Iterable[Paper]) -> PaperLine:
        """A draft, a result or another paper."""
        older = [p for p in papers if p.kind == paper.kind == Paper.Kind.DRAFT and p.key == paper.key and p != paper]
        named = paper.kind == Paper.Kind.SUBMITTED or paper.name.lower() == paper.get_kind_display().lower()
        kind = "" if named else capfirst(paper.get_kind_display())
        amount = copies_in_words(paper.originals, paper.copies)
        return cls(capfirst(paper.name), kind, amount, True, False, "", [paper, *reversed(older)] if paper.file else [])


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One question with its answer; a table has rows."""

    label: str
    value: str
    columns: list[str]
    rows: list[list[str]]

    @classmethod
    def of(cls, field: FormField, value: Any) -> AnswerLine:
        """In words."""
        if field.kind is FieldKind.TABLE:
            rows = [[answer_words(column, row.get(column.key)) for column in field.columns] for row in value or []]
            return cls(field.label, "", [column.label for column in field.columns], rows)
        return cls(field.label, answer_words(field, value), [], [])


def answer_words(field: FormField, value: Any) -> str:
    """One answer as people write it."""
    if value in (None, ""):
        return ""
    if field.kind is FieldKind.MONEY:
        return words.money(int(value))
    if field.kind is FieldKind.DATE:
        return words.day(date.fromisoformat(value))
    if field.kind is FieldKind.PERSON and isinstance(value, dict):
        return person_words(field, value)
    if field.kind is FieldKind.NUMBER:
        return value_words(value).replace(".", ",")
    return value_words(value)


def person_words(field: FormField, person: Mapping[str, str]) -> str:
    """A person on one line: the name, then what is asked besides."""
    parts = {part: person.get(part.value, "") for part in field.asked_parts}
    birth = parts.get(PersonPart.BIRTH)
    if birth:
        parts[PersonPart.BIRTH] = words.day(date.fromisoformat(birth))
    return ", ".join(part for part in (person.get("full_name", ""), *parts.values()) if part)
