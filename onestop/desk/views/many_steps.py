"""One act on many ticked steps: each is checked on its own, and what was refused says why."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from onestop.desk.access import HANDLERS, DeskRequest, desk_page
from onestop.desk.reading.approvals import Pick, picks_in
from onestop.desk.reading.undoing import KEY, Done, remember
from workflows import services
from workflows.exceptions import NotAllowed, NotComplete, NotPossibleNow
from workflows.models import Dossier, Step

SIMPLE_PHASES = {"receive", "process"}


@desk_page(*HANDLERS)
@require_POST
def many_steps(request: DeskRequest) -> HttpResponse:
    """Claim or forward every ticked step."""
    run = forward if request.POST.get("act") == "forward" else claim
    done: list[Done] = []
    refused: list[str] = []
    picks = picks_in(request.POST.getlist("step"))
    visible = Dossier.objects.visible_to(request.capacities).values("pk")
    steps = (
        Step.objects.human().filter(process__in=visible).select_related("process").in_bulk([p.step_id for p in picks])
    )
    for pick in picks:
        step = steps.get(pick.step_id)
        if step is None:
            continue
        try:
            dossier = run(step, pick, request)
        except (NotAllowed, NotComplete, NotPossibleNow) as error:
            refused.append(f"{step.process.code}: {error}")
        else:
            done.append(Done(dossier.pk, dossier.acts))
    if done:
        tell(request, words_for(run is forward, len(done)), done)
    for sentence in refused:
        messages.warning(request, sentence)
    return redirect("desk:my_work")


def tell(request: DeskRequest, words: str, done: list[Done]) -> None:
    """Say what was done, beside the way back where there is one."""
    remember(request.session, done, words, at=timezone.now())
    if KEY not in request.session:
        messages.success(request, words)


def claim(step: Step, pick: Pick, request: DeskRequest) -> Dossier:
    """Take one step up."""
    return services.claim(step_id=step.pk, by=request.user).process


def forward(step: Step, pick: Pick, request: DeskRequest) -> Dossier:
    """Finish one step with its way on; what needs a look of its own is left out."""
    if step.phase not in SIMPLE_PHASES:
        raise NotPossibleNow(_("This step must be looked at on its own. Open it."))
    return services.finish_step(step_id=step.pk, outcome=step.flow_task.main_outcome, by=request.user, seen=pick.seen)


def words_for(forwarded: bool, count: int) -> str:
    """How many steps were claimed or forwarded."""
    if forwarded:
        return ngettext("%(count)d dossier went on.", "%(count)d dossiers went on.", count) % {"count": count}
    return ngettext("%(count)d step is yours now.", "%(count)d steps are yours now.", count) % {"count": count}
