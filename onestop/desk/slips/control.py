"""The control slip: filled from the steps of a dossier, confirmed by giver and receiver."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from onestop.desk import words
from onestop.desk.reading.steps import title_of
from onestop.desk.slips.content import ControlSlip, SlipHandOver
from onestop.desk.slips.heading import heading_of
from onestop.desk.slips.people_and_papers import applicant_of
from onestop.desk.slips.printing import PaperSize, control_pdf
from workflows.exceptions import NotFound
from workflows.hand_overs import HandOver, hand_overs_of
from workflows.models import Dossier, SlipKind, TakeOver

# As the form words it.
RESULTS = {
    TakeOver.Result.EARLY: "Trước hạn",
    TakeOver.Result.ON_TIME: "Đúng hạn",
    TakeOver.Result.LATE: "Quá hạn",
    TakeOver.Result.NO_TERM: "Không đặt hạn",
}


def control_slip(dossier: Dossier, *, size: PaperSize = "a5", at: datetime | None = None) -> bytes:
    """Print the control slip of a dossier, in Vietnamese.

    Raises:
        NotFound: the dossier was not received.
    """
    with override("vi"):
        return control_pdf(gathered(dossier, at=at or timezone.now()), size=size)


def gathered(dossier: Dossier, *, at: datetime) -> ControlSlip:
    """Everything on the control slip as plain values."""
    received_at = dossier.received_at
    if received_at is None:
        raise NotFound(_("There is no control slip: the dossier was not received yet."))
    office = dossier.receiving_office
    found = hand_overs_of(dossier)
    return ControlSlip(
        letterhead=heading_of(SlipKind.CONTROL, dossier, office, received_at, by_id=dossier.received_by_id),
        code=dossier.code,
        applicant=applicant_of(dossier),
        content=dossier.procedure.name,
        lead_office=dossier.handling_office.name,
        other_offices=", ".join(offices_besides(dossier, found)),
        received_at=received_at,
        return_at=dossier.due_at,
        returned_at=dossier.decided_at,
        lines=tuple(line_of(one) for one in found),
        printed_at=words.moment(at),
    )


def offices_besides(dossier: Dossier, found: list[HandOver]) -> list[str]:
    """Offices that took part besides the desk and the office that decides."""
    own = {dossier.handling_office_id, dossier.receiving_office_id}
    names = {one.receiver_office.name for one in found if one.receiver_office.pk not in own}
    asked = dossier.consultations.exclude(office__in=own).values_list("office__name", flat=True)
    return sorted(names | set(asked))


def line_of(one: HandOver) -> SlipHandOver:
    """One line in words."""
    received = one.received
    return SlipHandOver(
        work=capfirst(title_of(one.step)),
        giver_office=one.giver_office.name,
        giver=one.giver.full_name,
        given_at=words.moment(one.given_at),
        receiver_office=one.receiver_office.name,
        receiver=received.by.full_name if received else "",
        received_at=words.moment(received.at) if received else "",
        result=RESULTS[one.result],
        note=(received.note if received else "") or one.step.return_reason,
    )
