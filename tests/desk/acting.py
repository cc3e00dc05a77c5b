"""Acts of the desk's people, through services and through screens."""

from django.urls import reverse

from tests.workflows.conftest import moment, open_step
from workflows.services import finish_step

HTMX = {"HX-Request": "true"}


def forwarded(dossier, people, *keys):
    """Finish the named steps on Monday morning."""
    who = {"intake": people.lan, "assign": people.head, "appraise": people.minh, "review": people.head}
    for hour, key in enumerate(keys, start=8):
        step = open_step(dossier, key)
        outcome = step.flow_task.main_outcome
        finish_step(step_id=step.pk, outcome=outcome, by=who[key], at=moment(2, hour, 30), note=f"note of {key}")
    dossier.refresh_from_db()
    return open_step(dossier)


def act(client, step, act_name, **fields):
    """Post a form of the panel as htmx does."""
    data = {"seen": step.process.acts} | fields
    return client.post(reverse("desk:step_act", args=[step.pk, act_name]), data, headers=HTMX)
