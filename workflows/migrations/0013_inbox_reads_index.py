"""Lists of work are read from one index: it carries what puts a step in order, counts it and narrows the list."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """Make the index of inboxes anew, with more in it."""

    dependencies = [("workflows", "0013_notices_on_their_way")]

    operations = [
        migrations.RemoveIndex(model_name="step", name="step_inbox"),
        migrations.AddIndex(
            model_name="step",
            index=models.Index(
                condition=models.Q(("flow_task_type", "HUMAN"), ("status__in", ["NEW", "ASSIGNED"])),
                fields=["office", "role", "due_at", "id"],
                include=["process", "owner", "offered_to", "phase", "key", "flow_task"],
                name="step_inbox",
            ),
        ),
    ]
