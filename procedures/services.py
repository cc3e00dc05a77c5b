"""Changes to the catalogue: import, publish, withdraw, offer. The only door through which versions change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db import transaction

from offices.models import Office, User
from procedures.definition import Definition
from procedures.exceptions import (
    AmbiguousCode,
    DefectiveDefinition,
    DefinedTwice,
    NotADraft,
    NotCatalogueEditor,
    NothingToPublish,
    NotPublished,
    OwnDraft,
    Unfinished,
    UnknownProcedure,
)
from procedures.findings import Finding, Severity
from procedures.lint import defects_of_the_process
from procedures.models import Offering, OfficerInCharge, Procedure, ProcedureVersion
from procedures.permissions import can_edit_catalogue


class Change(StrEnum):
    """What an import did."""

    NEW = "new"
    DRAFT_CHANGED = "draft_changed"
    NEW_VERSION = "new_version"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Imported:
    """One definition after its import."""

    version: ProcedureVersion
    change: Change


def find_procedure(reference: str) -> Procedure:
    """The procedure named by code or by code and level.

    Args:
        reference: 1.005144 or 1.005144@commune.

    Raises:
        UnknownProcedure: when there is none.
        AmbiguousCode: when the code exists at several levels and no level was named.
    """
    found = list(Procedure.objects.at_reference(reference)[:4])
    if not found:
        raise UnknownProcedure(reference)
    if len(found) > 1:
        raise AmbiguousCode(reference, [procedure.reference for procedure in found])
    return found[0]


def present_definition(reference: str) -> Definition | None:
    """The newest definition of a code or a code with its level; None where there is none or several levels have it."""
    code, _at, level = reference.partition("@")
    found = list(ProcedureVersion.objects.filter(procedure__code=code).order_by("procedure_id", "-number"))
    found = [version for version in found if not level or version.definition.get("level") == level]
    if not code or len({version.procedure_id for version in found}) != 1:
        return None
    return found[0].spec


@transaction.atomic
def import_definitions(*, specs: Iterable[Definition], at: datetime, by: User | None = None) -> list[Imported]:
    """Import several definitions, all or none.

    Args:
        specs: what was read from the files.
        at: now, aware.
        by: the catalogue editor; None for the command line.

    Returns:
        One entry per definition, in order.

    Raises:
        DefectiveDefinition: when the process of one cannot be drawn (unknown targets, duplicate keys, circles).
        DefinedTwice: when two have the same code and level.
        NotCatalogueEditor: when `by` may not change the catalogue.
    """
    _check_editor(by, at)
    imported: list[Imported] = []
    seen: set[str] = set()
    for spec in specs:
        if spec.reference in seen:
            raise DefinedTwice(spec.reference)
        seen.add(spec.reference)
        imported.append(_store(spec, at))
    return imported


def import_definition(*, spec: Definition, at: datetime, by: User | None = None) -> ProcedureVersion:
    """Import one definition; see `import_definitions`. Returns the version that now holds it."""
    return import_definitions(specs=[spec], at=at, by=by)[0].version


def _store(spec: Definition, at: datetime) -> Imported:
    defects = defects_of_the_process(spec)
    if defects:
        raise DefectiveDefinition(spec.reference, defects)
    procedure = _locked_procedure(spec)
    latest = procedure.versions.order_by("-number").first()
    if latest is None:
        return Imported(_new_version(procedure, spec, 1, at), Change.NEW)
    if latest.definition_hash == spec.fingerprint:
        return Imported(latest, Change.UNCHANGED)
    if latest.status == ProcedureVersion.Status.DRAFT:
        return Imported(_rewrite(latest, procedure, spec, at), Change.DRAFT_CHANGED)
    return Imported(_new_version(procedure, spec, latest.number + 1, at), Change.NEW_VERSION)


def _locked_procedure(spec: Definition) -> Procedure:
    """The procedure's row, made when missing, locked until the import is done."""
    fresh = Procedure(code=spec.code, level=spec.level.value)
    fresh.describe(spec)
    named = {"name": fresh.name, "name_folded": fresh.name_folded}
    defaults = named | {"field_code": fresh.field_code, "field_name": fresh.field_name}
    Procedure.objects.get_or_create(code=spec.code, level=spec.level.value, defaults=defaults)
    return Procedure.objects.select_for_update().get(code=spec.code, level=spec.level.value)


def _new_version(procedure: Procedure, spec: Definition, number: int, at: datetime) -> ProcedureVersion:
    version = ProcedureVersion(procedure=procedure, number=number)
    return _rewrite(version, procedure, spec, at)


def _rewrite(version: ProcedureVersion, procedure: Procedure, spec: Definition, at: datetime) -> ProcedureVersion:
    version.definition, version.definition_hash = spec.as_json(), spec.fingerprint
    version.valid_from, version.valid_to, version.imported_at = spec.valid_from, spec.valid_to, at
    version.writing, version.report = None, []
    version.save()
    if not procedure.versions.exclude(status=ProcedureVersion.Status.DRAFT).exists():
        procedure.describe(spec)
        procedure.save()
    return version


@transaction.atomic
def publish_version(
    *, version: ProcedureVersion, at: datetime, by: User | None = None, findings: Iterable[Finding] = ()
) -> ProcedureVersion:
    """Publish a draft: from now on it never changes.

    Args:
        version: the draft.
        at: now, aware.
        by: the catalogue editor; None for the command line.
        findings: what the linter said; errors block.

    Returns:
        The version, published.

    Raises:
        NotCatalogueEditor: when `by` may not change the catalogue.
        NotADraft: when somebody published or withdrew it before.
        DefectiveDefinition: when a finding is an error.
        Unfinished: when something typed into the draft is no definition yet.
        OwnDraft: when `by` had a hand in the draft.
    """
    procedure = Procedure.objects.select_for_update().get(pk=version.procedure_id)
    locked = ProcedureVersion.objects.select_for_update().get(pk=version.pk)
    _check_editor(by, at)
    if locked.status != ProcedureVersion.Status.DRAFT:
        raise NotADraft(procedure.reference, locked.number)
    errors = [finding for finding in findings if finding.severity is Severity.ERROR]
    if errors:
        raise DefectiveDefinition(procedure.reference, errors)
    if locked.writing is not None:
        raise Unfinished(procedure.reference)
    if by is not None and locked.authors.filter(pk=by.pk).exists():
        raise OwnDraft(procedure.reference, [str(author) for author in locked.authors.all()])
    locked.status = ProcedureVersion.Status.PUBLISHED
    locked.published_at, locked.published_by = at, by
    locked.save(update_fields=["status", "published_at", "published_by"])
    procedure.describe(locked.spec)
    procedure.save()
    return locked


def draft_of(procedure: Procedure) -> ProcedureVersion:
    """The procedure's draft.

    Raises:
        NothingToPublish: when it has none.
    """
    draft = procedure.draft
    if draft is None:
        raise NothingToPublish(procedure.reference)
    return draft


@transaction.atomic
def withdraw_version(
    *, version: ProcedureVersion, reason: str, at: datetime, by: User | None = None
) -> ProcedureVersion:
    """Withdraw a published version: no new file gets it, files that have it keep it.

    Raises:
        NotCatalogueEditor: when `by` may not change the catalogue.
        NotPublished: when it is a draft or was withdrawn before.
    """
    locked = ProcedureVersion.objects.select_for_update(of=["self"]).select_related("procedure").get(pk=version.pk)
    _check_editor(by, at)
    if locked.status != ProcedureVersion.Status.PUBLISHED:
        raise NotPublished(locked.procedure.reference, locked.number)
    locked.status = ProcedureVersion.Status.WITHDRAWN
    locked.withdrawn_at, locked.withdrawn_by, locked.withdrawn_reason = at, by, reason
    locked.save(update_fields=["status", "withdrawn_at", "withdrawn_by", "withdrawn_reason"])
    return locked


def offer(procedure: Procedure, office: Office, *, by: User | None = None, at: datetime | None = None) -> Offering:
    """Let an office handle a procedure; saying it twice changes nothing.

    Args:
        by: the catalogue editor, checked at `at`; None for the command line.

    Raises:
        NotCatalogueEditor: when `by` may not change the catalogue.
    """
    _check_editor(by, at)
    offering, _created = Offering.objects.get_or_create(procedure=procedure, office=office)
    return offering


def end_offer(*, procedure: Procedure, office: Office, by: User | None, at: datetime) -> None:
    """No new file of a procedure goes to an office; files that are there stay there.

    Raises:
        NotCatalogueEditor: when `by` may not change the catalogue.
    """
    _check_editor(by, at)
    Offering.objects.filter(procedure=procedure, office=office).delete()


def put_in_charge(
    *,
    procedure: Procedure,
    office: Office,
    role: str,
    user: User,
    by: User | None = None,
    at: datetime | None = None,
) -> OfficerInCharge:
    """Put a person in charge of a procedure's steps of one role in one office; saying it twice changes nothing.

    Args:
        by: the catalogue editor, checked at `at`; None for the command line.

    Raises:
        NotCatalogueEditor: when `by` may not change the catalogue.
    """
    _check_editor(by, at)
    officer, _created = OfficerInCharge.objects.get_or_create(procedure=procedure, office=office, role=role, user=user)
    return officer


def relieve(*, officer_id: int, procedure: Procedure, by: User | None, at: datetime) -> None:
    """A person is no longer in charge; steps that were given to them stay theirs.

    Raises:
        NotCatalogueEditor: when `by` may not change the catalogue.
    """
    _check_editor(by, at)
    OfficerInCharge.objects.filter(pk=officer_id, procedure=procedure).delete()


def _check_editor(by: User | None, at: datetime | None) -> None:
    if by is not None and (at is None or not can_edit_catalogue(by, at)):
        raise NotCatalogueEditor(by.username)
