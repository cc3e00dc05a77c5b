"""Who gets a step that opens: the assignment rule of its procedure and office, and choosing such rules."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from viewflow.workflow.status import STATUS

from offices.capacities import Capacities, capacities_of, local_day
from offices.models import Membership, Role, User
from workflows.exceptions import NotAllowed, NotComplete, NotFound, NotPossibleNow
from workflows.models.assigning import AssignmentRule

if TYPE_CHECKING:
    from workflows.models import Step
    from workflows.services.act import Act

RULED_ROLES = (Role.SPECIALIST, Role.DIVISION_HEAD, Role.LEADER, Role.REGISTRY)
KIND = AssignmentRule.Kind


def give_by_rule(act: Act, step: Step) -> bool:
    """Give a step that opens to whom the rule says; False where no rule holds or it finds nobody.

    The trail keeps whom and by which kind of rule. Nobody who is away gets new work in turn or by load while somebody
    is there; a named officer keeps theirs, and whoever stands in acts on their behalf.
    """
    rule = act.scene.rule(step.role, step.office_id)
    if rule is None:
        return False
    barred = act.barred_from(step)
    people = [one for one in rule["people"] or () if one["user_id"] not in barred]
    chosen = chosen_of(rule, people, in_charge=act.scene.officers(step.role, step.office_id), before=doer(act, step))
    if chosen is None:
        return False
    step.owner_id, step.status, step.assigned = chosen["user_id"], STATUS.ASSIGNED, act.at
    step.given_by_id = rule["id"]
    given = {"step": step.key, "to": chosen["name"], "rule": rule["kind"]}
    act.data["given"] = [*act.data.get("given", []), given]
    return True


def doer(act: Act, step: Step) -> int | None:
    """Who finished the step the last time, when it opens again."""
    return act.scene.last_doer(step.key) if step.attempt > 1 else None


def chosen_of(
    rule: dict[str, Any], people: list[dict[str, Any]], *, in_charge: list[int], before: int | None
) -> dict[str, Any] | None:
    """The person a rule picks among those who hold the role.

    Args:
        rule: its kind, and for a named officer who.
        people: user_id, name, away, last (id of the last step given) and open (hours of open steps).
        in_charge: officers in charge of the procedure; where there are any, only they take turns.
        before: who did the step when it was open before; it comes back to them.
    """
    if rule["kind"] == KIND.NAMED:
        return next((one for one in people if one["user_id"] == rule["officer_id"]), None)
    fitting = [one for one in people if one["user_id"] in in_charge] or people
    there = [one for one in fitting if not one["away"]] or fitting
    again = next((one for one in there if one["user_id"] == before), None)
    if again is not None or not there:
        return again
    if rule["kind"] == KIND.LEAST_OPEN:
        return min(there, key=lambda one: (float(one["open"] or 0), one["user_id"]))
    return min(there, key=lambda one: (one["last"] or 0, one["user_id"]))


def may_rule(capacities: Capacities, office_id: int) -> bool:
    """The head of the division rules in their office, an administrator everywhere."""
    return capacities.has(Role.ADMINISTRATOR) or office_id in capacities.offices_as(Role.DIVISION_HEAD)


@transaction.atomic
def choose_rule(
    *,
    office_id: int,
    role: str,
    kind: str,
    by: User,
    at: datetime,
    procedure_id: int | None = None,
    officer_id: int | None = None,
) -> AssignmentRule:
    """Let steps that open from now on be given by a rule; the one that held there before ends.

    Raises:
        NotAllowed: the person neither heads a division of the office nor administers.
        NotComplete: the rule names nobody, or somebody who does not hold the role in the office.
        NotPossibleNow: somebody else chose there at the same moment.
    """
    require_right(office_id, by=by, at=at)
    if role not in RULED_ROLES or kind not in KIND.values:
        raise NotComplete(_("Choose a role and a rule."), fields={"kind": _("Choose a role and a rule.")})
    officer = officer_id if kind == KIND.NAMED else None
    if kind == KIND.NAMED:
        require_holder(officer_id, office_id=office_id, role=role, at=at)
    of_procedure = Q(procedure=procedure_id) if procedure_id is not None else Q(procedure__isnull=True)
    held = AssignmentRule.objects.select_for_update().filter(
        of_procedure, office=office_id, role=role, ended_at__isnull=True
    )
    for old in held:
        if (old.kind, old.officer_id) == (kind, officer):
            return old
        end_rule(old, by=by, at=at)
    rule = AssignmentRule(office_id=office_id, procedure_id=procedure_id, role=role, kind=kind, officer_id=officer)
    rule.chosen_by, rule.chosen_at = by, at
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError:
        raise NotPossibleNow(_("Somebody has just chosen a rule there. Look at the list again.")) from None
    return rule


@transaction.atomic
def withdraw_rule(*, rule_id: int, by: User, at: datetime) -> None:
    """Let steps be offered to the role again.

    Raises:
        NotAllowed: it holds in an office that is not theirs.
        NotFound: it has ended already.
    """
    rule = AssignmentRule.objects.select_for_update().filter(pk=rule_id, ended_at__isnull=True).first()
    if rule is None:
        raise NotFound(_("This rule is no longer there."))
    require_right(rule.office_id, by=by, at=at)
    end_rule(rule, by=by, at=at)


def end_rule(rule: AssignmentRule, *, by: User, at: datetime) -> None:
    """Note who ended a rule, and when."""
    rule.ended_by, rule.ended_at = by, at
    rule.save(update_fields=["ended_by", "ended_at"])


def require_right(office_id: int, *, by: User, at: datetime) -> None:
    """Refuse whoever may not rule in the office."""
    if not may_rule(capacities_of(by, at), office_id):
        raise NotAllowed(_("Rules of assignment are chosen by the head of the division or an administrator."))


def require_holder(officer_id: int | None, *, office_id: int, role: str, at: datetime) -> None:
    """Refuse a named officer who does not hold the role."""
    held = Membership.objects.on(local_day(at)).filter(office=office_id, role=role, user__is_active=True)
    if officer_id is None or not held.filter(user=officer_id).exists():
        sentence = _("Choose an officer who holds this role in this office.")
        raise NotComplete(sentence, fields={"officer": sentence})
