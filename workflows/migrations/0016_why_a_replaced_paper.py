from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workflows', '0015_papers_on_their_way'),
    ]

    operations = [
        migrations.AddField(
            model_name='supplementrequest',
            name='replaced_reason',
            field=models.CharField(blank=True, choices=[('outage', 'the database cannot be reached'), ('inaccurate', 'what the database says is not accurate'), ('disaster', 'disaster or another emergency')], help_text='Why papers are asked for that a database of the State has.', max_length=20),
        ),
    ]
