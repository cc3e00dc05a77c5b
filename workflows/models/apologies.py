"""The duty to apologise for a file that will be late, and the one new date it may get (form 04)."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from offices.models import User
from workflows.models.dossier import Dossier


class Apology(models.Model):
    """An apology that is owed: opened by a forecast or by the clock, proposed by the unit, approved by the head.

    One is owed for each run of the statutory clock; only one of a dossier can set a new date (R17).
    """

    class Cause(models.TextChoices):
        RUNG = "rung", _("the date is near")
        FORECAST = "forecast", _("the remaining steps do not fit")
        OVERDUE = "overdue", _("the date has passed")

    dossier = models.ForeignKey(Dossier, models.PROTECT, related_name="apologies")
    run = models.PositiveSmallIntegerField(default=1, help_text="Run of the statutory clock.")
    cause = models.CharField(max_length=10, choices=Cause.choices)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(help_text="The date of the file, by which lateness is judged.")
    due_by = models.DateTimeField(help_text="The last moment for the apology (R16).")
    reason = models.TextField(_("reason"), blank=True)
    new_date_at = models.DateTimeField(_("new date"), null=True, blank=True)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_for = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", help_text="In whose place it was proposed."
    )
    proposed_at = models.DateTimeField(null=True, blank=True)
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    approved_at = models.DateTimeField(null=True, blank=True)
    rejected_because = models.TextField(blank=True, help_text="Why the head sent the last proposal back.")
    missed_at = models.DateTimeField(null=True, blank=True, help_text="When the program found that it was missing.")
    look_at = models.DateTimeField(
        null=True, blank=True, help_text="When to look again whether the rest still fits; empty: at the last moment."
    )
    lifted_at = models.DateTimeField(
        null=True, blank=True, help_text="No longer owed: ended, or clock anew. After `due_at` it was missing."
    )

    class Meta:
        ordering: ClassVar = ["due_by", "id"]
        verbose_name = _("apology")
        verbose_name_plural = _("apologies")
        indexes: ClassVar = [
            models.Index(
                fields=["due_by"], name="apology_owed", condition=Q(approved_at__isnull=True, lifted_at__isnull=True)
            ),
            models.Index(
                fields=["due_by"],
                name="apology_watched",
                condition=Q(approved_at__isnull=True, lifted_at__isnull=True, missed_at__isnull=True),
            ),
            models.Index(fields=["due_at", "id"], name="apology_period"),
        ]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["dossier", "run"], name="apology_once_a_run"),
            models.UniqueConstraint(
                fields=["dossier"], condition=Q(approved_at__isnull=False), name="reappointed_once"
            ),
            models.CheckConstraint(
                condition=Q(proposed_at__isnull=True) | ~Q(reason="") & Q(new_date_at__isnull=False),
                name="apology_has_reason_and_date",
            ),
            models.CheckConstraint(
                condition=Q(approved_at__isnull=True) | Q(proposed_at__isnull=False), name="apology_proposed_first"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | ~Q(approved_by=F("proposed_by")) & (Q(proposed_for__isnull=True) | ~Q(approved_by=F("proposed_for"))),
                name="apology_two_people",
                violation_error_message=_("Whoever proposes an apology cannot approve it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dossier_id}/{self.run}"

    @property
    def proposers(self) -> set[int]:
        """Whoever proposed it and in whose place: neither may approve it."""
        return {person for person in (self.proposed_by_id, self.proposed_for_id) if person}
