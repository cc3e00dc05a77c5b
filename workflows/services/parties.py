"""Who holds a step, for the ledger."""

from sla.timekeeping import Party
from workflows.models import Step


def party_of(step: Step) -> Party:
    """Who holds an open step: the desk, the person who took it, or the division."""
    if step.role == "clerk":
        return Party.desk(step.office_id)
    if step.owner_id:
        return Party.person(step.owner_id, step.office_id)
    return Party.division(step.office_id)
