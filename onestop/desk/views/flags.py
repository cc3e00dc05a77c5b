"""One flag: evidence, acts behind it, review."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from offices.models import Role
from onestop.desk.access import READERS, DeskRequest, desk_page, visible_dossier
from onestop.desk.forms.flags import ReviewFlagForm
from onestop.desk.reading.flags import FlagPage
from workflows.exceptions import NotComplete
from workflows.models import Flag
from workflows.services import review_flag


@desk_page(*READERS)
@require_safe
def flag(request: DeskRequest, pk: int) -> HttpResponse:
    """A flag with its evidence, for everybody who may see the dossier."""
    page = page_or_404(request, pk)
    return show(request, page, ReviewFlagForm(initial={"seen": page.dossier.acts}))


def page_or_404(request: DeskRequest, pk: int) -> FlagPage:
    """The flag on a dossier the person may see."""
    found = Flag.objects.select_related("review__reviewed_by", "step").filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such flag. Look at the dossier."))
    return FlagPage(found, visible_dossier(request, found.dossier_id), request.capacities)


def show(request: DeskRequest, page: FlagPage, form: ReviewFlagForm, status: int = 200) -> HttpResponse:
    """The page of a flag."""
    context = {"page": page, "flag": page.flag, "dossier": page.dossier, "form": form}
    return render(request, "desk/flags/page.html", context, status=status)


@desk_page(Role.SUPERVISOR)
@require_POST
def review(request: DeskRequest, pk: int) -> HttpResponse:
    """Say what looking into the flag has shown."""
    page = page_or_404(request, pk)
    form = ReviewFlagForm(request.POST)
    if not form.is_valid():
        return show(request, page, form, status=422)
    given = form.cleaned_data
    try:
        review_flag(flag_id=pk, finding=given["finding"], words=given["words"], by=request.user, seen=given.get("seen"))
    except NotComplete as error:
        form.complain(error)
        return show(request, page, form, status=422)
    messages.success(request, _("The review is kept beside the flag."))
    return redirect("desk:flag", pk=pk)
