"""Who is away, and who stands in."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from offices.capacities import Capacities, capacities_of, local_day
from offices.exceptions import NotAllowed, NotComplete, NotPossibleNow
from offices.models import Absence, Membership, Role, User
from offices.services.checks import locked_row, save_checked
from offices.tree import office_ids_below

RANK = {Role.DIVISION_HEAD: 1, Role.SUPERVISOR: 2, Role.LEADER: 2}


def can_plan_absence(by: User | None, *, absentee_id: int, at: datetime) -> bool:
    """One's own absence; that of people one heads; an administrator anybody's."""
    if by is None or by.pk == absentee_id:
        return True
    mine = capacities_of(by, at)
    return mine.has(Role.ADMINISTRATOR) or absentee_id in headed_people(mine, on=local_day(at))


def headed_people(capacities: Capacities, *, on: date) -> set[int]:
    """People whose every role lies below one's own: in an office below, or in one's own with a lower rank.

    A stand-in inherits all roles of the absent person, so one role out of reach is enough to refuse.
    """
    own: dict[int, int] = {}
    for capacity in capacities:
        if capacity.user_id == capacities.user_id and capacity.role in RANK:
            own[capacity.office_id] = max(own.get(capacity.office_id, 0), RANK[Role(capacity.role)])
    below = office_ids_below(own)
    reachable: dict[int, bool] = {}
    for user_id, office_id, role in Membership.objects.on(on).values_list("user_id", "office_id", "role"):
        fits = office_id in below and (office_id not in own or RANK.get(Role(role), 0) < own[office_id])
        reachable[user_id] = reachable.get(user_id, True) and fits
    return {user_id for user_id, fits in reachable.items() if fits}


@transaction.atomic
def add_absence(
    *,
    absentee_id: int,
    stand_in_id: int,
    valid_from: date,
    by: User | None,
    at: datetime,
    valid_to: date | None = None,
    reason: str = "",
) -> Absence:
    """Record that a person is away and who stands in.

    Args:
        valid_from: The first day away, in the office's calendar.
        valid_to: The last day away, included; None until further notice.

    Raises:
        NotAllowed: It is neither oneself nor somebody one heads.
        NotComplete: The days are not in order, meet another absence, or nobody else stands in.
        NotPossibleNow: The stand-in cannot log in.
    """
    absentee, stand_in = locked_row(User, absentee_id), locked_row(User, stand_in_id)
    _require_right(by, absentee_id=absentee_id, at=at)
    if by is not None and by.pk == stand_in_id != absentee_id:
        raise NotAllowed(_("Nobody makes themselves a stand-in. The absent person or somebody else must enter it."))
    if not stand_in.is_active:
        raise NotPossibleNow(_("The stand-in cannot log in any more. Choose another person."))
    fresh = Absence(absentee=absentee, stand_in=stand_in, valid_from=valid_from, valid_to=valid_to, reason=reason)
    _refuse_overlap(fresh)
    return save_checked(fresh)


@transaction.atomic
def end_absence(*, absence_id: int, last_day: date, by: User | None, at: datetime) -> Absence:
    """Shorten an absence: the person is back the day after `last_day`.

    Raises:
        NotAllowed: It is neither oneself nor somebody one heads.
        NotComplete: The last day lies before the first.
    """
    absence = locked_row(Absence, absence_id)
    _require_right(by, absentee_id=absence.absentee_id, at=at)
    absence.valid_to = last_day
    return save_checked(absence)


def _require_right(by: User | None, *, absentee_id: int, at: datetime) -> None:
    if not can_plan_absence(by, absentee_id=absentee_id, at=at):
        raise NotAllowed(_("You may record your own absence and that of people you head. Ask their head to do it."))


def _refuse_overlap(fresh: Absence) -> None:
    if Absence.objects.filter(absentee=fresh.absentee).overlapping(fresh.valid_from, fresh.valid_to).exists():
        words = _("Another absence of this person meets these days. Shorten that one first.")
        raise NotComplete(words, fields={"valid_from": [words]})
