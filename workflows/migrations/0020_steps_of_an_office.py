"""One index of steps by office also tells who may see a dossier, without touching the steps themselves."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    """Replace the index of a step's office."""

    dependencies = [("workflows", "0019_incoming_by_counter")]

    operations = [
        migrations.AddIndex(model_name="step", index=models.Index(fields=["office", "process"], name="step_of_office")),
        migrations.AlterField(
            model_name="step",
            name="office",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="offices.office",
            ),
        ),
    ]
