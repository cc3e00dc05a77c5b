"""The receiving screen between request and service: its forms filled, read, and filled again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from offices.models import Office
from onestop.desk.forms.answers import PREFIX, AnswersForm, take_over
from onestop.desk.forms.asking_again import extra_words
from onestop.desk.forms.reception import DETAILS, ApplicantForm, ReceptionForm
from onestop.desk.reading.incoming import FilesOnCounter
from onestop.desk.reading.reception import PaperRow, Promise, handlers_of, paper_rows, promise, reused_answers
from onestop.desk.taking_in import AtTheCounter
from procedures.models import ProcedureVersion
from workflows.exceptions import NotComplete
from workflows.form_answers import answered
from workflows.models import Dossier, IncomingFile
from workflows.services import Intake
from workflows.services.intake import PaperGiven

REASONS = {"supplement": "supplement_reason", "decline": "decline_reason"}


@dataclass(frozen=True)
class Reception:
    """The forms of one file on the counter.

    Attributes:
        version: of the procedure that was chosen.
        desks: where the clerk receives files.
        applicant, answers, choices: the three forms.
        data, files: what was sent; empty on a fresh screen.
        counter_files: files that came in before: dropped, from a phone, from the scanner.
    """

    version: ProcedureVersion
    desks: Sequence[Office]
    applicant: ApplicantForm
    answers: AnswersForm
    choices: ReceptionForm
    data: Mapping[str, Any]
    files: MultiValueDict[str, UploadedFile]
    counter_files: FilesOnCounter | None = None

    @classmethod
    def sent(
        cls,
        version: ProcedureVersion,
        desks: Sequence[Office],
        data: QueryDict,
        files: MultiValueDict[str, UploadedFile],
    ) -> Reception:
        """What the clerk sent off."""
        choices = ReceptionForm(data, definition=version.spec, desks=desks, handlers=handlers_of(version, desks))
        answers = AnswersForm(data, files, definition=version.spec)
        return cls(version, desks, ApplicantForm(data), answers, choices, data, files)

    @classmethod
    def fresh(
        cls,
        version: ProcedureVersion,
        desks: Sequence[Office],
        typed: QueryDict | None = None,
        known: Mapping[str, str] | None = None,
    ) -> Reception:
        """An empty screen, or one with what was typed before; nothing is judged yet.

        Args:
            typed: a draft, or what was typed before the applicant was looked up.
            known: details of a known applicant; they fill what they name.
        """
        before: dict[str, dict[str, Any]] = {"applicant": {}, "choices": {}, "answers": {}}
        if typed is not None:
            sent = cls.sent(version, desks, typed, MultiValueDict())
            before = {name: typed_in(getattr(sent, name)) for name in before}
        before["applicant"] |= known or {}
        handlers = handlers_of(version, desks)
        return cls(
            version,
            desks,
            ApplicantForm(initial=before["applicant"]),
            AnswersForm(definition=version.spec, initial=before["answers"]),
            ReceptionForm(definition=version.spec, desks=desks, handlers=handlers, initial=before["choices"]),
            typed or {},
            MultiValueDict(),
        )

    @property
    def given(self) -> set[str]:
        """Keys of the papers that lie on the counter: ticked, or scanned."""
        ticked = self.choices["paper"].value() or []
        return {*ticked, *self.scans(), *self.incoming}

    @property
    def incoming(self) -> Mapping[str, Sequence[IncomingFile]]:
        """Files that came in before, by the paper they lie beside."""
        return self.counter_files.by_paper if self.counter_files else {}

    def scans(self) -> dict[str, UploadedFile]:
        """Files chosen beside the papers, by key."""
        documents = self.version.spec.documents
        return {
            d.key: self.files[f"file-{d.key}"] for d in documents if not d.replaced_by and f"file-{d.key}" in self.files
        }

    @property
    def papers(self) -> list[PaperRow]:
        """The checklist."""
        return paper_rows(self.version.spec, self.given, self.incoming)

    @property
    def missing(self) -> list[PaperRow]:
        """Required papers that are not there."""
        return [row for row in self.papers if row.is_missing]

    @property
    def asked_for(self) -> set[str]:
        """Papers that form 02 would ask for: what was ticked there, else all that are missing."""
        chosen = self.choices["item"].value()
        return set(chosen) if chosen else {row.key for row in self.missing}

    @property
    def is_valid(self) -> bool:
        """Whether the forms can be handed to a service; all are judged, so that all sentences show at once."""
        return all([self.applicant.is_valid(), self.choices.is_valid(), self.answers.is_valid()])

    @property
    def desk(self) -> Office:
        """The desk at which the file is received."""
        chosen = str(self.choices["receiving_office"].value() or "")
        return next((desk for desk in self.desks if str(desk.pk) == chosen), self.desks[0])

    def promise(self, at: datetime) -> Promise:
        """The date to be promised if the file is received at this moment."""
        channels = [channel.value for channel in self.version.spec.channels]
        channel = self.choices["channel"].value()
        return promise(self.version, channel=channel if channel in channels else channels[0], desk=self.desk, at=at)

    def counter(self, end: str) -> AtTheCounter:
        """Everything as the services take it; the forms are valid."""
        chosen = self.choices.cleaned_data
        details = self.applicant.details()
        reused = reused_answers(self.version.spec, {name: getattr(details, name) for name in DETAILS}, {})
        typed = {key: value for key, value in self.answers.answers().items() if value not in (None, "", [])}
        documents = {d.key: d for d in self.version.spec.documents}
        papers = tuple(
            PaperGiven(key=key, originals=documents[key].originals, copies=documents[key].copies)
            for key in documents
            if key in self.given
        )
        intake = Intake(
            version_id=self.version.pk,
            receiving_office_id=chosen["receiving_office"].pk,
            handling_office_id=chosen["handling_office"].pk,
            applicant=details,
            channel=chosen["channel"],
            answers=reused | typed,
            papers=papers,
            follows_id=chosen["follows"],
            is_nonterritorial=bool(chosen.get("is_nonterritorial")),
        )
        return AtTheCounter(
            intake=intake,
            end=end,
            forward=not chosen["scan_later"],
            items=self.choices.items(),
            reason=chosen.get(REASONS.get(end, ""), ""),
            extra_reason=chosen.get("extra_reason", ""),
            replaced_reason=chosen.get("replaced_reason", ""),
            scans=self.scans(),
            incoming=self.incoming,
            enclosures=self.answers.uploads(),
        )

    def require_extra_reason(self, end: str) -> None:
        """Show what stands outside the published list before it is asked for.

        Raises:
            NotComplete: no reason is given for it.
        """
        if end != "supplement" or self.choices.cleaned_data.get("extra_reason"):
            return
        extras = extra_words(self.version.spec, self.choices.items())
        if extras:
            raise NotComplete(extras, fields={"extra_reason": extras})

    def errors_at(self, names: Iterable[str]) -> dict[str, str]:
        """What is wrong now with fields that were marked: "" where the clerk has mended it."""
        found: dict[str, str] = {}
        for form in (self.applicant, self.choices):
            form.is_valid()
            found |= {name: " ".join(map(str, words)) for name, words in form.errors.items()}
        for one in answered(self.version.spec, self.answers.answers()):
            found[f"{PREFIX}{one.field.key}"] = one.error
        return {name: found.get(name, "") for name in names}

    def complain(self, error: NotComplete, end: str) -> None:
        """Show what a service found missing beside its field."""
        names = {"reason": REASONS.get(end, ""), "items": "item"}
        fields = {names.get(name, name): words for name, words in error.fields.items()}
        renamed = NotComplete(str(error), fields=fields)
        for form in (self.applicant, self.answers, self.choices):
            take_over(form, renamed)


def typed_in(form: forms.Form) -> dict[str, Any]:
    """What stands in the fields of a form that was sent, without judging it."""
    return {name: form[name].data for name in form.fields if form[name].data not in (None, "", [])}


def linked(follows_id: int | None, seen: Any) -> Dossier | None:
    """The stopped dossier that a new one takes the place of, where the clerk may see it."""
    return seen.select_related("applicant").filter(pk=follows_id).first() if follows_id else None
