from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("workflows", "0017_ladder_choices_kept"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="dossier",
            index=models.Index(
                condition=models.Q(("legal_status__in", [3, 7, 8])), fields=["closed_at"], name="dossier_ended"
            ),
        ),
    ]
