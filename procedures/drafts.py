"""Services for the editor's drafts: begin, type, add and move rows, write as YAML, discard, take an import over.

Every change names who made it: who had a hand in a draft cannot publish it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from offices.capacities import local_day
from offices.models import User
from procedures import draft_content as content_of
from procedures.definition import Definition
from procedures.draft_content import Checked, Content
from procedures.exceptions import DraftExists, NotADraft, NotCatalogueEditor, NothingToPublish, UnreadableDefinition
from procedures.importing.report import Draft
from procedures.lint import LintContext, defects_of_the_process
from procedures.models import Procedure, ProcedureVersion
from procedures.permissions import can_edit_catalogue
from procedures.reading import read_definition
from procedures.services import import_definitions

Status = ProcedureVersion.Status


def content(version: ProcedureVersion) -> Content:
    """What an editor sees: what was typed, or the definition where that holds everything."""
    return version.writing if version.writing is not None else version.definition


def check(version: ProcedureVersion, *, context: LintContext | None = None) -> Checked:
    """Look at what an editor sees; see `draft_content.checked`."""
    return content_of.checked(content(version), context=context)


@transaction.atomic
def begin_draft(*, procedure: Procedure, by: User, at: datetime) -> ProcedureVersion:
    """Begin a draft from the newest version; where there is a draft already, that one.

    Args:
        procedure: the procedure.
        by: the catalogue editor.
        at: now, aware; the draft is valid from the next day of the office on, or later as its source says.

    Raises:
        NotCatalogueEditor: when `by` may not change the catalogue.
        NothingToPublish: when the procedure has no version at all.
    """
    locked = Procedure.objects.select_for_update().get(pk=procedure.pk)
    _check_editor(by, at)
    newest = locked.versions.order_by("-number").first()
    if newest is None:
        raise NothingToPublish(locked.reference)
    if newest.status == Status.DRAFT:
        return newest
    first_day = date.fromordinal(local_day(at).toordinal() + 1)
    written = newest.spec.as_json() | {"valid_from": max(first_day, newest.valid_from).isoformat()}
    written.pop("valid_to", None)
    spec = Definition.model_validate(written)
    draft = ProcedureVersion(procedure=locked, number=newest.number + 1)
    draft.definition, draft.definition_hash, draft.imported_at = written, spec.fingerprint, at
    draft.valid_from, draft.valid_to = spec.valid_from, None
    draft.save()
    draft.authors.add(by)
    return draft


def type_values(
    *, procedure: Procedure, values: Mapping[str, str | list[str]], by: User, at: datetime
) -> ProcedureVersion:
    """Keep typed values, whether they are right or not.

    Args:
        procedure: whose draft it is.
        values: by place, for example steps[3].name, as they were typed; several for lists of choices.
        by: the catalogue editor.
        at: now, aware.

    Raises:
        NotCatalogueEditor: when `by` may not change the catalogue.
        NothingToPublish: when there is no draft any more.
        UnknownPlace: when the row is gone.
    """

    def change(now: Content) -> Content:
        for place, text in values.items():
            now = content_of.with_value(now, place, text)
        return now

    return _change(procedure, change, by=by, at=at)


def add_row(*, procedure: Procedure, kind: str, after: int | None, by: User, at: datetime) -> ProcedureVersion:
    """Add an empty row to `steps`, `documents`, `fees`, `limits` or `form`; raises as `type_values`."""
    return _change(procedure, lambda now: content_of.added(now, kind, after), by=by, at=at)


def remove_row(*, procedure: Procedure, place: str, by: User, at: datetime) -> ProcedureVersion:
    """Remove a row; ways that led to a removed step lead to the one behind it. Raises as `type_values`."""
    return _change(procedure, lambda now: content_of.removed(now, place), by=by, at=at)


def move_row(*, procedure: Procedure, place: str, offset: int, by: User, at: datetime) -> ProcedureVersion:
    """Move a row up (-1) or down (1); raises as `type_values`."""
    return _change(procedure, lambda now: content_of.moved(now, place, offset), by=by, at=at)


def write_yaml(*, procedure: Procedure, text: str, by: User, at: datetime) -> ProcedureVersion:
    """Replace the whole draft by what stands in a text.

    Raises:
        UnreadableDefinition: with line, place and what to do; nothing is changed then.
    """
    spec = read_definition(text)
    if (spec.code, spec.level.value) != (procedure.code, procedure.level):
        raise UnreadableDefinition(
            _("Code and level belong to the procedure: keep %(reference)s.") % {"reference": procedure.reference},
            place="code",
        )
    return _change(procedure, lambda _now: spec.as_json(), by=by, at=at)


@transaction.atomic
def discard_draft(*, procedure: Procedure, by: User, at: datetime) -> None:
    """Throw the draft away; a procedure that has nothing else goes with it.

    Raises:
        NotCatalogueEditor: when `by` may not change the catalogue.
        NothingToPublish: when there is no draft any more.
    """
    draft = _locked_draft(procedure, by, at)
    draft.delete()
    if not procedure.versions.exists():
        procedure.offerings.all().delete()
        procedure.officers.all().delete()
        procedure.delete()


@transaction.atomic
def keep_imports(*, drafts: Sequence[Draft], may_replace: bool, by: User, at: datetime) -> list[ProcedureVersion]:
    """Keep what an import read as drafts with their reports: all, or none.

    Args:
        drafts: what was read.
        may_replace: whether drafts that editors are writing may be overwritten.

    Raises:
        DraftExists: when somebody is writing a draft of one of them.
        NotCatalogueEditor, DefectiveDefinition, DefinedTwice: as `import_definitions`.
    """
    if not may_replace:
        _refuse_to_overwrite([draft.spec for draft in drafts])
    imported = import_definitions(specs=[draft.spec for draft in drafts], at=at, by=by)
    for one, draft in zip(imported, drafts, strict=True):
        if one.version.status == Status.DRAFT:
            one.version.report = [remark.as_json() for remark in draft.remarks]
            one.version.save(update_fields=["report"])
            one.version.authors.add(by)
    return [one.version for one in imported]


def _refuse_to_overwrite(specs: Sequence[Definition]) -> None:
    codes = [spec.code for spec in specs]
    written = ProcedureVersion.objects.filter(
        status=Status.DRAFT, authors__isnull=False, procedure__code__in=codes
    ).select_related("procedure")
    taken = {version.procedure.reference for version in written} & {spec.reference for spec in specs}
    if taken:
        raise DraftExists(sorted(taken))


@transaction.atomic
def _change(procedure: Procedure, change: Callable[[Content], Content], *, by: User, at: datetime) -> ProcedureVersion:
    """Change the draft under its lock; the definition follows as soon as what is written makes one."""
    draft = _locked_draft(procedure, by, at)
    written = change(content(draft))
    written["code"], written["level"] = procedure.code, procedure.level
    seen = content_of.checked(written)
    if seen.spec is None or defects_of_the_process(seen.spec):
        draft.writing = written
        draft.save(update_fields=["writing"])
    else:
        draft.writing = None
        draft.definition, draft.definition_hash = seen.spec.as_json(), seen.spec.fingerprint
        draft.valid_from, draft.valid_to = seen.spec.valid_from, seen.spec.valid_to
        draft.save(update_fields=["writing", "definition", "definition_hash", "valid_from", "valid_to"])
    draft.authors.add(by)
    return draft


def _locked_draft(procedure: Procedure, by: User, at: datetime) -> ProcedureVersion:
    Procedure.objects.select_for_update().get(pk=procedure.pk)
    _check_editor(by, at)
    draft = procedure.versions.select_for_update().filter(status=Status.DRAFT).first()
    if draft is None:
        newest = procedure.versions.order_by("-number").first()
        if newest is not None:
            raise NotADraft(procedure.reference, newest.number)
        raise NothingToPublish(procedure.reference)
    return draft


def _check_editor(by: User, at: datetime) -> None:
    if not can_edit_catalogue(by, at):
        raise NotCatalogueEditor(by.username)
