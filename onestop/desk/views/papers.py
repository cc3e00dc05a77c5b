"""A paper's file and its first page: to whoever may see its dossier."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from onestop.desk.access import READERS, DeskRequest, desk_page, visible_dossier
from onestop.desk.serving import serve, serve_thumbnail
from workflows.models import Paper


@desk_page(*READERS)
@require_safe
def paper(request: DeskRequest, pk: int, paper_id: int) -> HttpResponse:
    """The file of a paper: shown where it is a PDF or a picture and that is asked for, else saved."""
    return serve(paper_of(request, pk, paper_id), show="show" in request.GET)


@desk_page(*READERS)
@require_safe
def thumbnail(request: DeskRequest, pk: int, paper_id: int) -> HttpResponse:
    """The first page of a paper in small."""
    return serve_thumbnail(paper_of(request, pk, paper_id))


def paper_of(request: DeskRequest, dossier_id: int, paper_id: int) -> Paper:
    """A paper with a file, in a dossier the person may see."""
    found = visible_dossier(request, dossier_id).papers.filter(pk=paper_id).exclude(file="").first()
    if found is None:
        raise Http404(_("There is no such file."))
    return found
