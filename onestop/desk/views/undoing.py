"""Take back what one did last, each dossier on its own; what somebody has acted on since stays and says why."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from onestop.desk.access import HANDLERS, DeskRequest, desk_page
from onestop.desk.reading.undoing import KEY, read_all
from workflows import services
from workflows.exceptions import NotAllowed, NotPossibleNow
from workflows.models import Dossier


@desk_page(*HANDLERS)
@require_POST
def undo(request: DeskRequest) -> HttpResponse:
    """Take back the acts that the form names, as far as the person sees their dossiers."""
    acts = read_all(request.POST.getlist("act"))
    visible = Dossier.objects.visible_to(request.capacities).filter(pk__in=[act.dossier_id for act in acts])
    codes = dict(visible.values_list("pk", "code"))
    done, refused = 0, []
    for act in acts:
        if act.dossier_id not in codes:
            continue
        try:
            services.undo(dossier_id=act.dossier_id, number=act.number, by=request.user)
        except (NotAllowed, NotPossibleNow) as error:
            refused.append(f"{codes[act.dossier_id]}: {error}")
        else:
            done += 1
    request.session.pop(KEY, None)
    tell(request, done, refused)
    return redirect("desk:my_work")


def tell(request: DeskRequest, done: int, refused: list[str]) -> None:
    """Say what was taken back, and what was not and why."""
    if done:
        words = ngettext("%(count)d act is taken back.", "%(count)d acts are taken back.", done) % {"count": done}
        messages.success(request, words)
    for sentence in refused:
        messages.warning(request, sentence)
    if not done and not refused:
        messages.warning(request, _("There is nothing to take back any more."))
