"""Who may ask the applicant for papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from offices.models import Role
from workflows.exceptions import NotAllowed
from workflows.models import LegalStatus

if TYPE_CHECKING:
    from workflows.services.act import Act

MAY = "request_supplement"


def take_right_to_ask(act: Act) -> None:
    """The clerk asks before processing; afterwards the holder of a step whose definition allows it."""
    dossier = act.dossier
    for step in act.others:
        if MAY in step.flow_task.spec.may and act.capacities.find(role=step.role, office_id=step.office_id or 0):
            act.step = step
            act.others = [other for other in act.others if other is not step]
            act.act_as_holder()
            act.require_unheld()
            return
    if dossier.legal_status == LegalStatus.IN_PROCESS:
        raise NotAllowed(
            _("Only whoever holds a step that may ask for papers can do so now. Send the dossier back to that step.")
        )
    act.act_as(Role.CLERK, dossier.receiving_office_id)
