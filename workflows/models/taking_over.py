"""The receiving side of a hand-over: who took the file over, and how they found it."""

from __future__ import annotations

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.models import User
from workflows.models.dossier import Dossier
from workflows.models.step import Step


class TakeOver(models.Model):
    """Whoever received the file for a step confirms it, and says how the giver kept the time (control slip)."""

    class Result(models.TextChoices):
        """What the receiving side enters about the giver's work."""

        EARLY = "early", _("before the term")
        ON_TIME = "on_time", _("on time")
        LATE = "late", _("late")
        NO_TERM = "no_term", _("no term")

    step = models.OneToOneField(Step, models.PROTECT, related_name="take_over")
    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="take_overs")
    by = models.ForeignKey(User, models.PROTECT, related_name="+", db_index=False)
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+", db_index=False)
    at = models.DateTimeField()
    result = models.CharField(max_length=10, choices=Result.choices)
    note = models.CharField(max_length=250, blank=True)

    class Meta:
        verbose_name = _("taking over")
        verbose_name_plural = _("takings over")
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.step_id}: {self.by_id}"
