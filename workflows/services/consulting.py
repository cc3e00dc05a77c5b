"""Other offices are asked for their opinion, each with a term; no clock stops (R13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from offices.models import Office, User
from sla.terms import Term
from sla.timekeeping import Party
from workflows.exceptions import NotComplete, NotFound, NotPossibleNow
from workflows.models import Consultation, Dossier
from workflows.querysets import STEP_ROLES
from workflows.services.asking import end_question
from workflows.services.holding import begin
from workflows.services.locking import lock_dossier


@transaction.atomic
def consult(
    *,
    step_id: int,
    office_ids: Sequence[int],
    question: str,
    term: Term,
    by: User,
    at: datetime | None = None,
    seen: int | None = None,
) -> Dossier:
    """Ask one or more offices for their opinion on an open step.

    Args:
        office_ids: the offices asked; each has the same term, in its own calendar.
        question: what they are asked.
        term: how long they have, counted from now.

    Raises:
        NotAllowed, NotComplete
        NotPossibleNow: the step may not consult, or an office is asked already.

    Source: NĐ 118/2025 Đ.19(5) (R13): content and term are stated; no pause of the applicant's date is written.
    """
    act = begin(step_id, "consult", by, at, seen)
    act.require_unheld()
    step = act.the_step
    if "consult" not in step.flow_task.spec.may:
        raise NotPossibleNow(_("This step may not ask other offices. Ask the catalogue editor if it should."))
    if not question.strip():
        raise NotComplete(_("Write what the other office is asked."), fields={"question": _("Write the question.")})
    offices = list(Office.objects.filter(pk__in=office_ids, is_active=True))
    if not offices or len(offices) != len(set(office_ids)):
        raise NotComplete(_("Choose the offices to ask."), fields={"offices": _("Choose at least one office.")})
    asked = {row["office_id"] for row in act.scene.asked if row["step_id"] == step.pk}
    for office in offices:
        if office.pk in asked:
            raise NotPossibleNow(_("%(office)s was asked already and has not answered.") % {"office": office.name})
        clock = act.keeper.start(
            kind="consultation",
            term=term,
            timetable=act.scene.timetable(office.calendar_code),
            party=Party.consulted(office.pk),
            rulebook=act.dossier.rulebook,
        )
        due = clock.due_at or act.at
        row = Consultation.objects.create(
            clock=clock,
            dossier=act.dossier,
            step=step,
            office=office,
            question=question.strip(),
            term_ends_at=due,
            asked_by=by,
            asked_at=act.at,
        )
        act.scene.asked.append({"id": row.pk, "office_id": office.pk, "step_id": step.pk, "ends": due})
        for role in STEP_ROLES[:2]:
            act.notices.tell("consulted", office_id=office.pk, role=role, consultation=row.pk, ends=due.isoformat())
    act.scene.asked.sort(key=lambda row: (row["ends"], row["id"]))
    act.data = {"offices": [office.name for office in offices], "question": question.strip()}
    return act.save()


@transaction.atomic
def answer_consultation(*, consultation_id: int, answer: str, by: User, at: datetime | None = None) -> Dossier:
    """Answer for the asked office.

    Raises:
        NotFound: there is no such consultation.
        NotAllowed: the person does not work in the asked office.
        NotPossibleNow: it was answered before.
    """
    place = Consultation.objects.filter(pk=consultation_id).values("dossier_id", "office_id").first()
    if place is None:
        raise NotFound(_("There is no such question. Look at the dossier."))
    act = lock_dossier(dossier_id=place["dossier_id"], name="answer_consultation", by=by, at=at)
    act.act_as_one_of(*((role, place["office_id"]) for role in STEP_ROLES))
    act.require_status()
    row = Consultation.objects.select_related("answered_by", "office", "clock").get(pk=consultation_id)
    if row.answered_at is not None:
        who = row.answered_by.full_name if row.answered_by else ""
        raise NotPossibleNow(_("%(who)s has already answered this question.") % {"who": who})
    if not answer.strip():
        raise NotComplete(_("Write the answer."), fields={"answer": _("Write the answer.")})
    row.answer, row.answered_by, row.answered_at = answer.strip(), by, act.at
    row.save(update_fields=["answer", "answered_by", "answered_at"])
    end_question(act, row)
    act.scene.asked = [asked for asked in act.scene.asked if asked["id"] != row.pk]
    act.data = {"office": row.office.name, "answer": answer.strip()}
    act.notices.tell("consultation_answered", user_id=row.asked_by_id, office=row.office.name)
    return act.save()
