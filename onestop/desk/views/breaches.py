"""Missed limits: the list of their reviews, and one review with its evidence and the act that comes next."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from onestop.desk.access import READERS, DeskRequest, desk_page
from onestop.desk.forms.answers import take_over
from onestop.desk.forms.breaches import FORMS, ReviewForm
from onestop.desk.reading import breaches as reading
from workflows.exceptions import NotComplete
from workflows.services.breach_evidence import gather_evidence


@desk_page(*READERS)
@require_safe
def breaches(request: DeskRequest) -> HttpResponse:
    """The reviews that wait for the person; other lists by state and office."""
    reviews = reading.Reviews(request.capacities, reading.Choice.read(request.GET))
    tiles = reading.tiles(reviews)
    current = next(tile for tile in tiles if tile.current)
    context = {
        "tiles": tiles,
        "current": current,
        "choice": reviews.choice,
        "offices": reviews.count_offices(),
        "page": reading.page(reviews, request.GET, total=current.count),
    }
    return render(request, "desk/breaches/list.html", context)


@desk_page(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def breach(request: DeskRequest, pk: int) -> HttpResponse:
    """One review; a form that was sent does the act that comes next."""
    page = page_of(request, pk)
    if request.method == "POST":
        return act(request, page)
    form = FORMS[page.form_name](review=page.review) if page.form_name else None
    return show(request, page, form)


def act(request: DeskRequest, page: reading.ReviewPage) -> HttpResponse:
    """Do what was sent; the service says whether it is possible."""
    name = request.POST.get("act", "")
    if name not in FORMS:
        raise Http404(_("There is no such act."))
    form = FORMS[name](request.POST, review=page.review)
    if not form.is_valid():
        return show(request, page, form, status=422)
    try:
        form.perform(by=request.user)
    except NotComplete as error:
        if not take_over(form, error):
            form.add_error(None, str(error))
        return show(request, page, form, status=422)
    messages.success(request, str(form.done))
    return redirect("desk:breach", pk=page.review.pk)


def page_of(request: DeskRequest, pk: int) -> reading.ReviewPage:
    """The review as this person sees it, or 404; evidence that was not gathered yet is gathered now."""
    visible = reading.visible(request.capacities).filter(pk=pk)
    if not visible.exists():
        raise Http404(_("There is no such review. It may belong to another office."))
    gather_evidence([pk], at=timezone.now())
    parts = ("office", "party_office", "party_user", "explained_by", "concluded_by", "followed_up_by", "action_office")
    more = ("consultation__office", "dossier__procedure", "dossier__version")
    review = reading.BreachReview.objects.select_related(*parts, *more).defer("dossier__search").get(pk=pk)
    return reading.ReviewPage(review, request.capacities)


def show(request: DeskRequest, page: reading.ReviewPage, form: ReviewForm | None, *, status: int = 200) -> HttpResponse:
    """The page, with the form of the act that comes next."""
    name = next((name for name, kind in FORMS.items() if isinstance(form, kind)), "")
    context = {"page": page, "review": page.review, "dossier": page.dossier, "form": form, "act_name": name}
    return render(request, "desk/breaches/page.html", context, status=status)
