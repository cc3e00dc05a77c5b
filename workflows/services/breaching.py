"""Every missed limit is looked into: what happened, who answers for it, what is done about it.

    the limit was missed ──▶ open ──▶ explained ──▶ concluded ──▶ followed up
     (sweep, or the act         by the unit   by a supervisor who   the corrective action
      that ended the clock)                   held no step of it    was looked after

Excused or not, it stays a breach. A review is never deleted, and stays when the clock starts anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django_fsm import can_proceed

from offices.capacities import Capacities, local_day
from offices.models import Office, Role, User
from offices.tree import office_ids_below
from sla.models import ClockInterval
from workflows.exceptions import NotAllowed, NotComplete, NotFound, NotPossibleNow, clock_time
from workflows.models import BreachCause, BreachReview, BreachState, Dossier, Step, TrailEntry
from workflows.models.step import HUMAN
from workflows.services.act import Act
from workflows.services.breach_evidence import gather_evidence
from workflows.services.locking import lock_dossier
from workflows.services.recipients import Directory

UNIT_HEADS = (Role.DIVISION_HEAD, Role.LEADER)


# Who may


def explaining_roles(party: str) -> tuple[str, ...]:
    """Who speaks for the unit: its division head or leader; where the desk held the file, also its clerks."""
    return (*UNIT_HEADS, Role.CLERK) if party == "desk" else UNIT_HEADS


def may_explain(review: BreachReview, capacities: Capacities) -> bool:
    """Whoever speaks for the unit, or the person who held the file longest, or a stand-in of either."""
    roles = explaining_roles(review.party)
    if any(capacities.find(role=role, office_id=review.office_id) for role in roles):
        return True
    return review.party_user_id in {capacities.user_id, *(capacity.user_id for capacity in capacities)}


Territories = Mapping[int, Collection[int]]


def territories_of(capacities: Capacities) -> dict[int, set[int]]:
    """The offices that each person in whose name one may act supervises, with those below: by person.

    A stand-in does not gain the absentee's offices for acts in the stand-in's own name.
    """
    above: dict[int, set[int]] = defaultdict(set)
    for capacity in capacities:
        if capacity.role == Role.SUPERVISOR:
            above[capacity.user_id].add(capacity.office_id)
    return {user_id: set(office_ids_below(offices)) for user_id, offices in above.items()}


def concluding_capacity(
    review: BreachReview, user_id: int, territories: Territories, barred: Collection[int]
) -> int | None:
    """In whose name a person may conclude as a supervisor of the unit's office or of one above; None where nobody's.

    Args:
        review: the review.
        user_id: the person.
        territories: the offices supervised, by the person in whose name.
        barred: who had a part in what is reviewed.
    """
    if user_id in barred:
        return None
    fitting = [name for name, offices in territories.items() if review.office_id in offices and name not in barred]
    return min(fitting, key=lambda name: (name != user_id, name), default=None)


def barred_from(review: BreachReview) -> set[int]:
    """Who may not conclude: whoever had a part in the dossier, or explained; in their own name or another's."""
    people = {review.party_user_id, review.explained_by_id, review.explained_for_id}
    clocks = [review.clock_id, review.dossier.citizen_clock_id]
    for rows in (steps_of(review.dossier_id), answers_of(review.dossier_id), lines_of(*clocks)):
        people.update(person for row in rows for person in row)
    return {person for person in people if person}


def steps_of(dossier: int) -> QuerySet[Step, tuple[int | None, ...]]:
    """Who held or finished a step of a dossier, and for whom."""
    rows = Step.objects.filter(process=dossier, flow_task_type=HUMAN)
    return rows.values_list("owner_id", "finished_by_id", "on_behalf_of_id")


def answers_of(dossier: int) -> QuerySet[TrailEntry, tuple[int | None, ...]]:
    """Who answered a question about a dossier for a consulted office, and for whom."""
    rows = TrailEntry.objects.filter(dossier=dossier, act="answer_consultation")
    return rows.values_list("by_id", "on_behalf_of_id")


def lines_of(*clocks: UUID | None) -> QuerySet[ClockInterval, tuple[int | None, ...]]:
    """Whose time the ledgers of these clocks say it was."""
    these = Q(pk__in=[])
    for clock in clocks:
        these |= Q(clock=clock) if clock is not None else Q(pk__in=[])
    rows = ClockInterval.objects.filter(these, party_user__isnull=False)
    return rows.values_list("party_user_id")


def barring(*people: int) -> Q:
    """Reviews in which one of these people had a part: the same as `barred_from`, asked of many at once.

    It starts from what these people did, which is little, and not from the reviews, which are many.
    """
    found = Q(party_user__in=people) | Q(explained_by__in=people) | Q(explained_for__in=people)
    steps = Step.objects.filter(named(people, "owner", "finished_by", "on_behalf_of"), flow_task_type=HUMAN)
    answers = TrailEntry.objects.filter(named(people, "by", "on_behalf_of"), act="answer_consultation")
    lines = ClockInterval.objects.filter(party_user__in=people).order_by().values("clock")
    by_citizen_clock = Dossier.objects.filter(citizen_clock__in=lines).order_by().values("pk")
    found |= Q(dossier__in=steps.order_by().values("process")) | Q(dossier__in=answers.order_by().values("dossier"))
    return found | Q(clock__in=lines) | Q(dossier__in=by_citizen_clock)


def named(people: Collection[int], *fields: str) -> Q:
    """Rows that name one of these people in one of the fields."""
    found = Q(pk__in=[])
    for field in fields:
        found |= Q(**{f"{field}__in": people})
    return found


# The three acts


@transaction.atomic
def explain_breach(*, review_id: int, words: str, by: User, at: datetime | None = None) -> BreachReview:
    """Say for the unit what happened.

    Raises:
        NotFound: there is no such review.
        NotAllowed: the person neither heads the unit nor held the file longest.
        NotComplete: nothing was written.
        NotPossibleNow: it was explained before.
    """
    act, review = lock_review(review_id, "explain_breach", by, at)
    take_right_to_explain(act, review)
    require_state(review, review.mark_explained)
    require_words(words, "words", _("Say what happened, and why the limit was missed."))
    review.mark_explained()
    review.explanation, review.explained_at = words.strip(), act.at
    review.explained_by, review.explained_for_id = by, act.behalf_id
    review.save(update_fields=["state", "explanation", "explained_by", "explained_for", "explained_at"])
    place = Directory(act.at).supervisors(review.office_id)
    act.notices.tell("breach_explained", office_id=place.office_id, role=place.role, review=review.pk)
    act.data = {"reason": review.explanation, "review": review.pk}
    act.save()
    return review


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What a supervisor concludes.

    Attributes:
        cause: one of `BreachCause`.
        words: what was found.
        is_excused: whether nobody is to blame; it stays a breach.
        action: the corrective action; may be empty only where the breach is excused.
        action_office_id: who carries it out.
        action_due_on: until when.
    """

    cause: str
    words: str
    is_excused: bool = False
    action: str = ""
    action_office_id: int | None = None
    action_due_on: date | None = None


@transaction.atomic
def conclude_breach(*, review_id: int, conclusion: Conclusion, by: User, at: datetime | None = None) -> BreachReview:
    """Conclude: why it happened, whether it is excused, and what is done about it.

    Raises:
        NotFound: there is no such review.
        NotAllowed: the person does not supervise the unit, or held a step of the dossier.
        NotComplete: cause, words, or a part of the corrective action is missing.
        NotPossibleNow: the unit has not explained it yet, or it was concluded before.
    """
    act, review = lock_review(review_id, "conclude_breach", by, at)
    take_right_to_conclude(act, review)
    require_state(review, review.mark_concluded)
    check_conclusion(conclusion, act.at)
    review.mark_concluded()
    review.cause, review.conclusion, review.is_excused = (
        conclusion.cause,
        conclusion.words.strip(),
        conclusion.is_excused,
    )
    review.action, review.action_due_on = conclusion.action.strip(), conclusion.action_due_on
    review.action_office_id = conclusion.action_office_id
    review.concluded_by, review.concluded_at = by, act.at
    review.save()
    tell_of_conclusion(act, review)
    act.data = {"reason": review.conclusion, "cause": review.cause, "excused": review.is_excused, "review": review.pk}
    act.data |= {"action": review.action} if review.action else {}
    act.save()
    return review


@transaction.atomic
def follow_up_breach(*, review_id: int, outcome: str, by: User, at: datetime | None = None) -> BreachReview:
    """Note what came of the corrective action; the review ends.

    Raises:
        NotFound: there is no such review.
        NotAllowed: the person does not supervise the unit, or held a step of the dossier.
        NotComplete: nothing was written.
        NotPossibleNow: it is not concluded yet, or was followed up before.
    """
    act, review = lock_review(review_id, "follow_up_breach", by, at)
    take_right_to_conclude(act, review)
    require_state(review, review.mark_followed_up)
    require_words(outcome, "outcome", _("Say what came of the corrective action."))
    review.mark_followed_up()
    review.outcome, review.followed_up_by, review.followed_up_at = outcome.strip(), by, act.at
    review.save(update_fields=["state", "outcome", "followed_up_by", "followed_up_at"])
    act.data = {"reason": review.outcome, "review": review.pk}
    act.save()
    return review


# Their parts


def lock_review(review_id: int, name: str, by: User, at: datetime | None) -> tuple[Act, BreachReview]:
    """Lock the dossier of a review, then read it; what was not gathered yet as evidence is gathered now."""
    dossier_id = BreachReview.objects.filter(pk=review_id).values_list("dossier_id", flat=True).first()
    if dossier_id is None:
        raise NotFound(_("There is no such review. It may belong to another office."))
    act = lock_dossier(dossier_id=dossier_id, name=name, by=by, at=at)
    gather_evidence([review_id], at=act.at)
    review = BreachReview.objects.select_related("explained_by", "concluded_by", "followed_up_by").get(pk=review_id)
    review.dossier = act.dossier
    return act, review


def take_right_to_explain(act: Act, review: BreachReview) -> None:
    """Act as the unit's head, or as the person who held the file longest."""
    if not may_explain(review, act.capacities):
        raise NotAllowed(_("The unit itself explains a missed limit: its head, or whoever held the file longest."))
    for role in explaining_roles(review.party):
        if act.capacities.find(role=role, office_id=review.office_id):
            return act.act_as(role, review.office_id)
    if review.party_user_id != act.by.pk:
        act.behalf_id = review.party_user_id
    return None


def take_right_to_conclude(act: Act, review: BreachReview) -> None:
    """Act as a supervisor who had no part in the dossier and did not explain the breach."""
    territories = territories_of(act.capacities)
    if not any(review.office_id in offices for offices in territories.values()):
        raise NotAllowed(_("A supervisor of the unit's office, or of one above, concludes."))
    found = concluding_capacity(review, act.by.pk, territories, barred_from(review))
    if found is None:
        raise NotAllowed(
            _("You held a step of this dossier or explained the breach. Another supervisor, or one above, concludes.")
        )
    act.behalf_id = None if found == act.by.pk else found


def require_state(review: BreachReview, transition: Any) -> None:
    """Refuse where the review is in another state, naming who brought it there."""
    if can_proceed(transition):
        return
    last = {
        BreachState.EXPLAINED: (review.explained_by, review.explained_at),
        BreachState.CONCLUDED: (review.concluded_by, review.concluded_at),
        BreachState.FOLLOWED_UP: (review.followed_up_by, review.followed_up_at),
        BreachState.MOOT: (review.concluded_by, review.concluded_at),
    }.get(BreachState(review.state))
    words = {"state": review.get_state_display()}
    if last is None or last[0] is None or last[1] is None:
        raise NotPossibleNow(_("The review is “%(state)s”: this is not possible.") % words)
    words |= {"who": last[0].full_name, "when": clock_time(last[1])}
    raise NotPossibleNow(_("The review is “%(state)s” (%(who)s, %(when)s): this is not possible.") % words)


def require_words(words: str, field: str, sentence: str) -> None:
    """Refuse an empty text."""
    if not words.strip():
        raise NotComplete(sentence, fields={field: sentence})


def check_conclusion(conclusion: Conclusion, at: datetime) -> None:
    """Cause and words always; action, office and deadline together, left out only where the breach is excused."""
    fields: dict[str, str] = {}
    if conclusion.cause not in BreachCause.values:
        fields["cause"] = _("Choose the cause.")
    if not conclusion.words.strip():
        fields["words"] = _("Write what you found.")
    if conclusion.action.strip() or not conclusion.is_excused:
        fields |= missing_parts_of_action(conclusion, at)
    if fields:
        raise NotComplete(_("The conclusion is not complete."), fields=fields)


def missing_parts_of_action(conclusion: Conclusion, at: datetime) -> dict[str, str]:
    """What a corrective action lacks."""
    fields: dict[str, str] = {}
    if not conclusion.action.strip():
        fields["action"] = _("Write what is to be done, so that it does not happen again.")
    if conclusion.action_due_on is None or conclusion.action_due_on < local_day(at):
        fields["action_due_on"] = _("Choose a day from today on.")
    if not Office.objects.filter(pk=conclusion.action_office_id or 0, is_active=True).exists():
        fields["action_office"] = _("Choose the office that does it.")
    return fields


def tell_of_conclusion(act: Act, review: BreachReview) -> None:
    """Tell whoever explained it, and the office that must act."""
    act.notices.tell("breach_concluded", user_id=review.explained_by_id, review=review.pk)
    if review.action_office_id:
        ends = review.action_due_on.isoformat() if review.action_due_on else ""
        for role in UNIT_HEADS:
            act.notices.tell("breach_action", office_id=review.action_office_id, role=role, review=review.pk, day=ends)
