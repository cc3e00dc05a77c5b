"""The catalogue editor's draft: typed piece by piece, kept at once, checked at the place, drawn anew."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from offices.models import Role
from onestop.desk.access import DeskRequest, desk_page
from onestop.desk.answering import answering
from onestop.desk.reading.draft_boxes import Boxes
from onestop.desk.views.catalogue import found_procedure
from procedures import drafts
from procedures.definition import Definition
from procedures.draft_content import Checked, parts_of
from procedures.exceptions import ProceduresError, UnreadableDefinition
from procedures.importing.report import Kind, days_words, number_words
from procedures.lint_time import hours_in, longest_way
from procedures.models import Procedure, ProcedureVersion
from procedures.reading import MAX_BYTES
from procedures.services import draft_of
from procedures.writing import as_yaml
from workflows.diagram import definition_diagram
from workflows.lint_context import lint_context

LISTS = ("limits", "documents", "fees", "form", "steps")


@dataclass(frozen=True)
class DraftPage:
    """What the editor's page shows of a draft at an instant."""

    version: ProcedureVersion
    at: datetime

    @cached_property
    def checked(self) -> Checked:
        """What is wrong or doubtful now."""
        return drafts.check(self.version, context=lint_context(at=self.at))

    @property
    def drawn(self) -> Definition:
        """What the diagram shows: the newest state that can be drawn."""
        return self.version.spec

    @cached_property
    def diagram(self) -> str:
        """The process as a picture."""
        return definition_diagram(self.drawn)

    @property
    def is_drawn(self) -> bool:
        """Whether the diagram shows what is typed."""
        return self.version.writing is None

    @cached_property
    def sums(self) -> dict[str, Any]:
        """The steps' times beside the limit, and how wide the bar is."""
        hours = longest_way(self.drawn_graph)[0]
        limits = [allowed for limit in self.drawn.limits if (allowed := hours_in(limit)) is not None]
        allowed = min(limits) if limits else None
        share = min(int(100 * hours / allowed), 100) if allowed else 0
        return {
            "hours": number_words(hours),
            "days": days_words(hours),
            "allowed": days_words(allowed) if allowed is not None else "",
            "over": days_words(hours - allowed) if allowed is not None and hours > allowed else "",
            "left": days_words(allowed - hours) if allowed is not None and hours < allowed else "",
            "share": share,
        }

    @property
    def drawn_graph(self) -> Any:
        """The graph of what is drawn."""
        return self.version.graph

    @cached_property
    def boxes(self) -> Boxes:
        """The boxes of everything that can be typed."""
        return Boxes(drafts.content(self.version))


@desk_page(Role.CATALOGUE_EDITOR)
@require_POST
@answering
def begin(request: DeskRequest, pk: int) -> HttpResponse:
    """Begin a draft from the newest version, or go on with the one there is."""
    drafts.begin_draft(procedure=found_procedure(request, pk), by=request.user, at=timezone.now())
    return redirect("desk:draft", pk=pk)


@desk_page(Role.CATALOGUE_EDITOR)
@require_safe
def draft(request: DeskRequest, pk: int) -> HttpResponse:
    """The page on which a draft is written; without a draft the procedure's own page."""
    found = found_procedure(request, pk)
    if found.draft is None:
        return redirect("desk:procedure", pk=pk)
    return render(request, "desk/draft/page.html", context_of(request, found))


def context_of(request: DeskRequest, found: Procedure, **others: Any) -> dict[str, Any]:
    """Everything the page or a part of it shows."""
    version = draft_of(found)
    authors = list(version.authors.all())
    report = [line for line in version.report if line.get("kind") != Kind.SUM.value]
    return {
        "procedure": found,
        "version": version,
        "page": DraftPage(version, timezone.now()),
        "authors": authors,
        "is_mine": request.user in authors,
        "report": report,
        "saved_at": timezone.now(),
        "yaml": as_yaml(version.spec),
        **others,
    }


@desk_page(Role.CATALOGUE_EDITOR)
@require_POST
@answering
def save(request: DeskRequest, pk: int) -> HttpResponse:
    """Keep what was typed in some boxes; answers with the checks and the diagram."""
    found = found_procedure(request, pk)
    values = {name: lists for name, lists in request.POST.lists() if is_place(name)}
    try:
        drafts.type_values(procedure=found, values=values, by=request.user, at=timezone.now())
    except ProceduresError as error:
        return not_saved(request, pk, error)
    if request.headers.get("HX-Request"):
        return render(request, "desk/draft/side.html", context_of(request, found))
    return redirect("desk:draft", pk=pk)


def is_place(name: str) -> bool:
    """Whether a posted name is a place in a draft."""
    parts = parts_of(name)
    return bool(parts) and name not in ("csrfmiddlewaretoken", "shape") and len(name) < 200


def not_saved(request: DeskRequest, pk: int, error: ProceduresError) -> HttpResponse:
    """Say why something could not be kept: in the messages of a part, else on the page."""
    messages.error(request, str(error))
    if request.headers.get("HX-Request"):
        return render(request, "desk/parts/messages.html", status=409)
    return redirect("desk:draft", pk=pk)


@desk_page(Role.CATALOGUE_EDITOR)
@require_POST
@answering
def shape(request: DeskRequest, pk: int) -> HttpResponse:
    """Add, remove or move a row; answers with all boxes, since places have changed."""
    found = found_procedure(request, pk)
    try:
        wanted(request, found)()
    except ProceduresError as error:
        return not_saved(request, pk, error)
    if request.headers.get("HX-Request"):
        return render(request, "desk/draft/reshaped.html", context_of(request, found))
    return redirect("desk:draft", pk=pk)


def wanted(request: DeskRequest, found: Procedure) -> Callable[[], object]:
    """The change of shape that a button asks for."""
    act, _space, place = request.POST.get("shape", "")[:200].partition(" ")
    common: dict[str, Any] = {"procedure": found, "by": request.user, "at": timezone.now()}
    if act == "add" and place in LISTS:
        return lambda: drafts.add_row(kind=place, after=None, **common)
    if act == "below":
        kind, at = [*parts_of(place), "", ""][:2]
        after = at if isinstance(at, int) else None
        return lambda: drafts.add_row(kind=str(kind), after=after, **common)
    if act == "remove":
        return lambda: drafts.remove_row(place=place, **common)
    return lambda: drafts.move_row(place=place, offset=-1 if act == "up" else 1, **common)


@desk_page(Role.CATALOGUE_EDITOR)
@require_POST
@answering
def write(request: DeskRequest, pk: int) -> HttpResponse:
    """Replace the draft by YAML; a text that is no definition stays in the box with its first error."""
    found = found_procedure(request, pk)
    text = request.POST.get("yaml", "")[:MAX_BYTES]
    try:
        drafts.write_yaml(procedure=found, text=text, by=request.user, at=timezone.now())
    except UnreadableDefinition as error:
        context = context_of(request, found, yaml_error=error) | {"yaml": text}
        return render(request, "desk/draft/page.html", context, status=422)
    except ProceduresError as error:
        return not_saved(request, pk, error)
    messages.success(request, _("The text is taken over."))
    return redirect("desk:draft", pk=pk)


@desk_page(Role.CATALOGUE_EDITOR)
@require_POST
@answering
def discard(request: DeskRequest, pk: int) -> HttpResponse:
    """Throw the draft away."""
    found = found_procedure(request, pk)
    try:
        drafts.discard_draft(procedure=found, by=request.user, at=timezone.now())
    except ProceduresError as error:
        return not_saved(request, pk, error)
    messages.success(request, _("The draft is discarded."))
    if not Procedure.objects.filter(pk=pk).exists():
        return redirect("desk:catalogue")
    return redirect("desk:procedure", pk=pk)
