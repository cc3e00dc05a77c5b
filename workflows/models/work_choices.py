"""How a person wants their list of work: the columns, and filters kept under a name."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from offices.models import User


class WorkChoice(models.Model):
    """One person's list of work; where there is none, it is as for everybody."""

    user = models.OneToOneField(User, models.PROTECT, primary_key=True, related_name="work_choice")
    columns = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    filters = models.JSONField(default=list, blank=True, help_text="Kept filters: name and query of the address.")

    def __str__(self) -> str:
        return str(self.user_id)
