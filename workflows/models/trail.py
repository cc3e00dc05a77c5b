"""The trail: one row per act, only ever added to, chained by hash."""

from typing import ClassVar

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from offices.models import User
from workflows.models.dossier import Dossier
from workflows.models.step import Step


class TrailEntry(models.Model):
    """Who did what to a dossier, for whom, when, and what it changed."""

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="trail")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=30)
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    on_behalf_of = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    status_before = models.PositiveSmallIntegerField(null=True, blank=True)
    status_after = models.PositiveSmallIntegerField()
    data = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(auto_now_add=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering: ClassVar = ["dossier_id", "number"]
        verbose_name = _("trail entry")
        verbose_name_plural = _("trail")
        constraints: ClassVar = [models.UniqueConstraint(fields=["dossier", "number"], name="trail_numbered_once")]
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.dossier_id}#{self.number} {self.act}"


class DailySeal(models.Model):
    """One hash over the chain heads of all dossiers at the end of a day, chained to the seal before."""

    day = models.DateField(unique=True)
    until = models.DateTimeField(help_text="Entries recorded before this instant are sealed.")
    dossiers = models.PositiveIntegerField()
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    sealed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["day"]
        verbose_name = _("daily seal")
        verbose_name_plural = _("daily seals")
        triggers: ClassVar = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.day}: {self.hash[:12]}"
