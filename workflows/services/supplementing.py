"""Papers are missing: ask for all of them at once (form 02), take them in, and let the clock restart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from offices.models import Role, User
from sla.terms import Term, Unit, deadline
from sla.timekeeping import Party
from workflows.consent_rights import requests_in_chain
from workflows.exceptions import NotComplete
from workflows.form_answers import checked_answers
from workflows.models import Dossier, LegalStatus, Paper, ReplacedPaperReason, SupplementRequest
from workflows.services.act import Act
from workflows.services.asked_papers import ExtraItem, beyond_the_list, without_repeats
from workflows.services.consenting import earlier_requests, require_consent
from workflows.services.doubting import flag_doubtful_stop
from workflows.services.intake import Intake, PaperGiven, check_offer, insert, keep_papers, new_act, require_papers
from workflows.services.locking import lock_dossier
from workflows.services.pausing import start_clocks_again, stop_clocks
from workflows.services.receiving import begin_processing
from workflows.services.request_flags import flag_request
from workflows.services.rights_to_ask import take_right_to_ask
from workflows.services.starting import start_citizen_clock, start_desk_clock

SLIP_LEAVES_WITHIN = Term(Decimal(1), Unit.WORKING_DAY)


@dataclass(frozen=True, slots=True)
class WhyBeyond:
    """Why papers beyond the published list are asked for: in words, and the code for those the State has."""

    words: str = ""
    code: str = ""

    def code_for(self, replaced: Sequence[ExtraItem]) -> str:
        """The code, where papers are asked for that a database of the State has.

        Raises:
            NotComplete: there are such papers and no code.

        Source: R23, NĐ 118/2025 Đ.4(2a).
        """
        if not replaced:
            return ""
        if self.code not in ReplacedPaperReason.values:
            named = "; ".join(f"{extra.name} ({extra.replaced_by})" for extra in replaced)
            sentence = _("A database of the State has these papers: %(papers)s. Choose why they are asked for.")
            words = sentence % {"papers": named}
            raise NotComplete(words, fields={"replaced_reason": words})
        return self.code


@transaction.atomic
def request_supplement(
    *,
    items: Sequence[str],
    reason: str,
    by: User,
    at: datetime | None = None,
    dossier_id: int | None = None,
    intake: Intake | None = None,
    seen: int | None = None,
    extra_reason: str = "",
    replaced_reason: str = "",
) -> Dossier:
    """Ask the applicant for every missing paper at once (form 02); all running clocks stop.

    Args:
        items: names of the papers, or a name with what must be mended on it after a colon.
        reason: why; printed on form 02.
        by: the clerk before the file goes into processing, later the holder of a step that may ask.
        at: when (aware); None means now.
        dossier_id: an existing dossier with the version `seen`; or
        intake: a walk-in file that is not complete: it gets its code, no statutory clock runs.
        extra_reason: why papers beyond the published list are asked for; `reason` where it is left out.
        replaced_reason: code of why papers are asked for that a database of the State has (R23).

    Raises:
        NotAllowed: the person may not ask for papers now.
        NotComplete: no papers, no reason, or others than those that were agreed to.
        NotPossibleNow: the status forbids it, or a further request lacks the consent of the head of the division.

    Source: R3 (once, fully), R10 (within 3 working days of reception), NĐ 118/2025 Đ.19.
    """
    wanted = without_repeats(items)
    if not wanted:
        raise NotComplete(
            _("Say which papers are missing: at least one."), fields={"items": _("Choose or write the missing papers.")}
        )
    if not reason.strip():
        raise NotComplete(
            _("Say why the papers are needed."), fields={"reason": _("Write the reason; it is printed on form 02.")}
        )
    why = WhyBeyond(extra_reason.strip(), replaced_reason)
    if intake is not None:
        return ask_walk_in(intake, wanted, reason.strip(), why, by, at or timezone.now())
    if dossier_id is None:
        raise NotComplete(_("Nothing to receive: give a file or a registered dossier."))
    act = lock_dossier(dossier_id=dossier_id, name="request_supplement", by=by, at=at)
    take_right_to_ask(act)
    act.require_status()
    act.require_seen(seen)
    asked_from = int(act.dossier.legal_status)
    note_request(act, wanted, reason.strip(), asked_from, why)
    act.dossier.mark_awaiting_supplement()
    flag_doubtful_stop(act)
    stop_clocks(
        act,
        Party.citizen(),
        silent=act.definition.supplement.effect == "pause_only",
        clause=act.definition.supplement.clause,
    )
    return act.save()


def ask_walk_in(intake: Intake, items: list[str], reason: str, why: WhyBeyond, by: User, at: datetime) -> Dossier:
    """Form 02 at the counter, before anything was received."""
    act = new_act(name="request_supplement", intake=intake, status=LegalStatus.AWAITING_SUPPLEMENT, by=by, at=at)
    act.act_as(Role.CLERK, intake.receiving_office_id)
    check_offer(act)
    insert(act, intake, check_required=False)
    start_citizen_clock(act, Party.citizen())
    note_request(act, items, reason, None, why)
    return act.save()


def note_request(act: Act, items: list[str], reason: str, asked_from: int | None, why: WhyBeyond) -> None:
    """Store the request; a further one, uses up its consent, and what comes back is flagged."""
    dossier = act.dossier
    earlier = earlier_requests(dossier)
    in_chain = requests_in_chain(dossier) if asked_from is not None else 0
    consent = require_consent(dossier, items, len(earlier) + in_chain)
    extras = beyond_the_list(act.definition, items)
    replaced_reason = why.code_for([extra for extra in extras if extra.replaced_by])
    stops_a_clock = bool(dossier.statutory_clock and asked_from != LegalStatus.REGISTERED)
    request = SupplementRequest.objects.create(
        dossier=dossier,
        step=act.step,
        number=len(earlier) + 1,
        asked_from=asked_from,
        items=items,
        reason=reason,
        is_late=asked_after_term(act),
        consent=consent,
        extra_items=[{"name": extra.name, "replaced_by": extra.replaced_by} for extra in extras],
        extra_reason=(why.words or reason) if extras else "",
        replaced_reason=replaced_reason,
        slip_wanted_at=slip_wanted_at(act) if stops_a_clock else None,
        requested_by=act.by,
        requested_at=act.at,
    )
    act.data |= {"items": items, "reason": reason, "number": request.number}
    act.data |= {"late": True} if request.is_late else {}
    act.data |= {"extra": [extra.name for extra in extras], "extra_reason": request.extra_reason} if extras else {}
    act.data |= {"replaced_reason": replaced_reason} if replaced_reason else {}
    flag_request(act, request, earlier)


def slip_wanted_at(act: Act) -> datetime:
    """Until when form 02 must have left the office once it stops a clock."""
    return deadline(start=act.at, term=SLIP_LEAVES_WITHIN, timetable=act.timetable, explain=False).due_at


def asked_after_term(act: Act) -> bool:
    """Whether the request comes after the days the law or the definition gives for it."""
    received_at = act.dossier.received_at
    if received_at is None:
        return False
    within = act.definition.supplement.ask_within
    last = deadline(
        start=received_at, term=Term(within.amount, Unit(within.unit)), timetable=act.timetable, explain=False
    )
    return act.at > last.due_at


def require_complete(act: Act) -> None:
    """A walk-in file is received only when its papers and its answers are complete."""
    present = act.dossier.papers.filter(kind=Paper.Kind.SUBMITTED, superseded_at__isnull=True)
    require_papers(act.dossier.version, present.values_list("key", flat=True))
    checked_answers(act.definition, act.dossier.data)


@transaction.atomic
def accept_supplement(
    *, dossier_id: int, papers: Sequence[PaperGiven] = (), by: User, at: datetime | None = None, seen: int | None = None
) -> Dossier:
    """Take in the papers that were asked for; the clocks go on as the definition says.

    Args:
        papers: papers of the definition that came now.

    Returns:
        The dossier, back in the status it was asked from; a walk-in file is received and its clock starts.

    Raises:
        NotAllowed: the person is no clerk of the receiving office.
        NotPossibleNow: no papers are asked for.

    Source: R11 (the term is counted from the start again), NĐ 118/2025 Đ.19(4).
    """
    act = lock_dossier(dossier_id=dossier_id, name="accept_supplement", by=by, at=at)
    act.act_as(Role.CLERK, act.dossier.receiving_office_id)
    act.require_status()
    act.require_seen(seen)
    request = act.dossier.supplements.get(accepted_at__isnull=True)
    keep_papers(act, papers)
    if request.asked_from is None:
        require_complete(act)
    request.accepted_by, request.accepted_at = by, act.at
    if request.slip_wanted_at and act.at <= request.slip_wanted_at:
        request.slip_wanted_at = None
    request.save(update_fields=["accepted_by", "accepted_at", "slip_wanted_at"])
    act.data = {"number": request.number, "papers": [paper.key for paper in papers]}
    act.dossier.mark_supplemented(asked_from=request.asked_from)
    act.changed.add("legal_status")
    if request.asked_from is None:
        begin_processing(act)
    else:
        rule = act.definition.supplement
        start_clocks_again(act, effect=rule.effect.value, clause=rule.clause)
        if request.asked_from == LegalStatus.REGISTERED:
            start_desk_clock(act)
    return act.save()
