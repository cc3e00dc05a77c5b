"""Which ladder of alarms holds where: choices of procedures and offices, and new versions of ladders."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from offices.capacities import capacities_of
from offices.models import Office, Role, User
from offices.tree import office_ids_below
from procedures.models import Procedure
from sla.exceptions import InvalidLadder
from sla.ladder import newest_ladders, publish_ladder, shipped_ladders
from sla.ladder_spec import LadderSpec, spec_from
from sla.models import Ladder
from workflows.exceptions import NotAllowed, NotComplete, NotFound, NotPossibleNow
from workflows.models import LadderChoice
from workflows.services.scene import LADDER


def ladder_for(*, procedure_id: int, office_id: int) -> int | None:
    """The version of the ladder that clocks of such a dossier take now; None for the one shipped with the program.

    Chosen for the procedure in this office, for the procedure, for the handling office, for the offices above it;
    else the newest version of the ladder called default.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT "  # constant text, values as parameters
            + LADDER.format(procedure="%(procedure)s::bigint", office="%(office)s::bigint"),
            {"procedure": procedure_id, "office": office_id},
        )
        row = cursor.fetchone()
    found: int | None = row[0]
    return found


def may_choose_for(offices: Iterable[int | None], *, by: User, at: datetime) -> bool:
    """An administrator chooses everywhere, a supervisor for the offices below; a procedure as such is for all."""
    capacities = capacities_of(by, at)
    if capacities.has(Role.ADMINISTRATOR):
        return True
    below = office_ids_below(capacities.offices_as(Role.SUPERVISOR))
    return all(office in below for office in offices)


@transaction.atomic
def choose_ladder(
    *, ladder_code: str, by: User, at: datetime, procedure_id: int | None = None, office_id: int | None = None
) -> LadderChoice:
    """Let dossiers of a procedure, of an office, or of a procedure in an office climb a ladder from now on.

    Raises:
        NotAllowed: a supervisor chooses for an office that is not theirs, or for a procedure everywhere.
        NotComplete: neither procedure nor office is named, or there is no such ladder.
        NotFound: the procedure or office is gone.
        NotPossibleNow: somebody else chose there at the same moment.
    """
    if not may_choose_for([office_id], by=by, at=at):
        raise NotAllowed(_("You choose alarms for the offices you supervise. Name one of them."))
    if procedure_id is None and office_id is None:
        raise NotComplete(
            _("Name an office or a procedure."), fields={"office": _("Choose an office, a procedure, or both.")}
        )
    if ladder_code not in known_codes():
        raise NotComplete(_("There is no such ladder of alarms."), fields={"ladder": _("Choose a ladder.")})
    if procedure_id is not None and not Procedure.objects.filter(pk=procedure_id).exists():
        raise NotFound(_("The procedure or office is no longer there. Choose it again."))
    if office_id is not None and not Office.objects.filter(pk=office_id).exists():
        raise NotFound(_("The procedure or office is no longer there. Choose it again."))
    return replace_choice(ladder_code, procedure_id=procedure_id, office_id=office_id, by=by, at=at)


def replace_choice(
    ladder_code: str, *, procedure_id: int | None, office_id: int | None, by: User, at: datetime
) -> LadderChoice:
    """End the choice that holds there, if another ladder was chosen, and let this one hold."""
    of_procedure = Q(procedure=procedure_id) if procedure_id is not None else Q(procedure__isnull=True)
    of_office = Q(office=office_id) if office_id is not None else Q(office__isnull=True)
    held = current_choices().select_for_update().filter(of_procedure, of_office).first()
    if held is not None and held.ladder_code == ladder_code:
        return held
    if held is not None:
        end_choice(held, by=by, at=at)
    choice = LadderChoice(
        procedure_id=procedure_id, office_id=office_id, ladder_code=ladder_code, chosen_by=by, chosen_at=at
    )
    try:
        with transaction.atomic():
            choice.save(force_insert=True)
    except IntegrityError:
        raise NotPossibleNow(_("Somebody has just chosen a ladder there. Look at the list again.")) from None
    return choice


def current_choices() -> QuerySet[LadderChoice]:
    """The choices that hold now; those that ended stay as history."""
    return LadderChoice.objects.filter(ended_at__isnull=True)


def end_choice(choice: LadderChoice, *, by: User, at: datetime) -> None:
    """Note who ended a choice, and when."""
    choice.ended_by, choice.ended_at = by, at
    choice.save(update_fields=["ended_by", "ended_at"])


@transaction.atomic
def withdraw_choice(*, choice_id: int, by: User, at: datetime) -> None:
    """Let the general rule hold again for new clocks.

    Raises:
        NotAllowed: the choice is for an office that is not theirs.
        NotFound: it is gone already.
    """
    choice = current_choices().select_for_update().filter(pk=choice_id).first()
    if choice is None:
        raise NotFound(_("This choice is no longer there."))
    if not may_choose_for([choice.office_id], by=by, at=at):
        raise NotAllowed(_("You choose alarms for the offices you supervise. Name one of them."))
    end_choice(choice, by=by, at=at)


def known_codes() -> set[str]:
    """Every ladder that can be chosen: the published ones and those that come with the program."""
    return {ladder.code for ladder in newest_ladders()} | set(shipped_ladders())


def current_spec(code: str) -> tuple[LadderSpec, Ladder | None]:
    """What a ladder says now; the row is None while only the shipped file says it.

    Raises:
        NotFound: there is no such ladder.
    """
    newest = Ladder.objects.filter(code=code).order_by("-number").first()
    if newest is not None:
        return spec_from(newest.spec), newest
    if code in shipped_ladders():
        return shipped_ladders()[code], None
    raise NotFound(_("There is no such ladder of alarms."))


def publish_version(*, spec: Any, by: User, at: datetime) -> Ladder:
    """Publish a new version of a ladder, or a new ladder; clocks that run keep theirs.

    Raises:
        NotAllowed: the person is no administrator.
        NotComplete: the rungs do not make a ladder.
    """
    if not capacities_of(by, at).has(Role.ADMINISTRATOR):
        raise NotAllowed(_("Only an administrator changes ladders of alarms."))
    try:
        return publish_ladder(spec, at=at, by_id=by.pk)
    except InvalidLadder as error:
        raise NotComplete(_("This is no ladder of alarms: %(why)s") % {"why": str(error)}) from error
