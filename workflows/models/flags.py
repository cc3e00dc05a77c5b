"""Flags: what a supervisor must look at, with the evidence."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from offices.models import User
from workflows.models.dossier import Dossier
from workflows.models.step import Step


class Flag(models.Model):
    """One raised flag; a cleared flag stays in history."""

    class Kind(models.TextChoices):
        OVERDUE = "overdue", _("overdue")
        DUE_SOON = "due_soon", _("due soon")
        STEP_OVERDUE = "step_overdue", _("step overdue")
        RESUBMITTED = "resubmitted", _("sent back repeatedly")
        STUCK = "stuck", _("no progress")
        PAUSE = "pause", _("doubtful pause")
        EXTRA_PAPER = "extra_paper", _("paper asked beyond the list")
        NO_APOLOGY = "no_apology", _("apology missing")

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="flags")
    step = models.ForeignKey(Step, models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField(max_length=15, choices=Kind.choices)
    evidence = models.JSONField(default=dict)
    raised_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering: ClassVar = ["-raised_at"]
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        indexes: ClassVar = [
            models.Index(fields=["kind", "dossier"], name="flag_open", condition=Q(cleared_at__isnull=True)),
            models.Index(fields=["kind", "raised_at", "id"], name="flag_oldest", condition=Q(cleared_at__isnull=True)),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dossier", "kind", "step"],
                condition=Q(cleared_at__isnull=True),
                nulls_distinct=False,
                name="flag_raised_once",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.dossier_id}"


class FlagReview(models.Model):
    """What a supervisor found when looking into a flag; the flag itself stays as it was raised."""

    class Finding(models.TextChoices):
        JUSTIFIED = "justified", _("there was a good reason")
        FAULT = "fault", _("there was no good reason")
        MISTAKEN = "mistaken", _("raised by mistake")

    flag = models.OneToOneField(Flag, models.PROTECT, related_name="review")
    finding = models.CharField(_("finding"), max_length=10, choices=Finding.choices)
    words = models.TextField(_("what was found"))
    reviewed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()

    class Meta:
        verbose_name = _("review of a flag")
        verbose_name_plural = _("reviews of flags")

    def __str__(self) -> str:
        return f"{self.flag_id}: {self.finding}"
