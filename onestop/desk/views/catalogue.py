"""The catalogue: what the offices offer, each procedure with its versions, its process and its papers."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.forms.catalogue import OfferingForm, OfficerForm, WithdrawalForm
from onestop.desk.paging import Column, page_of
from onestop.desk.reading import catalogue as reading
from procedures.lint import lint
from procedures.models import LEVELS, Procedure, ProcedureVersion
from workflows.diagram import definition_diagram
from workflows.lint_context import lint_context

PROCEDURES = 50
Status = ProcedureVersion.Status


def is_editor(request: DeskRequest) -> bool:
    """Whether the person may see drafts and change the catalogue."""
    return request.capacities.has(Role.CATALOGUE_EDITOR)


@desk_page()
@require_safe
def catalogue(request: DeskRequest) -> HttpResponse:
    """All procedures, searched by code or words without accents, narrowed by field and level."""
    wishes = {name: request.GET.get(name, "")[:100] for name in ("q", "field", "level")}
    found = reading.found_procedures(
        search=wishes["q"], field=wishes["field"], level=wishes["level"], with_drafts=is_editor(request)
    )
    order = (Column("code", str), Column("level", str), Column("pk"))
    page = page_of(found.order_by(), order, request.GET, size=PROCEDURES, total=found.count())
    context = {
        "page": page,
        "wishes": wishes,
        "levels": LEVELS,
        "fields": reading.fields_of_administration(),
        "is_editor": is_editor(request),
    }
    return render(request, "desk/catalogue/list.html", context)


@desk_page()
@require_safe
def procedure(request: DeskRequest, pk: int) -> HttpResponse:
    """One procedure: its process as diagram and as the official table, papers, fees, limits, versions."""
    return render_procedure(request, found_procedure(request, pk))


def found_procedure(request: DeskRequest, pk: int) -> Procedure:
    """The procedure, or 404; one that has only a draft exists for editors alone."""
    found = Procedure.objects.filter(pk=pk).first()
    if found is None or not visible_versions(request, found):
        raise Http404(_("There is no such procedure. Look for it in the list of procedures."))
    return found


def visible_versions(request: DeskRequest, found: Procedure) -> list[ProcedureVersion]:
    """The versions that the person may see, the newest first."""
    versions = found.versions.select_related("published_by", "withdrawn_by").order_by("-number")
    return [one for one in versions if one.status != Status.DRAFT or is_editor(request)]


def shown_version(versions: list[ProcedureVersion], query: QueryDict) -> ProcedureVersion:
    """The version asked for, else the newest published one, else the newest."""
    asked = [one for one in versions if str(one.number) == query.get("version")]
    published = [one for one in versions if one.status == Status.PUBLISHED]
    return [*asked, *published, *versions][0]


def render_procedure(request: DeskRequest, found: Procedure, *, status: int = 200, **forms: Any) -> HttpResponse:
    """The page of one procedure; `forms` are those that could not be accepted."""
    versions = visible_versions(request, found)
    version = shown_version(versions, request.GET)
    spec = version.spec
    context: dict[str, Any] = {
        "procedure": found,
        "versions": versions,
        "version": version,
        "spec": spec,
        "table": reading.official_table(spec, reading.office_names_by_code()),
        "limits": reading.limit_lines(spec),
        "fees": reading.fee_lines(spec),
        "diagram": definition_diagram(spec),
        "offerings": found.offerings.select_related("office").order_by("office__code"),
        "officers": found.officers.select_related("office", "user").order_by("office__code", "role", "pk"),
        "is_editor": is_editor(request),
        "exports": ("yaml", "xlsx", "bpmn"),
        "findings": findings_on(version) if version.status == Status.DRAFT else [],
    }
    if is_editor(request):
        context |= {"withdrawal": WithdrawalForm(), "offering": OfferingForm(procedure=found), "officer": OfficerForm()}
    return render(request, "desk/catalogue/procedure.html", context | forms, status=status)


def findings_on(version: ProcedureVersion) -> list[Any]:
    """What the linter says about a draft today."""
    return lint(version.spec, context=lint_context(at=timezone.now()))
