"""Files for the file on the counter: sent from the screen, moved between papers, looked at, thrown away."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from offices.models import Role
from onestop.desk.access import HANDLERS, DeskRequest, desk_page
from onestop.desk.reading.incoming import FilesOnCounter
from onestop.desk.reading.reception import version_to_receive
from onestop.desk.serving import serve, serve_thumbnail
from procedures.models import ProcedureVersion
from workflows.exceptions import NotComplete, NotFound
from workflows.models import Dossier, IncomingFile, Paper
from workflows.services import incoming_files

PLAIN = "text/plain; charset=utf-8"


def version_of(request: DeskRequest) -> ProcedureVersion:
    """The procedure on the counter, or 404."""
    given = request.POST.get("procedure") or request.GET.get("procedure", "")
    version = version_to_receive(int(given), at=timezone.now()) if given.isascii() and given.isdecimal() else None
    if version is None:
        raise NotFound(_("This procedure is not in force any more. Choose another one."))
    return version


def counter_of(request: DeskRequest) -> UUID:
    """Key of the unfinished file, or 404."""
    try:
        return UUID(request.POST.get("draft") or request.GET.get("draft", ""))
    except ValueError:
        raise NotFound(_("This unfinished file is not known. Reload the page.")) from None


def document_of(request: DeskRequest, version: ProcedureVersion) -> str:
    """The paper named, or none; a paper the procedure does not have is refused."""
    key = request.POST.get("document", "")
    if key and key not in {document.key for document in version.spec.documents if not document.replaced_by}:
        raise NotComplete(_("This procedure has no paper “%(key)s”. Reload the page.") % {"key": key[:80]})
    return key


def refusal(error: NotComplete) -> HttpResponse:
    """One sentence, for the place where the file was dropped."""
    return HttpResponse(str(error), status=422, content_type=PLAIN)


@desk_page(Role.CLERK)
@require_safe
def files(request: DeskRequest) -> HttpResponse:
    """What lies beside each paper and what waits; nothing where that is on the screen already."""
    found = FilesOnCounter.of(request.capacities, version_of(request), counter_of(request))
    if request.GET.get("stamp") == found.stamp:
        return HttpResponse(status=204)
    return render(request, "desk/files/live.html", {"counter": found})


@desk_page(Role.CLERK)
@require_POST
def add(request: DeskRequest) -> HttpResponse:
    """Take in one file; refused with one sentence."""
    version = version_of(request)
    file = request.FILES.get("file")
    try:
        document = document_of(request, version)
        if file is None:
            raise NotComplete(_("Choose a file."))
        incoming_files.take_in_file(
            file=file,
            source=IncomingFile.Source.SCREEN,
            owner=request.user,
            counter=counter_of(request),
            document=document,
            at=timezone.now(),
        )
    except NotComplete as error:
        return refusal(error)
    return HttpResponse(status=204)


@desk_page(Role.CLERK)
@require_POST
def lay(request: DeskRequest, key: UUID) -> HttpResponse:
    """Lay a file beside a paper, or back to where it waited."""
    version = version_of(request)
    try:
        incoming_files.lay_beside(
            key=key,
            document=document_of(request, version),
            counter=counter_of(request),
            by=request.user,
            capacities=request.capacities,
        )
    except NotComplete as error:
        return refusal(error)
    return show_all(request, version)


@desk_page(Role.CLERK)
@require_POST
def reuse(request: DeskRequest) -> HttpResponse:
    """Lay a copy of an earlier paper beside a paper of the file on the counter."""
    version = version_of(request)
    paper_id, _colon, key = request.POST.get("reuse", "").partition(":")
    listed = {document.key for document in version.spec.documents if not document.replaced_by}
    papers = Paper.objects.exclude(file="").filter(superseded_at__isnull=True)
    paper = papers.filter(pk=paper_id).first() if paper_id.isascii() and paper_id.isdecimal() else None
    if paper is None or key not in listed:
        raise NotFound(_("There is no such file."))
    incoming_files.reuse_paper(
        paper=paper,
        document=key,
        counter=counter_of(request),
        by=request.user,
        at=timezone.now(),
        seen=Dossier.objects.visible_to(request.capacities),
    )
    return show_all(request, version)


@desk_page(*HANDLERS)
@require_POST
def drop(request: DeskRequest, key: UUID) -> HttpResponse:
    """Throw a file away."""
    incoming_files.throw_away(key=key, capacities=request.capacities)
    if "draft" not in request.POST:
        return HttpResponse(status=204, headers={"HX-Trigger": "files-changed"})
    return show_all(request, version_of(request))


def show_all(request: DeskRequest, version: ProcedureVersion) -> HttpResponse:
    """Every place of the screen where files lie."""
    found = FilesOnCounter.of(request.capacities, version, counter_of(request))
    return render(request, "desk/files/live.html", {"counter": found})


@desk_page(*HANDLERS)
@require_safe
def file(request: DeskRequest, key: UUID) -> HttpResponse:
    """The file itself."""
    return serve(stored(request, key), show="show" in request.GET)


@desk_page(*HANDLERS)
@require_safe
def thumbnail(request: DeskRequest, key: UUID) -> HttpResponse:
    """Its first page in small."""
    return serve_thumbnail(stored(request, key))


def stored(request: DeskRequest, key: UUID) -> IncomingFile:
    """One of the person's files that was kept."""
    found = incoming_files.find(request.capacities, key)
    if not found.file:
        raise NotFound(_("There is no such file."))
    return found
